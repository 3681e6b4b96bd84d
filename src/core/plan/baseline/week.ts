// When the mail comes: by the hour of the week, and at its peaks, in the zone of the place.
import { DAY_MS, HOUR_MS } from '../../base/clock.ts'
import { wallTime } from '../../base/zoned-time.ts'
import type { Peaks, WeekHour } from './baseline.ts'

export interface MinuteRecipients {
  readonly atMs: number
  readonly recipients: number
}

export const WEEK_HOURS = 168

/** The hours of the week from Sunday 00:00 on. An hour that the log does not cover counts in no average. */
export function weekOf(minutes: readonly MinuteRecipients[], zone: string): readonly WeekHour[] {
  const sums = Array.from({ length: WEEK_HOURS }, () => ({ total: 0, hours: 0, peak: 0 }))
  const hours = byHour(minutes)
  const [first, last] = [hours[0]?.atMs ?? 0, hours.at(-1)?.atMs ?? -1]
  const counted = new Map(hours.map(({ atMs, recipients }) => [atMs, recipients]))
  for (let atMs = first; atMs <= last; atMs += HOUR_MS) {
    const { weekday, hour } = wallTime(atMs, zone)
    const sum = sums[weekday * 24 + hour]!
    const recipients = counted.get(atMs) ?? 0
    sum.total += recipients
    sum.hours += 1
    sum.peak = Math.max(sum.peak, recipients)
  }
  return sums.map(({ total, hours, peak }) => ({ average: hours === 0 ? 0 : Math.round(total / hours), peak }))
}

function byHour(minutes: readonly MinuteRecipients[]): readonly MinuteRecipients[] {
  const hours: { atMs: number; recipients: number }[] = []
  for (const { atMs, recipients } of minutes) {
    const hour = Math.floor(atMs / HOUR_MS) * HOUR_MS
    const last = hours.at(-1)
    if (last?.atMs === hour) last.recipients += recipients
    else hours.push({ atMs: hour, recipients })
  }
  return hours
}

/** The busiest minute, hour and day, and the averages over the whole span. `minutes` are in order of time. */
export function peaksOf(minutes: readonly MinuteRecipients[], zone: string): Peaks {
  const hours = byHour(minutes)
  const days = new Map<number, MinuteRecipients>()
  for (const { atMs, recipients } of hours) {
    const { year, month, day } = wallTime(atMs, zone)
    const key = Date.UTC(year, month - 1, day)
    const known = days.get(key)
    days.set(key, { atMs: known?.atMs ?? atMs, recipients: (known?.recipients ?? 0) + recipients })
  }
  const [minute, hour, day] = [largest(minutes), largest(hours), largest([...days.values()])]
  const total = minutes.reduce((sum, { recipients }) => sum + recipients, 0)
  const spanMs = Math.max(HOUR_MS, (minutes.at(-1)?.atMs ?? 0) - (minutes[0]?.atMs ?? 0))
  return {
    averageHour: Math.round(total / (spanMs / HOUR_MS)),
    peakHour: hour.recipients,
    peakHourAt: hour.atMs,
    peakMinute: minute.recipients,
    peakMinuteAt: minute.atMs,
    averageDay: Math.round(total / Math.max(1, spanMs / DAY_MS)),
    peakDay: day.recipients,
    peakDayAt: day.atMs,
  }
}

function largest(counts: readonly MinuteRecipients[]): MinuteRecipients {
  return counts.reduce((most, count) => (count.recipients > most.recipients ? count : most), { atMs: 0, recipients: 0 })
}
