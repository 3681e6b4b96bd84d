// When the DNS team is reminded: before its date, on it, and then once a week, in working hours, and not for ever.
import { DAY_MS } from '../base/clock.ts'
import { nextWorkingTime } from '../base/zoned-time.ts'
import { WORK_BEGINS_HOUR } from './policy.ts'
import type { OpenRequest } from './record.ts'

/** Days from the date that was asked for. Three before, because a change that is forgotten can still be made in time. */
const DAYS_FROM_DUE = [-3, 0, 7, 14, 21, 28] as const
/** Whoever was written to has this long before the next letter, whatever it is about. */
const GAP_MS = 3 * DAY_MS

/** When the next reminder is due; undefined when there were enough: then it is for people to talk. */
export function nextReminderAt({ dueAt, remindedAt, saidAt }: OpenRequest, timeZone: string): number | undefined {
  const days = DAYS_FROM_DUE[remindedAt.length]
  if (days === undefined) return undefined
  return nextWorkingTime(Math.max(dueAt + days * DAY_MS, saidAt + GAP_MS), WORK_BEGINS_HOUR, timeZone)
}
