// What a mail is while it is ours: its content, its envelope, and its parts, each on one route.
// Content is kept in wire form: as it came through DATA, dot-stuffed (RFC 5321 4.5.2), without the final dot line.
// So the legacy route sends the very bytes it was given, and nothing is transformed on the hot path.
import type { Route } from '../shift/route.ts'

export interface Content {
  /** Wire form, ending in CRLF. Each chunk owns its memory: a small mail must not pin a large socket buffer. */
  readonly chunks: readonly Uint8Array[]
  /** Octets in wire form: the sum of the chunks. */
  readonly wireSize: number
  /** Octets of the message itself (RFC 1870): dot-stuffing not counted. */
  readonly size: number
  /** True when some line begins with a dot, so that the wire form differs from the message. */
  readonly dotStuffed: boolean
  /** True when some octet is over 127. */
  readonly eightBit: boolean
  /** Octets of the longest line, without its CRLF (RFC 5321 4.5.3.1.6 allows 998). */
  readonly longestLine: number
}

/** What a part is doing. `active` lives in memory only: after a crash it is read back as `unclear`. */
export type PartState = 'waiting' | 'active' | 'unclear' | 'held' | 'quarantined'

/** A part as it shall be: some recipients on one route, and when to try. */
export interface PartPlan {
  readonly route: Route
  readonly recipients: readonly string[]
  readonly state: Exclude<PartState, 'active'>
  /** When it may be tried next. Held and quarantined parts wait for a person whatever it says. */
  readonly dueAt: number
  /** Attempts made so far; a route's own trouble does not count as one. */
  readonly attempts: number
  /** Why it is where it is: a stable word, then a sentence. Holds no address of a person. */
  readonly reason: string
}

/** A mail on its way into the queue. */
export interface NewMail {
  readonly id: string
  readonly acceptedAt: number
  /** Reverse-path between the brackets, byte for byte; '' is the null reverse-path (RFC 5321 4.5.5). */
  readonly sender: string
  /** The sending stream, for shares and figures. */
  readonly stream: string
  readonly content: Content
  readonly parts: readonly PartPlan[]
}

/** Names one part of one mail inside the queue that gave it out. */
export interface PartRef {
  readonly mailId: string
  /** 1, 2, 3 … within the mail; a part that is divided gets new numbers. */
  readonly part: number
}

/** What is known of a part without its content. */
export interface PartSummary extends PartRef {
  readonly route: Route
  readonly state: PartState
  readonly sender: string
  readonly recipients: readonly string[]
  readonly stream: string
  readonly acceptedAt: number
  readonly dueAt: number
  readonly attempts: number
  readonly reason: string
  readonly size: number
}

/** A part taken out of the queue to be delivered. Its attempt is on disk before anyone sees it; `attempts` does not count it. */
export interface ClaimedPart extends PartSummary {
  readonly content: Content
}

/**
 * Whether a part was in doubt before: its last answer never came, or a crash cut its attempt. The reason remembers it
 * through deferrals and through what a person does, so that a second doubt is known as such.
 */
export function wasInDoubt({ reason }: Pick<PartPlan, 'reason'>): boolean {
  return reason.startsWith('unclear') || reason.startsWith('interrupted')
}
