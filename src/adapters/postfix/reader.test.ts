// What the reader of Postfix logs makes of outcomes, TLS, retries and rubbish.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { readPostfixLog } from '../../../test/support/postfix-log.ts'
import { LineChunks } from './line-chunks.ts'
import { PostfixLog } from './reader.ts'

const line = (program: string, text: string, pid = 1) => `Nov 25 10:00:00 mx1 postfix/${program}[${pid}]: ${text}`
const active = (id: string, recipients = 1) =>
  line('qmgr', `${id}: from=<news@example.jp>, size=900, nrcpt=${recipients} (queue active)`)
const delivery = (id: string, end: string, { to = 'u@example.net', more = '', pid = 1 } = {}) =>
  line('smtp', `${id}: to=<${to}>, relay=mx.example.net[192.0.2.5]:25, ${more}delay=1, delays=0/0/0/1, ${end}`, pid)
const SENT = 'dsn=2.0.0, status=sent (250 ok)'
const LATER =
  'dsn=4.2.0, status=deferred (host mx.example.net[192.0.2.5] said: 450 4.2.0 greylisted (in reply to RCPT TO command))'

describe('a mail', () => {
  test('that is tried again is one mail with two deferrals and one delivery', () => {
    const { mails, outcomes, log } = readPostfixLog([
      [
        active('A1'),
        delivery('A1', LATER),
        active('A1'),
        delivery('A1', LATER),
        active('A1'),
        delivery('A1', SENT),
        line('qmgr', 'A1: removed'),
      ],
    ])
    expect(mails).toHaveLength(1)
    expect(outcomes.map(({ status }) => status)).toEqual(['deferred', 'deferred', 'delivered'])
    expect(outcomes[0]).toMatchObject({ reason: 'greylisted', stage: 'RCPT TO' })
    expect(log.counts).toMatchObject({ deferrals: 2, deferredMails: 1, sent: 1 })
    expect(log.tracker.table.open).toBe(0)
  })

  test('that is given up counts its open recipients where they were deferred', () => {
    const expired = line('qmgr', 'A1: from=<news@example.jp>, status=expired, returned to sender')
    const { outcomes } = readPostfixLog([
      [active('A1', 3), delivery('A1', SENT), delivery('A1', LATER), delivery('A1', LATER), expired],
    ])
    expect(outcomes.at(-1)).toMatchObject({ status: 'expired', count: 2, domain: 'example.net', reason: 'greylisted' })
  })

  test('that is given up at several domains belongs to none of them', () => {
    const expired = line('qmgr', 'A1: from=<news@example.jp>, status=force-expired, returned to sender')
    const { outcomes } = readPostfixLog([
      [active('A1', 2), delivery('A1', LATER), delivery('A1', LATER, { to: 'v@example.org' }), expired],
    ])
    expect(outcomes.at(-1)).toMatchObject({ status: 'expired', count: 2, domain: '' })
  })

  test.each([
    ['0.05', 50],
    ['302', 302_000],
    ['12.5', 12_500],
    ['3.0e+2', 300_000],
    ['-0.1', 0],
  ])('with delay=%s took %d ms', (delay, delayMs) => {
    const { outcomes } = readPostfixLog([[delivery('A1', SENT).replace('delay=1,', `delay=${delay},`)]])
    expect(outcomes[0]!.delayMs).toBe(delayMs)
  })

  test('from nobody has no sender domain', () => {
    const { mails } = readPostfixLog([
      [
        line('qmgr', 'A1: from=<>, size=9, nrcpt=1 (queue active)'),
        line('qmgr', 'A2: from=<root>, size=9, nrcpt=1 (queue active)'),
      ],
    ])
    expect(mails.map(({ sender }) => sender)).toEqual([0, 0])
  })

  test('whose bounce says that nobody is there tells it, and one that a filter refused does not', () => {
    const bounced = (to: string, said: string, dsn: string) =>
      delivery('A1', `dsn=${dsn}, status=bounced (host mx[192.0.2.5] said: ${said} (in reply to RCPT TO command))`, {
        to,
      })
    const { outcomes } = readPostfixLog([
      [
        bounced('u@example.net', '550 5.1.1 <u@example.net>: Recipient address rejected: User unknown', '5.1.1'),
        bounced('u@docomo.ne.jp', '550 Unknown user u@docomo.ne.jp', '5.0.0'),
        bounced('spam@example.net', '550 5.7.1 <spam@example.net>: blocked', '5.7.1'),
      ],
    ])
    expect(outcomes.map(({ mailbox }) => mailbox)).toEqual(['gone', 'doubtful', 'unknown'])
    expect(outcomes[2]!.reason).toBe('reputation')
  })

  test('to an old carrier address is told apart from a quoted one', () => {
    const to = (address: string) => delivery('A1', SENT, { to: address })
    const { outcomes } = readPostfixLog([
      [
        to('a..b@docomo.ne.jp'),
        to('a.@docomo.ne.jp'),
        to('.a@docomo.ne.jp'),
        to('"a..b"@docomo.ne.jp'),
        to('a.b@docomo.ne.jp'),
        to('A..B@DOCOMO.ne.jp'),
      ],
    ])
    expect(outcomes.map(({ dotted }) => dotted)).toEqual([true, true, true, false, false, true])
    expect(new Set(outcomes.map(({ domain }) => domain))).toEqual(new Set(['docomo.ne.jp']))
    expect(outcomes[0]!.hashLow).toBe(outcomes[5]!.hashLow)
    expect(outcomes[0]!.hashHigh).toBe(outcomes[5]!.hashHigh)
  })
})

