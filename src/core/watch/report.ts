// A daily or weekly report as values: both routes side by side, over the same time, for all mail and for the largest receiving
// domains. What is compared is compared in the same days, never with another time (C45). Words and layout are elsewhere.
import { addCells, counted, EMPTY_CELL, latencyPercentileMs, type FigureCell, type FigureRow } from '../base/figures.ts'
import { bounceShare, complaintShare, rateOf, successShare } from '../base/shares.ts'
import type { AlertId, Scope } from './alerts.ts'
import { compare, type AnswersChange, type Comparison } from './report-compare.ts'
import type { Lanes } from './observation.ts'
import type { Incident } from './record.ts'

export type ReportKind = 'DailyReport' | 'WeeklyPerformanceReport'

/** More than these nobody reads; the rest is summed. */
export const DOMAINS_SHOWN = 20
/** The name of the sum; no domain can have it. */
export const REST = '(rest)'

export interface LaneReport {
  readonly accepted: number
  readonly sent: number
  readonly delivered: number
  readonly hardBounced: number
  readonly softBounced: number
  readonly complained: number
  readonly refused: number
  readonly suppressed: number
  /** Fractions; undefined when nothing is known to divide by. */
  readonly deliveredRate?: number
  readonly bounceRate?: number
  readonly complaintRate?: number
  readonly successRate?: number
  /** 95 of 100 were faster. */
  readonly sendingP95Ms?: number
  readonly deliveryP95Ms?: number
}

export interface LanesReport {
  readonly ses: LaneReport
  readonly legacy: LaneReport
}

export interface DomainReport extends LanesReport {
  readonly domain: string
  /** How hard bounces compare in the same days. */
  readonly comparison: Comparison
  /** The receiver answers otherwise than before, whoever sends. */
  readonly answers?: AnswersChange
}

export interface SeriesPoint {
  readonly atMs: number
  readonly ses: number
  readonly legacy: number
}

export interface StageChange {
  readonly at: number
  readonly percent: number
  readonly by: string
  readonly reason: string
}

export interface ReportedIncident {
  readonly id: string
  readonly alert: AlertId
  readonly scope: Scope
  readonly level: Incident['level']
  readonly openedAt: number
  readonly closedAt?: number
  readonly cameBack: number
  readonly incident: Incident
}

export interface ReportCost {
  /** This month so far, by SES. */
  readonly recipients: number
  readonly yen: number
  readonly budgetYen?: number
}

export interface Report {
  readonly kind: ReportKind
  readonly domain: string
  readonly timeZone: string
  readonly fromMs: number
  readonly toMs: number
  readonly totals: LanesReport
  /** Recipients sent, by the hour of a day or the day of a week. */
  readonly series: readonly SeriesPoint[]
  readonly domains: readonly DomainReport[]
  readonly stage?: { readonly percent: number; readonly changes: readonly StageChange[] }
  readonly incidents: readonly ReportedIncident[]
  readonly suppression?: { readonly total: number; readonly more?: number }
  readonly cost?: ReportCost
}

export interface ReportMaterial extends Omit<Report, 'totals' | 'series' | 'domains' | 'incidents'> {
  /** By route and hour, over the time of the report. */
  readonly routes: readonly FigureRow[]
  /** When each part of the series begins. */
  readonly parts: readonly number[]
  readonly domainLanes: ReadonlyMap<string, Lanes>
  readonly answers: ReadonlyMap<string, AnswersChange>
  readonly incidents: readonly Incident[]
}

export function reportOf(material: ReportMaterial): Report {
  const { routes, parts, domainLanes, answers, incidents, ...rest } = material
  return {
    ...rest,
    totals: lanesReport(sumLanes(routes)),
    series: parts.map((atMs, i) => seriesPoint(routes, atMs, parts[i + 1] ?? rest.toMs)),
    domains: domainReports(domainLanes, answers),
    incidents: incidents.filter((incident) => wasOpenIn(incident, rest)).map(reportedIncident),
  }
}

