// What `watari cost` has to say, as a shape that each language fills.
import type { CostLineId } from '../core/plan/cost.ts'
import type { ChoiceGroup, ChoiceId } from '../core/plan/cost-choices.ts'
import type { NotPriced } from '../core/plan/price-table.ts'

export type Language = 'en' | 'ja'

export interface CostWords {
  readonly title: (of: { domain: string; perDay: string; perMonth: string; days: number }) => string
  readonly aMonth: string
  readonly total: string
  readonly inYen: (rate: string) => string
  readonly lines: Readonly<Record<CostLineId, string>>
  readonly budgetMark: (yen: string) => string
  readonly times: (times: string) => string
  readonly budgetTitle: (yen: string) => string
  readonly noBudget: string
  readonly pays: (of: { share: string; recipients: string }) => string
  readonly paysNothing: string
  readonly withLegacy: (of: { yen: string; share: string | undefined }) => string
  readonly asToday: (of: { yen: string; share: string }) => string
  readonly wouldFit: (of: { percent: string; dollars: string; listed: string }) => string
  readonly ratesTitle: string
  readonly rate: string
  readonly pricesTitle: string
  readonly price: string
  readonly listed: string
  readonly share: string
  readonly choicesTitle: (percent: string) => string
  readonly dollarsMore: string
  readonly yenMore: string
  readonly groups: Readonly<Record<ChoiceGroup, string>>
  readonly choices: (of: ChoiceNumbers) => Readonly<Record<ChoiceId, string>>
  readonly chosen: string
  readonly assumedTitle: string
  readonly assumed: (of: AssumedNumbers) => readonly string[]
  readonly pricesFrom: (of: { region: string; oldestOn: string; days: number }) => string
  readonly standing: string
  readonly stale: (days: number) => string
  readonly notPricedTitle: string
  readonly notPriced: Readonly<Record<NotPriced, string>>
}

export interface ChoiceNumbers {
  readonly domains: string
  readonly logLineOctets: string
  readonly wholeEventOctets: string
  readonly addresses: string
}

/** Numbers as they are printed. */
export interface AssumedNumbers {
  readonly rate: string
  readonly days: number
  readonly bouncePercent: string
  readonly complaintPercent: string
  readonly customMetrics: string
  readonly dimensionValues: string
  readonly eventsPerBatch: string
  readonly millisecondsPerBatch: string
  readonly megabytes: string
  readonly archiveOctetsPerMail: string
  readonly standardDays: string
  readonly logOctetsPerMail: string
  readonly attachmentOctetsPerMail: string
  readonly secrets: string
}