describe('TLS', () => {
  const tls = (pid: number) =>
    line(
      'smtp',
      'Untrusted TLS connection established to mx.example.net[192.0.2.5]:25: TLSv1.3 with cipher TLS_AES_256_GCM_SHA384 (256/256 bits)',
      pid,
    )

  test('is unknown while no line speaks of it', () => {
    expect(readPostfixLog([[delivery('A1', SENT)]]).outcomes[0]!.tls).toBe('unknown')
  })

  test('belongs to the mails of the same process, as long as the connection is reused', () => {
    const { outcomes } = readPostfixLog([
      [
        tls(7),
        delivery('A1', SENT, { pid: 7 }),
        delivery('A1', SENT, { pid: 7, to: 'v@example.net' }),
        delivery('A2', SENT, { pid: 7, more: 'conn_use=2, ' }),
        delivery('A3', SENT, { pid: 7 }),
        delivery('A4', SENT, { pid: 8 }),
      ],
    ])
    expect(outcomes.map(({ tls }) => tls)).toEqual(['tls', 'tls', 'tls', 'plain', 'plain'])
  })
})

describe('rubbish', () => {
  test('never throws, and every line is counted', () => {
    const pieces = fc.constantFrom(
      active('A1'),
      delivery('A1', SENT),
      'status=',
      'to=<',
      '>, ',
      '(',
      '[',
      ']: ',
      '\u00e4',
      'Nov 25 10:00:00 ',
      '2026-11-25T10:00:00+09:00 ',
      'x'.repeat(300),
    )
    fc.assert(
      fc.property(fc.array(fc.array(fc.oneof(pieces, fc.string()), { maxLength: 8 }), { maxLength: 20 }), (lines) => {
        const log = new PostfixLog(() => ({ mail: () => {}, mailAgain: () => {}, outcome: () => {} }), { zone: 'UTC' })
        log.clock.startFile(Date.parse('2026-11-25T12:00:00Z'))
        for (const parts of lines) {
          const octets = Buffer.from(parts.join('').replaceAll('\n', ' '))
          log.line(octets, 0, octets.length)
        }
        log.finish()
        expect(log.counts.lines).toBe(lines.length)
      }),
      { numRuns: Number(process.env['WATARI_FUZZ_RUNS'] ?? 300) },
    )
  })

  test('a sample shows no address, and each kind of line once', () => {
    const { log } = readPostfixLog([
      [
        line('smtp', 'surprise for tanaka@example.jp'),
        line('smtp', 'surprise for suzuki@example.jp'),
        'no log at all: tanaka@example.jp',
      ],
    ])
    expect(log.counts.unknown).toBe(3)
    expect(log.counts.samples).toHaveLength(2)
    expect(log.counts.samples.join()).not.toMatch(/tanaka|suzuki|example\.jp/)
  })
})

test('lines are the same however they are cut into chunks', () => {
  const text = `${active('A1')}\r\n\n${delivery('A1', SENT)}\n${line('qmgr', 'A1: removed')}`
  fc.assert(
    fc.property(fc.array(fc.nat(text.length), { maxLength: 6 }), (cuts) => {
      const seen: string[] = []
      const chunks = new LineChunks({
        line: (octets, start, end) => void seen.push(octets.toString('latin1', start, end)),
        cut: () => {},
      })
      const places = [0, ...cuts.toSorted((a, b) => a - b), text.length]
      for (let i = 1; i < places.length; i += 1) chunks.push(Buffer.from(text.slice(places[i - 1], places[i])))
      chunks.end()
      expect(seen).toEqual([active('A1'), delivery('A1', SENT), line('qmgr', 'A1: removed')])
    }),
  )
})

test('a line without an end is cut, counted, and passed over', () => {
  const seen: number[] = []
  let cuts = 0
  const chunks = new LineChunks({ line: (_, start, end) => void seen.push(end - start), cut: () => void (cuts += 1) })
  for (let n = 0; n < 20; n += 1) chunks.push(Buffer.alloc(10_000, 'x'))
  chunks.push(Buffer.from('\nshort\n'))
  chunks.end()
  expect(seen).toEqual([65_536, 5])
  expect(cuts).toBe(1)
})
