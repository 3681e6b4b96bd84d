import { describe, expect, test } from 'vitest'
import { pacer, partRecipientsMax, rateShare } from './pace.ts'

/** The largest number of recipients in any half-open window of one second. */
function busiestSecond(sends: readonly { readonly at: number; readonly recipients: number }[]): number {
  return Math.max(
    ...sends.map(({ at }) =>
      sends
        .filter((other) => other.at >= at && other.at < at + 1_000)
        .reduce((sum, { recipients }) => sum + recipients, 0),
    ),
  )
}

describe('pacer', () => {
  test('spreads 200 a second over the second after a small catch-up', () => {
    const pace = pacer(200)
    const times = Array.from({ length: 5 }, () => pace.reserve(1, 1_000_000))
    expect(times.map((at) => Math.round(at - 1_000_000))).toEqual(
      [0, 0, 0, 0, 0].map((_, i) => Math.max(0, i * 5 - 20)),
    )
  })

  test('holds 99 % of the rate when every start is late by a timer', () => {
    const pace = pacer(200)
    let now = 0
    let sent = 0
    while (now < 60_000) {
      now = Math.max(now, pace.reserve(1, now)) + 1.7
      sent += 1
    }
    expect(sent).toBeGreaterThan(60 * 198)
    expect(sent).toBeLessThanOrEqual(60 * 200)
  })

  // C12: limits count recipients; two workers with 14 a second between them.
  test('two gateways with half of 14 a second never send more than 14 in any second', () => {
    const sends: { at: number; recipients: number }[] = []
    for (const startAt of [0, 3_000]) {
      const share = rateShare(14, 2)
      const pace = pacer(share)
      expect(partRecipientsMax(50, share)).toBe(7)
      // One mail with 14 recipients, which is two parts here, and twenty with one.
      for (const recipients of [7, 7, ...Array<number>(20).fill(1)])
        sends.push({ at: pace.reserve(recipients, startAt), recipients })
    }
    expect(busiestSecond(sends)).toBeLessThanOrEqual(14)
  })

  test('an idle route earns no burst beyond the catch-up', () => {
    const pace = pacer(100)
    pace.reserve(1, 0)
    const sends = Array.from({ length: 200 }, () => ({ at: pace.reserve(1, 60_000), recipients: 1 }))
    expect(busiestSecond(sends)).toBeLessThanOrEqual(102)
  })

  test('without a limit everything may go now', () => {
    expect(pacer(undefined).reserve(1_000_000, 5)).toBe(5)
  })

  test('a new rate holds for what is booked after it', () => {
    const pace = pacer(1)
    pace.reserve(1, 100_000)
    pace.setRate(1_000)
    const first = pace.reserve(1, 101_000)
    expect(pace.reserve(1, 101_000) - first).toBeLessThan(2)
  })
})

test('a part holds at least one recipient, however small the rate', () => {
  expect(partRecipientsMax(50, 0.25)).toBe(1)
  expect(partRecipientsMax(50, undefined)).toBe(50)
  expect(partRecipientsMax(50, 200)).toBe(50)
})
