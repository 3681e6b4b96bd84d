// What became of each recipient, as the one who decides it knows it: to hold against what a receiver of events made of them.
import type { Fate } from './fates.ts'

export interface Outcome {
  readonly messageId: string
  readonly recipient: string
  readonly fate: Fate
}

export interface OutcomeLog {
  add(outcome: Outcome): void
  /** From a number on, which counts from the start; the oldest may be gone. */
  from(first: number, limit: number): readonly Outcome[]
  readonly count: () => number
}

/** Enough for the largest test; 100 octets each. */
const KEPT_MAX = 500_000

export function createOutcomeLog(): OutcomeLog {
  const kept: Outcome[] = []
  let gone = 0
  return {
    add(outcome) {
      kept.push(outcome)
      if (kept.length < KEPT_MAX * 2) return
      kept.splice(0, KEPT_MAX)
      gone += KEPT_MAX
    },
    from: (first, limit) => kept.slice(Math.max(0, first - gone), Math.max(0, first - gone) + limit),
    count: () => gone + kept.length,
  }
}
