// What one look sees, as values: figures of both routes, the queue, the routes, the account, the disk, the key. What is not there
// is absent, and what could not be read is told apart from it, because "no data" is an alarm only where it must be (C40).
import type { FigureCell, FigureRow } from '../base/figures.ts'

export interface Lanes {
  readonly ses: FigureCell
  readonly legacy: FigureCell
}

export interface FiguresLook {
  /** The last sixty minutes. */
  readonly hour: Lanes
  /** The last 24 hours: complaints come late. */
  readonly day: Lanes
  /** The last half hour by the minute, both routes. */
  readonly minutes: readonly FigureRow[]
  readonly traffic?: TrafficLook
}

/** The last full hour, and those hours of the weeks before that it can be compared with, newest first. */
export interface TrafficLook {
  readonly hourAt: number
  readonly accepted: number
  readonly before: readonly number[]
}

export interface RouteLook {
  readonly route: 'legacy' | 'ses'
  /** As the gateway says: running, waiting, stopped, stoppedByPerson. */
  readonly state: string
  readonly reason: string
  /** Parts that wait. */
  readonly waiting: number
}

export interface AccountLook {
  readonly sendingEnabled: boolean
  /** HEALTHY, PROBATION, SHUTDOWN. */
  readonly enforcement: string
  readonly sentIn24Hours: number
  /** Undefined: unlimited. */
  readonly maxIn24Hours?: number
}

/** The robot that moves the stage, as far as people have to hear of it. */
export interface ShiftLook {
  /** Its last way back, until it may go on or a person has taken the stage in hand. */
  readonly rolledBack?: {
    readonly from: number
    readonly to: number
    readonly reason: string
    readonly message: string
    /** What `watari shift explain` takes. */
    readonly decision: string
  }
  readonly heldBack: readonly { readonly domain: string; readonly reason: string }[]
  /** It would go back, and a person's lock or the plan keeps it. */
  readonly kept?: { readonly reason: string; readonly message: string; readonly by: string }
}

export interface WatchObservation {
  readonly nowMs: number
  /** When the gateway started: before that nothing could be sent. */
  readonly startedAt: number
  /** Why figures could not be read; absent when they were, or when nobody keeps any. */
  readonly figuresFailed?: string
  readonly figures?: FiguresLook
  readonly routes: readonly RouteLook[]
  readonly notReadyBecause: readonly string[]
  readonly disk: {
    readonly usedOctets: number
    readonly limitOctets: number
    readonly freeOctets: number
    readonly leastFreeOctets: number
  }
  readonly account?: AccountLook
  /** CloudWatch's Reputation.BounceRate and .ComplaintRate, fractions. They do not exist before the first bounce. */
  readonly reputation?: { readonly bounce?: number; readonly complaint?: number }
  /** Lambda in the last hour, where there is Lambda. */
  readonly functions?: { readonly invocations: number; readonly errors: number }
  /** The key that SES signs with. */
  readonly key?: { readonly selector: string; readonly endsAt: number }
  /** Whether the logs of the old hosts are followed, so that their outcomes are to be expected. */
  readonly legacyLogs: boolean
  /** Absent where no robot looks. */
  readonly shift?: ShiftLook
}
