// Everything that `watari cost` tells, as one value: the stages' bills, what the budget pays for, what moves it, what other
// choices would cost, and what all of it rests on.
import { stageCost, type StageCost } from './cost.ts'
import { perThousandOf, priceWithin, shareWithin, type BudgetAnswer } from './cost-budget.ts'
import { choicesAt, type Choice } from './cost-choices.ts'
import { costDesignOf, DAYS_PER_MONTH, type CostDesign } from './cost-design.ts'
import { yenOf } from './money.ts'
import type { Plan } from './plan.ts'
import { NOT_PRICED, PRICE_REGION, priceTableAge, type NotPriced, type PriceTableAge } from './price-table.ts'

export interface CostReport {
  readonly domain: string
  readonly design: CostDesign
  readonly daysPerMonth: number
  readonly yenPerDollar: number
  readonly stages: readonly StageInYen[]
  /** Without a budget in the plan there is nothing to compare with. */
  readonly budget?: BudgetReport
  readonly rates: readonly RateRow[]
  readonly prices: readonly PriceRow[]
  /** At the largest stage. */
  readonly choices: readonly Choice[]
  readonly priceTable: PriceTableAge & { readonly region: string; readonly notPriced: readonly NotPriced[] }
}

export interface StageInYen extends StageCost {
  readonly yen: number
}

export interface BudgetReport {
  readonly yen: number
  readonly legacyYen?: number
  /** AWS alone within the budget. */
  readonly alone: BudgetAnswer
  /** AWS and the old hosts, which go on until the last stage is over. */
  readonly withLegacy?: BudgetAnswer
  /** AWS for no more than the old hosts cost today. */
  readonly asToday?: BudgetAnswer
  /** Dollars for a thousand recipients at which the largest stage would fit. */
  readonly dollarsPerThousand?: number
}

/** The same bill at another rate. */
export interface RateRow {
  readonly yenPerDollar: number
  readonly yen: readonly number[]
  readonly share?: number
}

/** The same bill with another price for sending. */
export interface PriceRow {
  /** Percent off the list. */
  readonly discountPercent: number
  readonly dollarsPerThousand: number
  readonly yen: readonly number[]
  readonly share?: number
}

export interface CostQuestion {
  readonly plan: Plan
  readonly nowMs: number
  /** Percentages; without them those of the plan. */
  readonly stages?: readonly number[]
  readonly yenPerDollar?: number
}

/** A year has seen the yen move a fifth, both ways. */
const RATE_CHANGES_PERCENT = [-20, -10, 0, 10, 20]
/** Discounts are by contract; a quarter, half and three quarters show where it would have to go. */
const DISCOUNTS_PERCENT = [0, 25, 50, 75]

/** Undefined when the plan does not say how much is sent. */
export function costReport(question: CostQuestion): CostReport | undefined {
  const { plan, nowMs } = question
  const design = costDesignOf(plan)
  if (design === undefined) return undefined
  const yenPerDollar = question.yenPerDollar ?? plan.budget.yenPerDollar
  const percents = question.stages ?? plan.stages.map(({ percent }) => percent)
  const stages = percents.map((percent) => {
    const cost = stageCost(design, percent)
    return { ...cost, yen: yenOf(cost.total, yenPerDollar) }
  })
  const largest = Math.max(...percents)
  const world: World = { plan, design, percents, largest, yenPerDollar }
  const budget = budgetOf(world)
  return {
    domain: plan.domain,
    design,
    daysPerMonth: DAYS_PER_MONTH,
    yenPerDollar,
    stages,
    ...(budget === undefined ? {} : { budget }),
    rates: ratesOf(world),
    prices: pricesOf(world),
    choices: choicesAt(design, largest),
    priceTable: { ...priceTableAge(nowMs), region: PRICE_REGION, notPriced: NOT_PRICED },
  }
}

interface World {
  readonly plan: Plan
  readonly design: CostDesign
  readonly percents: readonly number[]
  readonly largest: number
  readonly yenPerDollar: number
}

function budgetOf({ plan, design, largest, yenPerDollar }: World): BudgetReport | undefined {
  const { yenPerMonth: yen, legacyYenPerMonth: legacyYen } = plan.budget
  if (yen === undefined) return undefined
  const dollarsPerThousand = priceWithin(design, { percent: largest, yen, yenPerDollar })
  return {
    yen,
    alone: shareWithin(design, { yen, yenPerDollar }),
    ...(dollarsPerThousand === undefined ? {} : { dollarsPerThousand }),
    ...(legacyYen === undefined
      ? {}
      : {
          legacyYen,
          withLegacy: shareWithin(design, { yen, besideYen: legacyYen, yenPerDollar }),
          asToday: shareWithin(design, { yen: legacyYen, yenPerDollar }),
        }),
  }
}

function ratesOf({ plan, design, percents, yenPerDollar: now }: World): readonly RateRow[] {
  return RATE_CHANGES_PERCENT.map((change) => {
    // To a hundredth of a yen, as rates are quoted.
    const yenPerDollar = Math.round(now * (100 + change)) / 100
    return rowAt(plan, design, percents, yenPerDollar)
  })
}

function pricesOf({ plan, design, percents, largest, yenPerDollar }: World): readonly PriceRow[] {
  const listed = perThousandOf(design, largest)
  if (listed === undefined) return []
  return DISCOUNTS_PERCENT.map((discountPercent) => {
    const dollarsPerThousand = (listed * (100 - discountPercent)) / 100
    // The list itself keeps its tiers.
    const priced = discountPercent === 0 ? design : { ...design, sesDollarsPerThousand: dollarsPerThousand }
    return { discountPercent, dollarsPerThousand, ...rowAt(plan, priced, percents, yenPerDollar) }
  })
}

function rowAt(plan: Plan, design: CostDesign, percents: readonly number[], yenPerDollar: number): RateRow {
  const budget = plan.budget.yenPerMonth
  const share = budget === undefined ? undefined : shareWithin(design, { yen: budget, yenPerDollar }).percent
  return {
    yenPerDollar,
    yen: percents.map((percent) => yenOf(stageCost(design, percent).total, yenPerDollar)),
    ...(share === undefined ? {} : { share }),
  }
}
