import { describe, expect, test } from 'vitest'
import { addMonths, instantOf, nextMonthly, nextWorkingTime, wallText, wallTime } from './zoned-time.ts'

const TOKYO = 'Asia/Tokyo'
const at = (text: string) => Date.parse(text)

test('nine in the morning of Tokyo is midnight in Greenwich', () => {
  expect(instantOf({ year: 2026, month: 12, day: 1, hour: 9, minute: 0 }, TOKYO)).toBe(at('2026-12-01T00:00:00Z'))
  expect(wallTime(at('2026-12-01T00:00:30Z'), TOKYO)).toEqual({
    year: 2026,
    month: 12,
    day: 1,
    hour: 9,
    minute: 0,
    weekday: 2,
  })
})

// Facts 10.4: before 09:00 in Tokyo it is still the day before in UTC.
test('the first of the month in Tokyo begins on the last of the month before in UTC', () => {
  expect(wallText(at('2026-11-30T18:00:00Z'), TOKYO)).toBe('2026-12-01 03:00')
})

describe('the monthly run', () => {
  test.each([
    ['2026-11-25T02:00:00Z', '2026-12-01T00:00:00Z'],
    ['2026-12-01T00:00:00Z', '2027-01-01T00:00:00Z'],
    ['2026-11-30T23:59:59Z', '2026-12-01T00:00:00Z'],
    ['2026-12-31T15:00:00Z', '2027-01-01T00:00:00Z'],
  ])('after %s is at %s', (now, next) => {
    expect(nextMonthly(at(now), { day: 1, hour: 9 }, TOKYO)).toBe(at(next))
  })

  test('on the 31st is on the last day of shorter months', () => {
    expect(nextMonthly(at('2027-02-01T00:00:00Z'), { day: 31, hour: 9 }, TOKYO)).toBe(at('2027-02-28T00:00:00Z'))
  })
})

test('a month after the 31st of January is the end of February', () => {
  expect(addMonths(at('2027-01-31T03:00:00Z'), 1, TOKYO)).toBe(at('2027-02-28T03:00:00Z'))
  expect(addMonths(at('2026-11-25T03:00:00Z'), 12, TOKYO)).toBe(at('2027-11-25T03:00:00Z'))
  expect(addMonths(at('2026-11-25T03:00:00Z'), -1, TOKYO)).toBe(at('2026-10-25T03:00:00Z'))
})

describe('where clocks change', () => {
  test('a time that comes twice is the first of the two', () => {
    // 25 October 2026, 02:30 in Berlin: at 00:30 UTC in summer time, and again at 01:30 UTC.
    expect(instantOf({ year: 2026, month: 10, day: 25, hour: 2, minute: 30 }, 'Europe/Berlin')).toBe(
      at('2026-10-25T00:30:00Z'),
    )
  })

  test('the hours around the change stay themselves', () => {
    expect(instantOf({ year: 2026, month: 3, day: 29, hour: 4, minute: 0 }, 'Europe/Berlin')).toBe(
      at('2026-03-29T02:00:00Z'),
    )
  })
})

test('working time begins on the next weekday at the hour given', () => {
  // Saturday 28 November 2026, noon in Tokyo.
  expect(nextWorkingTime(at('2026-11-28T03:00:00Z'), 10, TOKYO)).toBe(at('2026-11-30T01:00:00Z'))
  // Wednesday 17:30 is over, Wednesday 11:00 is working time itself, Wednesday 08:00 waits for ten.
  expect(nextWorkingTime(at('2026-11-25T08:30:00Z'), 10, TOKYO)).toBe(at('2026-11-26T01:00:00Z'))
  expect(nextWorkingTime(at('2026-11-25T02:00:00Z'), 10, TOKYO)).toBe(at('2026-11-25T02:00:00Z'))
  expect(nextWorkingTime(at('2026-11-24T23:00:00Z'), 10, TOKYO)).toBe(at('2026-11-25T01:00:00Z'))
})

test('a zone that is none is refused', () => {
  expect(() => wallTime(0, 'Asia/Edo')).toThrow(RangeError)
})
