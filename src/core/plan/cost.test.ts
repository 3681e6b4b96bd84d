// The bill of the goo.ne.jp plan, beside the same by hand in docs/cost.md: every number here is written out.
import fc from 'fast-check'
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { parsePlan } from '../../wiring/config.ts'
import { stageCost } from './cost.ts'
import { priceWithin, shareWithin } from './cost-budget.ts'
import { choicesAt } from './cost-choices.ts'
import { costDesignOf, type CostDesign } from './cost-design.ts'
import { costReport } from './cost-report.ts'
import { dollarText, yenOf } from './money.ts'
import type { Plan } from './plan.ts'

const NOW = Date.parse('2026-11-25T12:00:00Z')

function planOf(text: string): Plan {
  const reading = parsePlan(text, { file: 'plan.yaml', hostname: 'gw' })
  if (reading.kind === 'faulty') throw new Error(reading.faults.join('\n'))
  return reading.plan
}
const goo = planOf(readFileSync('plans/goo.ne.jp.yaml', 'utf8'))
const design = costDesignOf(goo)!

/** [line, units, dollars], as docs/cost.md has them. */
type Row = readonly [string, string, string]
const billOf = (design: CostDesign, percent: number): readonly Row[] =>
  stageCost(design, percent).lines.map(({ id, units, amount }) => [
    id,
    units.toLocaleString('en-US'),
    dollarText(amount),
  ])

const AT_100: readonly Row[] = [
  ['sesRecipients', '159,000,000', '15,900.00'],
  ['eventMetrics', '4', '1.20'],
  ['customMetrics', '3', '0.90'],
  ['alarms', '3', '0.30'],
  ['archiveStorage', '1,908,000,000,000', '1.59'],
  ['archiveObjects', '720', '0.00'],
  ['secrets', '4', '1.60'],
  ['keys', '1', '1.00'],
]

const BY_EVENT_BRIDGE: readonly Row[] = [
  ['eventBridgeEvents', '318,159,000', '318.16'],
  ['queueRequests', '381,790,800', '152.32'],
  ['functionRequests', '31,815,900', '6.36'],
  ['functionTime', '3,257,948,160,000', '53.03'],
]

const TOTALS = [
  [10, '1,595.16', 239_274],
  [50, '7,955.80', 1_193_370],
  [100, '15,906.59', 2_385_989],
] as const

describe('the bill of goo.ne.jp', () => {
  it('has at 100 % the lines that docs/cost.md reckons by hand', () => {
    expect(billOf(design, 100)).toEqual(AT_100)
  })

  it.each(TOTALS)('at %i %% is %s dollars', (percent, dollars, yen) => {
    const { total } = stageCost(design, percent)
    expect(dollarText(total)).toBe(dollars)
    expect(yenOf(total, 150)).toBe(yen)
  })

  it('has with EventBridge the lines that docs/cost.md reckons by hand', () => {
    const lines = billOf({ ...design, destination: 'EventBridge' }, 100)
    expect(lines.filter(([id]) => BY_EVENT_BRIDGE.some(([other]) => other === id))).toEqual(BY_EVENT_BRIDGE)
  })

  it('stands in docs/cost.md with the same figures', () => {
    const rows = readFileSync('docs/cost.md', 'utf8').split('\n')
    for (const [id, units, dollars] of [...AT_100, ...BY_EVENT_BRIDGE]) {
      const row = rows.find((line) => line.startsWith(`| \`${id}\``)) ?? ''
      const cells = row.split('|').map((cell) => cell.trim())
      expect([cells[2], cells.at(-2)], id).toEqual([units, dollars])
    }
    for (const [percent, dollars, yen] of TOTALS) {
      const row = rows.find((line) => line.startsWith(`| ${percent} %`)) ?? ''
      expect(row).toContain(` ${dollars} `)
      expect(row).toContain(` ${yen.toLocaleString('en-US')} `)
    }
  })

  it('is paid for up to a fifth by the budget, and not at all beside the old hosts', () => {
    const report = costReport({ plan: goo, nowMs: NOW })
    expect(report?.budget).toEqual({
      yen: 500_000,
      legacyYen: 700_000,
      alone: { percent: 20.93 },
      withLegacy: {},
      asToday: { percent: 29.31 },
      dollarsPerThousand: 0.0209,
    })
  })

  it('at the price that would fit does fit, and a hundredth of a cent above does not', () => {
    const price = priceWithin(design, { percent: 100, yen: 500_000, yenPerDollar: 150 })!
    const yenAt = (dollars: number) => yenOf(stageCost({ ...design, sesDollarsPerThousand: dollars }, 100).total, 150)
    expect(yenAt(price)).toBeLessThanOrEqual(500_000)
    expect(yenAt(price + 0.0001)).toBeGreaterThan(500_000)
  })

  it('costs 4,790 dollars more when the account is left on Essentials', () => {
    const more = Object.fromEntries(choicesAt(design, 100).map(({ id, more }) => [id, dollarText(more)]))
    expect(more).toMatchObject({
      aLaCarte: '0.00',
      essentials: '4,790.00',
      pro: '8,785.00',
      enterprise: '10,770.00',
      cloudWatchByDomain: '1,198.80',
      sns: '369.59',
      eventBridge: '528.67',
      logLinePerMail: '60.42',
      logWholeEvents: '483.36',
      dedicatedAddresses: '2,644.70',
    })
  })

  it('is told to be from a stale table after 90 days', () => {
    expect(costReport({ plan: goo, nowMs: NOW })?.priceTable).toMatchObject({ days: 126, isStale: true })
    expect(costReport({ plan: goo, nowMs: Date.parse('2026-08-01') })?.priceTable.isStale).toBe(false)
  })
})

