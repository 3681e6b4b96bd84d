// What the shift needs from the world, in the words of the shift; adapters implement it.
import type { FigureSource } from '../base/figures.ts'
import type { AlignmentDoubt } from './alignment.ts'
import type { DecisionRecord } from './decision.ts'
import type { Pipeline, SesCondition } from './observation.ts'
import type { RobotState } from './robot-state.ts'
import type { Stage } from './stage.ts'

/** What became of a change that was made against what its maker had seen. */
export type StageWritten = 'set' | 'changedMeanwhile'

/** Where the stage is kept, with its history; a person or the robot is named in each entry. One gateway uses it, or several. */
export interface ShiftStore {
  /** The stage now; `INITIAL_STAGE` when none was ever set. */
  current(): Promise<Stage>
  /**
   * Resolves when the change and its entry in the history are on disk; rejects when they are not. With `before`, the stage that
   * whoever ordered it had seen, nothing is written when it is another by now.
   */
  set(stage: Stage, before?: Stage): Promise<StageWritten>
  /** The last `limit` changes, oldest first. */
  history(limit: number): Promise<readonly Stage[]>
}

/** Where the robot keeps what it remembers and what it decided. */
export interface RobotStore {
  /** What was saved last; undefined when nothing was. Rejects when it cannot be read: a guess could forget a lock. */
  load(): Promise<RobotState | undefined>
  /**
   * Resolves when both are on disk, the decision first. With `before`, the state that was loaded, nothing is saved when another
   * gateway has saved one since.
   */
  save(state: RobotState, decision?: DecisionRecord, before?: RobotBefore): Promise<'saved' | 'changedMeanwhile'>
  /** The last `limit` decisions, oldest first. */
  decisions(limit: number): Promise<readonly DecisionRecord[]>
}

export interface RobotBefore {
  /** Undefined when there was none. */
  readonly state: RobotState | undefined
}

/** Looks at the world for the robot. */
export interface ShiftEyes {
  readonly figures: FigureSource
  ses(): SesCondition
  pipeline(): Pipeline
  /** Why mail through SES would fail DMARC now, or undefined. */
  alignment(): Promise<AlignmentDoubt | undefined>
  /** DKIM results that receivers reported in the last days; undefined when there are none. */
  dkim(): Promise<{ readonly passed: number; readonly total: number } | undefined>
  /** Is told why figures cannot be read, at each look that would have. */
  unreadable(error: unknown): void
}
