// C35: SPF and DKIM pass and DMARC fails, because strict mode wants equal names. The stage command predicts it.
import { expect, test } from 'vitest'
import type { DnsAnswer } from '../../src/core/base/dns.ts'
import type { IdentityFacts } from '../../src/core/base/identity.ts'
import { alignmentNow, type ReadinessOptions } from '../../src/wiring/readiness.ts'

const readiness = (options: ReadinessOptions) => async () => (await alignmentNow(options)())?.message

const identity = (change: Partial<IdentityFacts> = {}): IdentityFacts => ({
  identity: 'example.com',
  verifiedForSending: true,
  dkim: { signingEnabled: true, status: 'SUCCESS', origin: 'EXTERNAL' },
  mailFrom: { domain: 'bounce.example.com', status: 'SUCCESS', behaviour: 'USE_DEFAULT_VALUE' },
  ...change,
})

const dmarc = (text: string) => async (): Promise<DnsAnswer> => ({
  kind: 'records',
  authoritative: false,
  records: [{ name: '_dmarc.example.com', type: 'TXT', ttlSeconds: 300, strings: [text] }],
})

const STRICT = dmarc('v=DMARC1; p=quarantine; adkim=s; aspf=s')
const RELAXED = dmarc('v=DMARC1; p=quarantine')
const ready = (domain: string, facts: IdentityFacts, text = STRICT) =>
  readiness({ domain, identity: { facts: async () => facts }, text })()

test('the From domain itself, signed by itself, passes in both modes', async () => {
  expect(await ready('example.com', identity())).toBeUndefined()
  expect(await ready('example.com', identity(), RELAXED)).toBeUndefined()
})

test('a parent or a child of the From domain does not sign for it in strict mode', async () => {
  const child = {
    ...identity(),
    identity: 'mail.example.com',
    mailFrom: { domain: 'bounce.mail.example.com', status: 'SUCCESS', behaviour: '' },
  }
  expect(await ready('example.com', child)).toContain('adkim=s asks for example.com itself')
  expect(await ready('mail.example.com', identity())).toContain('adkim=s asks for mail.example.com itself')
  expect(await ready('mail.example.com', identity(), RELAXED)).toBeUndefined()
})

test('what Amazon signs and sends for itself aligns nothing', async () => {
  const amazon = { ...identity(), dkim: { signingEnabled: false, status: 'NOT_STARTED', origin: 'AWS_SES' } }
  const { mailFrom: _, ...without } = amazon
  expect(await ready('example.com', without)).toContain('there is no MAIL FROM domain of its own')
  expect(await ready('example.com', without, RELAXED)).toContain('DKIM signing is off')
})

test('nobody is told that all is well when DNS does not say what is asked for', async () => {
  const silent = async (): Promise<DnsAnswer> => ({
    kind: 'fault',
    fault: 'SERVFAIL',
    message: 'the resolver answers SERVFAIL',
  })
  expect(await ready('example.com', identity(), silent)).toBe(
    'DNS could not be asked for the DMARC record of example.com (the resolver answers SERVFAIL), so nobody knows which alignment it wants; try again',
  )
})

test('while a key is changed nobody knows what SES signs with', async () => {
  const switching = () => 'SES is being switched to the DKIM key watari2'
  const check = readiness({
    domain: 'example.com',
    identity: { facts: async () => identity() },
    text: RELAXED,
    switching,
  })
  expect(await check()).toBe('SES is being switched to the DKIM key watari2')
})

test('SES that cannot be asked is no permission', async () => {
  const check = readiness({ domain: 'example.com', identity: { facts: () => Promise.reject(new Error('no route')) } })
  expect(await check()).toContain('SES could not be asked')
})

test('who could not be asked, and a failure that SES calls temporary, are doubts and no answers', async () => {
  const asked = (facts: () => Promise<IdentityFacts | undefined>) =>
    alignmentNow({ domain: 'example.com', identity: { facts } })()
  expect(await asked(() => Promise.reject(new Error('no route')))).toMatchObject({ sure: false })
  expect(await asked(async () => undefined)).toMatchObject({ sure: true })
})
