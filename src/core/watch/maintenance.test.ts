// The calendar of §8.3, and checklists that fill in what is known.
import { describe, expect, test } from 'vitest'
import { aWeek, MONDAY } from '../../../test/support/report-world.ts'
import { lettersDue, nextMaintenance } from './calendar.ts'
import { checklist, type ItemId, type ItemState, type MaintenanceFacts } from './maintenance.ts'
import { maintenanceDesk, type KnownFacts, type MaintenanceDesk } from './maintenance-desk.ts'
import { EMPTY_RECORD } from './record.ts'

/** Instants in Tokyo. */
const tokyo = (text: string) => Date.parse(`${text}:00+09:00`)
const kinds = (text: string) =>
  lettersDue(tokyo(text), 'Asia/Tokyo').flatMap(({ kind }) => (kind.endsWith('Maintenance') ? [kind] : []))
const day = (at: number) => new Date(at + 9 * 3_600_000).toISOString().slice(0, 16)

describe('the calendar', () => {
  test.each([
    // The 1st of November 2026 is a Sunday.
    ['2026-11-01T12:00', []],
    ['2026-11-02T08:59', []],
    ['2026-11-02T09:00', ['MonthlyMaintenance']],
    ['2026-11-03T08:59', ['MonthlyMaintenance']],
    ['2026-11-03T09:01', []],
    ['2027-01-01T09:00', ['MonthlyMaintenance', 'QuarterlyMaintenance']],
    ['2027-04-01T09:00', ['MonthlyMaintenance', 'QuarterlyMaintenance', 'YearlyMaintenance']],
  ])('at %s is due %j', (at, due) => {
    expect(kinds(at)).toEqual(due)
  })

  test('knows when each is next', () => {
    const next = nextMaintenance(tokyo('2026-11-25T12:00'), 'Asia/Tokyo')
    expect(next.map(({ kind, dueAt }) => [kind, day(dueAt)])).toEqual([
      ['MonthlyMaintenance', '2026-12-01T09:00'],
      ['QuarterlyMaintenance', '2027-01-01T09:00'],
      ['YearlyMaintenance', '2027-04-01T09:00'],
    ])
  })

  test('of a whole year says each month, quarter and year once', () => {
    const ids = new Set<string>()
    for (let hour = 0; hour < 366 * 24; hour += 1) {
      const at = tokyo('2026-11-25T12:00') + hour * 3_600_000
      for (const { id, kind } of lettersDue(at, 'Asia/Tokyo')) if (kind.endsWith('Maintenance')) ids.add(id)
    }
    const count = (word: string) => [...ids].filter((id) => id.startsWith(word)).length
    expect([count('Monthly'), count('Quarterly'), count('Yearly')]).toEqual([12, 4, 1])
  })
})

const LANE = {
  accepted: 0,
  sent: 1_000,
  delivered: 1_000,
  hardBounced: 0,
  softBounced: 0,
  complained: 0,
  refused: 0,
  suppressed: 0,
}
const KNOWN: KnownFacts = {
  stagePercent: 10,
  key: { selector: 'watari7', days: 212, nextProven: true },
  quota: { sent: 448_000, max: 10_000_000, perSecond: 200 },
  suppressed: 412_345,
  cost: { recipients: 3_584_000, yen: 53_760, budgetYen: 500_000 },
  users: 3,
  wideNetworks: 0,
  pricesAgeDays: 12,
}
const FACTS: MaintenanceFacts = {
  ...KNOWN,
  fromMs: 0,
  toMs: 1,
  ses: { ...LANE, bounceRate: 0.006, complaintRate: 0.0001, successRate: 0.999, sendingP95Ms: 380 },
  legacy: LANE,
  peakHour: 420_000,
  incidents: { critical: 0, warning: 1 },
}

function stateOf(id: ItemId, changes: Partial<MaintenanceFacts>): ItemState {
  const all = (['MonthlyMaintenance', 'QuarterlyMaintenance', 'YearlyMaintenance'] as const).flatMap((kind) =>
    checklist(kind, { ...FACTS, ...changes }),
  )
  return all.find((item) => item.id === id)!.state
}

