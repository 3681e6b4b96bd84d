// When to try again. Grows, has a ceiling, and is spread by chance so that a thousand deferred mails do not come back at once.
import { HOUR_MS, MINUTE_MS } from '../base/clock.ts'

export interface BackoffPolicy {
  readonly firstMs: number
  readonly longestMs: number
}

/** RFC 5321 4.5.4.1 asks for at least 30 minutes in general, less at first; Postfix begins at 5 and ends near 67 minutes. */
export const MAIL_BACKOFF: BackoffPolicy = { firstMs: 5 * MINUTE_MS, longestMs: HOUR_MS }

/** A fifth either way: enough to spread a wave, too little to change the plan. */
const JITTER = 0.2

/** The wait after attempt number `attempts` (1 for the first); `random` is in [0, 1). */
export function backoffMs(policy: BackoffPolicy, attempts: number, random: number): number {
  // 2^30 would overflow no number but any plan; the exponent is capped where the ceiling has long been reached.
  const doubled = policy.firstMs * 2 ** Math.min(Math.max(attempts - 1, 0), 30)
  return Math.round(Math.min(doubled, policy.longestMs) * (1 - JITTER + 2 * JITTER * random))
}
