// How much may go to SES at most: what the month's budget still pays for (S6), and what the quota carries (S2, fault 25).
// A ceiling is no fault: the stage comes to rest below it.
import type { ShiftObservation } from './observation.ts'
import type { ShiftPolicy } from './policy.ts'

export interface Ceiling {
  readonly percent: number
  readonly reason: 'budget' | 'quota'
  /** The arithmetic, in a sentence. */
  readonly message: string
}

const SECONDS_PER_HOUR = 3_600

/** All ceilings that the facts give, the lowest first. */
export function ceilings(observation: ShiftObservation, policy: ShiftPolicy): readonly Ceiling[] {
  const perDay = volumePerDay(observation, policy)
  if (perDay === undefined || perDay <= 0) return []
  const busiestDay = Math.max(perDay, observation.volume.busiestDay ?? 0)
  return [budget(observation, policy, perDay), dailyQuota(observation, policy, busiestDay), rate(observation, policy)]
    .filter((ceiling) => ceiling !== undefined)
    .toSorted((a, b) => a.percent - b.percent)
}

/** A week has every weekday once; until it is over the plan knows better than three busy days do. */
function volumePerDay({ volume }: ShiftObservation, { recipientsPerDay }: ShiftPolicy): number | undefined {
  return volume.days >= 7 ? volume.perDay : (recipientsPerDay ?? volume.perDay)
}

/**
 * The smaller of what the rest of the month still pays for and what a whole month pays for: what was saved is not burnt in
 * the last days, because the first of the next month would take it all back.
 */
function budget({ month }: ShiftObservation, { budget }: ShiftPolicy, perDay: number): Ceiling | undefined {
  if (budget === undefined || budget.yenPerRecipient <= 0) return undefined
  const leftYen = budget.yenPerMonth - month.sent * budget.yenPerRecipient
  const daysLeft = month.left * month.days
  const whole = (budget.yenPerMonth / (month.days * perDay * budget.yenPerRecipient)) * 100
  const allowed = Math.max(0, leftYen) / budget.yenPerRecipient
  // In the last hours of a month what is left over pays for anything, and what is overdrawn for nothing.
  const rest = daysLeft * perDay < 1 ? (leftYen > 0 ? 100 : 0) : (allowed / (daysLeft * perDay)) * 100
  const [percent, yenText, days] =
    rest < whole ? [rest, `${yen(leftYen)} left`, daysLeft] : [whole, yen(budget.yenPerMonth), month.days]
  return {
    percent: wholePercent(percent),
    reason: 'budget',
    message: `${yenText} for ${days.toFixed(1)} days of ${count(perDay)} recipients at ${budget.yenPerRecipient} yen each: ${percentText(percent)}`,
  }
}

function dailyQuota({ ses }: ShiftObservation, { quotaShare }: ShiftPolicy, busiestDay: number): Ceiling | undefined {
  if (ses.max24Hours === undefined) return undefined
  const percent = ((ses.max24Hours * quotaShare) / busiestDay) * 100
  return {
    percent: wholePercent(percent),
    reason: 'quota',
    message: `${percentText(quotaShare * 100)} of the quota of ${count(ses.max24Hours)} in 24 hours, for ${count(busiestDay)} recipients on the busiest day: ${percentText(percent)}`,
  }
}

function rate({ ses, volume: { busiestHour } }: ShiftObservation, { quotaShare }: ShiftPolicy): Ceiling | undefined {
  if (ses.maxPerSecond === undefined || busiestHour === undefined || busiestHour <= 0) return undefined
  const percent = ((ses.maxPerSecond * SECONDS_PER_HOUR * quotaShare) / busiestHour) * 100
  return {
    percent: wholePercent(percent),
    reason: 'quota',
    message: `${percentText(quotaShare * 100)} of ${ses.maxPerSecond} recipients a second, for ${count(busiestHour)} in the busiest hour: ${percentText(percent)}`,
  }
}

/** Down to a whole percent, so that a ceiling that moves with every mail does not move the stage with it. */
function wholePercent(percent: number): number {
  return Math.max(0, Math.min(100, Math.floor(percent + 1e-9)))
}

/** Cut down, as the ceiling itself is: 20.95 % is not 21. */
const percentText = (percent: number): string =>
  `${(Math.floor(Math.max(0, Math.min(100, percent)) * 10 + 1e-9) / 10).toFixed(1)} %`
const count = (value: number): string => Math.round(value).toLocaleString('en-US')
const yen = (value: number): string => `${count(value)} yen`