describe('an item', () => {
  test.each([
    ['keyAge', {}, 'good'],
    ['keyAge', { key: { selector: 's', days: 59, nextProven: true } }, 'look'],
    ['keyNext', { key: { selector: 's', days: 99, nextProven: false } }, 'look'],
    ['rates', { ses: { ...FACTS.ses, successRate: 0.994 } }, 'look'],
    ['rates', { ses: LANE }, 'person'],
    ['latency', { ses: { ...FACTS.ses, sendingP95Ms: 61_000 } }, 'look'],
    ['incidents', { incidents: { critical: 1, warning: 0 } }, 'look'],
    ['quota', { quota: { sent: 5_000_001, max: 10_000_000, perSecond: 200 } }, 'look'],
    ['cost', { cost: { recipients: 1, yen: 500_001, budgetYen: 500_000 } }, 'look'],
    ['cost', {}, 'good'],
    ['capacity', { peakHour: 504_001 }, 'look'],
    ['capacity', {}, 'good'],
    ['prices', { pricesAgeDays: 91 }, 'look'],
    ['networks', { wideNetworks: 2 }, 'look'],
    ['drill', {}, 'person'],
    ['users', {}, 'person'],
  ] as const)('%s with %j is %s', (id, changes, state) => {
    expect(stateOf(id, changes)).toBe(state)
  })

  test('of a key that nobody here keeps is for a person', () => {
    const { key: _, ...rest } = FACTS
    expect(checklist('MonthlyMaintenance', rest)[0]).toEqual({ id: 'keyAge', state: 'person' })
  })
})

function desk(languages: readonly ('ja' | 'en')[]): MaintenanceDesk {
  return maintenanceDesk({
    domain: 'goo.ne.jp',
    timeZone: 'Asia/Tokyo',
    languages,
    runbooks: 'docs/',
    now: () => MONDAY + 3 * 86_400_000,
    sources: { figures: aWeek(), record: async () => EMPTY_RECORD, known: async () => KNOWN },
  })
}

describe('a checklist', () => {
  test('says what was looked at, what a person should look at, and what only a person can', async () => {
    const { text, checklists } = await desk(['en']).maintenance('en')
    expect(checklists.map(({ kind }) => kind)).toEqual([
      'MonthlyMaintenance',
      'QuarterlyMaintenance',
      'YearlyMaintenance',
    ])
    expect(text).toContain(`goo.ne.jp: Monthly maintenance: keys and performance (2026-10-26 – 2026-11-26)

[x] DKIM key watari7: 212 days left
[x] a next DKIM key is published and proven
[x] SES: success 99.9 % (goal > 99.5 %), bounces 0.568 % (< 5 %), complaints 0.009 % (< 0.1 %); Postfix: 100 %, 0.37 %, 0 %
[x] sending by SES, 95 of 100 within 0.38 s (goal < 60 s)
[x] incidents: 0 critical, 0 warning; watari incidents --all
[x] quota: 448,000 of 10,000,000 used in the last 24 hours (ask for more from half on)
[x] suppression list: 412,345 addresses

[x] looked at, nothing to do   [!] looked at, please look too   [ ] only you can
Monthly maintenance: keys and performance: next on 2026-12-01
More: docs/runbook.md#monthlymaintenance
`)
    expect(text).toContain('[ ] disaster recovery drill with a clock: RTO 4 h, RPO 1 h; write down what it took\n')
  })

  test('is a letter in the languages of the plan', async () => {
    const notice = await desk(['ja', 'en']).letter({ id: 'x', kind: 'YearlyMaintenance', dueAt: MONDAY })
    expect(notice.subject).toBe('[Watari] goo.ne.jp: 年次メンテナンス: アーキテクチャレビュー、災害復旧テスト')
    expect(notice.text).toContain('[ ] 災害復旧テスト: RTO 4時間、RPO 1時間を計測し、結果を記録\n')
    expect(notice.text).toContain('[ ] disaster recovery drill')
    expect(notice.level).toBe('info')
  })
})
