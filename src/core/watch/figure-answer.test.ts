// An answer about figures: the largest by name, the rest as one, and never more than crosses a socket well.
import { describe, expect, it } from 'vitest'
import type { FigureQuery, FigureRow, FigureSource } from '../base/figures.ts'
import { answerFigures } from './figure-answer.ts'

const HOUR = 3_600_000
const row = (label: string, sent: number, route: FigureRow['route'] = 'ses', atMs = 0): FigureRow => ({
  atMs,
  route,
  label,
  counts: { sent },
  latency: {},
})

function source(spanRows: readonly FigureRow[]) {
  const asked: FigureQuery[] = []
  const figures: FigureSource = {
    rows: async (query) => {
      asked.push(query)
      return query.span === true ? spanRows : [row(query.labels?.[0] ?? '?', 1, 'ses', HOUR)]
    },
  }
  return { figures, asked }
}

const question = { fromMs: 0, toMs: 24 * HOUR, grain: 'hour', by: 'domain', top: 2 } as const

describe('an answer about figures', () => {
  it('names the largest on both routes together, and sums up the rest', async () => {
    const { figures, asked } = source([
      row('a.example', 5),
      row('b.example', 4),
      row('b.example', 4, 'legacy'),
      row('c.example', 3),
      row('c.example', 1, 'legacy'),
      row('other', 900),
    ])
    const answer = await answerFigures(figures, question)
    expect(answer.labels).toEqual(['b.example', 'a.example'])
    expect(answer.others).toBe(2)
    expect(answer.sums.map(({ label, route, counts }) => [label, route, counts.sent])).toEqual([
      ['a.example', 'ses', 5],
      ['b.example', 'ses', 4],
      ['b.example', 'legacy', 4],
      ['other', 'legacy', 1],
      ['other', 'ses', 903],
    ])
    expect(asked[1]).toEqual({
      fromMs: 0,
      toMs: 24 * HOUR,
      grain: 'hour',
      by: 'domain',
      labels: ['b.example', 'a.example'],
    })
    expect(answer.rows).toHaveLength(1)
  })

  it('has no rows by time when there would be too many, and none for nothing', async () => {
    const many = source(Array.from({ length: 500 }, (_, i) => row(`d${i}.example`, 500 - i)))
    const answer = await answerFigures(many.figures, { ...question, top: 500, toMs: 90 * 24 * HOUR })
    expect([answer.sums.length, answer.rows.length, many.asked.length]).toEqual([500, 0, 1])
    const nothing = source([])
    expect(await answerFigures(nothing.figures, question)).toMatchObject({ labels: [], sums: [], rows: [], others: 0 })
  })
})
