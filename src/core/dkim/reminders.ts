// When the DNS team is reminded: before its date, on it, and then once a week, in working hours, and not for ever.
import { DAY_MS } from '../base/clock.ts'
import { nextWorkingTime } from '../base/zoned-time.ts'
import type { OpenRequest } from './record.ts'

/** Days from the date that was asked for. Three before, because a change that is forgotten can still be made in time. */
const DAYS_FROM_DUE = [-3, 0, 7, 14, 21, 28] as const
/** When people have read their night's mail. */
const HOUR = 10

/** When the next reminder is due; undefined when there were enough: then it is for people to talk. */
export function nextReminderAt({ askedAt, dueAt, remindedAt }: OpenRequest, timeZone: string): number | undefined {
  const days = DAYS_FROM_DUE[remindedAt.length]
  if (days === undefined) return undefined
  const last = remindedAt.at(-1) ?? askedAt
  // A date that is very near leaves no room for two letters in a row.
  return nextWorkingTime(Math.max(dueAt + days * DAY_MS, last + DAY_MS), HOUR, timeZone)
}
