// Figures in memory, for tests of what reads them.
import { HOUR_MS, MINUTE_MS } from '../../src/core/base/clock.ts'
import {
  addCells,
  latencyBucket,
  type Counted,
  type FigureCell,
  type FigureRow,
  type FigureSource,
  type LatencyCounts,
} from '../../src/core/base/figures.ts'

export interface MemoryFigures extends FigureSource {
  /** Counts at an instant; latencies are those of all that were delivered. */
  add(
    at: string | number,
    route: FigureRow['route'],
    domain: string,
    counts: Partial<Record<Counted, number>>,
    deliveryMs?: number,
  ): void
}

export function memoryFigures(): MemoryFigures {
  const cells: { readonly atMs: number; readonly route: FigureRow['route']; domain: string; cell: FigureCell }[] = []
  return {
    add(at, route, domain, counts, deliveryMs) {
      const delivery: LatencyCounts =
        deliveryMs === undefined ? {} : { [latencyBucket(deliveryMs)]: counts.delivered ?? 0 }
      const sending: LatencyCounts = { [latencyBucket(400)]: counts.sent ?? 0 }
      const atMs = typeof at === 'string' ? Date.parse(at) : at
      cells.push({ atMs, route, domain, cell: { counts, latency: { sending, delivery } } })
    },
    rows({ fromMs, toMs, grain, by, labels, span }) {
      const grainMs = grain === 'hour' ? HOUR_MS : MINUTE_MS
      const rows = new Map<string, FigureRow>()
      for (const { atMs, route, domain, cell } of cells) {
        const start = Math.floor(atMs / grainMs) * grainMs
        if (start < Math.floor(fromMs / grainMs) * grainMs || start >= toMs) continue
        const label = by === 'domain' ? domain : ''
        if (labels !== undefined && !labels.includes(label)) continue
        const rowAt = span === true ? fromMs : start
        const key = `${rowAt} ${route} ${label}`
        const before = rows.get(key) ?? { counts: {}, latency: {} }
        rows.set(key, { atMs: rowAt, route, label, ...addCells(before, cell) })
      }
      return Promise.resolve([...rows.values()].toSorted((a, b) => a.atMs - b.atMs))
    },
  }
}
