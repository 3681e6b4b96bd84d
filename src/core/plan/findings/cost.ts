// Cost and budget: what the volume costs at the list price, and how much of it the budget pays.
import { count, dollars, percentText, short, yen } from '../amounts.ts'
import { shareWithin } from '../cost-budget.ts'
import { costDesignOf, DAYS_PER_MONTH, type CostDesign } from '../cost-design.ts'
import { stageCost } from '../cost.ts'
import { alike, NOTHING, say, seen, type Rule, type Sighting } from '../finding.ts'
import { lastPercent } from '../load.ts'
import { dollarNumber } from '../money.ts'
import type { Plan } from '../plan.ts'
import { PRICES } from '../price-table.ts'

const SOURCE = `${PRICES.sesRecipient.source} (${PRICES.sesRecipient.readOn})`
/** Prices are compared with a hundredth of tolerance: people round. */
const TOLERANCE = 0.99

export const costRules: readonly Rule[] = [
  {
    id: 'cost-estimate-below-list-price',
    severity: 'error',
    title: say('The estimate for sending is below the list price', '送信費用の見積もりが定価を下回っています'),
    why: say(
      'The bill comes at the list price. An estimate that mixes up a day and a month is found out on the first invoice.',
      '請求は定価で来ます。1 日分と 1 か月分を取り違えた見積もりは、最初の請求書で明らかになります。',
    ),
    mend: say(
      'Reckon with a month of recipients at the price of the table; `watari cost` does it service by service.',
      '1 か月の宛先数に価格表の単価を掛けてください。`watari cost` がサービスごとに計算します。',
    ),
    source: SOURCE,
    look: estimateBelowPrice,
  },
  {
    id: 'cost-unit-price-below-list',
    severity: 'error',
    title: say('The price of a mail is below the list price', '1 通あたりの単価が定価を下回っています'),
    why: say(
      'Every sum that is built on it is too small by the same factor.',
      'この単価に基づく計算はすべて同じ倍率で小さくなります。',
    ),
    mend: say(
      'Take the list price, or write what was agreed with AWS as budget.sesDollarsPerThousand.',
      '定価を使うか、AWS と取り決めた価格を budget.sesDollarsPerThousand に書いてください。',
    ),
    source: SOURCE,
    look: unitPrice,
  },
  {
    id: 'cost-budget-below-stage',
    severity: 'error',
    title: say('The budget does not pay for a stage', '予算では賄えない段階があります'),
    why: say(
      'The share would have to go back in the middle of the month, or the budget is broken: both are decided best beforehand.',
      '月の途中で割合を戻すか、予算を超えるかになります。どちらも事前に決めておくべきことです。',
    ),
    mend: say(
      'End at the share that the budget pays, raise the budget, or agree on a private price with AWS first.',
      '予算で賄える割合で止めるか、予算を増やすか、先に AWS と個別の価格を取り決めてください。',
    ),
    source: SOURCE,
    look: budgetBelowStage,
  },
  {
    id: 'cost-above-today',
    severity: 'warning',
    title: say('All by SES costs more than the old hosts do today', 'SES へ全量移すと現在より費用が増えます'),
    why: say(
      'A move that is to save money and costs more is better decided on now than found out on the bill.',
      '費用削減のための移行が逆に高くつくことは、請求書で知るより先に判断すべきことです。',
    ),
    mend: say(
      'Agree on a private price with AWS first, end at a smaller share, or say what else the move is for.',
      '先に AWS と個別の価格を取り決めるか、割合を抑えるか、費用以外の目的を明確にしてください。',
    ),
    source: SOURCE,
    look: aboveToday,
  },
  {
    id: 'cost-pricing-plan-dearer',
    severity: 'warning',
    title: say('The pricing plan of SES costs more than à la carte', 'SES の料金プランが従量制より割高です'),
    why: say(
      'Since 2026-07-21 a new account starts on Essentials, and a plan turns on no feature by itself.',
      '2026-07-21 以降の新しいアカウントは Essentials で始まりますが、プランだけでは機能は何も増えません。',
    ),
    mend: say(
      'Set the account to à la carte (plan NONE), and write budget.sesPricing: aLaCarte.',
      'アカウントを従量制 (プラン NONE) に設定し、budget.sesPricing: aLaCarte としてください。',
    ),
    source: 'https://docs.aws.amazon.com/ses/latest/dg/pricing-plans.html',
    look: dearerPlan,
  },
  {
    id: 'cost-reserved-capacity',
    severity: 'warning',
    title: say('There is no reserved capacity for SES or Lambda', 'SES と Lambda にリザーブドキャパシティはありません'),
    why: say(
      'A saving that cannot be bought is a hole in the budget. What Lambda has are Savings Plans, what SES has is a private price.',
      '購入できない割引を見込むと予算に穴が開きます。Lambda には Savings Plans、SES には個別契約があるだけです。',
    ),
    mend: say(
      'Remove it; ask AWS for a private price for the volume.',
      'この項目を外し、送信量に応じた個別価格を AWS に相談してください。',
    ),
    source: 'https://aws.amazon.com/savingsplans/faqs/',
    look: ({ budget }) =>
      budget.reservedCapacity === true
        ? seen(
            ['budget', 'reservedCapacity'],
            say('The plan counts on reserved capacity.', '計画はリザーブドキャパシティを見込んでいます。'),
          )
        : NOTHING,
  },
]

