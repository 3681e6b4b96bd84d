// What the robot looks at, once a look: everything that a decision rests on, as one value that can be kept and judged again.
// Its rule: numbers and words only, no address, and nothing that is not needed to explain the decision.
import type { Window } from './lanes.ts'
import { SETTLE_MS } from './policy.ts'
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
  /** The percent before this one; undefined when there was none. */
  readonly percentBefore?: number
  /** Since when it is this percent and who said so, when the stage was changed since in something else. */
  readonly percentSince?: PercentSince
  readonly state: RobotState
  readonly windows: readonly Window[]
  readonly ses: SesCondition
  readonly pipeline: Pipeline
  /** Why mail through SES would fail DMARC now (S7). */
  readonly misaligned?: string
  /** Why nobody knows at the moment whether it would: no reason to go back, and none to go up. */
  readonly alignmentUnknown?: string
  /** From DMARC reports of the last days; undefined when there are none. */
  readonly dkim?: { readonly passed: number; readonly total: number }
  /** Figures cannot be read: windows and volume are empty, and only facts count. */
  readonly figuresFailed?: true
  /** Recipients on SES since this stage was set. */
  readonly sentInStage: number
  /** Recipients of both routes a day on the average of the last week, in its busiest day, and in its busiest hour. */
  readonly volume: Volume
  /** Recipients on SES in this calendar month, and how much of the month is left, from 0 to 1. */
  readonly month: { readonly sent: number; readonly left: number; readonly days: number }
}

/** A domain that is held back changes the stage, and not its percent. */
export interface PercentSince {
  readonly at: number
  readonly by: string
}

export function percentSince({
  percentSince: since,
  stage,
}: Pick<ShiftObservation, 'percentSince' | 'stage'>): PercentSince {
  return since ?? { at: stage.changedAt, by: stage.changedBy }
}

/** Until when what was sent before the last way down may still come back; 0 when the last way was up. */
export function settlesAt(moment: Pick<ShiftObservation, 'percentSince' | 'percentBefore' | 'stage'>): number {
  const { percentBefore, stage } = moment
  return percentBefore !== undefined && percentBefore > stage.percent ? percentSince(moment).at + SETTLE_MS : 0
}
