// Working days beside the calendar of Japan.
import { describe, expect, it } from 'vitest'
import { civilDay, dayAt, dayText, weekdayOf } from './civil-day.ts'
import { HOLIDAYS_JAPAN, isBeyondHolidays, workingDaysOf } from './working-days.ts'

const day = (text: string) => civilDay(text)!
const tokyo = workingDaysOf({ timeZone: 'Asia/Tokyo', closedDays: ['2026-12-28'] })

describe('a civil day', () => {
  it('is read and written', () => {
    expect(civilDay('1970-01-02')).toBe(1)
    expect(dayText(day('2028-02-29'))).toBe('2028-02-29')
    expect(weekdayOf(day('2026-11-30'))).toBe(1)
    expect(weekdayOf(day('1969-12-28'))).toBe(0)
  })

  it.each(['2026-02-29', '2026-13-01', '2026-1-1', '20261130', ''])('%j is none', (text) => {
    expect(civilDay(text)).toBeUndefined()
  })

  it('depends on the place', () => {
    const at = Date.parse('2026-11-25T15:00:00Z')
    expect(dayText(dayAt(at, 'Asia/Tokyo'))).toBe('2026-11-26')
    expect(dayText(dayAt(at, 'UTC'))).toBe('2026-11-25')
  })
})

describe('a working day in Tokyo', () => {
  it.each([
    ['2026-11-27', true, 'a Friday'],
    ['2026-11-28', false, 'a Saturday'],
    ['2026-11-23', false, '勤労感謝の日'],
    ['2026-05-06', false, 'the substitute for 憲法記念日 on a Sunday'],
    ['2026-09-22', false, 'between two holidays'],
    ['2026-12-28', false, 'closed by the plan'],
    ['2026-12-29', false, 'the year ends'],
    ['2026-12-25', true, 'a Friday'],
    ['2027-01-04', true, 'the first of the year'],
    ['2027-03-22', false, 'the substitute for 春分の日 on a Sunday'],
  ])('%s: %s, %s', (text, expected) => {
    expect(tokyo.isWorkingDay(day(text))).toBe(expected)
  })

  it('is counted over holidays', () => {
    // 21 to 25 December, then 4 to 8 January: ten.
    expect(dayText(tokyo.after(day('2026-12-21'), 10))).toBe('2027-01-09')
    expect(dayText(tokyo.next(day('2026-12-26')))).toBe('2027-01-04')
    expect(tokyo.after(day('2026-12-26'), 0)).toBe(day('2026-12-26'))
  })

  it('is Monday to Friday where holidays are not known', () => {
    const elsewhere = workingDaysOf({ timeZone: 'Europe/Berlin', closedDays: [] })
    expect(elsewhere.isWorkingDay(day('2027-01-01'))).toBe(true)
    expect(elsewhere.isWorkingDay(day('2027-01-02'))).toBe(false)
  })
})

it('holds sixteen holidays a year and their substitutes, each on a real day', () => {
  const days = Object.keys(HOLIDAYS_JAPAN)
  expect(days.filter((text) => civilDay(text) === undefined)).toEqual([])
  expect(days.filter((text) => text.startsWith('2026'))).toHaveLength(18)
  expect(days.filter((text) => text.startsWith('2027'))).toHaveLength(17)
  expect(isBeyondHolidays(day('2028-01-01'))).toBe(true)
})
