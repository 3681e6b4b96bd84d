// Looking: the figures of several stretches of time and the state of SES become one observation.
// Short stretches are read at every look, long ones every few minutes, because they are large and change slowly.
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../base/clock.ts'
import { counted, type FigureRow, type FigureSource } from '../base/figures.ts'
import { instantOf, wallTime } from '../base/zoned-time.ts'
import { windowOf, type Window } from './lanes.ts'
import { settlesAt, type PercentSince, type ShiftObservation, type Volume } from './observation.ts'
import { STAGE_WINDOW_MS, type ShiftPolicy } from './policy.ts'
import type { ShiftEyes } from './ports.ts'
import type { RobotState } from './robot-state.ts'
import type { Stage } from './stage.ts'

/** A step at full rate shows in the first, a small one in the last (S2: counts with a bound). */
const WINDOWS = [
  { name: 'the last minute', spanMs: MINUTE_MS, grain: 'minute', everyMs: 0 },
  { name: 'the last 10 minutes', spanMs: 10 * MINUTE_MS, grain: 'minute', everyMs: 0 },
  { name: 'the last 6 hours', spanMs: 6 * HOUR_MS, grain: 'hour', everyMs: 5 * MINUTE_MS },
  { name: 'this stage', spanMs: STAGE_WINDOW_MS, grain: 'hour', everyMs: 5 * MINUTE_MS },
] as const

const WEEK_MS = 7 * DAY_MS

export interface Looking {
  look(at: Moment): Promise<ShiftObservation>
}

export interface Moment {
  readonly nowMs: number
  readonly stage: Stage
  readonly percentBefore?: number
  readonly percentSince?: PercentSince
  readonly state: RobotState
}

/** Looks again and again; keeps the long stretches of the last look. */
export function looking(eyes: ShiftEyes, policy: ShiftPolicy): Looking {
  const counting = countsOf(eyes.figures, policy)
  return {
    async look(moment) {
      const counts = await counting(moment).catch((error: unknown) => {
        eyes.unreadable(error)
        return { ...NO_COUNTS, figuresFailed: true as const }
      })
      const [doubt, dkim] = [await eyes.alignment(), await eyes.dkim()]
      return {
        ...moment,
        ses: eyes.ses(),
        pipeline: eyes.pipeline(),
        ...(doubt === undefined ? {} : { [doubt.sure ? 'misaligned' : 'alignmentUnknown']: doubt.message }),
        ...(dkim === undefined ? {} : { dkim }),
        ...counts,
      }
    },
  }
}

type Counts = Pick<ShiftObservation, 'windows'> & Totals

/** What is seen when nothing can be: facts of SES are judged all the same. */
const NO_COUNTS: Counts = { windows: [], sentInStage: 0, volume: { days: 0 }, month: { sent: 0, left: 1, days: 31 } }
/** How long totals are kept. */
const TOTALS_MS = 5 * MINUTE_MS

function countsOf(figures: FigureSource, policy: ShiftPolicy): (moment: Moment) => Promise<Counts> {
  const kept = new Map<string, { readonly at: number; readonly window: Window }>()
  let totals: { readonly at: number; readonly stageAt: number; readonly totals: Totals } | undefined
  let day: { readonly at: number; readonly arrived: ReadonlyMap<string, number> } | undefined
  return async (moment) => {
    const { nowMs, stage } = moment
    if (day === undefined || !isYoung(day.at, nowMs, TOTALS_MS)) {
      day = { at: nowMs, arrived: await arrivedInDay(figures, nowMs) }
    }
    const windows: Window[] = []
    for (const span of WINDOWS) {
      const before = kept.get(span.name)
      const young = before !== undefined && isYoung(before.at, nowMs, span.everyMs)
      const fresh = young && before.window.fromMs >= firstMs(moment)
      const window = fresh ? before.window : await readWindow(figures, { policy, span, moment, arrived: day.arrived })
      if (!fresh) kept.set(span.name, { at: nowMs, window })
      windows.push(window)
    }
    if (totals?.stageAt !== stage.changedAt || !isYoung(totals.at, nowMs, TOTALS_MS)) {
      totals = { at: nowMs, stageAt: stage.changedAt, totals: await readTotals(figures, policy, moment) }
    }
    return { windows, ...totals.totals }
  }
}

/** A clock that was set back must not make what was read seem young until it has caught up. */
const isYoung = (at: number, nowMs: number, forMs: number): boolean => nowMs >= at && nowMs - at < forMs

/** Nothing from before the stage counts, and after a way down nothing of the first minutes. */
function firstMs(moment: Moment): number {
  return Math.max(moment.stage.changedAt, settlesAt(moment))
}

