// C45: a receiver changes its replies in the middle of the move; old bounce rates no longer compare with new ones.
import { expect, test } from 'vitest'
import { PostfixLog } from '../../src/adapters/postfix/reader.ts'
import { buildBaseline } from '../../src/core/plan/baseline/build.ts'
import type { Baseline, BaselineLines } from '../../src/core/plan/baseline/baseline.ts'
import { partOf } from '../../src/core/plan/baseline/part.ts'
import { BaselineTally } from '../../src/core/plan/baseline/tally.ts'
import { baselineText } from '../../src/cli/baseline-text.ts'

const DAYS = 12
const NO_LINES = Object.fromEntries(
  'files octets read foreign unknown warnings received sent handedOver forwarded deferrals deferredMails bounced expired otherStatus rejected rejectWarnings held discarded octetsSent reusedIds cutLines open evicted forgottenSuccesses forgottenBounces forgottenDays doubtfulStamps'
    .split(' ')
    .map((name) => [name, 0]),
) as unknown as BaselineLines

/** `mails` a period, `bounced` of them with this status, spread evenly. */
function period(
  firstDay: number,
  mails: number,
  { bounced, dsn }: { bounced: number; dsn: string },
): readonly string[] {
  return Array.from({ length: mails }, (_, n) => {
    const day = String(firstDay + Math.floor((n * DAYS) / mails)).padStart(2, '0')
    const isBounce = n % Math.floor(mails / bounced) === 0 && n / Math.floor(mails / bounced) < bounced
    const end = isBounce
      ? `dsn=${dsn}, status=bounced (host mx.carrier.example[192.0.2.9] said: 550 no (in reply to end of DATA command))`
      : 'dsn=2.0.0, status=sent (250 Requested mail action okay)'
    return `2025-03-${day}T12:00:00+09:00 mx1 postfix/smtp[1]: 4Hnk${String(n).padStart(9, '0')}: to=<u${n}@carrier.example>, relay=mx.carrier.example[192.0.2.9]:25, delay=1, delays=0/0/0/1, ${end}`
  })
}

function baselineOf(lines: readonly string[]): Baseline {
  const tally = new BaselineTally('Asia/Tokyo')
  const log = new PostfixLog(() => tally, { zone: 'Asia/Tokyo' })
  for (const line of lines) log.line(Buffer.from(line), 0, line.length)
  log.finish()
  return buildBaseline(partOf(tally, log.names), {
    madeAt: 0,
    zone: 'Asia/Tokyo',
    hosts: ['mx1'],
    lines: NO_LINES,
    candidates: [],
    rule: { leastBounces: 2, doubtful: false },
  })
}

const CHANGED = [...period(1, 1_000, { bounced: 40, dsn: '5.2.0' }), ...period(13, 1_000, { bounced: 1, dsn: '5.1.1' })]

test('a step in the bounces of one receiver is flagged on its day', () => {
  expect(baselineOf(CHANGED).steps).toEqual([
    {
      domain: 'carrier.example',
      what: 'bounces',
      code: '5.2.0',
      day: '2025-03-13',
      before: { count: 40, of: 1_000 },
      after: { count: 0, of: 1_000 },
    },
  ])
})

test('the report says that rates across that day do not compare, and that fewer bounces are not better delivery', () => {
  const text = baselineText(baselineOf(CHANGED), {
    language: 'en',
    color: false,
    uncovered: [],
    samples: [],
    tlsLogged: false,
  })
  expect(text).toContain('carrier.example  2025-03-13  bounces 5.2.0  4.00 % (40/1,000)  0.0 % (0/1,000)')
  expect(text).toContain('bounces are not better delivery. Compare the routes within the same days.')
})

test('a receiver that goes on as before is not flagged', () => {
  expect(
    baselineOf([
      ...period(1, 1_000, { bounced: 40, dsn: '5.2.0' }),
      ...period(13, 1_000, { bounced: 36, dsn: '5.2.0' }),
    ]).steps,
  ).toEqual([])
})
