// What the robot may answer (S3), and how a decision is kept: with everything it was made on, so that it can be explained
// in a sentence and judged again by a later program.
import type { GateReading } from './gates.ts'
import type { ShiftObservation } from './observation.ts'

export type HoldReason =
  | 'locked' // a person said so
  | 'notStarted' // from 0 % only a person starts
  | 'lastStage' // there is nothing to go to
  | 'leastTime' // the stage has not lasted its time
  | 'leastMails' // too few mails went through SES in this stage
  | 'coolDown' // after a roll-back
  | 'personSet' // a person set the stage, and has the word for a while
  | 'failedTwice' // a person must say that the reason is gone
  | 'gateSuspect' // something may be wrong; not sure enough to go down
  | 'gateUnknown' // not enough evidence that all is well
  | 'receiverTrouble' // a receiver is bad on both routes
  | 'dkimFails' // receivers report DKIM failures
  | 'ceiling' // budget or quota allow no more
  | 'misaligned' // mail through SES would fail DMARC
  | 'alignmentUnknown' // nobody could say whether it would
  | 'figuresUnreadable' // nothing can be counted

export type RollBackReason =
  | 'sendingPaused' // SES has paused the account
  | 'routeStopped' // identity, configuration or credentials are wrong
  | 'sesUnreachable'
  | 'quotaUsedUp'
  | 'misaligned' // mail would fail DMARC
  | 'eventsSilent' // SES takes mail and tells nothing
  | 'bounce'
  | 'complaint'
  | 'failure'
  | 'latency'

export type Decision =
  | { readonly kind: 'hold'; readonly reason: HoldReason; readonly message: string }
  | { readonly kind: 'advance'; readonly percent: number; readonly reason: 'gatesPassed'; readonly message: string }
  /** Down because of a fault. */
  | { readonly kind: 'rollBack'; readonly percent: number; readonly reason: RollBackReason; readonly message: string }
  /** Down or up to what budget and quota allow; no fault. */
  | {
      readonly kind: 'ceiling'
      readonly percent: number
      readonly reason: 'budget' | 'quota'
      readonly message: string
    }
  /** One receiving domain goes back to legacy; the stage stays. */
  | { readonly kind: 'holdBack'; readonly domain: string; readonly reason: RollBackReason; readonly message: string }
  /** A domain that was held back is tried again. */
  | { readonly kind: 'release'; readonly domain: string; readonly reason: 'triedAgain'; readonly message: string }

/** Names a decision for `watari shift explain`. */
export function decisionId(atMs: number): string {
  return `d-${atMs.toString(36)}`
}

export interface DecisionRecord {
  /** See `decisionId`. */
  readonly id: string
  readonly at: number
  readonly decision: Decision
  /** What became of it: done, or why not. */
  readonly outcome: string
  readonly readings: readonly GateReading[]
  readonly observation: ShiftObservation
}
