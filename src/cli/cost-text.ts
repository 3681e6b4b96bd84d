// How `watari cost` looks: the bill by line and stage, a chart with the budget in it, and what the bill rests on, in 80 columns.
import { LOG_LINE_OCTETS, type Choice } from '../core/plan/cost-choices.ts'
import { dedicatedAddresses, perThousandOf } from '../core/plan/cost-budget.ts'
import type { BudgetReport, CostReport, StageInYen } from '../core/plan/cost-report.ts'
import { dollarText, yenOf, type Picodollars } from '../core/plan/money.ts'
import { bar, COLUMN_GAP, numberTable, padStart, SCREEN_COLUMNS, paragraph } from './columns.ts'
import type { CostWords, Language } from './cost-words.ts'
import { COST_WORDS_EN } from './cost-words-en.ts'
import { COST_WORDS_JA } from './cost-words-ja.ts'
import { widthOf } from '../core/base/wrap.ts'
import { grouped, paint } from './output.ts'

const CHART_COLUMNS = 44
const STAGES_BESIDE = 3

export function costWords(language: Language): CostWords {
  return language === 'ja' ? COST_WORDS_JA : COST_WORDS_EN
}

/** With `color` what is over the budget is red. */
export function costText(report: CostReport, language: Language, color: boolean): string {
  const words = costWords(language)
  const perDay = report.design.recipientsPerDay
  const title = paragraph(
    words.title({
      domain: report.domain,
      perDay: grouped(perDay),
      perMonth: grouped(perDay * report.daysPerMonth),
      days: report.daysPerMonth,
    }),
  )
  const parts = [
    title,
    ...billTables(report, words),
    chart(report, words, color),
    budgetText(report, words),
    sensitivity(report, words),
    choicesText(report, words),
    assumptions(report, words),
  ]
  return parts.join('\n')
}

const yenText = (yen: number) => `${yen < 0 ? '-' : ''}¥${grouped(Math.abs(yen))}`
const percentText = (percent: number) => `${percent} %`
const shareText = (percent: number) => `${percent.toFixed(2)} %`
const tell = (text: string) => paragraph(text, '- ')
const aThousand = (dollars: number) => `$${dollars.toFixed(4)}`

/** As many stages beside each other as the screen holds. */
function billTables(report: CostReport, words: CostWords): readonly string[] {
  const label = Math.max(...[...Object.values(words.lines), words.inYen(rateText(report))].map(widthOf))
  const column = Math.max(...report.stages.map((stage) => widthOf(yenText(stage.yen)))) + COLUMN_GAP
  const beside = Math.max(1, Math.floor((SCREEN_COLUMNS - label) / column))
  const tables: string[] = []
  for (let at = 0; at < report.stages.length; at += beside) {
    tables.push(billTable(report, report.stages.slice(at, at + beside), words))
  }
  return tables
}

function billTable(report: CostReport, stages: readonly StageInYen[], words: CostWords): string {
  const ids = [...new Set(stages.flatMap(({ lines }) => lines.map(({ id }) => id)))]
  const rows = ids.map((id) => [
    words.lines[id],
    ...stages.map(({ lines }) => centsText(lines.find((line) => line.id === id)?.amount)),
  ])
  return numberTable(
    [words.aMonth, ...stages.map(({ percent }) => percentText(percent))],
    [
      ...rows,
      [words.total, ...stages.map(({ total }) => dollarText(total))],
      [words.inYen(rateText(report)), ...stages.map(({ yen }) => yenText(yen))],
    ],
  )
}

/** What is less than half a cent is not nothing. */
function centsText(amount: Picodollars | undefined): string {
  const text = dollarText(amount ?? 0n)
  return text === '0.00' && amount !== undefined && amount > 0n ? '<0.01' : text
}

function rateText({ yenPerDollar }: CostReport): string {
  return String(yenPerDollar)
}

function chart({ stages, budget }: CostReport, words: CostWords, color: boolean): string {
  const most = Math.max(...stages.map(({ yen }) => yen), budget?.yen ?? 0)
  const names = stages.map(({ percent }) => percentText(percent))
  const width = Math.max(...names.map(widthOf))
  const mark = budget === undefined ? {} : { mark: budget.yen }
  const lines = stages.map(({ yen }, i) => {
    const isOver = budget !== undefined && yen > budget.yen
    const over = isOver ? `, ${paint(color, 'red', words.times((yen / budget.yen).toFixed(1)))}` : ''
    return `${padStart(names[i]!, width)} ${bar(yen, { most, width: CHART_COLUMNS, ...mark })} ${yenText(yen)}${over}\n`
  })
  if (budget === undefined || most === 0) return lines.join('')
  const at = Math.min(CHART_COLUMNS - 1, Math.floor((budget.yen / most) * CHART_COLUMNS))
  return `${lines.join('')}${' '.repeat(width + 1 + at)}└ ${words.budgetMark(yenText(budget.yen))}\n`
}

function budgetText(report: CostReport, words: CostWords): string {
  const { budget } = report
  if (budget === undefined) return paragraph(words.noBudget)
  return [
    `${words.budgetTitle(yenText(budget.yen))}\n`,
    tell(
      budget.alone.percent === undefined
        ? words.paysNothing
        : words.pays({
            share: shareText(budget.alone.percent),
            recipients: recipientsAt(report, budget.alone.percent),
          }),
    ),
    ...legacyText(budget, words).map(tell),
    ...fitText(report, budget, words).map(tell),
  ].join('')
}

