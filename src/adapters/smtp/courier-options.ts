// What a courier over SMTP is told, and its limits with their reasons.
import { MINUTE_MS, SECOND_MS } from '../../core/base/clock.ts'
import type { Clock } from '../../core/base/clock.ts'
import type { Log } from '../../core/base/log.ts'
import type { Random } from '../../core/base/random.ts'
import type { ClaimedPart, Content } from '../../core/mail/mail.ts'
import type { Outcome, ReadReply } from '../../core/mail/outcome.ts'
import type { TlsTrust } from './client-connection.ts'
import type { Credentials, TlsMode } from './client-login.ts'
import type { HostAddress } from './host-pool.ts'

/** What goes on the wire for a part, or the outcome of a part that must not. */
export type Prepared =
  | {
      readonly content: Content
      /** When it is not the part's own. */
      readonly sender?: string
      /** Called when some recipient was delivered. */
      readonly delivered?: () => void
    }
  | { readonly outcome: Outcome }

export interface SmtpCourierLimits {
  /** Connections to one host. */
  readonly connectionsPerHost: number
  /** A connection is given up after so many mails: hosts end sessions by their own count, and new hosts get their part. */
  readonly mailsPerConnection: number
  /** … or when it is so old: behind a load balancer hosts are replaced (facts 3.11). */
  readonly lifeMs: number
  /** An idle connection is closed after this time, before the peer does it. */
  readonly idleMs: number
  /** From connecting to the greeting. */
  readonly greetingMs: number
  /** For one command, or one block of content. */
  readonly commandMs: number
  /** For the answer to the final dot. */
  readonly contentMs: number
  /** For what is in flight when the courier stops. */
  readonly stopMs: number
}

export const SMTP_COURIER_LIMITS: SmtpCourierLimits = {
  // 12 hosts at 20 are 240 connections: more than 200 mails a second need at a second each.
  connectionsPerHost: 20,
  // Far from what any host counts to, and rare enough that a new connection costs nothing beside the mails.
  mailsPerConnection: 1000,
  lifeMs: 5 * MINUTE_MS,
  // SES closes after 10 s, and so does a Postfix under stress (smtpd_timeout); half of it leaves room for a slow network.
  idleMs: 5 * SECOND_MS,
  // RFC 5321 4.5.3.2.1 asks for 5 minutes. Nothing has been risked yet, and another host is at hand.
  greetingMs: 30 * SECOND_MS,
  // RFC 5321 4.5.3.2.2 to 4.5.3.2.4.
  commandMs: 5 * MINUTE_MS,
  // RFC 5321 4.5.3.2.6: too short a wait here makes duplicates.
  contentMs: 10 * MINUTE_MS,
  stopMs: 20 * SECOND_MS,
}

export interface SmtpCourierOptions {
  readonly hosts: readonly HostAddress[]
  readonly tls: TlsMode
  /** How certificates are judged; unset, `opportunistic` takes any (RFC 7435) and the other modes only trusted ones. */
  readonly trust?: Partial<TlsTrust>
  /** Asked at each login, so that a rotated secret is used without a restart. */
  readonly auth?: () => Promise<Credentials>
  readonly helo: string
  readonly readReply: ReadReply
  readonly prepare?: (part: ClaimedPart) => Prepared
  readonly clock: Clock
  readonly random: Random
  readonly log: Log
  readonly limits?: Partial<SmtpCourierLimits>
}
