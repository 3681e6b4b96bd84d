import { domainToASCII } from 'node:url'
import { describe, expect, test } from 'vitest'
import { intake, type AcceptOptions, type AcceptPolicy } from './accept.ts'
import { inspector } from './inspect.ts'
import { mailIds } from './mail-id.ts'
import type { Client } from './ports.ts'
import { refuse } from './refusal.ts'
import { splitter } from './split.ts'
import { aContent, memoryQueue, recordedLog, recordedMeter, testHash } from '../../../test/support/fakes.ts'
import { latin1Text } from '../base/bytes.ts'

const NOW = Date.UTC(2026, 10, 25, 3, 4, 5)
const client: Client = { address: '192.0.2.10', helo: 'app.example.com', tls: true, user: 'cuenote', allowed: false }
const MAIL = 'From: news@example.com\r\nTo: reader@example.net\r\nSubject: x\r\n\r\nbody\r\n'

function gateway(
  overrides: { percent?: number; policy?: Partial<AcceptPolicy>; options?: Partial<AcceptOptions> } = {},
) {
  const queue = memoryQueue()
  const log = recordedLog()
  const meter = recordedMeter()
  const stage = { percent: overrides.percent ?? 0, changedAt: 0, changedBy: 'tester', reason: 'test' }
  const options: AcceptOptions = {
    policy: {
      hostname: 'gw.example.com',
      postmasterDomain: 'example.com',
      sizeMax: 1_000_000,
      senderDomains: ['example.com', '.example.com'],
      hopsMax: 50,
      carrierDomains: ['carrier.example'],
      sesPartRecipientsMax: () => 50,
      ...overrides.policy,
    },
    queue,
    now: () => NOW,
    nextId: mailIds({ gateway: 1 }),
    split: splitter({
      hash: testHash(),
      stage: () => stage,
      shares: { byDomain: {}, byStream: {} },
      dotAddresses: { 'carrier.example': 'quote' },
    }),
    inspect: inspector({ ses: { identities: ['example.com'], sizeMax: 40_000_000 } }),
    gate: () => undefined,
    toAscii: domainToASCII,
    log,
    meter,
    ...overrides.options,
  }
  return { ...intake(options), queue, log, meter }
}

describe('at MAIL FROM', () => {
  // C04: never an open relay.
  test('a client that is neither listed nor authenticated is refused before anything else is said', () => {
    const stranger: Client = { address: '192.0.2.50', helo: 'x', tls: false, allowed: false }
    expect(gateway().sender(stranger, 'x@evil.example', undefined)).toMatchObject({ reason: 'authenticationRequired' })
  })

  test('a known client may not send for a domain that is not in the plan', () => {
    expect(gateway().sender(client, 'x@evil.example', undefined)).toMatchObject({ reason: 'senderNotAllowed' })
    expect(gateway().sender(client, 'x@mail.example.com', undefined)).toBeUndefined()
  })

  test('the null reverse-path is taken from a known client', () => {
    expect(gateway().sender(client, '', undefined)).toBeUndefined()
  })

  // C03a.
  test('a declared size over the limit is refused at once, one at the limit is not', () => {
    const limited = gateway({ policy: { sizeMax: 1_000 } })
    expect(limited.sender(client, 'a@example.com', 1_001)).toMatchObject({ reason: 'tooBig' })
    expect(limited.sender(client, 'a@example.com', 1_000)).toBeUndefined()
  })

  // M11.
  test('a full queue answers before the client sends anything', () => {
    const full = gateway({ options: { gate: () => refuse('queueFull', 'the disk limit is reached') } })
    expect(full.sender(client, 'a@example.com', undefined)).toMatchObject({ reason: 'queueFull' })
    expect(full.meter.total('watari_refusals_total', 'queueFull')).toBe(1)
  })
})