function recipientsAt({ design, daysPerMonth }: CostReport, percent: number): string {
  return grouped(Math.round((design.recipientsPerDay * daysPerMonth * percent) / 100))
}

function legacyText({ legacyYen, withLegacy, asToday }: BudgetReport, words: CostWords): readonly string[] {
  if (legacyYen === undefined) return []
  const yen = yenText(legacyYen)
  const share = withLegacy?.percent
  return [
    words.withLegacy({ yen, share: share === undefined ? undefined : shareText(share) }),
    words.asToday({ yen, share: shareText(asToday?.percent ?? 0) }),
  ]
}

function fitText(report: CostReport, { dollarsPerThousand }: BudgetReport, words: CostWords): readonly string[] {
  const largest = Math.max(...report.stages.map(({ percent }) => percent))
  const listed = perThousandOf(report.design, largest)
  if (dollarsPerThousand === undefined || listed === undefined || dollarsPerThousand >= listed) return []
  return [
    words.wouldFit({
      percent: percentText(largest),
      dollars: aThousand(dollarsPerThousand),
      listed: aThousand(listed),
    }),
  ]
}

function sensitivity({ stages, rates, prices, budget }: CostReport, words: CostWords): string {
  // The last stages are the dear ones; more than three do not fit beside each other.
  const names = stages.map(({ percent }) => percentText(percent)).slice(-STAGES_BESIDE)
  const shareName = budget === undefined ? [] : [words.share]
  const cells = (row: { yen: readonly number[]; share?: number }) => [
    ...row.yen.slice(-STAGES_BESIDE).map(yenText),
    ...(budget === undefined ? [] : [shareText(row.share ?? 0)]),
  ]
  const byRate = numberTable(
    [words.rate, ...names, ...shareName],
    rates.map((row) => [String(row.yenPerDollar), ...cells(row)]),
  )
  const first = `${words.ratesTitle}\n${byRate}`
  // A stage at which nothing is sent has no price to change.
  if (prices.length === 0) return first
  const byPrice = numberTable(
    [words.price, ...names, ...shareName],
    prices.map((row) => [
      `${aThousand(row.dollarsPerThousand)}  ${row.discountPercent === 0 ? words.listed : `-${row.discountPercent} %`}`,
      ...cells(row),
    ]),
  )
  return `${first}\n${words.pricesTitle}\n${byPrice}`
}

function choicesText(report: CostReport, words: CostWords): string {
  const largest = Math.max(...report.stages.map(({ percent }) => percent))
  const names = words.choices({
    domains: grouped(report.design.assume.receivingDomains),
    logLineOctets: grouped(LOG_LINE_OCTETS),
    wholeEventOctets: grouped(2 * report.design.assume.eventOctets),
    addresses: grouped(
      dedicatedAddresses({ ...report.design, recipientsPerDay: (report.design.recipientsPerDay * largest) / 100 })
        .count,
    ),
  })
  const groups = [...new Set(report.choices.map(({ group }) => group))]
  const rows = groups.flatMap((group) => [
    [words.groups[group], '', ''],
    ...report.choices
      .filter((choice) => choice.group === group)
      .map((choice) => choiceRow(choice, names[choice.id], report.yenPerDollar, words)),
  ])
  return numberTable([words.choicesTitle(percentText(largest)), words.dollarsMore, words.yenMore], rows)
}

function choiceRow({ isChosen, more }: Choice, name: string, rate: number, words: CostWords): readonly string[] {
  if (isChosen) return [`  * ${name}`, words.chosen, '']
  const sign = more > 0n ? '+' : ''
  return [`    ${name}`, sign + dollarText(more), sign + yenText(yenOf(more, rate))]
}

function assumptions(report: CostReport, words: CostWords): string {
  const { design, priceTable, daysPerMonth } = report
  const { assume } = design
  const assumed = words.assumed({
    rate: rateText(report),
    days: daysPerMonth,
    bouncePercent: percentText(design.bouncePercent),
    complaintPercent: percentText(design.complaintPercent),
    customMetrics: grouped(assume.customMetrics),
    dimensionValues: grouped(assume.dimensionValues),
    eventsPerBatch: grouped(assume.eventsPerBatch),
    millisecondsPerBatch: grouped(assume.millisecondsPerBatch),
    megabytes: grouped(design.mailFunctionMegabytes),
    archiveOctetsPerMail: grouped(assume.archiveOctetsPerMail),
    standardDays: grouped(design.standardDays),
    logOctetsPerMail: grouped(assume.logOctetsPerMail),
    attachmentOctetsPerMail: grouped(assume.attachmentOctetsPerMail),
    secrets: grouped(design.secrets),
  })
  const left = priceTable.notPriced.map((id) => words.notPriced[id])
  const [separator, stop] = words === costWords('ja') ? ['、', '。'] : ['; ', '.']
  return [
    `${words.assumedTitle}\n`,
    ...assumed.map(tell),
    tell(words.pricesFrom(priceTable)),
    tell(words.standing),
    tell(`${words.notPricedTitle} ${left.join(separator)}${stop}`),
  ].join('')
}
