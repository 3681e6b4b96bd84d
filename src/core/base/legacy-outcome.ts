// What the logs of the old Postfix hosts tell, as values: mails that came, and what became of each recipient. The reader of
// logs hands over the same object again and again, so who keeps something copies it. Domains are numbers until asked for.
import type { LegacyReason, LegacyStage } from './legacy-reason.ts'

export type LegacyStatus = 'delivered' | 'deferred' | 'bounced' | 'expired'

/** A mail that a queue manager saw for the first time. */
export interface LegacyMail {
  readonly atMs: number
  /** The envelope sender's domain, 0 for the null sender and for one without a domain. */
  readonly sender: number
  readonly octets: number
  readonly recipients: number
}

/** What one line says of a recipient; `expired` may speak of several. */
export interface LegacyOutcome {
  readonly atMs: number
  readonly status: LegacyStatus
  readonly count: number
  /** The receiving domain; 0 when there is none, or when expired recipients had several. */
  readonly domain: number
  /** The envelope sender's domain; -1 when the log does not tell. */
  readonly sender: number
  /** Size of the mail; -1 when the log does not tell. */
  readonly octets: number
  /** From the mail's arrival at the old host to this line, a content filter's time included. */
  readonly delayMs: number
  readonly reason: LegacyReason
  /** Where in the dialogue the receiver answered so; 'none' when it did not. */
  readonly stage: LegacyStage
  /** What a bounce says of the address: that it is gone, that it is gone or the sender refused, or nothing. */
  readonly mailbox: 'gone' | 'doubtful' | 'unknown'
  /** RFC 3463 status as a number: 5.1.1 is 5001001; 0 for none. */
  readonly dsn: number
  /** 'unknown' while the log shows no TLS lines (smtp_tls_loglevel is 0). */
  readonly tls: 'unknown' | 'plain' | 'tls'
  /** The mail came from a gateway of ours, so its recipients were counted as sent when the host took it. */
  readonly viaGateway: boolean
  /** An old carrier address: a..b@, a.@ or .a@ without quotes. */
  readonly dotted: boolean
  /** 64 bits of the recipient, without regard to case. */
  readonly hashLow: number
  readonly hashHigh: number
  /** The recipient as the log spells it; only good while the outcome is being handed over. */
  readonly recipient: () => string
}

/** Takes what a reader of logs finds. */
export interface LegacySink {
  readonly mail: (mail: LegacyMail) => void
  /** A mail counted before turns out to be one that a content filter gave back: it was no new one. */
  readonly mailAgain: (mail: LegacyMail) => void
  readonly outcome: (outcome: LegacyOutcome) => void
}

/** '5.1.1' of 5001001. */
export function dsnText(dsn: number): string {
  return [Math.floor(dsn / 1_000_000), Math.floor(dsn / 1_000) % 1_000, dsn % 1_000].join('.')
}