interface Month {
  readonly recipients: number
  /** For the recipients, and for the plan of SES. */
  readonly ses: number
  /** For all services. */
  readonly total: number
}

const SENDING = ['sesRecipients', 'sesMonth']

/** Dollars of a month at a stage. */
function monthOf(design: CostDesign, percent: number): Month {
  const { recipients, lines, total } = stageCost(design, percent)
  const sending = lines.filter(({ id }) => SENDING.includes(id)).reduce((sum, { amount }) => sum + amount, 0n)
  return { recipients: Number(recipients), ses: dollarNumber(sending), total: dollarNumber(total) }
}

const sendingSum = ({ recipients, ses }: Month) =>
  say(
    `${count(recipients)} recipients a month = ${dollars(ses)} (${dollars(ses / recipients)} each)`,
    `1 か月 ${count(recipients)} 宛先 = ${dollars(ses)} (1 宛先 ${dollars(ses / recipients)})`,
  )

function estimateBelowPrice(plan: Plan): readonly Sighting[] {
  const estimate = plan.budget.estimateYen?.['sesSending']
  const design = costDesignOf(plan)
  if (estimate === undefined || design === undefined) return NOTHING
  const share = lastPercent(plan)
  const rate = plan.budget.yenPerDollar
  const month = monthOf(design, share)
  const bill = month.ses * rate
  if (estimate >= bill * TOLERANCE) return NOTHING
  const times = count(bill / Math.max(estimate, 1))
  return seen(
    ['budget', 'estimateYen', 'sesSending'],
    say(
      `${yen(estimate)} is ${times} times too little for a month.`,
      `${yen(estimate)} は 1 か月分の ${times} 分の 1 しかありません。`,
    ),
    say(
      `${count(design.recipientsPerDay)} a day × ${DAYS_PER_MONTH} days × ${share} % = ${count(month.recipients)}`,
      `${count(design.recipientsPerDay)} 通/日 × ${DAYS_PER_MONTH} 日 × ${share} % = ${count(month.recipients)}`,
    ),
    sendingSum(month),
    alike(`${dollars(month.ses)} × ¥${short(rate)} = ${yen(bill)}`),
    ...dayForMonth(plan, design.recipientsPerDay, estimate),
  )
}

/** Where the estimate is one day at the plan's own price, that is the mistake, and it is named. */
function dayForMonth({ budget: { sesYenPerMail } }: Plan, daily: number, estimate: number) {
  if (sesYenPerMail === undefined || Math.abs(daily * sesYenPerMail - estimate) > estimate * (1 - TOLERANCE)) return []
  const sum = `${count(daily)} × ${yen(sesYenPerMail)} = ${yen(estimate)}`
  return [say(`${sum}: that is one day`, `${sum} は 1 日分`)]
}

