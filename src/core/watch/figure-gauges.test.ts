// What /metrics tells of the figures: of which time, under which names, and how often it asks.
import { describe, expect, it } from 'vitest'
import type { FigureQuery, FigureRow, FigureSource } from '../base/figures.ts'
import { figureGauges } from './figure-gauges.ts'

/** 12:34:56. */
const NOW = Date.UTC(2026, 10, 25, 12, 34, 56)
const MINUTE = Date.UTC(2026, 10, 25, 12, 34)

const route = (atMs: number, counts: FigureRow['counts'], name: FigureRow['route'] = 'ses'): FigureRow => ({
  atMs,
  route: name,
  label: '',
  counts,
  latency: { sending: { 27: 10 } },
})

function source(answer: (query: FigureQuery) => readonly FigureRow[]) {
  const asked: FigureQuery[] = []
  const figures: FigureSource = {
    rows: async (query) => {
      asked.push(query)
      return answer(query)
    },
  }
  return { figures, asked }
}

const lines = (gauges: Awaited<ReturnType<ReturnType<typeof figureGauges>>>) =>
  gauges.map(({ name, labels, value }) => `${name} ${Object.values(labels).join(' ')} ${value}`)

describe('the gauges of the figures', () => {
  it('tell of the last full minute, the last full hour and the last full sixty minutes', async () => {
    const { figures, asked } = source(({ by, grain, fromMs, toMs }) => {
      if (by === 'domain') return [{ ...route(fromMs, { sent: 900, delivered: 880 }), label: 'docomo.ne.jp' }]
      if (grain === 'minute' && toMs - fromMs === 60_000) return [route(fromMs, { sent: 15 })]
      return [
        route(fromMs, { sent: 10_000, delivered: 9_400, hardBounced: 600, complained: 47 }),
        route(fromMs, { sent: 5 }, 'legacy'),
      ]
    })
    expect(lines(await figureGauges(figures, 'goo.ne.jp')(NOW))).toEqual([
      'watari_minute_recipients ses sent 15',
      'watari_hour_recipients ses docomo.ne.jp sent 900',
      'watari_hour_recipients ses docomo.ne.jp delivered 880',
      'watari_latency_seconds ses sending 50 1.076',
      'watari_latency_seconds ses sending 95 1.076',
      'watari_latency_seconds legacy sending 50 1.076',
      'watari_latency_seconds legacy sending 95 1.076',
      'watari_send_success_ratio ses 1',
      'watari_bounce_ratio ses 0.06',
      'watari_complaint_ratio ses 0.005',
      'EmailSendSuccess goo.ne.jp 1',
      'EmailBounceRate goo.ne.jp 0.06',
      'EmailComplaintRate goo.ne.jp 0.005',
    ])
    const spans = asked.map(({ fromMs, toMs, grain }) => [(MINUTE - fromMs) / 60_000, (MINUTE - toMs) / 60_000, grain])
    expect(spans).toEqual([
      [60, 0, 'minute'],
      [94, 34, 'hour'],
      [94, 34, 'hour'],
      [1, 0, 'minute'],
    ])
  })

  it('say nothing of what is not known: no gauge instead of 0', async () => {
    expect(await figureGauges(source(() => []).figures, 'goo.ne.jp')(NOW)).toEqual([])
  })

  it('are read once a minute, however often they are looked at, and again after a failure', async () => {
    let fails = true
    const { figures, asked } = source(() => {
      if (fails) throw new Error('no disk')
      return []
    })
    const gauges = figureGauges(figures, 'goo.ne.jp')
    await expect(gauges(NOW)).rejects.toThrow('no disk')
    fails = false
    await gauges(NOW)
    const once = asked.length
    await gauges(NOW + 3_000)
    expect(asked).toHaveLength(once)
    await gauges(NOW + 60_000)
    expect(asked.length).toBeGreaterThan(once)
  })
})
