// What a session is given, and what it needs of its connection. Values and types only.
import type { Log } from '../../core/base/log.ts'
import type { Intake } from '../../core/mail/ports.ts'
import type { Meter } from '../../core/watch/metrics.ts'
import { ehloReply } from './replies.ts'
import type { SessionLimits } from './session-limits.ts'
import type { LoginLimiter } from './session-login-limiter.ts'
import type { Credentials } from './session-login-steps.ts'
import type { ReceptionBudget } from './session-reception.ts'

/** What all sessions of a listener have in common. */
export interface SessionRules {
  readonly hostname: string
  readonly intake: Intake
  readonly limits: SessionLimits
  readonly budget: ReceptionBudget
  /** The answers to EHLO without and with TLS, from `ehloReplies`. */
  readonly ehlo: { readonly plain: string; readonly secure: string }
  readonly tlsOffered: boolean
  /** Without them AUTH is not offered. */
  readonly credentials?: Credentials
  readonly logins: LoginLimiter
  readonly log: Log
  readonly meter: Meter
}

/** Why a session ended, for the count of connections and the log. */
export type SessionEnd =
  | 'quit'
  | 'closed' // by the client, without QUIT
  | 'lost' // by the network
  | 'stopping'
  | 'timeout'
  | 'tooSlow'
  | 'clientNotReading'
  | 'refused' // a 421: too many errors, commands or failed logins, or the core is stopping
  | 'tooManySessions'
  | 'tlsFailed'
  | 'proxyFailed'
  | 'internalError'

/** What the session needs of its connection. */
export interface SessionWire {
  /** One or more complete replies. */
  send(text: string): void
  /** Begins the handshake; `secured` is called when it is done. */
  startTls(): void
  /** The last reply has been sent; nothing further will be read. */
  end(end: SessionEnd): void
}

/** Who is at the other end, as the client policy sees it. */
export interface SessionPeer {
  /** Names the session in the log. */
  readonly id: string
  readonly address: string
  readonly allowed: boolean
}

/** What is offered to a client, without TLS and with it. CHUNKING, DSN and SMTPUTF8 are not: no route could keep their word. */
export function ehloReplies(options: {
  readonly hostname: string
  readonly messageOctets: number
  readonly tlsOffered: boolean
  /** Over TLS only, always. */
  readonly authOffered: boolean
}): SessionRules['ehlo'] {
  const always = ['PIPELINING', `SIZE ${options.messageOctets}`, 'ENHANCEDSTATUSCODES', '8BITMIME']
  const startTls = options.tlsOffered ? ['STARTTLS'] : []
  return {
    plain: ehloReply(options.hostname, [...always, ...startTls]),
    secure: ehloReply(options.hostname, [...always, ...(options.authOffered ? ['AUTH PLAIN LOGIN'] : [])]),
  }
}
