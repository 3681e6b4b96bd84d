// What is usual in an hour, and what is not, on both sides; and that it needs no memory of single odd weeks.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { judgeHour } from './anomaly.ts'
import { comparableHours } from './comparable-hours.ts'

const WEEKS = [220_000, 231_000, 214_000, 225_000, 218_000, 222_000, 229_000, 216_000]

describe('an hour against the same hour of the weeks before', () => {
  it.each([
    [221_000, WEEKS, 'usual'],
    [430_000, WEEKS, 'usual'],
    [450_000, WEEKS, 'tooMany'],
    [112_000, WEEKS, 'usual'],
    [109_000, WEEKS, 'tooFew'],
    [0, WEEKS, 'tooFew'],
    [5_000_000, WEEKS.slice(0, 2), 'tooYoung'],
    [999, [12, 5, 900], 'tooSmall'],
    [0, [900, 900, 900], 'tooSmall'],
    [3_000, [900, 900, 900], 'tooMany'],
    [0, [1_200, 1_200, 1_200], 'tooFew'],
    [900_000, [200_000, 800_000, 150_000, 900_000, 400_000], 'usual'],
    [10, [200_000, 800_000, 150_000, 900_000, 400_000], 'tooFew'],
  ])('%d after %j is %s', (count, before, verdict) => {
    expect(judgeHour(count, before).verdict).toBe(verdict)
  })

  it('is not bent by an outage or a campaign in some of the weeks', () => {
    expect(judgeHour(450_000, [0, 0, ...WEEKS.slice(2)]).verdict).toBe('tooMany')
    expect(judgeHour(109_000, [2_000_000, 9_000_000, ...WEEKS.slice(2)]).verdict).toBe('tooFew')
  })

  it('says what would have been usual', () => {
    expect(judgeHour(0, WEEKS)).toEqual({ verdict: 'tooFew', low: 110_500, high: 442_000, median: 221_000, weeks: 8 })
  })
})

const weeks = fc.array(fc.integer({ min: 1_000, max: 1_000_000 }), { minLength: 3, maxLength: 8 })

it('never alarms when all weeks and this one have shifted to the same level, whatever it is', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 10_000_000 }), fc.integer({ min: 3, max: 8 }), (level, count) => {
      const before = Array.from({ length: count }, () => level)
      expect(['usual', 'tooSmall']).toContain(judgeHour(level, before).verdict)
    }),
  )
})

it('judges alike when all weeks and this one grow by the same factor', () => {
  fc.assert(
    fc.property(
      weeks,
      fc.integer({ min: 2_000, max: 1_000_000 }),
      fc.integer({ min: 2, max: 50 }),
      (before, count, factor) => {
        const { verdict, low, high } = judgeHour(count, before)
        // At the very edge rounding to whole mails decides.
        fc.pre(Math.abs(count - low) > 2 && Math.abs(count - high) > 2)
        expect(
          judgeHour(
            count * factor,
            before.map((one) => one * factor),
          ).verdict,
        ).toBe(verdict)
      },
    ),
  )
})

it('finds the median week usual, and nothing usual outside of what it calls so', () => {
  fc.assert(
    fc.property(weeks, fc.integer({ min: 0, max: 3_000_000 }), (before, count) => {
      const { low, high, median } = judgeHour(count, before)
      expect(judgeHour(median, before).verdict).toBe('usual')
      expect(judgeHour(high + 1, before).verdict).toBe('tooMany')
      expect(low === 0 || judgeHour(low - 1, before).verdict === 'tooFew').toBe(true)
    }),
  )
})

describe('comparable hours', () => {
  const calendar = {
    timeZone: 'Asia/Tokyo',
    holidays: new Set(['2026-09-21', '2026-10-12', '2026-11-03', '2026-11-23', '--01-02']),
  }
  const tokyo = (text: string) => Date.parse(`${text}:00+09:00`)
  const texts = (at: number, of = calendar) =>
    comparableHours(at, of).map((one) => new Date(one + 9 * 3_600_000).toISOString().slice(0, 16))

  it('are those of the same day of the week, without holidays', () => {
    // Monday 30 November 2026; the 23rd and the 12th of October are holidays.
    expect(texts(tokyo('2026-11-30T09:00'))).toEqual([
      '2026-11-16T09:00',
      '2026-11-09T09:00',
      '2026-11-02T09:00',
      '2026-10-26T09:00',
      '2026-10-19T09:00',
      '2026-10-05T09:00',
      '2026-09-28T09:00',
      '2026-09-14T09:00',
    ])
  })

  it('are those of Sundays on a holiday', () => {
    expect(texts(tokyo('2026-11-03T20:00')).slice(0, 3)).toEqual([
      '2026-11-01T20:00',
      '2026-10-25T20:00',
      '2026-10-18T20:00',
    ])
    expect(texts(tokyo('2027-01-02T20:00')).slice(0, 2)).toEqual(['2026-12-27T20:00', '2026-12-20T20:00'])
  })

  it('keep the hour of the clock where clocks change', () => {
    const berlin = { timeZone: 'Europe/Berlin', holidays: new Set<string>() }
    const nine = Date.parse('2026-10-26T09:00:00+01:00')
    expect(comparableHours(nine, berlin).slice(0, 1)).toEqual([Date.parse('2026-10-19T09:00:00+02:00')])
  })
})
