// The alerts by name and level: those of the design, §8.2, exactly, and those of our own that its list lacks. What each needs to
// know to be told is a type, so that both languages say all of it.
import type { NoticeLevel } from '../base/notice.ts'

/** Of our own are the last of each level: blindness, a standstill and a refusal are worse than any rate. */
export const ALERT_LEVELS = {
  BounceRate: 'critical',
  ComplaintRate: 'critical',
  SendSuccessRate: 'critical',
  DKIMExpiry: 'critical',
  EventPipelineDead: 'critical',
  QueueStuck: 'critical',
  RouteStopped: 'critical',
  SesPaused: 'critical',
  GatewayRefusesMail: 'critical',
  ShiftStopped: 'critical',
  ShiftRolledBack: 'critical',
  ShiftLocked: 'critical',
  SendingQuota: 'warning',
  LambdaErrors: 'warning',
  UnusualTrafficPattern: 'warning',
  SesUnderReview: 'warning',
  StorageFilling: 'warning',
  LegacyLogSilent: 'warning',
  FiguresUnreadable: 'warning',
  ShiftHeldBack: 'warning',
} as const satisfies Readonly<Record<string, NoticeLevel>>

export type AlertId = keyof typeof ALERT_LEVELS
export const ALERT_IDS = Object.keys(ALERT_LEVELS) as readonly AlertId[]

/** What is only said: §8.2 Info, and §8.3. */
export const INFO_IDS = [
  'DailyReport',
  'WeeklyPerformanceReport',
  'MonthlyMaintenance',
  'QuarterlyMaintenance',
  'YearlyMaintenance',
] as const

/** A rate beside its limit; both fractions from 0 to 1. Unknown counts are those that SES keeps to itself. */
export interface RateFacts {
  readonly rate: number
  readonly threshold: number
  readonly count?: number
  readonly of?: number
  /** Over how much time it was counted. */
  readonly hours: number
  /** The same of the old route in the same time: bad on both is the receivers' doing, or the list's. */
  readonly legacyRate?: number
  readonly legacyOf?: number
  /** Too few to judge: what was seen all the same. */
  readonly tooFew?: number
}

export interface AlertFacts {
  readonly BounceRate: RateFacts
  readonly ComplaintRate: RateFacts
  readonly SendSuccessRate: RateFacts
  readonly SendingQuota: RateFacts
  readonly LambdaErrors: RateFacts
  readonly DKIMExpiry: { readonly selector: string; readonly days: number; readonly threshold: number }
  readonly EventPipelineDead: SilenceFacts
  readonly LegacyLogSilent: SilenceFacts
  readonly QueueStuck: {
    readonly waiting: number
    readonly minutes: number
    readonly threshold: number
    /** Undefined: nobody can say what was sent. */
    readonly sent?: number
  }
  readonly RouteStopped: { readonly reason: string }
  readonly SesPaused: { readonly enforcement: string; readonly sending: string }
  readonly SesUnderReview: { readonly enforcement: string }
  readonly GatewayRefusesMail: { readonly reasons: string }
  readonly StorageFilling: {
    readonly rate: number
    readonly threshold: number
    readonly leftOctets: number
    readonly limitOctets: number
  }
  readonly UnusualTrafficPattern: {
    readonly accepted: number
    readonly low: number
    readonly high: number
    readonly median: number
    readonly weeks: number
    readonly hourAt: number
  }
  readonly FiguresUnreadable: { readonly why: string }
  readonly ShiftStopped: RollBackFacts
  readonly ShiftRolledBack: RollBackFacts
  readonly ShiftLocked: { readonly reason: string; readonly message: string; readonly by: string }
  readonly ShiftHeldBack: { readonly domains: string; readonly reasons: readonly string[] }
}

/** A way back of the robot: percents, its word and its sentence, and the decision to look up. */
export interface RollBackFacts {
  readonly from: number
  readonly to: number
  readonly reason: string
  readonly message: string
  readonly decision: string
}

export interface SilenceFacts {
  readonly sent: number
  readonly events: number
  readonly minutes: number
}

/** The route an alert is about; '' when it is about neither. */
export type Scope = '' | 'ses' | 'legacy'

/**
 * What one look says of one alert:
 * - bad: it holds
 * - good: it does not
 * - unknown: there is nothing to tell by, so an open incident stays as it is
 */
export type Verdict = 'bad' | 'good' | 'unknown'

export type Finding = {
  [A in AlertId]: {
    readonly alert: A
    readonly scope: Scope
    readonly verdict: Verdict
    readonly facts: AlertFacts[A]
  }
}[AlertId]

/** One incident at a time for each of these. */
export function keyOf({ alert, scope }: Pick<Finding, 'alert' | 'scope'>): string {
  return scope === '' ? alert : `${alert}-${scope}`
}
