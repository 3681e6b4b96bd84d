// What became of an attempt, as values that keep the protocol's facts. An unknown answer is `deferred`;
// no answer after the content was sent is `unclear`. Nothing here guesses a bounce.

/** What the other side said, as it said it. */
export interface Reply {
  /** RFC 5321 4.2 reply code, or the HTTP status of an API. */
  readonly code: number
  /** RFC 3463 enhanced status code, '5.1.1', when the reply had one. */
  readonly enhanced?: string
  /** The text, one line; may hold addresses, so mask it before it goes to a log. */
  readonly text: string
  /** Who said it: host name or address and port. */
  readonly host: string
  /** In reply to which command or API action: 'RCPT TO', 'end of DATA', 'SendEmail'. */
  readonly command: string
}

/** What became of one recipient in one attempt. */
export type Outcome =
  | {
      readonly kind: 'delivered'
      readonly reply: Reply
      /** The next hop's own id of the mail. */ readonly remoteId?: string
    }
  /** Not taken; try again later. `reason` is a stable word. */
  | { readonly kind: 'deferred'; readonly reason: string; readonly reply?: Reply }
  /** Refused for good, for this recipient or this mail: a DSN to the sender. */
  | { readonly kind: 'rejected'; readonly reason: string; readonly reply: Reply }
  /** The content was sent and no answer came: it may or may not have been taken. */
  | { readonly kind: 'unclear'; readonly reason: string }
  /** This route can never carry it, and did not take it: it goes by the other one. */
  | { readonly kind: 'notForThisRoute'; readonly reason: string; readonly reply?: Reply }

/** What an attempt says about the whole route, beside its recipients (M7). */
export type RouteSignal =
  /** The route works. */
  | { readonly kind: 'healthy' }
  /** Too fast: wait a little and go on. */
  | { readonly kind: 'throttled'; readonly reply: Reply }
  /** The rolling 24-hour quota is used up: the route waits for it, one alarm. */
  | { readonly kind: 'dailyQuota'; readonly reply: Reply }
  /** Identity, configuration or credentials are wrong: the route stops, one alarm, nothing bounces. */
  | { readonly kind: 'misconfigured'; readonly reason: string; readonly reply?: Reply }
  /** Nobody there, or it is in trouble: back off. */
  | { readonly kind: 'unreachable'; readonly reason: string }

export interface Delivery {
  /** One outcome for each recipient of the part, in its order. */
  readonly outcomes: readonly Outcome[]
  readonly signal: RouteSignal
  /**
   * False when the attempt failed for the route's sake before the content was sent (throttled, unreachable, connection
   * recycled): it is then not counted against the mail.
   */
  readonly counts: boolean
}

/** The same outcome for every recipient of a part. */
export function allOf(recipients: readonly string[], outcome: Outcome): readonly Outcome[] {
  return recipients.map(() => outcome)
}

/** Where in the conversation with a next hop a reply came. `content` is the reply to the final dot or to the API call. */
export type ReplyStage = 'connect' | 'hello' | 'auth' | 'sender' | 'recipient' | 'data' | 'content'

/** What one reply means for the recipients it speaks of, for the route, and for the count of attempts. */
export interface Reading {
  readonly outcome: Outcome
  readonly signal: RouteSignal
  readonly counts: boolean
}

/** How one kind of next hop is understood: plain SMTP hosts and SES each have their own. */
export type ReadReply = (reply: Reply, stage: ReplyStage) => Reading

/** The reason word of a recipient that was not given to SES, because it is on the suppression list. */
export const SUPPRESSED = 'suppressed'
