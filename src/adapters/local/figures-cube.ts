// Figures in memory: the sums of one minute or hour, by route, by receiving domain and by stream, each for itself.
// Rule: counting allocates nothing once a label is there, because every mail comes through here several times.
import {
  COUNTED,
  OTHER_LABEL,
  type Counted,
  type FigureCell,
  type FigureGroup,
  type LatencyCounts,
  type LatencyKind,
} from '../../core/base/figures.ts'

/** The two routes, in the order in which they are stored. */
export const ROUTES = ['legacy', 'ses'] as const
export type RouteIndex = 0 | 1
export function routeIndex(route: (typeof ROUTES)[number]): RouteIndex {
  return route === 'legacy' ? 0 : 1
}

/** The three sums, in the order in which they are stored; small ones first, so that they are read alone. */
export const GROUPS = ['route', 'stream', 'domain'] as const satisfies readonly FigureGroup[]

/** Room for words to come: COUNTED may grow at its end, up to this, without a change of the files. */
const COUNT_SLOTS = 16
/** Buckets of core/base/figures end at 105: ten days. */
const BUCKET_SLOTS = 108
const KINDS: readonly LatencyKind[] = ['sending', 'delivery']
export const VECTOR_SLOTS = COUNT_SLOTS + KINDS.length * BUCKET_SLOTS

/** One cell: counts, then both histograms. A slot holds four thousand million, eight hundred days of everything. */
export type Vector = Uint32Array
/** What is known of one label on both routes. */
export type Pair = [Vector | undefined, Vector | undefined]
export type Labels = Map<string, Pair>

const SLOT_OF = new Map<Counted, number>(COUNTED.map((what, i) => [what, i]))

export function countSlot(what: Counted): number {
  return SLOT_OF.get(what)!
}

export function latencySlot(kind: LatencyKind, bucket: number): number {
  return COUNT_SLOTS + (kind === 'sending' ? 0 : BUCKET_SLOTS) + bucket
}

export interface Cube {
  readonly labels: Readonly<Record<FigureGroup, Labels>>
  /** Vectors in it: what its memory is reckoned by, one kilobyte each. */
  cells: number
}

export function emptyCube(): Cube {
  return { labels: { route: new Map(), stream: new Map(), domain: new Map() }, cells: 0 }
}

/** The vector of a label and route, made when it is not there. */
export function vectorIn(cube: Cube, group: FigureGroup, label: string, route: RouteIndex): Vector {
  const labels = cube.labels[group]
  let pair = labels.get(label)
  if (pair === undefined) {
    pair = [undefined, undefined]
    labels.set(label, pair)
  }
  let vector = pair[route]
  if (vector === undefined) {
    vector = new Uint32Array(VECTOR_SLOTS)
    pair[route] = vector
    cube.cells += 1
  }
  return vector
}

/** Which labels of a group keep their name when sums are put together. */
export interface LabelLimit {
  readonly max: number
  /** Always kept: the names of the plan. */
  readonly pinned: ReadonlySet<string>
}
export type LabelLimits = Readonly<Record<FigureGroup, LabelLimit>>

/** The label under which a sum is kept: itself while there is room, otherwise `other`. */
export function keptLabel(labels: Labels, label: string, { max, pinned }: LabelLimit): string {
  return labels.size < max || labels.has(label) || pinned.has(label) ? label : OTHER_LABEL
}

export interface LabelReading {
  readonly group: FigureGroup
  /** Only these labels; all without it. */
  readonly wanted?: ReadonlySet<string>
  readonly limit: LabelLimit
}

/** Adds the labels of one group of `more` to `cube`. */
export function addLabels(cube: Cube, more: Cube, { group, wanted, limit }: LabelReading): void {
  for (const [label, pair] of more.labels[group]) {
    if (wanted !== undefined && !wanted.has(label)) continue
    const kept = keptLabel(cube.labels[group], label, limit)
    for (const route of [0, 1] as const) {
      const vector = pair[route]
      if (vector !== undefined) addVector(vectorIn(cube, group, kept, route), vector)
    }
  }
}

/** Adds `more` to `cube`. */
export function addCube(cube: Cube, more: Cube, limits: LabelLimits): void {
  for (const group of GROUPS) addLabels(cube, more, { group, limit: limits[group] })
}

function addVector(sum: Vector, more: Vector): void {
  for (let slot = 0; slot < VECTOR_SLOTS; slot += 1) sum[slot]! += more[slot]!
}

/** A vector as the cell that core reads. */
export function cellOf(vector: Vector): FigureCell {
  const counts: Partial<Record<Counted, number>> = {}
  for (const [what, slot] of SLOT_OF) if (vector[slot]! > 0) counts[what] = vector[slot]!
  const latency: Partial<Record<LatencyKind, LatencyCounts>> = {}
  for (const kind of KINDS) {
    const buckets = bucketsOf(vector, latencySlot(kind, 0))
    if (buckets !== undefined) latency[kind] = buckets
  }
  return { counts, latency }
}

function bucketsOf(vector: Vector, from: number): LatencyCounts | undefined {
  let buckets: Record<number, number> | undefined
  for (let bucket = 0; bucket < BUCKET_SLOTS; bucket += 1) {
    const count = vector[from + bucket]!
    if (count > 0) (buckets ??= {})[bucket] = count
  }
  return buckets
}

/** All that was counted in a vector, whatever the word. */
export function sumOf(vector: Vector): number {
  let sum = 0
  for (let slot = 0; slot < COUNT_SLOTS; slot += 1) sum += vector[slot]!
  return sum
}
