// The SMTP wire against the stand-in: the courier, SES's reading of replies and SES's preparation, put together as wiring does.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { systemClock } from '../../src/adapters/node/clock.ts'
import { sesReadings } from '../../src/adapters/ses/outcomes.ts'
import { sesPreparation } from '../../src/adapters/ses/preparation.ts'
import { smtpCourier } from '../../src/adapters/smtp/courier.ts'
import type { ClaimedPart } from '../../src/core/mail/mail.ts'
import type { Courier } from '../../src/core/mail/ports.ts'
import { type Standin, startStandin } from '../../src/standin/standin.ts'
import { contentOf, CORPUS } from '../support/corpus.ts'
import { recordedLog, recordedMeter } from '../support/fakes.ts'

const SENDER = 'bounce+taro=example.net-77@bounce.example.com'
const meter = recordedMeter()
let standin: Standin
let courier: Courier

beforeAll(async () => {
  standin = await startStandin({
    settings: { maxSendRate: 10_000 },
    seed: { domain: 'example.com', selector: 'key1', mailFromDomain: 'bounce.example.com', configurationSet: 'watari' },
  })
  courier = courierWith(standin.credentials.smtpPassword)
})
afterAll(async () => {
  await courier.stop()
  await standin.stop()
})

function courierWith(password: string): Courier {
  return smtpCourier({
    hosts: [{ host: 'localhost', port: standin.smtpPort }],
    tls: 'required',
    trust: { ca: standin.certificate },
    auth: async () => ({ user: standin.credentials.accessKeyId, password }),
    helo: 'gw.example.com',
    readReply: sesReadings({ identities: ['example.com'] }).smtp,
    prepare: sesPreparation({ wire: 'smtp', configurationSet: 'watari', meter }),
    clock: systemClock(),
    random: { next: () => 0.5 },
    log: recordedLog(),
    limits: { connectionsPerHost: 2 },
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

test('the mail is taken with its envelope sender, our set and our tags, whatever the client wanted', async () => {
  const part = aPart({
    text: 'X-SES-CONFIGURATION-SET: attacker\r\nFrom: news@example.com\r\nX-SES-MESSAGE-TAGS: a=b\r\nBcc: b@example.net\r\n\r\nx\r\n',
  })
  const [outcome] = (await courier.deliver(part)).outcomes
  const mail = standin.mails()[0]!
  expect(outcome).toMatchObject({ kind: 'delivered', remoteId: mail.id })
  expect(mail.submission.source).toBe(SENDER)
  expect(mail.submission.configurationSetName).toBe('watari')
  expect(Object.fromEntries(mail.submission.tags)).toEqual({ 'watari-mail': part.mailId, 'watari-part': '1' })
  expect(mail.submission.recipients).toEqual(['taro@example.net'])
  expect(meter.total('watari_headers_repaired_total', 'removed-x-ses')).toBe(2)
  expect(meter.total('watari_headers_repaired_total', 'removed-bcc')).toBe(1)
})

test('every mail of the corpus that routing would offer arrives body for body', async () => {
  const notOffered = new Set(['36-decorated-mail.eml', '49-raw-iso-2022-jp-address.eml'])
  for (const { name, text } of CORPUS) {
    if (notOffered.has(name)) continue
    expect([name, (await kinds(aPart({ text }))).words]).toEqual([name, ['delivered']])
    const content = (await standin.content(standin.mails()[0]!)).toString('latin1')
    const body = (mail: string) => (mail.includes('\r\n\r\n') ? mail.slice(mail.indexOf('\r\n\r\n')) : '\r\n\r\n')
    expect([name, body(content)]).toEqual([name, body(text)])
  }
})

describe('what the service refuses', () => {
  test.each([
    ['a rate', ['a+standin-rate-1@example.net'], ['deferred throttled'], 'throttled', false],
    ['a quota', ['a+standin-quota-1@example.net'], ['deferred dailyQuota'], 'dailyQuota', false],
    [
      'one recipient of three, for its form',
      ['a@example.net', 'b@c@example.net', 'c@example.net'],
      ['delivered', 'notForThisRoute addressFormNotTaken', 'delivered'],
      'healthy',
      true,
    ],
  ])('%s', async (_, recipients, words, signal, counts) => {
    expect(await kinds(aPart({ recipients }))).toEqual({ words, signal, counts })
  })

  test('a foreign From goes by the old hosts', async () => {
    expect(await kinds(aPart({ text: 'From: "news@example.com" <foo@partner.example>\r\n\r\nx\r\n' }))).toEqual({
      words: ['notForThisRoute identityNotOurs'],
      signal: 'healthy',
      counts: true,
    })
  })

  test('a password that is wrong stops the route', async () => {
    const other = courierWith('BBvRgNlk0lx+DbGgucchBnKVfATyEykO6QiBzwwU9hPe')
    expect(await kinds(aPart(), other)).toEqual({
      words: ['deferred credentialsRefused'],
      signal: 'misconfigured',
      counts: false,
    })
    await other.stop()
  })

  test('a connection cut after the final dot is unclear', async () => {
    expect((await kinds(aPart({ recipients: ['a+standin-cut-after@example.net'] }))).words[0]).toMatch(/^unclear /)
  })
})
