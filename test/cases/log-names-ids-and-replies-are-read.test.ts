// C42: parsers miss instances, the error(8) daemon, long ids, and replies that hold equal signs, commas and brackets.
import { expect, test } from 'vitest'
import { legacyStage } from '../../src/core/base/legacy-reason.ts'
import { readPostfixLog } from '../support/postfix-log.ts'

const at = (program: string, text: string, stamp = 'Nov 25 10:00:00') => `${stamp} mx1 ${program}[9]: ${text}`
const FIELDS = 'delay=1.5, delays=0.1/0/0.4/1'
const one = (lines: readonly string[]) => {
  const { outcomes, log } = readPostfixLog([lines])
  expect(log.counts.unknown).toBe(0)
  expect(outcomes).toHaveLength(1)
  return outcomes[0]!
}

test('the program is the last part of its path, and the instance is kept', () => {
  const { outcomes, log } = readPostfixLog([
    [
      at(
        'postfix-out/content-filter/smtp',
        `4HnkK60lBRz6tl1: to=<a@example.com>, relay=mx.example.com[192.0.2.2]:25, ${FIELDS}, dsn=2.0.0, status=sent (250 2.0.0 from MTA(smtp:[192.0.2.2]:10025): 250 2.0.0 Ok: queued as 4HnkK74hXyz6tl6)`,
      ),
    ],
  ])
  expect(outcomes).toMatchObject([
    { status: 'delivered', domain: 'example.com', recipient: 'a@example.com', delayMs: 1_500 },
  ])
  expect(log.heads.spaces.map(({ instance }) => instance)).toEqual(['postfix-out'])
})

test('what error(8) and retry(8) write is a deferral', () => {
  const outcome = one([
    at(
      'postfix/error',
      '4HnkK60lBRz6tl1: to=<a@example.com>, relay=none, delay=302, delays=300/2/0/0.1, dsn=4.4.1, status=deferred (delivery temporarily suspended: connect to mx.example[192.0.2.9]:25: Connection refused)',
    ),
  ])
  expect(outcome).toMatchObject({
    status: 'deferred',
    delayMs: 302_000,
    dsn: 4_004_001,
    reason: 'connectFailed',
    stage: 'none',
  })
})

test('a reply goes to the last bracket, whatever it holds', () => {
  const reply =
    'host mx.example[2001:db8::1] said: 550-5.7.1 [192.0.2.7 12] see 550 5.7.1 https://help.example/?hl=en&answer=188131 - gsmtp (in reply to end of DATA command)'
  const outcome = one([
    at(
      'postfix/smtp',
      `A1: to=<a@example.com>, relay=mx.example[2001:db8::1]:25, ${FIELDS}, dsn=5.7.1, status=bounced (${reply})`,
    ),
  ])
  expect(outcome).toMatchObject({
    status: 'bounced',
    dsn: 5_007_001,
    stage: 'end of DATA',
    reason: 'reputation',
    mailbox: 'unknown',
  })
})

test('the stage is the last “in reply to”', () => {
  expect(
    legacyStage('host a said: 451 host b said: 450 (in reply to DATA command) (in reply to RCPT TO command)'),
  ).toBe('RCPT TO')
  expect(legacyStage('host a[192.0.2.1] refused to talk to me: 554 no')).toBe('greeting')
  expect(legacyStage('connect to a[192.0.2.1]:25: Connection timed out')).toBe('none')
})

test('a reply needs no enhanced code', () => {
  const outcome = one([
    at(
      'postfix/smtp',
      `A1: to=<a@example.com>, relay=mx.example[192.0.2.5]:25, ${FIELDS}, dsn=2.0.0, status=sent (250 OK queued as c600)`,
    ),
  ])
  expect(outcome.status).toBe('delivered')
})

test('a relay of IPv6 loopback is this machine: what comes back is the same mail', () => {
  const { log, outcomes } = readPostfixLog([
    [
      at(
        'postfix/lmtp',
        `A1: to=<a@example.com>, relay=::1[::1]:24, ${FIELDS}, dsn=2.0.0, status=sent (250 2.0.0 Ok: queued as B2)`,
      ),
      at('postfix/qmgr', 'B2: from=<x@one.example>, size=500, nrcpt=1 (queue active)'),
    ],
  ])
  expect(log.counts).toMatchObject({ handedOver: 1, sent: 0 })
  expect(outcomes).toEqual([])
})

test('the same short id an hour later is another mail', () => {
  const life = (hour: string, sender: string) => [
    at('postfix/qmgr', `3F2A1: from=<${sender}>, size=500, nrcpt=1 (queue active)`, `Nov 25 ${hour}:00:00`),
    at(
      'postfix/smtp',
      `3F2A1: to=<a@example.com>, relay=mx.example[192.0.2.5]:25, ${FIELDS}, dsn=2.0.0, status=sent (250 ok)`,
      `Nov 25 ${hour}:00:01`,
    ),
    at('postfix/qmgr', '3F2A1: removed', `Nov 25 ${hour}:00:01`),
  ]
  const { mails, outcomes } = readPostfixLog([[...life('10', 'x@one.example'), ...life('11', 'x@two.example')]])
  expect(mails).toHaveLength(2)
  expect(outcomes.map(({ sender }) => sender)).toEqual(mails.map(({ sender }) => sender))
  expect(mails[0]!.sender).not.toBe(mails[1]!.sender)
})

test('the same id on another host or instance is another mail', () => {
  const active = (host: string, instance: string) =>
    `Nov 25 10:00:00 ${host} ${instance}/qmgr[9]: 3F2A1: from=<x@one.example>, size=500, nrcpt=1 (queue active)`
  const { mails } = readPostfixLog([[active('mx1', 'postfix'), active('mx2', 'postfix'), active('mx1', 'postfix-out')]])
  expect(mails).toHaveLength(3)
})

test('a transport with a name of its own in the log still delivers the mails of its queue manager', () => {
  const { outcomes, mails } = readPostfixLog([
    [
      at('postfix/qmgr', '4HnkK60lBRz6tl1: from=<x@one.example>, size=500, nrcpt=1 (queue active)'),
      at(
        'postfix-slow/smtp',
        `4HnkK60lBRz6tl1: to=<a@docomo.ne.jp>, relay=mx.example[192.0.2.5]:25, ${FIELDS}, dsn=2.0.0, status=sent (250 ok)`,
      ),
    ],
  ])
  expect(outcomes[0]).toMatchObject({ sender: mails[0]!.sender, octets: 500 })
})

test('a rejection is counted and enters no queue', () => {
  const { log, mails, outcomes } = readPostfixLog([
    [
      at(
        'postfix/smtpd',
        'NOQUEUE: reject: RCPT from app.example[192.0.2.4]: 554 5.7.1 <b@example.net>: Relay access denied; from=<a@example.com> to=<b@example.net> proto=ESMTP helo=<app.example>',
      ),
    ],
  ])
  expect(log.counts).toMatchObject({ rejected: 1, received: 0, unknown: 0 })
  expect([...mails, ...outcomes]).toEqual([])
})
