// What a session is told when it is made, and how it speaks with whoever gives it mails.
import type { Delivery, ReadReply } from '../../core/mail/outcome.ts'
import type { Capabilities } from './client-capabilities.ts'
import type { Job } from './client-transaction.ts'

/** Why a mail came back without the content having been sent. */
export interface Interruption {
  /** What to answer when it cannot be tried elsewhere. */
  readonly delivery: Delivery
  /** The peer gave up a reused connection (C13): nobody's fault. */
  readonly stale: boolean
}

/** Who gives a session its mails and takes what becomes of them. */
export interface SessionOwner<S> {
  /** A mail that may go behind the one whose content is about to be written. */
  next(session: S): Job | undefined
  finished(session: S, job: Job, delivery: Delivery): void
  interrupted(session: S, job: Job, interruption: Interruption): void
  /** The mail was not looked at: it was waiting behind another. */
  returned(session: S, job: Job): void
  /** Nothing is under way; the session can be given a mail, or be closed. */
  idle(session: S): void
  /** It takes no more mails. */
  over(session: S): void
}

export interface SessionOptions {
  /** Names the host in replies and in `failedOn`. */
  readonly hostName: string
  /** Which connection of the courier this is, counted from 1. */
  readonly number: number
  readonly openedAt: number
  readonly capabilities: Capabilities
  readonly readReply: ReadReply
  readonly now: () => number
  readonly commandMs: number
  readonly contentMs: number
  readonly quitMs: number
}
