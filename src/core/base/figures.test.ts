import { expect, test } from 'vitest'
import {
  addCells,
  counted,
  EMPTY_CELL,
  latencyBucket,
  latencyPercentileMs,
  type FigureCell,
  type FigureKey,
  type FigureQuery,
  type FigureRow,
  type FigureSink,
  type FigureSource,
} from './figures.ts'

test('cells add count by count and bucket by bucket', () => {
  const a: FigureCell = { counts: { sent: 3, delivered: 2 }, latency: { sending: { 0: 2 } } }
  const b: FigureCell = {
    counts: { sent: 1, hardBounced: 1 },
    latency: { sending: { 0: 1, 4: 5 }, delivery: { 8: 1 } },
  }
  expect(addCells(a, b)).toEqual({
    counts: { sent: 4, delivered: 2, hardBounced: 1 },
    latency: { sending: { 0: 3, 4: 5 }, delivery: { 8: 1 } },
  })
  expect(addCells(EMPTY_CELL, a)).toEqual(a)
  expect(counted(a, 'complained')).toBe(0)
})

test.each([
  [-5, 0],
  [10, 0],
  [20, 4],
  [60_000, 50],
  [1e12, 105],
])('%d ms falls into bucket %d', (ms, bucket) => {
  expect(latencyBucket(ms)).toBe(bucket)
})

test('a percentile is right within a tenth', () => {
  const counts: Record<number, number> = {}
  for (let ms = 100; ms <= 100_000; ms += 100) {
    const bucket = latencyBucket(ms)
    counts[bucket] = (counts[bucket] ?? 0) + 1
  }
  expect(latencyPercentileMs(counts, 0.5)! / 50_000).toBeGreaterThan(0.9)
  expect(latencyPercentileMs(counts, 0.5)! / 50_000).toBeLessThan(1.1)
  expect(latencyPercentileMs(counts, 0.95)! / 95_000).toBeGreaterThan(0.9)
  expect(latencyPercentileMs(counts, 0.95)! / 95_000).toBeLessThan(1.1)
  expect(latencyPercentileMs({}, 0.5)).toBeUndefined()
})

test('the ports can be met by a few lines', async () => {
  const rows: FigureRow[] = []
  const figures: FigureSink & FigureSource = {
    count: (atMs, key: FigureKey, what, by = 1) =>
      void rows.push({ atMs, route: key.route, label: key.domain, counts: { [what]: by }, latency: {} }),
    latency: (atMs, key, kind, ms) =>
      void rows.push({
        atMs,
        route: key.route,
        label: key.domain,
        counts: {},
        latency: { [kind]: { [latencyBucket(ms)]: 1 } },
      }),
    rows: async ({ fromMs, toMs }: FigureQuery) => rows.filter((row) => row.atMs >= fromMs && row.atMs < toMs),
  }
  figures.count(1, { route: 'ses', domain: 'example.jp', stream: 'news' }, 'sent')
  figures.latency(2, { route: 'ses', domain: 'example.jp', stream: 'news' }, 'sending', 20)
  expect(await figures.rows({ fromMs: 0, toMs: 2, grain: 'minute', by: 'domain' })).toEqual([
    { atMs: 1, route: 'ses', label: 'example.jp', counts: { sent: 1 }, latency: {} },
  ])
})
