// What the watch needs from the world.
import type { WatchObservation } from './observation.ts'
import type { WatchRecord } from './record.ts'

/** Where incidents are written down. One process writes. */
export interface IncidentStore {
  /** Empty when nothing was ever written. Rejects when it cannot be read: never a guess. */
  load(): Promise<WatchRecord>
  /** Resolves when it is on disk, whole. */
  save(record: WatchRecord): Promise<void>
}

/** Looks once. What cannot be read is said in the observation; a rejection means that nothing was seen at all. */
export type Observe = () => Promise<WatchObservation>
