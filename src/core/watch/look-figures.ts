// Reads from the figures what the alerts are judged on. Weeks back are read once an hour: they do not change.
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../base/clock.ts'
import { addCells, counted, EMPTY_CELL, type FigureRow, type FigureSource } from '../base/figures.ts'
import { comparableHours, type Calendar } from './comparable-hours.ts'
import type { FiguresLook, Lanes, TrafficLook } from './observation.ts'

const SILENCE_WINDOW_MS = 30 * MINUTE_MS

export interface FiguresReader {
  /** Rejects when the figures cannot be read. */
  read(nowMs: number): Promise<FiguresLook>
}

export function figuresReader(source: FigureSource, calendar: Calendar): FiguresReader {
  let traffic: TrafficLook | undefined
  return {
    async read(nowMs) {
      const minutes = await source.rows({
        fromMs: nowMs - HOUR_MS,
        toMs: nowMs + MINUTE_MS,
        grain: 'minute',
        by: 'route',
      })
      const hours = await source.rows({ fromMs: nowMs - DAY_MS, toMs: nowMs + MINUTE_MS, grain: 'hour', by: 'route' })
      const hourAt = Math.floor(nowMs / HOUR_MS) * HOUR_MS - HOUR_MS
      if (traffic?.hourAt !== hourAt) traffic = await trafficOf(source, hourAt, calendar)
      return {
        hour: lanesOf(minutes),
        day: lanesOf(hours),
        minutes: minutes.filter(({ atMs }) => atMs >= nowMs - SILENCE_WINDOW_MS),
        traffic,
      }
    },
  }
}

/** Both routes, summed over all rows. */
export function lanesOf(rows: readonly FigureRow[]): Lanes {
  const lane = (route: FigureRow['route']) => rows.filter((row) => row.route === route).reduce(addCells, EMPTY_CELL)
  return { ses: lane('ses'), legacy: lane('legacy') }
}

/** An hour in which nothing was counted at all was before our time, or the gateway was down: it teaches nothing. */
async function trafficOf(source: FigureSource, hourAt: number, calendar: Calendar): Promise<TrafficLook> {
  const acceptedIn = async (fromMs: number): Promise<number | undefined> => {
    const rows = await source.rows({ fromMs, toMs: fromMs + HOUR_MS, grain: 'hour', by: 'route' })
    return rows.length === 0 ? undefined : rows.reduce((sum, row) => sum + counted(row, 'accepted'), 0)
  }
  const before: number[] = []
  for (const at of comparableHours(hourAt, calendar)) {
    const accepted = await acceptedIn(at)
    if (accepted !== undefined) before.push(accepted)
  }
  return { hourAt, accepted: (await acceptedIn(hourAt)) ?? 0, before }
}
