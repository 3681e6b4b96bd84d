// What is said at its time whether or not anything is wrong. The calendar follows the plan's
// zone; a letter's id names its day, so that it is one letter however often the program starts.
import { DAY_MS } from '../base/clock.ts'
import { instantOf, wallTime } from '../base/zoned-time.ts'

export type LetterKind = 'DailyReport' | 'WeeklyPerformanceReport'

export interface DueLetter {
  readonly id: string
  readonly kind: LetterKind
  readonly dueAt: number
}

/** When people come to work. */
const REPORT_HOUR = 8
const MONDAY = 1
/** A letter that could not be made in this time is not news any more. */
export const LETTER_LIFE_MS = DAY_MS

/** The letters whose time came within the last day, oldest first. */
export function lettersDue(nowMs: number, timeZone: string): readonly DueLetter[] {
  const day = reportTime(nowMs, timeZone)
  const letter = (kind: LetterKind, dueAt: number): DueLetter => ({ id: idOf(kind, dueAt, timeZone), kind, dueAt })
  const letters = [letter('DailyReport', day)]
  if (wallTime(day, timeZone).weekday === MONDAY) letters.push(letter('WeeklyPerformanceReport', day))
  return letters.filter(({ dueAt }) => dueAt <= nowMs && nowMs - dueAt < LETTER_LIFE_MS)
}

/** 08:00 of today, or of yesterday when it is not yet 08:00. */
function reportTime(nowMs: number, timeZone: string): number {
  const today = instantOf({ ...wallTime(nowMs, timeZone), hour: REPORT_HOUR, minute: 0 }, timeZone)
  if (today <= nowMs) return today
  return instantOf({ ...wallTime(nowMs - DAY_MS, timeZone), hour: REPORT_HOUR, minute: 0 }, timeZone)
}

function idOf(kind: LetterKind, dueAt: number, timeZone: string): string {
  const { year, month, day } = wallTime(dueAt, timeZone)
  return `${kind}-${year}${two(month)}${two(day)}`
}

const two = (value: number) => String(value).padStart(2, '0')
