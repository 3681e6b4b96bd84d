// What each stage needs of the account's quota, and how long it lasts. A new account may send 200 recipients a day, one a
// second (https://docs.aws.amazon.com/ses/latest/dg/quotas.html); every stage needs more, and AWS has to be asked.
import type { StagePlan } from './design.ts'
import type { Plan } from './plan.ts'

/** What an account has until AWS grants more. */
export const SANDBOX = { recipientsPerDay: 200, ratePerSecond: 1 } as const

export interface QuotaStep {
  readonly percent: number
  /** Recipients that the stage sends by SES in 24 hours, and in an average second of the busiest hour that the plan knows. */
  readonly recipientsPerDay: number
  readonly ratePerSecond: number
  /** What to ask for, so that the gate on quota use holds (§8.1). */
  readonly askPerDay: number
  readonly askPerSecond: number
  /** The quota that the design counts on is enough (§4.1.3); undefined when it names none. */
  readonly isWithinDesign?: boolean
  /** AWS has granted it already (quota.granted…), so that nothing need be asked. */
  readonly isGranted: boolean
}

/** Quotas are asked for in round numbers. */
const ROUND_PER_DAY = 10_000

/** One step for each stage that sends anything; none when the plan does not say how much is sent. */
export function quotaSteps(plan: Plan): readonly QuotaStep[] {
  const perDay = mailsPerDay(plan)
  if (perDay === undefined) return []
  const perHour = Math.max(plan.volume.mailsPerHour ?? 0, perDay / 24, plan.targets.peakMailsPerHour ?? 0)
  return plan.stages
    .filter(({ percent }) => percent > 0)
    .map(({ percent }) => stepOf(plan, percent, { perDay, perHour }))
}

function stepOf(plan: Plan, percent: number, volume: { readonly perDay: number; readonly perHour: number }): QuotaStep {
  const recipientsPerDay = Math.ceil((volume.perDay * percent) / 100)
  const ratePerSecond = Math.ceil((volume.perHour * percent) / 100 / 3_600)
  const headroom = plan.gates.quotaPercentMax > 0 ? plan.gates.quotaPercentMax / 100 : 1
  const askPerDay = Math.ceil(recipientsPerDay / headroom / ROUND_PER_DAY) * ROUND_PER_DAY
  const askPerSecond = Math.ceil(ratePerSecond / headroom)
  const fits = (perDay = 0, perSecond = 0) =>
    recipientsPerDay <= perDay * headroom && ratePerSecond <= perSecond * headroom
  const { quota } = plan
  const isNamed = quota.recipientsPerDay !== undefined && quota.ratePerSecond !== undefined
  return {
    percent,
    recipientsPerDay,
    ratePerSecond,
    askPerDay,
    askPerSecond,
    ...(isNamed ? { isWithinDesign: fits(quota.recipientsPerDay, quota.ratePerSecond) } : {}),
    isGranted: fits(quota.grantedRecipientsPerDay, quota.grantedRatePerSecond),
  }
}

export interface StageTime {
  /** How long the stage lasts at least. */
  readonly hours: number
  /** How long it takes until its least number of mails went by SES; undefined when the volume is not known or nothing goes. */
  readonly mailHours?: number
  readonly longer: 'hours' | 'mails'
}

/** A stage is over when its hours are and its mails are sent, whichever is later (S1). */
export function stageHours(plan: Plan, stage: StagePlan): StageTime {
  // Percent of the recipients of a day; multiplied before it is divided, so that a round number of days stays one.
  const percentDays = (mailsPerDay(plan) ?? 0) * stage.percent
  if (percentDays === 0) return { hours: stage.leastHours, longer: 'hours' }
  const mailHours = (stage.leastMails * 100 * 24) / percentDays
  return {
    hours: Math.max(stage.leastHours, mailHours),
    mailHours,
    longer: mailHours > stage.leastHours ? 'mails' : 'hours',
  }
}

export function mailsPerDay({ volume }: Plan): number | undefined {
  return volume.mailsPerDay ?? (volume.mailsPerHour === undefined ? undefined : volume.mailsPerHour * 24)
}
