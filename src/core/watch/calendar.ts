// What is said at its time whether or not anything is wrong: reports, and the maintenance of §8.3. The calendar follows the plan's
// zone; a letter's id names its day, so that it is one letter however often the program starts.
import { DAY_MS } from '../base/clock.ts'
import { addMonths, instantOf, nextWorkingTime, wallTime } from '../base/zoned-time.ts'

export type LetterKind =
  | 'DailyReport'
  | 'WeeklyPerformanceReport'
  | 'MonthlyMaintenance'
  | 'QuarterlyMaintenance'
  | 'YearlyMaintenance'

export interface DueLetter {
  readonly id: string
  readonly kind: LetterKind
  readonly dueAt: number
}

/** When people come to work. */
const REPORT_HOUR = 8
const MAINTENANCE_HOUR = 9
const MONDAY = 1
/** Quarters and the year begin in April, as Japanese companies reckon. */
const QUARTER_MONTHS: readonly number[] = [1, 4, 7, 10]
const YEAR_MONTH = 4
/** A letter that could not be made in this time is not news any more. */
export const LETTER_LIFE_MS = DAY_MS

/** The letters whose time came within the last day, oldest first. */
export function lettersDue(nowMs: number, timeZone: string): readonly DueLetter[] {
  const day = reportTime(nowMs, timeZone)
  const letter = (kind: LetterKind, dueAt: number): DueLetter => ({ id: idOf(kind, dueAt, timeZone), kind, dueAt })
  const letters = [letter('DailyReport', day)]
  if (wallTime(day, timeZone).weekday === MONDAY) letters.push(letter('WeeklyPerformanceReport', day))
  const monthAt = maintenanceTime(nowMs, timeZone)
  const { month } = wallTime(monthAt, timeZone)
  letters.push(letter('MonthlyMaintenance', monthAt))
  if (QUARTER_MONTHS.includes(month)) letters.push(letter('QuarterlyMaintenance', monthAt))
  if (month === YEAR_MONTH) letters.push(letter('YearlyMaintenance', monthAt))
  return letters.filter(({ dueAt }) => dueAt <= nowMs && nowMs - dueAt < LETTER_LIFE_MS)
}

/** 08:00 of today, or of yesterday when it is not yet 08:00. */
function reportTime(nowMs: number, timeZone: string): number {
  const today = instantOf({ ...wallTime(nowMs, timeZone), hour: REPORT_HOUR, minute: 0 }, timeZone)
  if (today <= nowMs) return today
  return instantOf({ ...wallTime(nowMs - DAY_MS, timeZone), hour: REPORT_HOUR, minute: 0 }, timeZone)
}

/** The first working day of this month, at 09:00. */
function maintenanceTime(nowMs: number, timeZone: string): number {
  const wall = wallTime(nowMs, timeZone)
  return nextWorkingTime(instantOf({ ...wall, day: 1, hour: 0, minute: 0 }, timeZone), MAINTENANCE_HOUR, timeZone)
}

function idOf(kind: LetterKind, dueAt: number, timeZone: string): string {
  const { year, month, day } = wallTime(dueAt, timeZone)
  return `${kind}-${year}${two(month)}${two(day)}`
}

const two = (value: number) => String(value).padStart(2, '0')

export interface PlannedMaintenance {
  readonly kind: Exclude<LetterKind, 'DailyReport' | 'WeeklyPerformanceReport'>
  readonly dueAt: number
}

/** The next time of each kind of maintenance. */
export function nextMaintenance(nowMs: number, timeZone: string): readonly PlannedMaintenance[] {
  const times: number[] = []
  for (let month = 0; month <= 12; month += 1) {
    const { year, month: number } = wallTime(nowMs, timeZone)
    const first = instantOf({ year, month: number, day: 1, hour: 0, minute: 0 }, timeZone)
    const at = maintenanceTime(addMonths(first, month, timeZone), timeZone)
    if (at > nowMs) times.push(at)
  }
  const next = (fits: (month: number) => boolean) => times.find((at) => fits(wallTime(at, timeZone).month))!
  return [
    { kind: 'MonthlyMaintenance', dueAt: next(() => true) },
    { kind: 'QuarterlyMaintenance', dueAt: next((month) => QUARTER_MONTHS.includes(month)) },
    { kind: 'YearlyMaintenance', dueAt: next((month) => month === YEAR_MONTH) },
  ]
}
