// A day and a week as they are mailed: what is counted, what is compared, what is said of few mails and of none.
import { describe, expect, test } from 'vitest'
import { memoryFigures } from '../../../test/support/memory-figures.ts'
import { aWeek, MONDAY, reportWorld } from '../../../test/support/report-world.ts'
import { answersChange, compare } from './report-compare.ts'

describe('a day', () => {
  test('has both routes of that day of the zone, its hours, stages, incidents, list and cost', async () => {
    const { report, subject } = await reportWorld(aWeek()).report({
      kind: 'DailyReport',
      date: '2026-11-24',
      language: 'en',
    })
    expect(subject).toBe('[Watari] goo.ne.jp: daily report 2026-11-24')
    expect([report.fromMs, report.toMs]).toEqual([MONDAY + 86_400_000, MONDAY + 2 * 86_400_000])
    expect(report.series).toHaveLength(24)
    expect(report.series[9]).toEqual({ atMs: MONDAY + 33 * 3_600_000, ses: 42_000, legacy: 378_000 })
    expect(report.totals.ses).toMatchObject({ sent: 448_000, hardBounced: 2_544, complained: 40, suppressed: 1_920 })
    expect(report.stage).toMatchObject({ percent: 10, changes: [{ percent: 0 }, { percent: 10 }] })
    expect(report.incidents.map(({ id }) => id)).toEqual(['UnusualTrafficPattern-20261124-1002'])
    expect(report.suppression).toEqual({ total: 412_345, more: 1_204 })
    // Both days of the month that have figures.
    expect(report.cost).toEqual({ recipients: 1_344_000, yen: 20_160, budgetYen: 500_000 })
    expect(report.domains.map(({ domain, comparison }) => [domain, comparison])).toEqual([
      ['docomo.ne.jp', 'same'],
      ['gmail.com', 'sesHigher'],
      ['ezweb.ne.jp', 'same'],
      ['example.co.jp', 'sesLower'],
    ])
  })

  test('without a date is yesterday, and a week the last that is over', async () => {
    const desk = reportWorld(aWeek())
    const daily = await desk.report({ kind: 'DailyReport', language: 'en' })
    expect(daily.report.fromMs).toBe(MONDAY + 86_400_000)
    const weekly = await desk.report({ kind: 'WeeklyPerformanceReport', language: 'en' })
    expect(weekly.report.fromMs).toBe(MONDAY - 7 * 86_400_000)
  })

  test('that is none is refused', async () => {
    await expect(
      reportWorld(aWeek()).report({ kind: 'DailyReport', date: '2026-02-30', language: 'en' }),
    ).rejects.toThrow('2026-02-30 is no day')
  })

  test('tells 1 bounce of 13 mails as counts, and that they are too few', async () => {
    const figures = memoryFigures()
    figures.add('2026-11-24T03:00:00Z', 'ses', 'example.com', { sent: 13, delivered: 12, hardBounced: 1 })
    const { text } = await reportWorld(figures).report({ kind: 'DailyReport', date: '2026-11-24', language: 'en' })
    expect(text).toContain(
      '- 1 of 13 mails by SES bounced and 0 were complained about: too few mails for a rate or an alert.\n',
    )
  })

  test('on which no event came says that nothing is known of SES', async () => {
    const figures = memoryFigures()
    figures.add('2026-11-24T03:00:00Z', 'ses', 'example.com', { sent: 9_000 })
    const { text } = await reportWorld(figures).report({ kind: 'DailyReport', date: '2026-11-24', language: 'en' })
    expect(text).toContain('SES took 9,000 mails and the end of none is known: no events came.')
    expect(text).not.toContain('(0 %)')
  })

  test('on which nothing was sent says so', async () => {
    const desk = reportWorld(memoryFigures())
    const { text } = await desk.report({ kind: 'DailyReport', date: '2026-11-24', language: 'ja' })
    expect(text).toContain('- 送信はありませんでした。\n')
  })

  test('of more than twenty receiving domains sums the rest', async () => {
    const figures = memoryFigures()
    for (let n = 1; n <= 25; n += 1) {
      figures.add('2026-11-24T03:00:00Z', 'legacy', `d${n}.example`, { sent: 1_000 - n, delivered: 1_000 - n })
    }
    const { report } = await reportWorld(figures).report({ kind: 'DailyReport', date: '2026-11-24', language: 'en' })
    expect(report.domains).toHaveLength(21)
    expect(report.domains.at(-1)).toMatchObject({ domain: '(rest)', legacy: { sent: 4_885 } })
  })
})

describe('two lanes in the same days', () => {
  test.each([
    ['0 of 100 and 1 of 1,000', [0, 100], [1, 1_000], 'same'],
    ['0 of 99 and 40 of 1,000', [0, 99], [40, 1_000], 'tooFew'],
    ['1.1 % of 10,000 and 0.2 % of 90,000', [110, 10_000], [180, 90_000], 'sesHigher'],
    ['0.2 % of 10,000 and 0.9 % of 90,000', [20, 10_000], [810, 90_000], 'sesLower'],
    ['none of either', [0, 1_000], [0, 1_000], 'same'],
  ] as const)('%s', (_, [count, of], [otherCount, otherOf], comparison) => {
    expect(compare({ count, of }, { count: otherCount, of: otherOf }, undefined)).toBe(comparison)
  })
})

describe('a change of answers', () => {
  const days = (legacy: readonly (readonly [number, number])[]) =>
    legacy.map(([count, of], i) => ({ at: i, ses: { count: 0, of: 0 }, legacy: { count, of } }))

  test('is found at its day', () => {
    const change = answersChange(
      days([
        [40, 1_000],
        [38, 1_000],
        [42, 1_000],
        [1, 1_000],
        [0, 1_000],
      ]),
    )
    expect(change).toMatchObject({ at: 3, legacy: { before: { count: 120 }, after: { count: 1 } } })
  })

  test.each([
    [
      'a steady rate',
      [
        [40, 1_000],
        [36, 1_000],
        [44, 1_000],
        [39, 1_000],
      ],
    ],
    [
      'a quiet night',
      [
        [4, 100],
        [0, 90],
      ],
    ],
    [
      'a rise by a tenth',
      [
        [4_000, 100_000],
        [4_400, 100_000],
      ],
    ],
  ] as const)('is not seen in %s', (_, legacy) => {
    expect(answersChange(days(legacy))).toBeUndefined()
  })
})

describe('the page', () => {
  test('is tables with inline styles, in both languages, and escapes what it is given', async () => {
    const figures = memoryFigures()
    figures.add('2026-11-24T03:00:00Z', 'ses', '<b>&"x', { sent: 900, delivered: 900 })
    const desk = reportWorld(figures)
    const notice = await desk.letter(
      { id: 'DailyReport-20261125', kind: 'DailyReport', dueAt: MONDAY + 2 * 86_400_000 + 8 * 3_600_000 },
      ['ja', 'en'],
    )
    expect(notice).toMatchObject({ id: 'DailyReport-20261125', level: 'info' })
    expect(notice.html).toContain('<div lang="ja"')
    expect(notice.html).toContain('<div lang="en"')
    expect(notice.html).toContain('&lt;b&gt;&amp;&quot;x')
    expect(notice.html).not.toMatch(/<svg|<style|<script|class=|src=/)
    expect(notice.slackBlocks!.length).toBeLessThan(50)
  })
})