describe('at RCPT TO', () => {
  const { recipient } = gateway()

  // C07.
  test('a Unicode domain becomes punycode, in the octets that a client without SMTPUTF8 sends', () => {
    const wire = Buffer.from('info@例え.example').toString('latin1')
    expect(recipient(client, wire, 'news@example.com')).toEqual({
      kind: 'accepted',
      recipient: 'info@xn--r8jz45g.example',
    })
  })

  test('a Unicode local part is refused and never re-spelled', () => {
    const wire = Buffer.from('お客様@example.com').toString('latin1')
    expect(recipient(client, wire, 'news@example.com')).toMatchObject({ reason: 'nonAsciiLocalPart' })
  })

  test('a local part that looks like punycode goes through unchanged', () => {
    expect(recipient(client, 'xn--gr-zia@example.com', 'news@example.com')).toEqual({
      kind: 'accepted',
      recipient: 'xn--gr-zia@example.com',
    })
  })

  // C08.
  test.each([
    'taro..x@carrier.example',
    'taro.@carrier.example',
    '.taro@carrier.example',
    '-taro@carrier.example',
    '"taro..x"@carrier.example',
  ])('%s is taken with its spelling', (address) => {
    expect(recipient(client, address, 'news@example.com')).toEqual({ kind: 'accepted', recipient: address })
  })

  test.each(['taro..x@example.com', 'taro.@example.com', '.taro@example.com'])(
    '%s is refused with the reason',
    (address) => {
      expect(recipient(client, address, 'news@example.com')).toMatchObject({ reason: 'recipientDotAddress' })
    },
  )

  test('the quoted form is taken everywhere', () => {
    expect(recipient(client, '"taro..x"@example.com', 'news@example.com')).toMatchObject({ kind: 'accepted' })
  })

  test('postmaster without a domain is ours', () => {
    expect(recipient(client, 'Postmaster', 'news@example.com')).toEqual({
      kind: 'accepted',
      recipient: 'Postmaster@example.com',
    })
  })

  test('the letter case of the local part is kept', () => {
    expect(recipient(client, 'Reader@Example.NET', 'news@example.com')).toEqual({
      kind: 'accepted',
      recipient: 'Reader@Example.NET',
    })
  })
})

