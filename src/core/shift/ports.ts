// What the shift needs from the world, in the words of the shift; adapters implement it.
import type { Stage } from './stage.ts'

/** Where the stage is kept, with its history. One gateway reads and writes it; a person or the robot is named in each entry. */
export interface ShiftStore {
  /** The stage now; `INITIAL_STAGE` when none was ever set. */
  current(): Promise<Stage>
  /** Resolves when the change and its entry in the history are on disk; rejects when they are not. */
  set(stage: Stage): Promise<void>
  /** The last `limit` changes, oldest first. */
  history(limit: number): Promise<readonly Stage[]>
}
