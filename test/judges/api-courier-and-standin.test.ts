// The API wire against the stand-in: our courier with the real AWS SDK on one side, on the other a service that shares no
// line with it, checks the SigV4 signature, and keeps what it took.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { sesAccount } from '../../src/adapters/ses/account.ts'
import { sesControlPlane } from '../../src/adapters/ses/control-plane.ts'
import { sesCourier } from '../../src/adapters/ses/courier.ts'
import { sesIdentity } from '../../src/adapters/ses/identity.ts'
import { sesReadings } from '../../src/adapters/ses/outcomes.ts'
import { sesPreparation } from '../../src/adapters/ses/preparation.ts'
import type { ClaimedPart } from '../../src/core/mail/mail.ts'
import type { Courier } from '../../src/core/mail/ports.ts'
import { alignmentFault } from '../../src/core/shift/alignment.ts'
import { type Standin, startStandin } from '../../src/standin/standin.ts'
import { contentOf, CORPUS } from '../support/corpus.ts'
import { fakeClock, recordedMeter } from '../support/fakes.ts'

const SENDER = 'bounce+taro=example.net-77@bounce.example.com'
let standin: Standin
let courier: Courier

beforeAll(async () => {
  standin = await startStandin({
    settings: { maxSendRate: 10_000 },
    seed: { domain: 'example.com', selector: 'key1', mailFromDomain: 'bounce.example.com', configurationSet: 'watari' },
  })
  courier = courierWith({})
})
beforeEach(() => standin.knobs.faults.clear())
afterAll(async () => {
  await courier.stop()
  await standin.stop()
})

const place = () => ({ region: 'ap-northeast-1', endpoint: standin.apiUrl, credentials: standin.credentials })

function courierWith({ configurationSet = 'watari', secret }: { configurationSet?: string; secret?: string }): Courier {
  const { credentials, ...rest } = place()
  return sesCourier({
    ...rest,
    credentials: { ...credentials, ...(secret !== undefined && { secretAccessKey: secret }) },
    readings: sesReadings({ identities: ['example.com'] }),
    prepare: sesPreparation({ wire: 'api', configurationSet, meter: recordedMeter() }),
    configurationSet,
    connections: 4,
  })
}

let serial = 0
function aPart({ text, ...change }: Partial<ClaimedPart> & { text?: string } = {}): ClaimedPart {
  serial += 1
  return {
    mailId: `0KD5X2M7A${String(serial).padStart(4, '0')}`,
    part: 1,
    route: 'ses',
    state: 'active',
    sender: SENDER,
    recipients: ['taro@example.net'],
    stream: 'example.com',
    acceptedAt: 0,
    dueAt: 0,
    attempts: 1,
    reason: 'accepted',
    size: 0,
    content: contentOf(text ?? 'From: news@example.com\r\nTo: taro@example.net\r\nSubject: x\r\n\r\nhello\r\n'),
    ...change,
  }
}

const kinds = async (part: ClaimedPart, by: Courier = courier) => {
  const { outcomes, signal, counts } = await by.deliver(part)
  const words = outcomes.map((outcome) => ('reason' in outcome ? `${outcome.kind} ${outcome.reason}` : outcome.kind))
  return { words, signal: signal.kind, counts }
}

describe('what the service takes', () => {
  test('the mail, its envelope sender as the source of events, and our tags', async () => {
    const part = aPart()
    const [outcome] = (await courier.deliver(part)).outcomes
    expect(outcome?.kind).toBe('delivered')
    const mail = standin.mails()[0]!
    expect(mail.id).toBe(outcome?.kind === 'delivered' ? outcome.remoteId : undefined)
    expect(mail.submission.source).toBe(SENDER)
    expect(mail.submission.configurationSetName).toBe('watari')
    expect(Object.fromEntries(mail.submission.tags)).toEqual({
      'watari-mail': part.mailId,
      'watari-part': '1',
      'watari-sender': 'Ym91bmNlK3Rhcm89ZXhhbXBsZS5uZXQtNzdAYm91bmNlLmV4YW1wbGUuY29t',
    })
  })

  test('a carrier address with dots out of place, when it is quoted', async () => {
    expect((await kinds(aPart({ recipients: ['taro..x.@carrier.example'] }))).words[0]).toMatch(/^notForThisRoute/)
    expect((await kinds(aPart({ recipients: ['"taro..x."@carrier.example'] }))).words).toEqual(['delivered'])
    expect(standin.mails()[0]!.recipients).toEqual(['"taro..x."@carrier.example'])
  })

  test('every mail of the corpus that routing would offer it, body for body', async () => {
    // Written out: kept off SES for a header that is not under example.com, or that has raw octets where SES takes none.
    const notOffered = new Set(['36-decorated-mail.eml', '49-raw-iso-2022-jp-address.eml'])
    for (const { name, text } of CORPUS) {
      if (notOffered.has(name)) continue
      expect([name, (await kinds(aPart({ text }))).words]).toEqual([name, ['delivered']])
      const content = (await standin.content(standin.mails()[0]!)).toString('latin1')
      const body = (mail: string) => (mail.includes('\r\n\r\n') ? mail.slice(mail.indexOf('\r\n\r\n')) : '\r\n\r\n')
      expect([name, body(content)]).toEqual([name, body(text)])
    }
  })
})

