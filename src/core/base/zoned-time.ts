// Wall-clock times of a place: "the 1st at 09:00 in Tokyo" as an instant, and back. Pure: the zone's rules come with the
// language (ECMA-402), the instant from the caller.
import { assert } from './assert.ts'
import { DAY_MS, HOUR_MS, MINUTE_MS } from './clock.ts'

export interface WallTime {
  readonly year: number
  /** 1 to 12. */
  readonly month: number
  readonly day: number
  readonly hour: number
  readonly minute: number
  /** 0 is Sunday. */
  readonly weekday: number
}

const formats = new Map<string, Intl.DateTimeFormat>()

function formatOf(timeZone: string): Intl.DateTimeFormat {
  let format = formats.get(timeZone)
  if (format === undefined) {
    format = new Intl.DateTimeFormat('en-US', {
      timeZone,
      hourCycle: 'h23',
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
    })
    formats.set(timeZone, format)
  }
  return format
}

/** What clocks in `timeZone` (an IANA name) show at an instant. Throws a RangeError for a zone that is none. */
export function wallTime(atMs: number, timeZone: string): WallTime {
  const parts = new Map(
    formatOf(timeZone)
      .formatToParts(atMs)
      .map(({ type, value }) => [type, Number(value)]),
  )
  const part = (name: Intl.DateTimeFormatPartTypes): number => {
    const value = parts.get(name)
    assert(value !== undefined, `a date has a ${name}`)
    return value
  }
  const [year, month, day] = [part('year'), part('month'), part('day')]
  const weekday = new Date(Date.UTC(year, month - 1, day)).getUTCDay()
  return { year, month, day, hour: part('hour'), minute: part('minute'), weekday }
}

type WallClock = Omit<WallTime, 'weekday'>

/**
 * The instant at which clocks in `timeZone` show this. A day past the end of its month is the month's last. Of a time that
 * comes twice the first is meant; one that is skipped is told by the clock that skipped it.
 */
export function instantOf({ year, month, day, hour, minute }: WallClock, timeZone: string): number {
  const lastDay = new Date(Date.UTC(year, month, 0)).getUTCDate()
  const asUtc = Date.UTC(year, month - 1, Math.min(day, lastDay), hour, minute)
  // A zone changes its offset at most once in two days, so one of the two around this day is the right one.
  const candidates = [-DAY_MS, DAY_MS].map((aside) => asUtc - offsetMs(asUtc + aside, timeZone))
  const shown = candidates.filter((at) => at + offsetMs(at, timeZone) === asUtc)
  return shown.length === 0 ? candidates[0]! : Math.min(...shown)
}

function offsetMs(atMs: number, timeZone: string): number {
  const { year, month, day, hour, minute } = wallTime(atMs, timeZone)
  return Date.UTC(year, month - 1, day, hour, minute) - Math.floor(atMs / MINUTE_MS) * MINUTE_MS
}

/** The same day and hour, so many months later. */
export function addMonths(atMs: number, months: number, timeZone: string): number {
  const wall = wallTime(atMs, timeZone)
  const index = wall.year * 12 + wall.month - 1 + months
  const { day, hour, minute } = wall
  return instantOf({ year: Math.floor(index / 12), month: (index % 12) + 1, day, hour, minute }, timeZone)
}

/** The next time after `atMs` at which clocks show this day of the month and this hour. */
export function nextMonthly(atMs: number, { day, hour }: { day: number; hour: number }, timeZone: string): number {
  const { year, month } = wallTime(atMs, timeZone)
  const index = year * 12 + month - 1
  for (const later of [0, 1, 2]) {
    const at = index + later
    const wall = { year: Math.floor(at / 12), month: (at % 12) + 1, day, hour, minute: 0 }
    const instant = instantOf(wall, timeZone)
    if (instant > atMs) return instant
  }
  throw new RangeError('two months hold every day of a month')
}

/** The first instant from `atMs` on that lies in working hours: Monday to Friday, from `hour` to 17:00. */
export function nextWorkingTime(atMs: number, hour: number, timeZone: string): number {
  const CLOSES = 17
  let at = atMs
  // Two weeks hold a working day even where the clocks change.
  for (let days = 0; days < 14; days += 1) {
    const wall = wallTime(at, timeZone)
    const isWorkday = wall.weekday >= 1 && wall.weekday <= 5
    if (isWorkday && wall.hour >= hour && wall.hour < CLOSES) return at
    const opensToday = instantOf({ ...wall, hour, minute: 0 }, timeZone)
    at =
      opensToday > at
        ? opensToday
        : instantOf({ ...wallTime(opensToday + DAY_MS + HOUR_MS, timeZone), hour, minute: 0 }, timeZone)
  }
  throw new RangeError('two weeks hold a working day')
}

const two = (value: number) => String(value).padStart(2, '0')

/** '2026-12-01 09:00' */
export function wallText(atMs: number, timeZone: string): string {
  const { year, month, day, hour, minute } = wallTime(atMs, timeZone)
  return `${year}-${two(month)}-${two(day)} ${two(hour)}:${two(minute)}`
}