function sumLanes(rows: readonly FigureRow[]): Lanes {
  const lane = (route: FigureRow['route']) => rows.filter((row) => row.route === route).reduce(addCells, EMPTY_CELL)
  return { ses: lane('ses'), legacy: lane('legacy') }
}

function seriesPoint(rows: readonly FigureRow[], fromMs: number, toMs: number): SeriesPoint {
  const { ses, legacy } = sumLanes(rows.filter(({ atMs }) => atMs >= fromMs && atMs < toMs))
  return { atMs: fromMs, ses: counted(ses, 'sent'), legacy: counted(legacy, 'sent') }
}

export function lanesReport({ ses, legacy }: Lanes): LanesReport {
  return { ses: laneReport(ses), legacy: laneReport(legacy) }
}

function laneReport(cell: FigureCell): LaneReport {
  const count = (what: Parameters<typeof counted>[1]) => counted(cell, what)
  const ends = count('delivered') + count('hardBounced') + count('softBounced')
  return {
    accepted: count('accepted'),
    sent: count('sent'),
    delivered: count('delivered'),
    hardBounced: count('hardBounced'),
    softBounced: count('softBounced'),
    complained: count('complained'),
    refused: count('refused'),
    suppressed: count('suppressed'),
    ...defined({
      deliveredRate: rateOf({ count: count('delivered'), of: ends }),
      bounceRate: rateOf(bounceShare(cell)),
      complaintRate: rateOf(complaintShare(cell)),
      successRate: rateOf(successShare(cell)),
      sendingP95Ms: latencyPercentileMs(cell.latency.sending ?? {}, P95),
      deliveryP95Ms: latencyPercentileMs(cell.latency.delivery ?? {}, P95),
    }),
  }
}

const P95 = 0.95

type Defined<T> = { readonly [K in keyof T]?: Exclude<T[K], undefined> }
function defined<T extends object>(values: T): Defined<T> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Defined<T>
}

const sent = ({ ses, legacy }: Lanes) => counted(ses, 'sent') + counted(legacy, 'sent')

/** Largest first; what is beyond those shown is one line. */
export function largestDomains(lanes: ReadonlyMap<string, Lanes>): readonly string[] {
  return [...lanes]
    .toSorted(([a, lanesOfA], [b, lanesOfB]) => sent(lanesOfB) - sent(lanesOfA) || (a < b ? -1 : 1))
    .map(([domain]) => domain)
    .slice(0, DOMAINS_SHOWN)
}

function domainReports(
  lanes: ReadonlyMap<string, Lanes>,
  answers: ReadonlyMap<string, AnswersChange>,
): readonly DomainReport[] {
  const shown = largestDomains(lanes)
  const rest = [...lanes].filter(([domain]) => !shown.includes(domain)).map(([, lane]) => lane)
  const line = (domain: string, lane: Lanes): DomainReport => {
    const change = answers.get(domain)
    const [ses, legacy] = [bounceShare(lane.ses), bounceShare(lane.legacy)]
    return {
      domain,
      ...lanesReport(lane),
      comparison: compare(ses, legacy, change),
      ...(change === undefined ? {} : { answers: change }),
    }
  }
  return [
    ...shown.map((domain) => line(domain, lanes.get(domain)!)),
    ...(rest.length === 0
      ? []
      : [
          line(REST, {
            ses: rest.map(({ ses }) => ses).reduce(addCells, EMPTY_CELL),
            legacy: rest.map(({ legacy }) => legacy).reduce(addCells, EMPTY_CELL),
          }),
        ]),
  ]
}

function wasOpenIn({ openedAt, closedAt }: Incident, { fromMs, toMs }: Pick<Report, 'fromMs' | 'toMs'>): boolean {
  return openedAt < toMs && (closedAt === undefined || closedAt >= fromMs)
}

function reportedIncident(incident: Incident): ReportedIncident {
  const { id, alert, scope, level, openedAt, closedAt, round } = incident
  return {
    id,
    alert,
    scope,
    level,
    openedAt,
    ...(closedAt === undefined ? {} : { closedAt }),
    cameBack: round,
    incident,
  }
}
