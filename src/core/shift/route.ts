// Which of the two routes a recipient takes. Pure arithmetic over a bucket: the same person always goes the same way,
// and who was in at 10 % is still in at 50 %, because the bucket never changes and the share only moves the line.
import type { Shares, Stage } from './stage.ts'

export type Route = 'legacy' | 'ses'

/** One bucket is a hundredth of a percent. */
export const BUCKETS = 10_000

/** The bucket (0..9999) of a recipient, from 32 bits of a keyed hash of its canonical address. */
export function bucketOf(hash32: number): number {
  // Scaling takes the high bits and has a bias under 1 in 400,000; modulo would be no better.
  return Math.floor((hash32 / 0x1_0000_0000) * BUCKETS)
}

export interface RouteQuestion {
  /** Receiving domain, lower case. */
  readonly domain: string
  readonly stream: string
}

/** The share in percent that applies to this recipient: the stage, or a smaller share for its domain or stream. */
export function shareFor(stage: Stage, shares: Shares, question: RouteQuestion): number {
  if (stage.heldBack?.includes(question.domain) === true) return 0
  const byDomain = shares.byDomain[question.domain] ?? 100
  const byStream = shares.byStream[question.stream] ?? 100
  return Math.min(stage.percent, byDomain, byStream)
}

/**
 * The route for a share and a bucket. `bucket` is a function because hashing costs more than all else here,
 * and at 0 and 100 % nobody needs it: 0 is exactly none and 100 exactly all.
 */
export function routeFor(percent: number, bucket: () => number): Route {
  if (percent <= 0) return 'legacy'
  if (percent >= 100) return 'ses'
  return bucket() < percent * (BUCKETS / 100) ? 'ses' : 'legacy'
}