describe('what the service refuses', () => {
  test('a rate and a quota', async () => {
    expect(await kinds(aPart({ recipients: ['a+standin-rate-1@example.net'] }))).toEqual({
      words: ['deferred throttled'],
      signal: 'throttled',
      counts: false,
    })
    expect(await kinds(aPart({ recipients: ['a+standin-quota-1@example.net'] }))).toEqual({
      words: ['deferred dailyQuota'],
      signal: 'dailyQuota',
      counts: false,
    })
  })

  test('a foreign From: this mail is not for SES', async () => {
    expect(await kinds(aPart({ text: 'From: "news@example.com" <foo@partner.example>\r\n\r\nx\r\n' }))).toEqual({
      words: ['notForThisRoute identityNotOurs'],
      signal: 'healthy',
      counts: true,
    })
  })

  test('no From', async () => {
    expect((await kinds(aPart({ text: 'To: a@example.net\r\n\r\nx\r\n' }))).words).toEqual([
      'notForThisRoute contentRefused',
    ])
  })

  test('a configuration set that is not there, and a secret that is wrong: the route stops', async () => {
    for (const [options, reason] of [
      [{ configurationSet: 'gone' }, 'configurationSetMissing'],
      [{ secret: 'wrong' }, 'credentialsRefused'],
    ] as const) {
      const other = courierWith(options)
      expect(await kinds(aPart(), other)).toEqual({
        words: [`deferred ${reason}`],
        signal: 'misconfigured',
        counts: false,
      })
      await other.stop()
    }
  })

  test('an account that is paused: the route stops', async () => {
    standin.knobs.account.sendingEnabled = false
    try {
      expect(await kinds(aPart())).toEqual({
        words: ['deferred sendingPaused'],
        signal: 'misconfigured',
        counts: false,
      })
    } finally {
      standin.knobs.account.sendingEnabled = true
    }
  })

  test('one malformed address: the other two are delivered', async () => {
    const recipients = ['a@example.net', 'b@c@example.net', 'c@example.net']
    const { words } = await kinds(aPart({ recipients }))
    expect([words[0], words[2]]).toEqual(['delivered', 'delivered'])
    expect(words[1]).toMatch(/^(rejected recipientAddressRefused|notForThisRoute addressFormNotTaken)$/)
  })
})

describe('what the network does', () => {
  test('cut before the mail is stored, or after it: nobody knows, so unclear', async () => {
    expect(await kinds(aPart({ recipients: ['a+standin-cut-before@example.net'] }))).toMatchObject({
      words: ['unclear noAnswer'],
    })
    expect(await kinds(aPart({ recipients: ['a+standin-cut-after@example.net'] }))).toMatchObject({
      words: ['unclear noAnswer'],
    })
  })
})

test('the account and the identity are read as they are', async () => {
  const controlPlane = sesControlPlane(place(), fakeClock())
  expect(await sesAccount(controlPlane).facts()).toMatchObject({
    maxPerSecond: 10_000,
    maxIn24Hours: 10_000_000,
    sendingEnabled: true,
    productionAccess: true,
    enforcement: 'HEALTHY',
  })
  await controlPlane.stop()
  const again = sesControlPlane(place(), fakeClock())
  const facts = await sesIdentity(again).facts('example.com')
  expect(facts?.dkim).toEqual({ signingEnabled: true, status: 'SUCCESS', origin: 'EXTERNAL', tokens: ['key1'] })
  expect(facts?.mailFrom?.status).toBe('SUCCESS')
  expect(alignmentFault(facts, 'example.com')).toBeUndefined()
  await again.stop()
})
