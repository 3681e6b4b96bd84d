// What the flow of a mail needs from the world. Each port is small and in the words of mail; adapters implement them,
// and all adapters of one port pass the same contract suite (test/contracts).
import type { Route } from '../shift/route.ts'
import type { ClaimedPart, Content, NewMail, PartPlan, PartRef, PartState, PartSummary } from './mail.ts'
import type { Delivery } from './outcome.ts'
import type { Refusal } from './refusal.ts'

/** The durable queue. One gateway owns one queue. */
export interface MailQueue {
  /** Resolves when the mail and its envelope are on disk (M2); rejects when they are not, and then keeps nothing. */
  put(mail: NewMail): Promise<void>
  /** Takes up to `limit` parts of a route that are due, waiting or unclear, oldest first; resolves when their attempts are on disk. */
  claim(route: Route, nowMs: number, limit: number): Promise<readonly ClaimedPart[]>
  /**
   * Replaces a claimed part by what is left of it; an empty list means it is done. Resolves when that is on disk;
   * the hot path does not wait for it, because until then the part is merely `unclear` after a crash.
   */
  settle(ref: PartRef, left: readonly PartPlan[]): Promise<void>
  /** When the next waiting or unclear part of a route is due, or undefined when there is none. */
  nextDueAt(route: Route): number | undefined
  /** Calls `listener` when a part of a route may have become claimable before the time `nextDueAt` gave. */
  onReady(listener: (route: Route) => void): void
}

/** The operator's view of the same queue (M12). */
export interface QueueDesk {
  /** Parts in order of acceptance, a page at a time. */
  list(query: PartQuery): Promise<PartPage>
  /** All parts of one mail that are not done, or an empty list. */
  find(mailId: string): Promise<readonly PartSummary[]>
  /** The content of a mail that still has a part here. */
  contentOf(mailId: string): Promise<Content | undefined>
  /** Like `settle`, for a part that is not active; false when it is active or gone, and then nothing changed. */
  change(ref: PartRef, left: readonly PartPlan[]): Promise<boolean>
  counts(): QueueCounts
}

export interface PartQuery {
  readonly route?: Route
  readonly state?: PartState
  /** Only parts with a recipient or sender that contains this text, case ignored. */
  readonly containing?: string
  /** From a page's `next`. */
  readonly cursor?: string
  readonly limit: number
}

export interface PartPage {
  readonly parts: readonly PartSummary[]
  /** Undefined on the last page. */
  readonly next?: string
}

export interface QueueCounts {
  readonly parts: Readonly<Record<Route, Readonly<Record<PartState, number>>>>
  /** Octets of queue files on disk. */
  readonly diskBytes: number
  /** When the oldest mail with a part here was accepted. */
  readonly oldestAcceptedAt?: number
  /** Damaged pieces set aside since the queue was made, each kept in a file. */
  readonly damaged: number
}

/** One route's wire. */
export interface Courier {
  /** Parts it can hold at once; the dispatcher claims no more. May change as hosts come and go; 0 while none is up. */
  capacity(): number
  /** Never rejects: every trouble is an outcome. */
  deliver(part: ClaimedPart): Promise<Delivery>
  /** Finishes what is in flight, then closes its connections. */
  stop(): Promise<void>
}

/** What is known of the client of a session when it speaks of a mail. */
export interface Client {
  /** Peer address as the policy sees it: IPv4-mapped IPv6 folded, PROXY applied. */
  readonly address: string
  /** The argument of EHLO or HELO. */
  readonly helo: string
  readonly tls: boolean
  /** The authenticated user, if any. */
  readonly user?: string
  /** On the allow-list by address. */
  readonly allowed: boolean
}

/** What the SMTP listener asks of the core, in the order of a transaction. */
export interface Intake {
  /** At MAIL FROM. `declaredSize` is the SIZE parameter (RFC 1870). */
  sender(client: Client, sender: string, declaredSize: number | undefined): Refusal | undefined
  /** At RCPT TO; the answer is the spelling to keep (a Unicode domain becomes punycode). */
  recipient(
    client: Client,
    recipient: string,
    sender: string,
  ): Refusal | { readonly kind: 'accepted'; readonly recipient: string }
  /** At the final dot; resolves to an id only when the mail is durable. Never rejects. */
  accept(
    client: Client,
    envelope: Envelope,
    content: Content,
  ): Promise<Refusal | { readonly kind: 'accepted'; readonly id: string }>
}

export interface Envelope {
  readonly sender: string
  /** As accepted, in order. */
  readonly recipients: readonly string[]
}
