// C36: the records of a custom MAIL FROM domain are there and were never activated, or its MX check fails and SES quietly uses
// its own domain, or refuses.
import { describe, expect, test } from 'vitest'
import { DAY_MS, HOUR_MS } from '../../src/core/base/clock.ts'
import { alignmentFault } from '../../src/core/shift/alignment.ts'
import { parsePlan } from '../../src/wiring/config.ts'
import { dkimWorld } from '../support/dkim-world.ts'

const MAIL_FROM = 'bounce.example.jp'
const MX = '10 feedback-smtp.ap-northeast-1.amazonses.com'

async function signing() {
  const world = dkimWorld({ mailFromDomain: MAIL_FROM })
  await world.tick()
  await world.publish()
  await world.pass(2 * HOUR_MS)
  expect(world.ses.signature()).toBe('watari1')
  return world
}

describe('only SUCCESS, read from SES, makes SPF count', () => {
  const facts = (status: string | undefined, behaviour: string) => ({
    identity: 'example.jp',
    verifiedForSending: true,
    dkim: { signingEnabled: false, status: 'NOT_STARTED', origin: 'EXTERNAL' },
    ...(status === undefined ? {} : { mailFrom: { domain: MAIL_FROM, status, behaviour } }),
  })

  test.each(['USE_DEFAULT_VALUE', 'REJECT_MESSAGE'])('whatever SES does otherwise (%s)', (behaviour) => {
    for (const status of [undefined, 'PENDING', 'FAILED', 'TEMPORARY_FAILURE']) {
      expect(alignmentFault(facts(status, behaviour), 'example.jp')?.reason).toBe('notAligned')
    }
    expect(alignmentFault(facts('SUCCESS', behaviour), 'example.jp')).toBeUndefined()
  })
})

test('records that SES was never told of are activated', async () => {
  const world = await signing()
  expect(world.history.find(({ step }) => step === 'useMailFrom')?.message).toBe(
    'DNS shows the MX of bounce.example.jp, and SES does not use it yet: without that the records are decoration',
  )
  expect(world.ses.identity?.mailFrom).toMatchObject({ domain: MAIL_FROM, status: 'SUCCESS' })
})

test('a check that SES gave up is begun again when DNS shows the MX', async () => {
  const world = await signing()
  world.ses.identity = {
    ...world.ses.identity!,
    mailFrom: { domain: MAIL_FROM, status: 'FAILED', behaviour: 'USE_DEFAULT_VALUE' },
  }
  await world.pass(7 * HOUR_MS)
  expect(world.ses.identity?.mailFrom?.status).toBe('SUCCESS')
})

test.each([
  ['no MX', [], undefined, 'add'],
  ['an MX of another Region', ['10 feedback-smtp.us-east-1.amazonses.com'], 'mxOfAnotherRegion', 'change'],
  ['an MX of somebody else', ['10 mail.example.net'], 'foreignMx', 'change'],
  ['two MX', [MX, '20 mail.example.net'], 'twoMx', 'change'],
])('%s is asked to be mended, and SES is told of nothing', async (_, values, fault, action) => {
  const world = dkimWorld({ mailFromDomain: MAIL_FROM })
  if (values.length > 0) world.dns.enter({ name: MAIL_FROM, type: 'MX', values })
  await world.tick()
  const wanted = (await world.wanted()).find(({ purpose }) => purpose === 'mailFromMx')
  expect(wanted).toMatchObject({ value: MX, action })
  expect(wanted?.fault).toBe(fault)
  expect(world.history.some(({ step }) => step === 'useMailFrom')).toBe(false)
})

test('a missing SPF of the MAIL FROM domain is asked for, though SES does not look at it', async () => {
  const world = await signing()
  world.dns.erase(MAIL_FROM, 'TXT')
  await world.pass(DAY_MS)
  expect(await world.wanted()).toContainEqual(
    expect.objectContaining({ purpose: 'mailFromSpf', action: 'add', value: 'v=spf1 include:amazonses.com ~all' }),
  )
})

test('an MX that goes while mail flows is a warning, and mail goes on by DKIM', async () => {
  const world = await signing()
  world.dns.erase(MAIL_FROM, 'MX')
  world.ses.identity = {
    ...world.ses.identity!,
    mailFrom: { domain: MAIL_FROM, status: 'TEMPORARY_FAILURE', behaviour: 'USE_DEFAULT_VALUE' },
  }
  await world.pass(7 * HOUR_MS)
  expect(world.alerts.map(({ subject }) => subject)).toEqual([
    '[Watari] warning: DKIM of example.jp: SES says TEMPORARY_FAILURE for the MAIL FROM domain bounce.example.jp',
  ])
  expect(world.ses.signature()).toBe('watari1')
})

test.each(['example.jp', 'bounce.example.net', 'notexample.jp'])('the plan refuses %s as MAIL FROM domain', (name) => {
  const text = `domain: example.jp
legacy: { hosts: [{ host: mx1.example.jp }] }
dkim: { mailFromDomain: ${name}, contact: { name: a, mail: a@example.jp } }
`
  const reading = parsePlan(text, { file: 'p.yaml', hostname: 'gw1.example.jp' })
  expect(reading.kind === 'faulty' ? reading.faults : []).toEqual([
    expect.stringContaining(`dkim.mailFromDomain is ${name}, not a subdomain of example.jp`),
  ])
})
