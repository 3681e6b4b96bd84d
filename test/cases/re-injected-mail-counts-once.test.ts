// C43: content filters re-inject the mail, and each is logged as sent twice, so the figures from before the move are wrong.
import { describe, expect, test } from 'vitest'
import { readPostfixLog } from '../support/postfix-log.ts'

const line = (program: string, text: string, second = '00') => `Nov 25 10:00:${second} h postfix/${program}[1]: ${text}`
const HANDED =
  'A1: to=<u@example.net>, relay=127.0.0.1[127.0.0.1]:10024, delay=2, delays=0.1/0/0/1.9, dsn=2.0.0, status=sent (250 2.0.0 from MTA(smtp:[127.0.0.1]:10025): 250 2.0.0 Ok: queued as B2)'
const DELIVERED =
  'B2: to=<u@example.net>, relay=mx.example.net[192.0.2.5]:25, delay=1, delays=0.1/0/0.4/0.5, dsn=2.0.0, status=sent (250 ok)'
const A1_COMES = line('qmgr', 'A1: from=<news@example.jp>, size=900, nrcpt=1 (queue active)', '01')
const B2_COMES = line('qmgr', 'B2: from=<news@example.jp>, size=990, nrcpt=1 (queue active)', '02')

describe('a mail through a content filter is one mail and one delivery', () => {
  test.each([
    [
      'the filter’s answer is written last',
      [A1_COMES, B2_COMES, line('smtp', HANDED, '03'), line('smtp', DELIVERED, '04')],
    ],
    ['the new mail is written last', [A1_COMES, line('smtp', HANDED, '02'), B2_COMES, line('smtp', DELIVERED, '04')]],
    [
      'the new mail is gone before the answer is written',
      [
        A1_COMES,
        B2_COMES,
        line('smtp', DELIVERED, '03'),
        line('qmgr', 'B2: removed', '03'),
        line('smtp', HANDED, '04'),
      ],
    ],
  ])('when %s', (_, lines) => {
    const { mails, outcomes, log } = readPostfixLog([lines])
    expect(mails).toHaveLength(1)
    expect(outcomes).toMatchObject([{ status: 'delivered', domain: 'example.net', recipient: 'u@example.net' }])
    expect(log.counts).toMatchObject({ handedOver: 1, sent: 1 })
  })

  test('and its delay holds the time in the filter', () => {
    const { outcomes } = readPostfixLog([
      [A1_COMES, B2_COMES, line('smtp', HANDED, '03'), line('smtp', DELIVERED, '04')],
    ])
    expect(outcomes[0]!.delayMs).toBe(3_000)
  })
})

test('a program on this machine that gives nothing back has delivered', () => {
  const { outcomes, log } = readPostfixLog([[A1_COMES, line('smtp', HANDED, '03')]])
  expect(log.counts).toMatchObject({ handedOver: 0, sent: 1, octetsSent: 900 })
  expect(outcomes).toMatchObject([{ status: 'delivered', recipient: 'u@example.net', delayMs: 2_000 }])
})

test('all recipients of a mail that is not given back have got it', () => {
  const to = (name: string) => line('smtp', HANDED.replace('u@', `${name}@`), '03')
  const { outcomes, log } = readPostfixLog([[A1_COMES, to('a'), to('b'), to('c')]])
  expect(outcomes.map(({ recipient }) => recipient)).toEqual(['a@example.net', 'b@example.net', 'c@example.net'])
  expect(log.counts).toMatchObject({ handedOver: 0, sent: 3 })
})

test('the inner of two syslog headers gives time and program', () => {
  const { outcomes, log } = readPostfixLog(
    [[`May 02 22:56:18 h docker[3]: May  2 20:56:17 h postfix/smtp[1]: ${DELIVERED}`]],
    { zone: 'UTC', writtenAt: '2025-05-03T00:00:00Z' },
  )
  expect(outcomes).toMatchObject([{ status: 'delivered', atMs: Date.parse('2025-05-02T20:56:17Z') }])
  expect(log.counts).toMatchObject({ unknown: 0, foreign: 0 })
})

test('orig_to adds no recipient', () => {
  const { outcomes } = readPostfixLog([
    [
      line(
        'smtp',
        'A1: to=<real@example.net>, orig_to=<"a, b"@alias.example>, relay=mx.example.net[192.0.2.5]:25, delay=1, delays=0/0/0/1, dsn=2.0.0, status=sent (250 ok)',
      ),
    ],
  ])
  expect(outcomes.map(({ recipient }) => recipient)).toEqual(['real@example.net'])
})

test('a forwarded mail is delivered by the mail it became', () => {
  const { outcomes, mails, log } = readPostfixLog([
    [
      A1_COMES,
      line(
        'local',
        'A1: to=<u@h.example>, relay=local, delay=1, delays=0/0/0/1, dsn=2.0.0, status=sent (forwarded as B2)',
        '02',
      ),
      B2_COMES,
      line('smtp', DELIVERED, '04'),
    ],
  ])
  expect(mails).toHaveLength(1)
  expect(outcomes).toMatchObject([{ domain: 'example.net' }])
  expect(log.counts).toMatchObject({ forwarded: 1, sent: 1 })
})

test('a mail that postsuper put into the queue again is no new mail', () => {
  const { mails, outcomes } = readPostfixLog([
    [
      A1_COMES,
      line('postsuper', 'A1: requeued', '03'),
      line('pickup', 'B2: uid=89 from=<news@example.jp> orig_id=A1', '04'),
      B2_COMES,
      line('smtp', DELIVERED, '05'),
    ],
  ])
  expect(mails).toHaveLength(1)
  expect(outcomes).toHaveLength(1)
})
