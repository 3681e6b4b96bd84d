// What the plan says about moving by itself, as values.
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from '../base/clock.ts'
import type { Gate } from './gates.ts'

/**
 * - off: the robot looks at nothing
 * - advise: it decides and records, and changes nothing
 * - rollBack: it goes down by itself, and up only when a person says so
 * - on: it goes both ways
 */
export type RobotMode = 'off' | 'advise' | 'rollBack' | 'on'

export interface PlannedStage {
  readonly percent: number
  /** Going on from here takes at least so long, and so many recipients on SES. */
  readonly leastMs: number
  readonly leastMails: number
}

export interface ShiftPolicy {
  readonly domain: string
  readonly timeZone: string
  readonly mode: RobotMode
  /** Rising. */
  readonly stages: readonly PlannedStage[]
  readonly gates: readonly Gate[]
  /** Sending that takes longer counts as slow. */
  readonly slowMs: number
  /** Of the DMARC reports: DKIM must pass for more than this share. */
  readonly dkimPassAbove: number
  /** The share of the 24-hour quota and of the rate that may be used. */
  readonly quotaShare: number
  /** After a roll-back the robot does not go up again for so long. */
  readonly coolDownMs: number
  /** After a person has set the stage the robot does not go up for so long. */
  readonly personMs: number
  /** A receiving domain that was held back is tried again after this time, and after twice as long each time it fails. */
  readonly holdBackMs: number
  /** What all mails together are, a day, while nothing was counted yet. */
  readonly recipientsPerDay?: number
  /** Money: what SES may cost in a month, and what a recipient costs. Without a budget there is no ceiling. */
  readonly budget?: { readonly yenPerMonth: number; readonly yenPerRecipient: number }
}

/** How often the robot looks. Roll back within 60 s of the evidence (S4) leaves room for a missed look. */
export const LOOK_EVERY_MS = 15 * SECOND_MS
/** The shift of figures from the time before a change into the time after it: late bounces of what was sent before. */
export const SETTLE_MS = 10 * MINUTE_MS
/** How far back the longest look goes: a day has every hour once. */
export const STAGE_WINDOW_MS = 2 * DAY_MS
/** So many roll-backs from one stage; then a person must say that the reason is gone. */
export const FAILURES_MAX = 2
/** Longest time a domain is held back before it is tried again. */
export const HOLD_BACK_LONGEST_MS = 7 * DAY_MS
/** SES that cannot be reached for so long: people wait for their mail, and legacy is there. */
export const UNREACHABLE_MS = 45 * SECOND_MS
/** Used up quota comes back mail by mail; a route that waits for it longer than this has mail for legacy. */
export const QUOTA_WAIT_MS = 5 * MINUTE_MS
/** So many mails taken by SES and for so long no event of any: the pipeline is dead, and we are blind (W4, C40). */
export const SILENT = { leastSent: 200, leastMs: 45 * SECOND_MS }
/** At night few mails go: then a quarter of an hour without any event of twenty mails says the same. */
export const SILENT_AT_NIGHT = { leastSent: 20, leastMs: 15 * MINUTE_MS }
/** A ceiling moves with every mail that is sent: the robot goes up only when it gains at least so much. */
export const CEILING_STEP_PERCENT = 1
/** So far over the budget's ceiling the stage may stand, as a share of itself: the next days make up for it. */
export const BUDGET_SLACK = 0.1
/** A person's word on the same matter is not asked for more often. */
export const RECORD_HOLD_EVERY_MS = 6 * HOUR_MS
