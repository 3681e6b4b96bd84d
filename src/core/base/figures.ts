// What is counted of both routes, and how: the words that feedback writes and that shift, watch and reports read (F4).
// Pure values: where they are kept is an adapter's business. Nothing here holds an address; a receiving domain is no person.

/**
 * What is counted, one for each recipient:
 * - accepted: taken from a client with 250 and given to this route
 * - sent: the route's next hop took it (SES answered with an id, a legacy host said 250)
 * - delivered: the receiving domain's server took it
 * - hardBounced: the receiver refused it for good
 * - softBounced: given up after temporary refusals
 * - complained: the recipient called it spam
 * - delayed: the next hop tells that it is still trying; not final
 * - suppressed: not sent, because the address is on a suppression list (ours or the account's)
 * - refused: the route itself refused it or gave it up: not the receiver's doing
 */
export const COUNTED = [
  'accepted',
  'sent',
  'delivered',
  'hardBounced',
  'softBounced',
  'complained',
  'delayed',
  'suppressed',
  'refused',
] as const
export type Counted = (typeof COUNTED)[number]

/** sending: from our 250 to the next hop's answer. delivery: from there to the receiver's answer. */
export type LatencyKind = 'sending' | 'delivery'

/** What a figure belongs to. */
export interface FigureKey {
  readonly route: 'legacy' | 'ses'
  /** Receiving domain, lower case. */
  readonly domain: string
  /** Sending stream: the envelope sender's domain, or the value of the plan's stream header. */
  readonly stream: string
}

/** A histogram of latencies in logarithmic buckets: bucket number to count. */
export type LatencyCounts = Readonly<Record<number, number>>

/** One cell of figures. */
export interface FigureCell {
  readonly counts: Readonly<Partial<Record<Counted, number>>>
  readonly latency: Readonly<Partial<Record<LatencyKind, LatencyCounts>>>
}

/** Takes what happens, at the instant it happened. Never rejects and never waits: the flow of a mail calls it. */
export interface FigureSink {
  count(atMs: number, key: FigureKey, what: Counted, by?: number): void
  latency(atMs: number, key: FigureKey, kind: LatencyKind, ms: number): void
}

/** What rows are summed by; the other labels are summed over. `route` is always told apart. */
export type FigureGroup = 'route' | 'domain' | 'stream'

export interface FigureQuery {
  /** From this instant on, cut down to the grain. */
  readonly fromMs: number
  /** Up to this instant, not included. */
  readonly toMs: number
  /** Minutes are kept for hours only, hours for 90 days. */
  readonly grain: 'minute' | 'hour'
  readonly by: FigureGroup
  /** Only rows of these receiving domains or streams. */
  readonly labels?: readonly string[]
  /** One row for the whole span instead of one for each grain; its `atMs` is the span's start. */
  readonly span?: boolean
}

/** The label of what has no name of its own: there are more names than are kept (docs/figures.md). */
export const OTHER_LABEL = 'other'

export interface FigureRow extends FigureCell {
  /** Start of the minute or hour. */
  readonly atMs: number
  readonly route: FigureKey['route']
  /** The receiving domain or the stream, '' when summed by route. */
  readonly label: string
}

/** Where figures are read. Rows come in order of time. */
export interface FigureSource {
  rows(query: FigureQuery): Promise<readonly FigureRow[]>
}

export const EMPTY_CELL: FigureCell = { counts: {}, latency: {} }

/** The sum of two cells. */
export function addCells(a: FigureCell, b: FigureCell): FigureCell {
  return { counts: addCounts(a.counts, b.counts), latency: addLatencies(a.latency, b.latency) }
}

/** The count of one word, 0 when nothing was counted. */
export function counted({ counts }: FigureCell, what: Counted): number {
  return counts[what] ?? 0
}

function addCounts(a: FigureCell['counts'], b: FigureCell['counts']): FigureCell['counts'] {
  const sum: Partial<Record<Counted, number>> = { ...a }
  for (const what of COUNTED) {
    const more = b[what]
    if (more !== undefined) sum[what] = (sum[what] ?? 0) + more
  }
  return sum
}

function addLatencies(a: FigureCell['latency'], b: FigureCell['latency']): FigureCell['latency'] {
  const sum: Partial<Record<LatencyKind, LatencyCounts>> = { ...a }
  for (const kind of ['sending', 'delivery'] as const) {
    const more = b[kind]
    if (more !== undefined) sum[kind] = addBuckets(sum[kind] ?? {}, more)
  }
  return sum
}

function addBuckets(a: LatencyCounts, b: LatencyCounts): LatencyCounts {
  const sum: Record<number, number> = { ...a }
  for (const [bucket, count] of Object.entries(b)) sum[Number(bucket)] = (sum[Number(bucket)] ?? 0) + count
  return sum
}

/** A bucket is 2 to the quarter wide: 19 %, so that a percentile is right within a tenth. */
const BUCKETS_PER_DOUBLING = 4
/** Below a hundredth of a second nobody asks, above ten days no mail is alive. */
const SHORTEST_MS = 10
const LONGEST_MS = 10 * 24 * 3_600_000

/** The bucket of a latency; negative ones (clocks differ) are the shortest. */
export function latencyBucket(ms: number): number {
  const bounded = Math.min(LONGEST_MS, Math.max(SHORTEST_MS, ms))
  return Math.round(Math.log2(bounded / SHORTEST_MS) * BUCKETS_PER_DOUBLING)
}

/** The latency in milliseconds below which `share` (0 to 1) of the counted ones lie; undefined when there are none. */
export function latencyPercentileMs(counts: LatencyCounts, share: number): number | undefined {
  const buckets = Object.entries(counts)
    .map(([bucket, count]) => [Number(bucket), count] as const)
    .toSorted(([a], [b]) => a - b)
  const total = buckets.reduce((sum, [, count]) => sum + count, 0)
  if (total === 0) return undefined
  let left = share * total
  for (const [bucket, count] of buckets) {
    left -= count
    if (left <= 0) return SHORTEST_MS * 2 ** (bucket / BUCKETS_PER_DOUBLING)
  }
  return LONGEST_MS
}
