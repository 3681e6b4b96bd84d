// Which hours of the past an hour is compared with: the same hour of the same day of the week; on a holiday that of Sundays.
// Holidays of the past teach nothing of working days, so they are left out. The calendar is data and comes in.
import { HOUR_MS } from '../base/clock.ts'
import { instantOf, wallText, wallTime } from '../base/zoned-time.ts'
import { WEEKS_MOST } from './anomaly.ts'

export interface Calendar {
  /** IANA name. */
  readonly timeZone: string
  /** Days as '2026-11-23'; '--08-13' is the 13th of August of every year. */
  readonly holidays: ReadonlySet<string>
}

/** Figures are kept for 90 days: twelve whole weeks. */
const WEEKS_KEPT = 12
const SUNDAY = 0

/** The starts of the hours to compare with, newest first, at most eight. */
export function comparableHours(hourAt: number, calendar: Calendar): readonly number[] {
  const wall = wallTime(hourAt, calendar.timeZone)
  const onHoliday = wall.weekday !== SUNDAY && isHoliday(hourAt, calendar)
  const toWeekday = onHoliday ? wall.weekday : 7
  return Array.from({ length: WEEKS_KEPT }, (_, week) => {
    const day = wall.day - toWeekday - 7 * week
    // The day may be before the first of the month; counting in noons of UTC crosses months without a clock change.
    const date = new Date(Date.UTC(wall.year, wall.month - 1, day, 12))
    const { hour, minute } = wall
    const then = { year: date.getUTCFullYear(), month: date.getUTCMonth() + 1, day: date.getUTCDate(), hour, minute }
    return instantOf(then, calendar.timeZone)
  })
    .map((at) => at - (at % HOUR_MS))
    .filter((at) => onHoliday || !isHoliday(at, calendar))
    .slice(0, WEEKS_MOST)
}

function isHoliday(atMs: number, { timeZone, holidays }: Calendar): boolean {
  const day = wallText(atMs, timeZone).slice(0, 10)
  return holidays.has(day) || holidays.has(`-${day.slice(4)}`)
}
