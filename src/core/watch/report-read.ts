// Reads what a report is made from. Domains are read as the sums of a day, and of weeks back only those that are shown, because two
// thousand of them over five weeks of hours are more rows than memory should hold.
import { DAY_MS, HOUR_MS } from '../base/clock.ts'
import { addCells, EMPTY_CELL, type FigureRow, type FigureSource } from '../base/figures.ts'
import { bounceShare } from '../base/shares.ts'
import { instantOf, wallTime } from '../base/zoned-time.ts'
import type { Lanes } from './observation.ts'
import type { WatchRecord } from './record.ts'
import { answersChange, type AnswersChange, type DayOfLanes } from './report-compare.ts'
import { largestDomains, reportOf, type Report, type ReportCost, type ReportKind, type StageChange } from './report.ts'

/** Everything that is not a figure may be absent. */
export interface ReportSources {
  readonly figures: FigureSource
  readonly record: () => Promise<WatchRecord>
  /** All changes up to an instant, oldest first. */
  readonly stages: () => Promise<readonly StageChange[]>
  readonly suppression?: () => Promise<{ readonly total: number; readonly more?: number }>
  /** What SES has cost from the beginning of a month. */
  readonly cost?: (recipients: number) => Omit<ReportCost, 'recipients'>
}

export interface ReportQuestion {
  readonly kind: ReportKind
  readonly domain: string
  readonly timeZone: string
  /** Any instant of the day, or of the week, that is reported. */
  readonly atMs: number
}

/** Weeks in which a receiver's answers are compared with themselves. */
const ANSWER_DAYS = 35
const MONDAY = 1
const WEEK_DAYS = 7

export async function readReport(sources: ReportSources, question: ReportQuestion): Promise<Report> {
  const { kind, domain, timeZone } = question
  const days = daysOf(question)
  const [fromMs, toMs] = [days[0]!, nextDay(days.at(-1)!, timeZone)]
  const routes = await sources.figures.rows({ fromMs, toMs, grain: 'hour', by: 'route' })
  const domainLanes = new Map<string, Lanes>()
  for (const day of days) addRows(domainLanes, await domainRows(sources.figures, [day, nextDay(day, timeZone)]))
  const stages = await sources.stages()
  const { incidents } = await sources.record()
  const suppression = await sources.suppression?.()
  const cost = await costOfMonth(sources, { toMs, timeZone })
  return reportOf({
    kind,
    domain,
    timeZone,
    fromMs,
    toMs,
    routes,
    parts: kind === 'DailyReport' ? hoursOf(fromMs, toMs) : days,
    domainLanes,
    answers: await answersOf(sources.figures, {
      domains: largestDomains(domainLanes),
      lastDay: days.at(-1)!,
      timeZone,
    }),
    incidents,
    stage: {
      percent: stages.findLast(({ at }) => at < toMs)?.percent ?? 0,
      changes: stages.filter(({ at }) => at >= fromMs && at < toMs),
    },
    ...(suppression === undefined ? {} : { suppression }),
    ...(cost === undefined ? {} : { cost }),
  })
}

/** The days of the report by their beginnings; a week begins on Monday. */
function daysOf({ kind, atMs, timeZone }: ReportQuestion): readonly number[] {
  const wall = wallTime(atMs, timeZone)
  const today = startOfDay(atMs, timeZone)
  if (kind === 'DailyReport') return [today]
  const sinceMonday = (wall.weekday - MONDAY + WEEK_DAYS) % WEEK_DAYS
  return Array.from({ length: WEEK_DAYS }, (_, i) => daysFrom(today, i - sinceMonday, timeZone))
}

export function startOfDay(atMs: number, timeZone: string): number {
  return instantOf({ ...wallTime(atMs, timeZone), hour: 0, minute: 0 }, timeZone)
}

/** So many days later; days of 23 and 25 hours too. */
export function daysFrom(dayMs: number, days: number, timeZone: string): number {
  return startOfDay(dayMs + days * DAY_MS + DAY_MS / 2, timeZone)
}

function nextDay(dayMs: number, timeZone: string): number {
  return daysFrom(dayMs, 1, timeZone)
}

function hoursOf(fromMs: number, toMs: number): readonly number[] {
  return Array.from({ length: Math.ceil((toMs - fromMs) / HOUR_MS) }, (_, i) => fromMs + i * HOUR_MS)
}

/** Sums of a day: an hour has two thousand domains, and nobody here asks for hours of them. */
function domainRows(
  figures: FigureSource,
  [fromMs, toMs]: readonly [number, number],
  labels?: readonly string[],
): Promise<readonly FigureRow[]> {
  const some = labels === undefined ? {} : { labels }
  return figures.rows({ fromMs, toMs, grain: 'hour', by: 'domain', span: true, ...some })
}

const NO_LANES: Lanes = { ses: EMPTY_CELL, legacy: EMPTY_CELL }

function addRows(sums: Map<string, Lanes>, rows: readonly FigureRow[]): void {
  for (const row of rows) {
    const sum = sums.get(row.label) ?? NO_LANES
    sums.set(row.label, { ...sum, [row.route]: addCells(sum[row.route], row) })
  }
}

interface AnswersQuestion {
  readonly domains: readonly string[]
  readonly lastDay: number
  readonly timeZone: string
}

async function answersOf(
  figures: FigureSource,
  { domains, lastDay, timeZone }: AnswersQuestion,
): Promise<ReadonlyMap<string, AnswersChange>> {
  const days = new Map<string, DayOfLanes[]>(domains.map((domain) => [domain, []]))
  for (let back = ANSWER_DAYS - 1; back >= 0; back -= 1) {
    const at = daysFrom(lastDay, -back, timeZone)
    const sums = new Map<string, Lanes>()
    if (domains.length > 0) addRows(sums, await domainRows(figures, [at, nextDay(at, timeZone)], domains))
    for (const domain of domains) {
      const { ses, legacy } = sums.get(domain) ?? NO_LANES
      days.get(domain)?.push({ at, ses: bounceShare(ses), legacy: bounceShare(legacy) })
    }
  }
  return new Map(
    [...days].flatMap(([domain, series]) => {
      const change = answersChange(series)
      return change === undefined ? [] : [[domain, change] as const]
    }),
  )
}

/** What SES has cost in the month of an instant, up to it. */
export async function costOfMonth(
  { figures, cost }: Pick<ReportSources, 'figures' | 'cost'>,
  { toMs, timeZone }: { readonly toMs: number; readonly timeZone: string },
): Promise<ReportCost | undefined> {
  if (cost === undefined) return undefined
  const wall = wallTime(toMs - 1, timeZone)
  const fromMs = instantOf({ ...wall, day: 1, hour: 0, minute: 0 }, timeZone)
  const rows = await figures.rows({ fromMs, toMs, grain: 'hour', by: 'route', span: true })
  const recipients = rows.reduce((sum, row) => sum + (row.route === 'ses' ? (row.counts.sent ?? 0) : 0), 0)
  return { recipients, ...cost(recipients) }
}
