// Mails that a host handed to a program of its own (a content filter) which may give them back under a new queue id. Until
// the new id is seen nobody knows whether that was a delivery; after a while it was one.
import type { LegacyOutcome } from '../../core/base/legacy-outcome.ts'
import { MINUTE_MS } from '../../core/base/clock.ts'

/** A filter gives a mail back before it answers, so its new id is in the log within moments, or never. */
const KEPT_MS = MINUTE_MS
/** Handovers that are waited for at once. */
const KEPT_MAX = 8_192

interface Waiting {
  readonly keys: readonly number[]
  readonly outcome: LegacyOutcome
  /** A forwarded mail is no delivery in any case. */
  readonly counts: boolean
}

export class Handovers {
  readonly #waiting = new Map<number, Waiting>()

  get size(): number {
    return this.#waiting.size
  }

  /** `keys`: what the new id may be known as. */
  add(waiting: Waiting, emit: (outcome: LegacyOutcome) => void): void {
    for (const key of waiting.keys) this.#waiting.set(key, waiting)
    this.flush(waiting.outcome.atMs, emit)
  }

  /** The handover that led to the mail of this key, once. */
  take(key: number): LegacyOutcome | undefined {
    const waiting = this.#waiting.get(key)
    if (waiting === undefined) return undefined
    for (const each of waiting.keys) this.#waiting.delete(each)
    return waiting.outcome
  }

  /** Ends the waiting for all that is too old at `atMs`. */
  flush(atMs: number, emit: (outcome: LegacyOutcome) => void): void {
    for (const [key, waiting] of this.#waiting) {
      const isOld = Math.abs(atMs - waiting.outcome.atMs) > KEPT_MS
      if (!isOld && this.#waiting.size <= KEPT_MAX) return
      if (!this.#waiting.delete(key)) continue
      for (const other of waiting.keys) this.#waiting.delete(other)
      if (waiting.counts) emit(waiting.outcome)
    }
  }
}

/** One number for the 64 bits of an id; 53 bits are enough for the few that wait. */
export function handoverKey(low: number, high: number): number {
  return (high & 0x1f_ffff) * 0x1_0000_0000 + (low >>> 0)
}
