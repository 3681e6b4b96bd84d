// The reports of a gateway, put together: figures, stages, incidents, the suppression list, and what the month has cost.
import { DAY_MS } from '../core/base/clock.ts'
import { maskText } from '../core/mail/mask.ts'
import { stageCost } from '../core/plan/cost.ts'
import { costDesignOf, DAYS_PER_MONTH } from '../core/plan/cost-design.ts'
import { yenOf } from '../core/plan/money.ts'
import type { Plan } from '../core/plan/plan.ts'
import type { Change } from '../core/watch/letters.ts'
import { LIST_SIZES_KEPT, type WatchRecord } from '../core/watch/record.ts'
import { reportDesk, type ReportDesk } from '../core/watch/report-desk.ts'
import { costOfMonth, type ReportSources } from '../core/watch/report-read.ts'
import type { ReportCost } from '../core/watch/report.ts'
import type { WatchParts } from './watch-parts.ts'

export type ReportParts = Pick<WatchParts, 'plan' | 'basics' | 'flow' | 'suppression'>

/** A stage changes a few times a week. */
const STAGES_READ = 1_000

export function reportsOf({ plan, basics, flow, suppression }: ReportParts, change: Change): ReportDesk {
  const { clock } = basics
  const cost = costOf(plan)
  const sources: ReportSources = {
    figures: flow.figures,
    record: () => change((record) => record),
    stages: async () => {
      const stages = await flow.store.history(STAGES_READ)
      return stages.map(({ percent, changedAt, changedBy, reason }) => ({
        at: changedAt,
        percent,
        by: changedBy,
        // A person's words may name somebody.
        reason: maskText(reason),
      }))
    },
    suppression: () => listGrowth(suppression, change),
    ...(cost === undefined ? {} : { cost }),
  }
  return reportDesk({ sources, domain: plan.domain, timeZone: plan.timeZone, now: () => clock.now() })
}

/** How many addresses get nothing by SES. */
export function listSize(suppression: ReportParts['suppression']): number {
  return Object.values(suppression.status().entries).reduce((sum, count) => sum + count, 0)
}

/** What SES has cost from the beginning of the month of this instant. */
export function costSoFar({ plan, flow }: ReportParts, toMs: number): Promise<ReportCost | undefined> {
  const cost = costOf(plan)
  const sources = { figures: flow.figures, ...(cost === undefined ? {} : { cost }) }
  return costOfMonth(sources, { toMs, timeZone: plan.timeZone })
}

/** The list's size now, and how much it grew since a report of a day or more ago. */
async function listGrowth(
  suppression: ReportParts['suppression'],
  change: Change,
): Promise<{ total: number; more?: number }> {
  const total = listSize(suppression)
  let before: number | undefined
  await change((record, at) => {
    before = record.listSizes.findLast((size) => at - size.at >= DAY_MS / 2)?.total
    return withListSize(record, { at, total })
  })
  return { total, ...(before === undefined ? {} : { more: total - before }) }
}

function withListSize(record: WatchRecord, size: WatchRecord['listSizes'][number]): WatchRecord {
  const last = record.listSizes.at(-1)
  if (last !== undefined && size.at - last.at < DAY_MS / 2) return record
  return { ...record, listSizes: [...record.listSizes, size].slice(-LIST_SIZES_KEPT) }
}

/** What a month of so many recipients costs, by the plan's own prices; undefined when it does not say how much is sent. */
function costOf(plan: Plan): ReportSources['cost'] {
  const design = costDesignOf(plan)
  if (design === undefined) return undefined
  const { yenPerDollar, yenPerMonth } = plan.budget
  return (recipients) => {
    const { total } = stageCost({ ...design, recipientsPerDay: Math.ceil(recipients / DAYS_PER_MONTH) }, 100)
    return { yen: yenOf(total, yenPerDollar), ...(yenPerMonth === undefined ? {} : { budgetYen: yenPerMonth }) }
  }
}
