// Case C45: a large carrier changes its answers in the middle of the move. From 13 March 2025 it takes with 250 what it refused
// before, and files it as spam; old bounce rates no longer compare, and no bounces are no better delivery.
import { describe, expect, test } from 'vitest'
import { memoryFigures, type MemoryFigures } from '../support/memory-figures.ts'
import { reportWorld } from '../support/report-world.ts'

const CARRIER = 'carrier.example'

/** 1,000 sends with 40 bounces from the 1st to the 12th; 1,000 with one from the 13th to the 24th, when SES has 100 and none. */
function march(): MemoryFigures {
  const figures = memoryFigures()
  const spread = (total: number, day: number) => Math.floor((total * day) / 12) - Math.floor((total * (day - 1)) / 12)
  for (let day = 1; day <= 12; day += 1) {
    const before = `2025-03-${String(day).padStart(2, '0')}T03:00:00Z`
    const after = `2025-03-${day + 12}T03:00:00Z`
    const [all, bounced] = [spread(1_000, day), spread(40, day)]
    figures.add(before, 'legacy', CARRIER, { sent: all, delivered: all - bounced, hardBounced: bounced }, 2_000)
    const one = day === 5 ? 1 : 0
    figures.add(after, 'legacy', CARRIER, { sent: all, delivered: all - one, hardBounced: one }, 2_000)
    const bySes = spread(100, day)
    figures.add(after, 'ses', CARRIER, { sent: bySes, delivered: bySes }, 900)
  }
  return figures
}

describe.each(['DailyReport', 'WeeklyPerformanceReport'] as const)('the %s of the last day', (kind) => {
  const report = (language: 'ja' | 'en') => reportWorld(march()).report({ kind, date: '2025-03-24', language })

  test('flags the step on both lanes, with the day and the counts of each', async () => {
    const { report: made, text } = await report('en')
    expect(made.domains[0]).toMatchObject({
      domain: CARRIER,
      comparison: 'answersChanged',
      answers: {
        at: Date.parse('2025-03-12T15:00:00Z'),
        legacy: { before: { count: 40, of: 1_000 }, after: { count: 1, of: 1_000 } },
        ses: { before: { count: 0, of: 0 }, after: { count: 0, of: 100 } },
      },
    })
    expect(text).toContain(
      'carrier.example answers otherwise since 2025-03-13, on both routes: hard bounces went by Postfix from 4 % (40 of 1,000) to 0.1 % (1 of 1,000), by SES from no mail to 0 % (0 of 100).',
    )
    expect((await report('ja')).text).toContain(
      'carrier.example は2025-03-13から両経路で応答が変わりました。ハードバウンス率は既存経路で4 %(1,000件中40件)から0.1 %(1,000件中1件)',
    )
  })

  test('shows no bounces of SES as no better delivery', async () => {
    for (const language of ['en', 'ja'] as const) {
      const { report: made, text, html } = await report(language)
      expect(made.domains[0]?.ses.hardBounced).toBe(0)
      expect(`${text}${html}`).not.toMatch(/better|improve|改善|向上|良好/i)
    }
    expect((await report('en')).text).toContain('say nothing good of either route')
    expect((await report('ja')).text).toContain('良い結果とは言えません')
  })
})

test('both lanes are counted in the days of the report only', async () => {
  const { report } = await reportWorld(march()).report({
    kind: 'WeeklyPerformanceReport',
    date: '2025-03-19',
    language: 'en',
  })
  expect([report.fromMs, report.toMs].map((at) => new Date(at).toISOString())).toEqual([
    '2025-03-16T15:00:00.000Z',
    '2025-03-23T15:00:00.000Z',
  ])
  expect(report.totals.legacy).toMatchObject({ sent: 583, hardBounced: 1 })
  expect(report.totals.ses).toMatchObject({ sent: 58, hardBounced: 0 })
})
