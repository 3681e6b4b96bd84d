// What a person may ask of a running gateway (M12): the words behind the control channel, the command line and the console.
// Every change says who made it and why. A refusal is a value with a reason word; nothing here masks, whoever prints does.
import type { LegacyLogsStatus } from '../base/legacy-logs.ts'
import type { Route } from '../shift/route.ts'
import type { Stage } from '../shift/stage.ts'
import type { PartQuery } from './ports.ts'
import type { PartState, PartSummary } from './mail.ts'

/** Who asks, and why; both are recorded. */
export interface Order {
  /** A login name. */
  readonly by: string
  readonly reason: string
}

export type OperationRefusal =
  | 'noSuchMail' // nothing in the queue has this id: it is done, or never was
  | 'partActive' // it is being delivered this very moment; ask again
  | 'wrongState' // the part is not in a state from which that can be done
  | 'badValue' // the question itself is wrong
  | 'notAligned' // S7: mail through SES would fail DMARC
  | 'changedMeanwhile' // somebody else changed it in this moment; look, and decide again
  | 'sameValue' // it already is so; nothing was recorded
  | 'storageFailed' // the change could not be made durable, so it was not made

export type Done<T> = { readonly kind: 'done' } & T
export interface Refused {
  readonly kind: 'refused'
  readonly reason: OperationRefusal
  /** What is wrong and how to mend it; no address of a person. */
  readonly message: string
}
export type Answer<T = object> = Done<T> | Refused

export interface Operations {
  status(): Promise<GatewayStatus>
  stage(): Promise<Stage>
  setStage(
    order: Order & { readonly percent: number; readonly heldBack?: readonly string[] },
  ): Promise<Answer<{ readonly stage: Stage }>>
  /** Newest last. */
  stageHistory(limit: number): Promise<readonly Stage[]>
  listMails(query: PartQuery): Promise<MailPage>
  /** All parts of a mail that are not done; empty when there is none. */
  showMail(id: string): Promise<readonly PartSummary[]>
  /** Each works on all parts of the mail that allow it, and says how many that were. */
  holdMail(id: string, order: Order): Promise<Answer<Changed>>
  releaseMail(id: string, order: Order): Promise<Answer<Changed>>
  retryMail(id: string, order: Order): Promise<Answer<Changed>>
  rerouteMail(id: string, order: Order & { readonly route: Route }): Promise<Answer<Changed>>
  bounceMail(id: string, order: Order): Promise<Answer<Changed>>
  routes(): Promise<readonly RouteStatus[]>
  stopRoute(route: Route, order: Order): Promise<Answer>
  resumeRoute(route: Route, order: Order): Promise<Answer>
}

export interface Changed {
  readonly parts: number
  readonly recipients: number
}

export interface MailPage {
  readonly parts: readonly PartSummary[]
  /** For the next page's `cursor`; undefined on the last one. */
  readonly next?: string
}

/** `running`; `waiting` for its quota or a back-off; `stopped` by trouble a person must mend; `stoppedByPerson`. */
export type RouteState = 'running' | 'waiting' | 'stopped' | 'stoppedByPerson'

export interface RouteStatus {
  readonly route: Route
  readonly state: RouteState
  /** A stable word, then a sentence; '' while it runs. */
  readonly reason: string
  /** When a waiting route goes on. */
  readonly until?: number
  /** Who stopped it. */
  readonly by?: string
  /** Parts being delivered now, and how many could be. */
  readonly active: number
  readonly capacity: number
  /** Recipients a second that pacing allows; undefined when nothing limits. */
  readonly ratePerSecond?: number
  /** Recipients sent in the last 24 hours, and how many may be. */
  readonly sentLast24Hours?: number
  readonly dailyQuota?: number
}

export interface GatewayStatus {
  readonly version: string
  readonly hostname: string
  readonly domain: string
  readonly startedAt: number
  /** Whether mail is taken now, and if not, why not. */
  readonly ready: boolean
  readonly notReadyBecause: readonly string[]
  readonly stage: Stage
  readonly routes: readonly RouteStatus[]
  readonly queue: QueueStatus
  readonly sessions: number
  /** Undefined when the plan opens no port for events. */
  readonly feedback?: FeedbackStatus
  /** Undefined when the plan follows no logs of the old hosts. */
  readonly legacyLogs?: LegacyLogsStatus
}

/** What SES told since the start, and what of it is kept. */
export interface FeedbackStatus {
  readonly events: number
  /** Well-formed, of a type that is not known. */
  readonly unknown: number
  readonly unreadable: number
  /** Events of mail that carries no id of ours. */
  readonly unmatched: number
  /** Facts that were new. */
  readonly changes: number
  /** When the last event came, and when what it told had happened. */
  readonly lastTakenAt?: number
  readonly lastEventAt?: number
  /** News that wait to be told to the sender or the suppression list. */
  readonly newsWaiting: number
  /** Days on disk, `2026-11-25`, oldest first. */
  readonly ledger: { readonly diskBytes: number; readonly days: readonly string[] }
}

export interface QueueStatus {
  readonly parts: Readonly<Record<Route, Readonly<Record<PartState, number>>>>
  readonly diskBytes: number
  readonly oldestAcceptedAt?: number
  readonly damaged: number
}
