// Days without hours: a civil day is a whole number, days since 1970-01-01, so that calendars are sums. Which day it is at an
// instant depends on the place, and is asked once, at the edge.
import { DAY_MS } from '../base/clock.ts'
import { wallTime } from '../base/zoned-time.ts'

/** Days since 1970-01-01. */
export type CivilDay = number

/** From '2026-11-30'; undefined for what is no day of the calendar. */
export function civilDay(text: string): CivilDay | undefined {
  const match = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text)
  if (match === null) return undefined
  const day = Date.UTC(Number(match[1]), Number(match[2]) - 1, Number(match[3])) / DAY_MS
  return dayText(day) === text ? day : undefined
}

/** '2026-11-30' */
export function dayText(day: CivilDay): string {
  return new Date(day * DAY_MS).toISOString().slice(0, 10)
}

/** The day that calendars in `timeZone` show at an instant. */
export function dayAt(atMs: number, timeZone: string): CivilDay {
  const { year, month, day } = wallTime(atMs, timeZone)
  return Date.UTC(year, month - 1, day) / DAY_MS
}

/** 0 is Sunday. */
export function weekdayOf(day: CivilDay): number {
  const THURSDAY = 4
  return (((day + THURSDAY) % 7) + 7) % 7
}
