// What the robot looks at, once a look: everything that a decision rests on, as one value that can be kept and judged again.
// Its rule: numbers and words only, no address, and nothing that is not needed to explain the decision.
import type { Window } from './lanes.ts'
import type { Stage } from './stage.ts'
import type { RobotState } from './robot-state.ts'

/** The SES route and its account as they are now. */
export interface SesCondition {
  readonly route: 'running' | 'waiting' | 'stopped' | 'stoppedByPerson'
  /** A stable word first; '' while it runs. */
  readonly reason: string
  /** How long the route has been in trouble. */
  readonly troubleMs: number
  /** Recipients that wait for SES. */
  readonly waiting: number
  readonly sendingEnabled?: boolean
  /** HEALTHY, PROBATION, SHUTDOWN. */
  readonly enforcement?: string
  readonly max24Hours?: number
  readonly sent24Hours?: number
  readonly maxPerSecond?: number
}

/** What came back from SES, whatever it says. */
export interface Pipeline {
  /** Recipients that SES took since the last event of any kind came. */
  readonly sentSinceEvent: number
  /** When the last event came; undefined when none ever did. */
  readonly lastEventAt?: number
  /** When the first of `sentSinceEvent` was sent. */
  readonly silentSince?: number
}

/** What there is to send; undefined while less than a day was counted. */
export interface Volume {
  /** So many whole days were counted, at most 7. */
  readonly days: number
  readonly perDay?: number
  readonly busiestDay?: number
  readonly busiestHour?: number
}

export interface ShiftObservation {
  readonly nowMs: number
  readonly stage: Stage
  /** The percent before the last change; undefined when there was none. */
  readonly percentBefore?: number
  readonly state: RobotState
  readonly windows: readonly Window[]
  readonly ses: SesCondition
  readonly pipeline: Pipeline
  /** Why mail through SES would fail DMARC now (S7). */
  readonly misaligned?: string
  /** From DMARC reports of the last days; undefined when there are none. */
  readonly dkim?: { readonly passed: number; readonly total: number }
  /** Recipients on SES since this stage was set. */
  readonly sentInStage: number
  /** Recipients of both routes a day on the average of the last week, in its busiest day, and in its busiest hour. */
  readonly volume: Volume
  /** Recipients on SES in this calendar month, and how much of the month is left, from 0 to 1. */
  readonly month: { readonly sent: number; readonly left: number; readonly days: number }
}

/** Whether the last change of the stage was a way down. */
export function wentDown({ stage, percentBefore }: ShiftObservation): boolean {
  return percentBefore !== undefined && percentBefore > stage.percent
}
