// The load that a plan states, in the units that rules compare: a day, an hour, a second, and what a stage sends through SES.
import type { Plan } from './plan.ts'

const HOURS_A_DAY = 24
export const SECONDS_A_DAY = 86_400

/** Mails a day, from whichever figure the plan states; undefined when it states none. */
export function dailyMails({ volume }: Plan): number | undefined {
  return volume.mailsPerDay ?? (volume.mailsPerHour === undefined ? undefined : volume.mailsPerHour * HOURS_A_DAY)
}

/** Mails in an average hour. */
export function hourlyMails(plan: Plan): number | undefined {
  const daily = dailyMails(plan)
  return daily === undefined ? undefined : daily / HOURS_A_DAY
}

/** The largest share that goes to SES by the plan, percent. */
export function lastPercent({ stages }: Plan): number {
  return stages.at(-1)?.percent ?? 0
}
