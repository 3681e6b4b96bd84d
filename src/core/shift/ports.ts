// What the shift needs from the world. Each port is small and in the words of the shift; adapters implement them.
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

/** What SES knows of one identity, in its own status words: only 'SUCCESS' ever means ready. */
export interface IdentityFacts {
  /** The domain, lower case. */
  readonly identity: string
  readonly verifiedForSending: boolean
  readonly dkim: {
    readonly signingEnabled: boolean
    /** PENDING, SUCCESS, FAILED, TEMPORARY_FAILURE or NOT_STARTED; a word of tomorrow is kept as it is. */
    readonly status: string
    /** EXTERNAL for a key of our own, AWS_SES for Easy DKIM. */
    readonly origin: string
  }
  /** Undefined while the identity has no MAIL FROM domain of its own. */
  readonly mailFrom?: {
    readonly domain: string
    /** PENDING, SUCCESS, FAILED or TEMPORARY_FAILURE. */
    readonly status: string
    /** USE_DEFAULT_VALUE or REJECT_MESSAGE: what SES does while the status is anything but SUCCESS. */
    readonly behaviour: string
  }
}

/** SES as the keeper of identities. */
export interface SesIdentity {
  /** Undefined when SES has no such identity; rejects when SES cannot be asked. */
  facts(domain: string): Promise<IdentityFacts | undefined>
}