describe('a plan', () => {
  const SHORT = 'domain: example.jp\nregion: ap-northeast-1\nlegacy: { hosts: [{ host: mx.example.jp }] }\n'

  it('without a volume has no bill', () => {
    expect(costReport({ plan: planOf(SHORT), nowMs: NOW })).toBeUndefined()
  })

  it('without a budget is billed and compared with nothing', () => {
    const report = costReport({ plan: planOf(`${SHORT}volume: { mailsPerHour: 1000 }\n`), nowMs: NOW })
    // 24,000 a day × 30 × 0.0001, and 3 metrics, 4 secrets, a key.
    expect(report?.stages.at(-1)).toMatchObject({ percent: 100, recipients: 720_000n })
    expect(report).not.toHaveProperty('budget')
  })

  it('with a price agreed on pays that', () => {
    const text = `${SHORT}volume: { mailsPerDay: 1000000 }\nbudget: { sesDollarsPerThousand: 0.05 }\n`
    const [sending] = stageCost(costDesignOf(planOf(text))!, 100).lines
    expect(dollarText(sending!.amount)).toBe('1,500.00')
  })
})

const percents = fc.integer({ min: 0, max: 10_000 }).map((hundredths) => hundredths / 100)
const designs: fc.Arbitrary<CostDesign> = fc.record({
  recipientsPerDay: fc.integer({ min: 0, max: 50_000_000 }),
  sesPricing: fc.constantFrom('aLaCarte', 'essentials', 'pro', 'enterprise'),
  destination: fc.constantFrom('none', 'CloudWatch', 'SNS', 'EventBridge'),
  events: fc.record({
    send: fc.nat(1),
    delivery: fc.nat(1),
    bounce: fc.nat(1),
    complaint: fc.nat(1),
    other: fc.nat(5),
  }),
  dimensions: fc.integer({ min: 1, max: 10 }),
  bouncePercent: percents,
  complaintPercent: percents,
  mailFunctionMegabytes: fc.integer({ min: 128, max: 10_240 }),
  alarms: fc.nat(50),
  secrets: fc.nat(10),
  standardDays: fc.integer({ min: 0, max: 3_650 }),
  assume: fc.record({
    dimensionValues: fc.nat(10_000),
    receivingDomains: fc.nat(10_000),
    customMetrics: fc.nat(1_000),
    eventsPerBatch: fc.integer({ min: 1, max: 10_000 }),
    millisecondsPerBatch: fc.integer({ min: 1, max: 900_000 }),
    eventOctets: fc.integer({ min: 1, max: 262_144 }),
    archiveOctetsPerMail: fc.nat(10_000),
    archiveObjects: fc.constantFrom('hourly', 'each'),
    logOctetsPerMail: fc.nat(10_000),
    attachmentOctetsPerMail: fc.nat(1_000_000),
  }),
})

describe('whatever the design', () => {
  it('a total is the sum of its lines', () => {
    fc.assert(
      fc.property(designs, percents, (design, percent) => {
        const { lines, total } = stageCost(design, percent)
        expect(lines.reduce((sum, line) => sum + line.amount, 0n)).toBe(total)
      }),
    )
  })

  it('more volume never costs less', () => {
    fc.assert(
      fc.property(designs, percents, fc.nat(1_000_000), (design, percent, more) => {
        const grown = { ...design, recipientsPerDay: design.recipientsPerDay + more }
        expect(stageCost(grown, percent).total).toBeGreaterThanOrEqual(stageCost(design, percent).total)
      }),
    )
  })

  it('a higher stage never costs less', () => {
    fc.assert(
      fc.property(designs, percents, percents, (design, one, other) => {
        const [low, high] = one < other ? [one, other] : [other, one]
        expect(stageCost(design, high).total).toBeGreaterThanOrEqual(stageCost(design, low).total)
      }),
    )
  })

  it('the share that the budget pays for is within it, and a hundredth more is not', () => {
    fc.assert(
      fc.property(designs, fc.integer({ min: 1, max: 10_000_000 }), (design, yen) => {
        const { percent } = shareWithin(design, { yen, yenPerDollar: 150 })
        const at = (percent: number) => yenOf(stageCost(design, percent).total, 150)
        if (percent === undefined) expect(at(0)).toBeGreaterThan(yen)
        else {
          expect(at(percent)).toBeLessThanOrEqual(yen)
          if (percent < 100) expect(at(Math.round(percent * 100 + 1) / 100)).toBeGreaterThan(yen)
        }
      }),
    )
  })
})
