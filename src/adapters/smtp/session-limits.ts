// Limits of the listener, each with its reason. The plan sets some of them; the others are as good for every plan.
import { MINUTE_MS, SECOND_MS } from '../../core/base/clock.ts'

const MEBI = 1_048_576

/** What one session may do. */
export interface SessionLimits {
  /** Octets of a message without dot-stuffing; said in the SIZE keyword (RFC 1870). */
  readonly messageOctets: number
  /** Recipients of one mail; the next ones get 452 and come in another mail (RFC 5321 4.5.3.1.10). */
  readonly recipients: number
  /** RCPT commands of one mail, refused ones too: far more than `recipients` is no mistake in a list. */
  readonly recipientCommands: number
  /** Octets of a command line with its CRLF. RFC 5321 asks for 512; parameters and the longest login need more. */
  readonly lineOctets: number
  /** Protocol errors since the last accepted mail. A good client makes none; one that guesses makes many. */
  readonly errors: number
  /** Commands other than MAIL, RCPT and DATA since the last accepted mail. Room for a pool that keeps itself alive. */
  readonly idleCommands: number
  /** Failed logins of one session (RFC 4954 4 asks for a limit). */
  readonly failedLogins: number
  /** Failed logins of one client address a minute, over all its sessions: guessing must not pay. */
  readonly failedLoginsPerMinute: number
}

/** What the listener as a whole may hold, and for how long it waits. */
export interface ListenerLimits extends SessionLimits {
  readonly sessions: number
  readonly sessionsPerClient: number
  /** Connections over the limit of sessions that are told so at once; even more are closed without a word. */
  readonly refusals: number
  /** Octets of mail content in memory, from DATA until it is durable, over all sessions. */
  readonly receptionOctets: number
  /** Between commands. RFC 5321 4.5.3.2.7 asks for five minutes. */
  readonly idleMs: number
  /** From the first octet of a command line to its CRLF. */
  readonly lineMs: number
  /** Content has to come at `contentOctetsPerSecond` in each window of this length. */
  readonly contentWindowMs: number
  /** Any network of this century is faster; a session held open octet by octet is not. */
  readonly contentOctetsPerSecond: number
  /** The PROXY header comes with the connection, so that its sender waits for nothing. */
  readonly proxyHeaderMs: number
  readonly tlsHandshakeMs: number
  /** Octets of replies that the client has not read; a client that never reads must not fill our memory. */
  readonly unreadReplyOctets: number
  /** How long such a client may let us wait. */
  readonly unreadReplyMs: number
  /** From our last reply to the client's own end, so that it can read that reply. */
  readonly closingMs: number
  /** How long a stop waits for mails that are coming in. */
  readonly stopMs: number
}

export const LISTENER_LIMITS: ListenerLimits = {
  // SES takes 40 MB; what it could not carry is better refused than accepted.
  messageOctets: 40 * MEBI,
  recipients: 1_000,
  recipientCommands: 10_000,
  lineOctets: 2_048,
  errors: 20,
  idleCommands: 100,
  failedLogins: 3,
  failedLoginsPerMinute: 10,
  sessions: 2_000,
  sessionsPerClient: 1_000,
  refusals: 100,
  receptionOctets: 256 * MEBI,
  idleMs: 5 * MINUTE_MS,
  lineMs: MINUTE_MS,
  contentWindowMs: MINUTE_MS,
  contentOctetsPerSecond: 100,
  proxyHeaderMs: 5 * SECOND_MS,
  tlsHandshakeMs: 30 * SECOND_MS,
  unreadReplyOctets: 262_144,
  unreadReplyMs: MINUTE_MS,
  closingMs: 5 * SECOND_MS,
  stopMs: 30 * SECOND_MS,
}
