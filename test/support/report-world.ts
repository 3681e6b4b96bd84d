// A week of goo.ne.jp in figures: two carriers and two large providers, at 10 % by SES, with what a report has to tell of them.
import type { WatchRecord } from '../../src/core/watch/record.ts'
import { EMPTY_RECORD } from '../../src/core/watch/record.ts'
import { reportDesk, type ReportDesk } from '../../src/core/watch/report-desk.ts'
import type { ReportSources } from '../../src/core/watch/report-read.ts'
import { memoryFigures, type MemoryFigures } from './memory-figures.ts'

const DAY_MS = 86_400_000
const HOUR_MS = 3_600_000
/** Monday, 23 November 2026, 00:00 in Tokyo. */
export const MONDAY = Date.parse('2026-11-22T15:00:00Z')

const SHARES = { 'docomo.ne.jp': 0.4, 'gmail.com': 0.3, 'ezweb.ne.jp': 0.2, 'example.co.jp': 0.1 } as const
const BOUNCES = {
  'docomo.ne.jp': { ses: 0.004, legacy: 0.004 },
  'gmail.com': { ses: 0.011, legacy: 0.002 },
  'ezweb.ne.jp': { ses: 0.003, legacy: 0.003 },
  'example.co.jp': { ses: 0.002, legacy: 0.009 },
} as const

export function aWeek(): MemoryFigures {
  const figures = memoryFigures()
  for (let hour = -24; hour < 7 * 24; hour += 1) {
    const at = MONDAY + hour * HOUR_MS
    const ofDay = ((hour % 24) + 24) % 24
    // Quiet at night, a campaign at nine and at twenty.
    const all = ofDay < 6 ? 20_000 : ofDay === 9 || ofDay === 20 ? 420_000 : 220_000
    for (const [domain, share] of Object.entries(SHARES) as [keyof typeof SHARES, number][]) {
      for (const route of ['ses', 'legacy'] as const) {
        const sent = Math.round(all * share * (route === 'ses' ? 0.1 : 0.9))
        const hardBounced = Math.round(sent * BOUNCES[domain][route])
        figures.add(
          at,
          route,
          domain,
          {
            accepted: sent + 20,
            sent,
            delivered: sent - hardBounced - 5,
            hardBounced,
            softBounced: 5,
            complained: route === 'ses' ? Math.round(sent / 10_000) : 0,
            suppressed: 20,
          },
          route === 'ses' ? 900 : 2_400,
        )
      }
    }
  }
  return figures
}

const RECORD: WatchRecord = {
  ...EMPTY_RECORD,
  incidents: [
    {
      id: 'UnusualTrafficPattern-20261124-1002',
      alert: 'UnusualTrafficPattern',
      scope: '',
      level: 'warning',
      openedAt: MONDAY + DAY_MS + 10 * HOUR_MS,
      closedAt: MONDAY + DAY_MS + 12 * HOUR_MS,
      round: 1,
      lastBadAt: MONDAY + DAY_MS + 11 * HOUR_MS,
      opened: { accepted: 1, low: 2, high: 3, median: 2, weeks: 8, hourAt: 0 },
      latest: { accepted: 1, low: 2, high: 3, median: 2, weeks: 8, hourAt: 0 },
      channels: {},
    },
  ],
}

export function reportWorld(figures: MemoryFigures, changes: Partial<ReportSources> = {}): ReportDesk {
  return reportDesk({
    domain: 'goo.ne.jp',
    timeZone: 'Asia/Tokyo',
    now: () => MONDAY + 2 * DAY_MS + 8 * HOUR_MS,
    sources: {
      figures,
      record: async () => RECORD,
      stages: async () => [
        { at: MONDAY - DAY_MS, percent: 10, by: 'sato', reason: 'first step' },
        { at: MONDAY + DAY_MS + 14 * HOUR_MS, percent: 0, by: 'watari', reason: 'gmail.com refuses more by SES' },
        { at: MONDAY + DAY_MS + 18 * HOUR_MS, percent: 10, by: 'suzuki', reason: 'mended' },
      ],
      suppression: async () => ({ total: 412_345, more: 1_204 }),
      cost: (recipients) => ({ yen: recipients * 0.015, budgetYen: 500_000 }),
      ...changes,
    },
  })
}
