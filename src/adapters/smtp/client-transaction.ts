// One mail on one connection, from MAIL to the answer to the final dot, and what its replies add up to.
// Its rule: a recipient that has no answer of its own shares the fate of the mail.
import type { ClaimedPart, Content } from '../../core/mail/mail.ts'
import type { Delivery, Outcome, Reading, RouteSignal } from '../../core/mail/outcome.ts'

/** A mail that waits for a connection or is on one. */
export interface Job {
  readonly part: ClaimedPart
  readonly sender: string
  /** Those that can be written; the others have their outcome already. */
  readonly recipients: readonly string[]
  readonly content: Content
  readonly resolve: (delivery: Delivery) => void
  /** How often it was put on another connection without having been answered. */
  moves: number
  /** The host whose connection failed it: there only a fresh connection will do, because the others may be stale too. */
  failedOn: string | undefined
}

/**
 * Where a transaction is; each phase waits for one reply, except `streaming`.
 *
 *   reset      RSET was sent, because the transaction before left its envelope behind
 *   sender     MAIL was sent
 *   recipient  RCPT number `answered` was sent
 *   data       DATA was sent
 *   streaming  the content is being written, its final dot is not yet
 *   content    the final dot was written: from here on silence means `unclear`
 *   loneDot    a final dot without content was written, because the host wanted content for nobody (RFC 2920 3.1)
 */
export type Phase = 'reset' | 'sender' | 'recipient' | 'data' | 'streaming' | 'content' | 'loneDot'

export class Transaction {
  readonly job: Job
  phase: Phase
  /** RCPT replies that have come. */
  answered = 0
  accepted = 0
  /** What MAIL was refused with: it speaks for all recipients. */
  senderRefused: Reading | undefined
  /** `readSerial` when the final dot was written. */
  dotSerial = 0
  readonly #refusals: (Reading | undefined)[] = []

  constructor(job: Job, phase: Phase) {
    this.job = job
    this.phase = phase
  }

  acceptRecipient(): void {
    this.answered += 1
    this.accepted += 1
  }

  refuseRecipient(reading: Reading): void {
    this.#refusals[this.answered] = reading
    this.answered += 1
  }

  /** True when every recipient was refused: nothing that still comes can change it. */
  isDecided(): boolean {
    return this.senderRefused !== undefined || (this.accepted === 0 && this.answered === this.job.recipients.length)
  }

  /**
   * What the host said of itself, when that is all that it said: a host that refuses every recipient because it is not set
   * up for us is a reason to try another host.
   */
  hostsFault(): Reading | undefined {
    if (this.senderRefused !== undefined || !this.isDecided()) return undefined
    return this.#refusals.every((reading) => reading && isHostsFault(reading)) ? this.#refusals[0] : undefined
  }

  /** The delivery, when `rest` is what became of the recipients that were not refused one by one. */
  delivery(rest: Reading): Delivery {
    const { recipients } = this.job
    const all = this.senderRefused ?? rest
    if (this.senderRefused !== undefined || this.#refusals.length === 0) {
      return { outcomes: recipients.map(() => all.outcome), signal: all.signal, counts: all.counts }
    }
    return combined(recipients.map((_, i) => this.#refusals[i] ?? rest))
  }
}

/** True for what is said of the host, not of the mail. */
export function isHostsFault({ outcome, signal, counts }: Reading): boolean {
  return outcome.kind === 'deferred' && !counts && (signal.kind === 'unreachable' || signal.kind === 'misconfigured')
}

/** Several readings as one delivery: an attempt counts when one of its deferrals counts, and the worst signal stands. */
export function combined(readings: readonly Reading[]): Delivery {
  const deferrals = readings.filter(({ outcome }) => outcome.kind === 'deferred')
  return {
    outcomes: readings.map(({ outcome }) => outcome),
    signal: readings.map(({ signal }) => signal).reduce(worse, HEALTHY),
    counts: deferrals.length === 0 || deferrals.some(({ counts }) => counts),
  }
}

export const HEALTHY: RouteSignal = { kind: 'healthy' }

const GRAVITY: Readonly<Record<RouteSignal['kind'], number>> = {
  healthy: 0,
  unreachable: 1,
  throttled: 2,
  dailyQuota: 3,
  misconfigured: 4,
}

function worse(a: RouteSignal, b: RouteSignal): RouteSignal {
  return GRAVITY[b.kind] > GRAVITY[a.kind] ? b : a
}

/** The content was sent and nothing that can be read came back. */
export function unclear(reason: string): Reading {
  const outcome: Outcome = { kind: 'unclear', reason }
  return { outcome, signal: { kind: 'unreachable', reason }, counts: true }
}