function unitPrice(plan: Plan): readonly Sighting[] {
  const { sesYenPerMail: price, yenPerDollar: rate, sesDollarsPerThousand } = plan.budget
  const design = costDesignOf(plan)
  if (price === undefined || sesDollarsPerThousand !== undefined || design === undefined) return NOTHING
  const { recipients, ses } = monthOf(design, lastPercent(plan))
  if (recipients === 0) return NOTHING
  const list = (ses / recipients) * rate
  if (price >= list * TOLERANCE) return NOTHING
  return seen(
    ['budget', 'sesYenPerMail'],
    say(`${yen(price)} a mail is less than SES takes.`, `1 通 ${yen(price)} は SES の単価を下回ります。`),
    alike(`${dollars(ses / recipients)} × ¥${short(rate)} = ${yen(list)} > ${yen(price)}`),
  )
}

function budgetBelowStage(plan: Plan): readonly Sighting[] {
  const { yenPerMonth: budget, yenPerDollar } = plan.budget
  const design = costDesignOf(plan)
  if (budget === undefined || design === undefined) return NOTHING
  return plan.stages.flatMap(({ percent }, i) => {
    const month = monthOf(design, percent)
    if (month.total * yenPerDollar <= budget) return []
    const share = shareWithin(design, { yen: budget, yenPerDollar }).percent ?? 0
    return seen(
      ['stages', i, 'percent'],
      say(
        `${yen(budget)} a month does not pay for the stage of ${percent} %.`,
        `月額 ${yen(budget)} では ${percent} % の段階を賄えません。`,
      ),
      sendingSum(month),
      say(
        `with the other services ${dollars(month.total)} × ¥${short(yenPerDollar)} = ${yen(month.total * yenPerDollar)}`,
        `他のサービスを含めて ${dollars(month.total)} × ¥${short(yenPerDollar)} = ${yen(month.total * yenPerDollar)}`,
      ),
      say(`the budget pays for ${percentText(share)} of all mail`, `予算で賄えるのは全体の ${percentText(share)} です`),
    )
  })
}

function aboveToday(plan: Plan): readonly Sighting[] {
  const { legacyYenPerMonth: today, yenPerDollar } = plan.budget
  const design = costDesignOf(plan)
  // Before everything has moved the old hosts are paid as well, and that is no surprise.
  if (today === undefined || design === undefined || lastPercent(plan) < 100) return NOTHING
  const { total } = monthOf(design, 100)
  const bill = total * yenPerDollar
  if (bill <= today) return NOTHING
  return seen(
    ['budget', 'legacyYenPerMonth'],
    say(
      `A month costs ${yen(bill - today)} more than the ${yen(today)} of today.`,
      `現在の月額 ${yen(today)} より ${yen(bill - today)} 増えます。`,
    ),
    alike(`${dollars(total)} × ¥${short(yenPerDollar)} = ${yen(bill)}`),
    alike(`${yen(bill)} ÷ ${yen(today)} = ${(bill / today).toFixed(1)}`),
  )
}

function dearerPlan(plan: Plan): readonly Sighting[] {
  const { sesPricing, sesDollarsPerThousand, yenPerDollar } = plan.budget
  const design = costDesignOf(plan)
  if (sesPricing === 'aLaCarte' || sesDollarsPerThousand !== undefined || design === undefined) return NOTHING
  const here = monthOf(design, lastPercent(plan)).ses
  const least = monthOf({ ...design, sesPricing: 'aLaCarte' }, lastPercent(plan)).ses
  if (here <= least) return NOTHING
  return seen(
    ['budget', 'sesPricing'],
    say(
      `The last stage costs ${yen((here - least) * yenPerDollar)} more a month.`,
      `最後の段階で月 ${yen((here - least) * yenPerDollar)} 余計にかかります。`,
    ),
    alike(`${sesPricing} ${dollars(here)} − aLaCarte ${dollars(least)} = ${dollars(here - least)}`),
  )
}
