// Rows out of what is on disk and what waits in memory. Rule: an answer has a bound, and says so instead of growing.
import { HOUR_MS, MINUTE_MS } from '../../core/base/clock.ts'
import type { FigureQuery, FigureRow } from '../../core/base/figures.ts'
import { addLabels, cellOf, emptyCube, ROUTES, type Cube, type LabelLimits, type LabelReading } from './figures-cube.ts'
import type { FigureFiles } from './figures-files.ts'
import { ROWS_MAX, SPAN_LABELS_MAX } from './figures-limits.ts'
import type { PendingCube } from './figures-pending.ts'

export interface Readable {
  readonly files: FigureFiles
  readonly limits: LabelLimits
  /** Counted and not yet on disk. */
  readonly pending: readonly PendingCube[]
  /** The open hour: its written minutes. */
  readonly open: { readonly atMs: number; readonly cube: Cube }
}

/** Rejects when there would be more rows than one answer may have. */
export async function readRows(query: FigureQuery, from: Readable): Promise<readonly FigureRow[]> {
  const { by: group, grain, labels, span } = query
  const grainMs = grain === 'minute' ? MINUTE_MS : HOUR_MS
  const fromMs = query.fromMs - (query.fromMs % grainMs)
  const limit = { ...from.limits[group], ...(span === true ? { max: SPAN_LABELS_MAX } : {}) }
  const reading: LabelReading = { group, limit, ...(labels === undefined ? {} : { wanted: new Set(labels) }) }
  const whole = emptyCube()
  const rows: FigureRow[] = []
  for (const hourAt of hoursOf(from, fromMs, query.toMs)) {
    const cubes = new Map<number, Cube>()
    const cubeAt = (atMs: number): Cube | undefined => {
      if (atMs < fromMs || atMs >= query.toMs) return undefined
      if (span === true) return whole
      const cube = cubes.get(atMs) ?? emptyCube()
      cubes.set(atMs, cube)
      return cube
    }
    await (grain === 'minute' ? addMinutes : addHour)(hourAt, from, reading, cubeAt)
    for (const [atMs, cube] of [...cubes].toSorted(([a], [b]) => a - b)) addRows(rows, atMs, cube, group)
  }
  if (span === true) addRows(rows, fromMs, whole, group)
  return rows
}

function hoursOf({ files, pending, open }: Readable, fromMs: number, toMs: number): readonly number[] {
  const starts = [...files.hours.keys(), ...files.minutes, open.atMs, ...pending.map(({ atMs }) => hourOf(atMs))]
  return [...new Set(starts)].filter((at) => at + HOUR_MS > fromMs && at < toMs).toSorted((a, b) => a - b)
}

function hourOf(atMs: number): number {
  return atMs - (atMs % HOUR_MS)
}

/** Where the sums of a start go; undefined when nobody asked for it. */
type CubeAt = (atMs: number) => Cube | undefined

async function addHour(hourAt: number, from: Readable, reading: LabelReading, cubeAt: CubeAt): Promise<void> {
  const cube = cubeAt(hourAt)
  if (cube === undefined) return
  await from.files.addHour(hourAt, cube, reading)
  if (from.open.atMs === hourAt) addLabels(cube, from.open.cube, reading)
  for (const waiting of from.pending) {
    if (hourOf(waiting.atMs) === hourAt) addLabels(cube, waiting.cube, reading)
  }
}

async function addMinutes(hourAt: number, from: Readable, reading: LabelReading, cubeAt: CubeAt): Promise<void> {
  await from.files.eachMinute(hourAt, async (atMs, add) => {
    const cube = cubeAt(atMs)
    if (cube !== undefined) await add(cube, reading)
  })
  for (const { atMs, grain, cube: waiting } of from.pending) {
    const cube = grain === 'minute' && hourOf(atMs) === hourAt ? cubeAt(atMs) : undefined
    if (cube !== undefined) addLabels(cube, waiting, reading)
  }
}

function addRows(rows: FigureRow[], atMs: number, { labels }: Cube, group: FigureQuery['by']): void {
  for (const [label, pair] of [...labels[group]].toSorted(([a], [b]) => (a < b ? -1 : 1))) {
    pair.forEach((vector, route) => {
      if (vector !== undefined) rows.push({ atMs, route: ROUTES[route]!, label, ...cellOf(vector) })
    })
  }
  if (rows.length > ROWS_MAX) {
    throw new Error(
      `more than ${ROWS_MAX} rows of figures were asked for: ask for a shorter span, for some labels, or for the sum of the span`,
    )
  }
}