describe('at the final dot', () => {
  const envelope = { sender: 'bounce+u=example.net-77@example.com', recipients: ['reader@example.net'] }

  test('the mail is in the queue with its envelope as given and one trace header more', async () => {
    const { accept, queue } = gateway()
    const answer = await accept(client, envelope, aContent(MAIL))
    expect(answer).toMatchObject({ kind: 'accepted' })
    expect(queue.parts()).toMatchObject([
      {
        sender: 'bounce+u=example.net-77@example.com',
        recipients: ['reader@example.net'],
        route: 'legacy',
        stream: 'example.com',
      },
    ])
    const id = answer.kind === 'accepted' ? answer.id : ''
    const stored = (await queue.contentOf(id))!
    expect(stored.chunks.map((chunk) => latin1Text(chunk)).join('')).toBe(
      `Received: from app.example.com ([192.0.2.10])\r\n\tby gw.example.com (Watari) with ESMTPSA id ${id};\r\n` +
        `\tWed, 25 Nov 2026 03:04:05 +0000\r\n${MAIL}`,
    )
    expect(stored.wireSize).toBe(stored.chunks.reduce((sum, chunk) => sum + chunk.length, 0))
  })

  // C05a: a failed insert is never a 250.
  test('a queue that cannot write is a refusal, and an alarm', async () => {
    const { accept, queue, log } = gateway()
    queue.fail('put', 1)
    expect(await accept(client, envelope, aContent(MAIL))).toMatchObject({ kind: 'refused', reason: 'storageFailed' })
    expect(queue.parts()).toEqual([])
    expect(log.lines.map(({ level, event }) => [level, event])).toEqual([['alarm', 'storageFailed']])
  })

  // C16a: 51 recipients, the limit of SES is 50.
  test('51 recipients for SES become parts of 50 and 1, each recipient in exactly one', async () => {
    const { accept, queue } = gateway({ percent: 100 })
    const recipients = Array.from({ length: 51 }, (_, i) => `r${i}@example.net`)
    await accept(client, { sender: 'a@example.com', recipients }, aContent(MAIL))
    expect(queue.parts().map((part) => [part.route, part.recipients.length])).toEqual([
      ['ses', 50],
      ['ses', 1],
    ])
    expect(queue.parts().flatMap((part) => part.recipients)).toEqual(recipients)
  })

  // C16c: stated: the same octets twice are one recipient, another spelling is another.
  test('a recipient given twice is one, and another letter case is another', async () => {
    const { accept, queue } = gateway()
    const recipients = ['A@example.net', 'a@example.net', 'A@example.net']
    await accept(client, { sender: 'a@example.com', recipients }, aContent(MAIL))
    expect(queue.parts()).toMatchObject([{ recipients: ['A@example.net', 'a@example.net'] }])
  })

  test('one mail is divided by route, and the sum of its parts is its envelope', async () => {
    const { accept, queue } = gateway({ percent: 50 })
    const recipients = Array.from({ length: 40 }, (_, i) => `reader${i}@example.net`)
    await accept(client, { sender: 'a@example.com', recipients }, aContent(MAIL))
    expect(queue.parts().map(({ route }) => route)).toEqual(['legacy', 'ses'])
    expect(new Set(queue.parts().flatMap((part) => part.recipients))).toEqual(new Set(recipients))
  })

  // C14a and C15: what SES would refuse stays on legacy and bounces nobody.
  test.each([
    ['the null sender', '', MAIL, 'nullSender'],
    [
      'a From of another domain',
      'a@example.com',
      MAIL.replace('news@example.com', '"Foo" <foo@partner.example>'),
      'fromNotVerified',
    ],
    [
      'a From of this very machine',
      'a@example.com',
      MAIL.replace('news@example.com', 'root@web01.localdomain'),
      'fromNotVerified',
    ],
    ['no From at all', 'a@example.com', MAIL.replace('From: news@example.com\r\n', ''), 'noFrom'],
    ['a line over 998 octets', 'a@example.com', `${MAIL}${'x'.repeat(999)}\r\n`, 'lineTooLong'],
  ])('%s is kept off SES, counted, and not refused', async (_name, sender, text, reason) => {
    const { accept, queue, meter } = gateway({ percent: 100 })
    expect(await accept(client, { sender, recipients: ['r@example.net'] }, aContent(text))).toMatchObject({
      kind: 'accepted',
    })
    expect(queue.parts()).toMatchObject([{ route: 'legacy', reason: `accepted, kept off SES: ${reason}` }])
    expect(meter.total('watari_kept_off_ses_total', reason)).toBe(1)
  })

  test('a From in capital letters is the same domain', async () => {
    const { accept, queue } = gateway({ percent: 100 })
    await accept(
      client,
      { sender: 'a@example.com', recipients: ['r@example.net'] },
      aContent(MAIL.replace('news@example.com', 'Foo@EXAMPLE.COM')),
    )
    expect(queue.parts()).toMatchObject([{ route: 'ses' }])
  })

  // C18e.
  test('two Content-Type headers are refused as ambiguous', async () => {
    const { accept, queue } = gateway()
    const text = `Content-Type: text/plain\r\nContent-type: text/html\r\n${MAIL}`
    expect(await accept(client, envelope, aContent(text))).toMatchObject({ reason: 'headerAmbiguous' })
    expect(queue.parts()).toEqual([])
  })

  test('a mail that has passed more than fifty hosts goes in a circle', async () => {
    const { accept } = gateway()
    const text = `${'Received: from a by b; Wed, 25 Nov 2026 03:04:05 +0000\r\n'.repeat(51)}${MAIL}`
    expect(await accept(client, envelope, aContent(text))).toMatchObject({ reason: 'loop' })
  })

  test('the log has the mail id and numbers, and nobody’s address', async () => {
    const { accept, log } = gateway()
    await accept(client, envelope, aContent(MAIL))
    expect(log.lines).toMatchObject([
      { level: 'info', event: 'accepted', fields: { recipients: 1, parts: 1, stream: 'example.com' } },
    ])
    expect(JSON.stringify(log.lines)).not.toMatch(/@|192\.0\.2/)
  })
})
