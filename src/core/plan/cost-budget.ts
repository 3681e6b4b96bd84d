// What the month's budget pays for (S6): the share of the recipients that fits, with and without the old hosts, at other
// rates and at other prices. Costs rise with the share, so the share is found by halving.
import { stageCost } from './cost.ts'
import type { CostDesign } from './cost-design.ts'
import { yenOf, type Picodollars } from './money.ts'
import { costOf, PRICES } from './price-table.ts'

/** Shares are told to a hundredth of a percent. */
const STEPS_PER_PERCENT = 100

export interface BudgetAnswer {
  /** The largest share in percent, to 0.01 and downwards, whose month stays within; undefined when even 0 % does not. */
  readonly percent?: number
}

/** The share whose month costs at most `yen`. `besideYen` is paid besides, whatever the share: the old hosts. */
export function shareWithin(
  design: CostDesign,
  money: { readonly yen: number; readonly besideYen?: number; readonly yenPerDollar: number },
): BudgetAnswer {
  const fits = (steps: number) => {
    const { total } = stageCost(design, steps / STEPS_PER_PERCENT)
    return yenOf(total, money.yenPerDollar) + (money.besideYen ?? 0) <= money.yen
  }
  if (!fits(0)) return {}
  let [least, most] = [0, 100 * STEPS_PER_PERCENT]
  while (least < most) {
    const middle = Math.ceil((least + most) / 2)
    if (fits(middle)) least = middle
    else most = middle - 1
  }
  return { percent: least / STEPS_PER_PERCENT }
}

/**
 * Dollars for a thousand recipients at which a stage would stay within the budget, rounded down to a hundredth of a cent;
 * undefined when the rest alone is too much, or nothing is sent.
 */
export function priceWithin(
  design: CostDesign,
  at: { readonly percent: number; readonly yen: number; readonly yenPerDollar: number },
): number | undefined {
  const free = stageCost({ ...design, sesDollarsPerThousand: 0 }, at.percent)
  if (free.recipients === 0n) return undefined
  const leftYen = at.yen - yenOf(free.total, at.yenPerDollar)
  if (leftYen < 0) return undefined
  const perThousand = (leftYen / at.yenPerDollar / Number(free.recipients)) * 1_000
  return Math.floor(perThousand * 10_000) / 10_000
}

/** What a thousand recipients cost in a month of so many: with volume tiers, their average. */
export function perThousandOf(design: CostDesign, percent: number): number | undefined {
  const { lines, recipients } = stageCost(design, percent)
  const sending = lines.find(({ id }) => id === 'sesRecipients')
  return sending === undefined ? undefined : (Number(sending.amount) / 1e12 / Number(recipients)) * 1_000
}

/** Addresses that warm up by themselves send at most so many a day (SES guide, dedicated-ip-warming). */
const MAILS_PER_DEDICATED_IP = 50_000

/** How many dedicated addresses the whole volume needs, and what they cost a month. */
export function dedicatedAddresses(design: CostDesign): { readonly count: number; readonly amount: Picodollars } {
  const count = Math.ceil(design.recipientsPerDay / MAILS_PER_DEDICATED_IP)
  return { count, amount: costOf(PRICES.sesDedicatedIp, BigInt(count)) }
}