/** Deliveries by SES in the last day, by receiving domain, whatever the stage was: these are who may complain now. */
async function arrivedInDay(figures: FigureSource, nowMs: number): Promise<ReadonlyMap<string, number>> {
  const query = { fromMs: nowMs - DAY_MS, toMs: nowMs, grain: 'hour', by: 'domain', span: true } as const
  const rows = (await figures.rows(query)).filter(({ route }) => route === 'ses')
  return new Map(rows.map((row) => [row.label, counted(row, 'delivered')]))
}

interface WindowReading {
  readonly policy: ShiftPolicy
  readonly span: (typeof WINDOWS)[number]
  readonly moment: Moment
  readonly arrived: ReadonlyMap<string, number>
}

async function readWindow(
  figures: FigureSource,
  { policy: { slowMs }, span, moment, arrived }: WindowReading,
): Promise<Window> {
  const { name, spanMs, grain } = span
  const { nowMs, stage } = moment
  const unit = grain === 'minute' ? MINUTE_MS : HOUR_MS
  // Rows are whole minutes or hours: one that began before the stage is left out.
  const from = Math.max(nowMs - spanMs, Math.ceil(firstMs(moment) / unit) * unit)
  // As one sum: two days of hours of 2,000 domains would be two hundred thousand rows.
  const rows = from >= nowMs ? [] : await figures.rows({ fromMs: from, toMs: nowMs, grain, by: 'domain', span: true })
  const fromMs = Math.floor(from / unit) * unit
  const part = Math.max(0, nowMs - fromMs) / DAY_MS
  // Those that are really held back: what the robot only meant to hold back before a crash is still looked at.
  const without = new Set(stage.heldBack)
  return windowOf(rows, {
    name,
    fromMs,
    toMs: nowMs,
    slowMs,
    without,
    arrived: (domain) => (arrived.get(domain) ?? 0) * part,
  })
}

type Totals = Pick<ShiftObservation, 'sentInStage' | 'volume' | 'month'>

async function readTotals(figures: FigureSource, policy: ShiftPolicy, { nowMs, stage }: Moment): Promise<Totals> {
  const month = monthOf(nowMs, policy.timeZone)
  const fromMs = Math.min(month.fromMs, nowMs - WEEK_MS, stage.changedAt > 0 ? stage.changedAt : nowMs)
  const rows = await figures.rows({ fromMs, toMs: nowMs, grain: 'hour', by: 'route' })
  return {
    sentInStage: sentOnSes(rows, stage.changedAt),
    volume: volumeOf(rows, nowMs),
    month: { sent: sentOnSes(rows, month.fromMs), left: month.left, days: month.days },
  }
}

function sentOnSes(rows: readonly FigureRow[], fromMs: number): number {
  const from = Math.floor(fromMs / HOUR_MS) * HOUR_MS
  return rows.reduce((sum, row) => sum + (row.route === 'ses' && row.atMs >= from ? counted(row, 'sent') : 0), 0)
}

/** Of whole days back from now; a day that was not counted from its beginning says nothing. */
function volumeOf(rows: readonly FigureRow[], nowMs: number): Volume {
  const hours = new Map<number, number>()
  for (const row of rows) {
    if (row.atMs >= nowMs - WEEK_MS) hours.set(row.atMs, (hours.get(row.atMs) ?? 0) + counted(row, 'accepted'))
  }
  const first = Math.min(...hours.keys())
  const days = Math.min(7, Math.floor((nowMs - first) / DAY_MS))
  if (days < 1) return { days: 0 }
  const sums = Array.from({ length: days }, (_, day) =>
    sumBetween(hours, nowMs - (day + 1) * DAY_MS, nowMs - day * DAY_MS),
  )
  const perDay = sums.reduce((sum, one) => sum + one, 0) / days
  return { days, perDay, busiestDay: Math.max(...sums), busiestHour: Math.max(...hours.values()) }
}

function sumBetween(hours: ReadonlyMap<number, number>, fromMs: number, toMs: number): number {
  let sum = 0
  for (const [at, count] of hours) if (at >= fromMs && at < toMs) sum += count
  return sum
}

function monthOf(nowMs: number, timeZone: string): { fromMs: number; left: number; days: number } {
  const { year, month } = wallTime(nowMs, timeZone)
  const begin = { day: 1, hour: 0, minute: 0 }
  const fromMs = instantOf({ year, month, ...begin }, timeZone)
  const toMs = instantOf({ year: month === 12 ? year + 1 : year, month: (month % 12) + 1, ...begin }, timeZone)
  return { fromMs, left: (toMs - nowMs) / (toMs - fromMs), days: (toMs - fromMs) / DAY_MS }
}
