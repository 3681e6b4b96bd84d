// Both routes side by side, by receiving domain, over a stretch of time: what the gates are judged on.
// A receiver that is in trouble is in trouble on both lanes; only what differs between them is the route's doing.
import { counted, latencyBucket, type FigureCell, type FigureRow } from '../base/figures.ts'

/** Counts of one route. */
export interface Lane {
  readonly sent: number
  readonly delivered: number
  readonly hardBounced: number
  readonly softBounced: number
  readonly complained: number
  /**
   * How many got a mail in so much time on the average of the last day. People complain hours later, so at night and after
   * a way down the mail they complain about was more than what is delivered then.
   */
  readonly mayComplain: number
  readonly refused: number
  /** Sendings whose latency was measured, and those of them that took longer than the gate allows. */
  readonly timed: number
  readonly slow: number
}

export interface DomainLanes {
  readonly domain: string
  readonly ses: Lane
  readonly legacy: Lane
}

/** A stretch of time with its counts. */
export interface Window {
  /** 'minutes', 'quarter', 'hours', 'stage'. */
  readonly name: string
  readonly fromMs: number
  readonly toMs: number
  /** The largest on SES first; what is left over is summed as `REST`. */
  readonly domains: readonly DomainLanes[]
}

export const EMPTY_LANE: Lane = {
  sent: 0,
  delivered: 0,
  hardBounced: 0,
  softBounced: 0,
  complained: 0,
  mayComplain: 0,
  refused: 0,
  timed: 0,
  slow: 0,
}

/** The name under which small domains are summed; no domain can have it. */
export const REST = '(rest)'
/** More domains by name would make records of decisions large and no decision better. */
const DOMAINS_MAX = 60

export interface WindowQuestion {
  readonly name: string
  readonly fromMs: number
  readonly toMs: number
  /** What is slower counts as slow. */
  readonly slowMs: number
  /** Domains that are looked at no more, because they are held back already. */
  readonly without: ReadonlySet<string>
  /** Deliveries by SES to a domain that the last day had on the average in a time as long as this one. */
  readonly arrived: (domain: string) => number
}

/** Sums rows by receiving domain into a window. */
export function windowOf(rows: readonly FigureRow[], question: WindowQuestion): Window {
  const { name, fromMs, toMs, slowMs, without, arrived } = question
  const slowBucket = latencyBucket(slowMs)
  const sums = new Map<string, Sum>()
  for (const row of rows) {
    if (row.atMs < fromMs || row.atMs >= toMs || without.has(row.label)) continue
    let sum = sums.get(row.label)
    if (sum === undefined) sums.set(row.label, (sum = { ses: { ...EMPTY_LANE }, legacy: { ...EMPTY_LANE } }))
    addCell(sum[row.route], row, slowBucket)
  }
  for (const [domain, { ses }] of sums) {
    ses.mayComplain = Math.round(arrived(domain))
  }
  const domains = [...sums.entries()].map(([domain, lanes]) => ({ domain, ...lanes }))
  return { name, fromMs, toMs, domains: largestFirst(domains) }
}

type LaneSum = { -readonly [Name in keyof Lane]: Lane[Name] }
type Sum = Readonly<Record<'ses' | 'legacy', LaneSum>>

/** In place, because the robot reads thousands of rows every few seconds. */
function addCell(sum: LaneSum, cell: FigureCell, slowBucket: number): void {
  sum.sent += counted(cell, 'sent')
  sum.delivered += counted(cell, 'delivered')
  sum.hardBounced += counted(cell, 'hardBounced')
  sum.softBounced += counted(cell, 'softBounced')
  sum.complained += counted(cell, 'complained')
  sum.refused += counted(cell, 'refused')
  const { sending } = cell.latency
  for (const bucket in sending) {
    const count = sending[bucket as unknown as number]!
    sum.timed += count
    if (Number(bucket) > slowBucket) sum.slow += count
  }
}

function largestFirst(domains: readonly DomainLanes[]): readonly DomainLanes[] {
  const sorted = domains.toSorted((a, b) => weight(b) - weight(a) || (a.domain < b.domain ? -1 : 1))
  if (sorted.length <= DOMAINS_MAX) return sorted
  const named = sorted.slice(0, DOMAINS_MAX)
  const rest = sorted.slice(DOMAINS_MAX)
  const sum = (route: 'ses' | 'legacy'): Lane => rest.map((lanes) => lanes[route]).reduce(addLanes, EMPTY_LANE)
  return [...named, { domain: REST, ses: sum('ses'), legacy: sum('legacy') }]
}

const weight = ({ ses }: DomainLanes): number => ses.delivered + ses.hardBounced + ses.softBounced + ses.refused

export function addLanes(a: Lane, b: Lane): Lane {
  return {
    sent: a.sent + b.sent,
    delivered: a.delivered + b.delivered,
    hardBounced: a.hardBounced + b.hardBounced,
    softBounced: a.softBounced + b.softBounced,
    complained: a.complained + b.complained,
    mayComplain: a.mayComplain + b.mayComplain,
    refused: a.refused + b.refused,
    timed: a.timed + b.timed,
    slow: a.slow + b.slow,
  }
}
