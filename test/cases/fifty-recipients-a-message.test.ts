// C16: SES takes 50 recipients a message. The envelope is divided before the mail is stored, and each part lives alone.
import { domainToASCII } from 'node:url'
import { describe, expect, test } from 'vitest'
import { intake } from '../../src/core/mail/accept.ts'
import { inspector } from '../../src/core/mail/inspect.ts'
import { mailIds } from '../../src/core/mail/mail-id.ts'
import type { Client } from '../../src/core/mail/ports.ts'
import { settle, SETTLE_POLICY } from '../../src/core/mail/settle.ts'
import { splitter } from '../../src/core/mail/split.ts'
import { sesReadings } from '../../src/adapters/ses/outcomes.ts'
import { contentOf } from '../support/corpus.ts'
import { memoryQueue, recordedLog, recordedMeter, testHash } from '../support/fakes.ts'

const NOW = Date.UTC(2026, 10, 25)
const client: Client = { address: '192.0.2.10', helo: 'app.example.com', tls: true, user: 'cuenote', allowed: false }

async function partsFor(recipients: readonly string[]) {
  const queue = memoryQueue()
  const { accept } = intake({
    policy: {
      hostname: 'gw.example.com',
      postmasterDomain: 'example.com',
      sizeMax: 1_000_000,
      senderDomains: ['example.com'],
      carrierDomains: [],
      hopsMax: 50,
      sesPartRecipientsMax: () => 50,
    },
    queue,
    now: () => NOW,
    nextId: mailIds({ gateway: 1 }),
    split: splitter({
      hash: testHash(),
      stage: () => ({ percent: 100, changedAt: 0, changedBy: 'tester', reason: 'test' }),
      shares: { byDomain: {}, byStream: {} },
      dotAddresses: {},
    }),
    inspect: inspector({ ses: { identities: ['example.com'], sizeMax: 40_000_000 } }),
    gate: () => undefined,
    toAscii: domainToASCII,
    log: recordedLog(),
    meter: recordedMeter(),
  })
  const content = contentOf('From: a@example.com\r\nTo: t@example.net\r\n\r\nhello\r\n')
  const answer = await accept(client, { sender: 'a@example.com', recipients }, content)
  expect(answer.kind).toBe('accepted')
  return await queue.claim('ses', NOW, 10)
}

const numbered = (count: number) => Array.from({ length: count }, (_, i) => `r${i}@example.net`)

test('(a) 51 recipients become 50 and 1, with the same content', async () => {
  const parts = await partsFor(numbered(51))
  expect(parts.map(({ recipients }) => recipients.length)).toEqual([50, 1])
  expect(parts[1]!.content).toEqual(parts[0]!.content)
})

test('(b) 120 recipients become three parts, and each recipient is in exactly one', async () => {
  const parts = await partsFor(numbered(120))
  expect(parts.map(({ recipients }) => recipients.length)).toEqual([50, 50, 20])
  expect(parts.flatMap(({ recipients }) => recipients)).toEqual(numbered(120))
})

test('(b) were SES to say that fifty are too many, the part goes by the old hosts and nobody bounces', () => {
  const { smtp } = sesReadings({ identities: ['example.com'] })
  const reply = { code: 554, text: 'Transaction failed: Recipient count exceeds 50.', host: 'h', command: 'RCPT TO' }
  expect(smtp(reply, 'recipient').outcome.kind).toBe('notForThisRoute')
})

describe('(c) duplicates', () => {
  test('the same spelling twice is one recipient', async () => {
    const parts = await partsFor(['a@example.net', 'b@example.net', 'a@example.net'])
    expect(parts.map(({ recipients }) => recipients)).toEqual([['a@example.net', 'b@example.net']])
  })

  test('spellings that differ in letter case are kept as given, and go by one route', async () => {
    const parts = await partsFor(['A@example.net', 'a@example.net'])
    expect(parts.map(({ recipients }) => recipients)).toEqual([['A@example.net', 'a@example.net']])
  })
})

test('(d) a throttled part is tried again whole, and nothing is left of the others', async () => {
  const [first, second] = await partsFor(numbered(100))
  const { api } = sesReadings({ identities: ['example.com'] })
  const error = {
    name: 'TooManyRequestsException',
    message: 'Maximum sending rate exceeded.',
    status: 429,
    requestId: 'r',
  }
  const { outcome, signal, counts } = api(error, 'h')
  const taken = { kind: 'delivered', reply: { code: 200, text: 'Ok', host: 'h', command: 'SendEmail' } } as const
  const at = { nowMs: NOW, random: 0.5 }

  const all = { outcomes: first!.recipients.map(() => taken), signal: { kind: 'healthy' }, counts: true } as const
  expect(settle(first!, all, SETTLE_POLICY, at)).toMatchObject({ delivered: 50, left: [], failures: [] })
  const none = { outcomes: second!.recipients.map(() => outcome), signal, counts }
  const settled = settle(second!, none, SETTLE_POLICY, at)
  expect(settled.failures).toEqual([])
  expect(settled.left.map(({ route, recipients, state }) => [route, recipients, state])).toEqual([
    ['ses', numbered(100).slice(50), 'waiting'],
  ])
})
