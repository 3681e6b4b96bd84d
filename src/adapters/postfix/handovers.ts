// Mails that a host handed to a program of its own (a content filter) which may give them back under a new queue id. Until
// the new id is seen nobody knows whether that was a delivery; after a while it was one.
import type { LegacyOutcome } from '../../core/base/legacy-outcome.ts'
import { MINUTE_MS } from '../../core/base/clock.ts'

/** A filter gives a mail back before it answers, so its new id is in the log within moments, or never. */
const KEPT_MS = MINUTE_MS
/** New ids that are waited for at once. */
const KEPT_MAX = 8_192

interface Waiting {
  /** What the new id may be known as. */
  readonly keys: readonly number[]
  /** One for each recipient that went with it. */
  readonly outcomes: LegacyOutcome[]
  /** A forwarded mail is no delivery in any case. */
  readonly counts: boolean
}

export class Handovers {
  readonly #waiting = new Map<number, Waiting>()

  get size(): number {
    return this.#waiting.size
  }

  /** `emit` is given what will not come back any more. */
  add(
    { keys, outcome, counts }: Omit<Waiting, 'outcomes'> & { readonly outcome: LegacyOutcome },
    emit: (outcome: LegacyOutcome) => void,
  ): void {
    const known = keys[0] === undefined ? undefined : this.#waiting.get(keys[0])
    if (known === undefined) {
      const waiting = { keys, outcomes: [outcome], counts }
      for (const key of keys) this.#waiting.set(key, waiting)
      // Without a key nobody can come back.
      if (keys.length === 0 && counts) emit(outcome)
    } else known.outcomes.push(outcome)
    this.flush(outcome.atMs, emit)
  }

  /** The handover that led to the mail of this key, once. */
  take(key: number): LegacyOutcome | undefined {
    const waiting = this.#waiting.get(key)
    if (waiting === undefined) return undefined
    for (const each of waiting.keys) this.#waiting.delete(each)
    return waiting.outcomes[0]
  }

  /** Ends the waiting for all that is too old at `atMs`. */
  flush(atMs: number, emit: (outcome: LegacyOutcome) => void): void {
    for (const waiting of this.#waiting.values()) {
      const [first] = waiting.outcomes
      const isOld = first === undefined || Math.abs(atMs - first.atMs) > KEPT_MS
      if (!isOld && this.#waiting.size <= KEPT_MAX) return
      for (const key of waiting.keys) this.#waiting.delete(key)
      if (waiting.counts) for (const outcome of waiting.outcomes) emit(outcome)
    }
  }
}

/** One number for the 64 bits of an id; 53 bits are enough for the few that wait. */
export function handoverKey(low: number, high: number): number {
  return (high & 0x1f_ffff) * 0x1_0000_0000 + (low >>> 0)
}
