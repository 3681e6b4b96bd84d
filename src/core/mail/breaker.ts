// The breaker of a route (M7): what an answer means for the route as a whole. Pure; the dispatcher keeps one per route.
//
//   running   parts go as the courier has room.
//   pausing   nothing goes until `until`; then one part is tried (probing), and its answer decides.
//   stopped   identity, configuration or credentials are wrong: one part is tried every PROBE_MS, nothing bounces.
//   closed    a person stopped it; nothing goes until a person resumes it.
//
// An alarm is raised once, when trouble begins that a person must know of, and not again until the route has worked.
import { backoffMs, type BackoffPolicy } from './backoff.ts'
import { MINUTE_MS, SECOND_MS } from '../base/clock.ts'
import { never } from '../base/assert.ts'
import type { RouteSignal } from './outcome.ts'

export type RouteCondition = 'running' | 'pausing' | 'stopped' | 'closed'

export interface Breaker {
  readonly condition: RouteCondition
  /** A stable word: 'healthy', 'throttled', 'dailyQuota', the reason of the trouble, or 'operator'. */
  readonly reason: string
  /** When one part may be tried; meaningless while running or closed. */
  readonly until: number
  /** Since when the route has not worked; undefined while it does. */
  readonly since: number | undefined
  /** Troubles in a row. */
  readonly troubles: number
  /** An alarm was raised for the present trouble. */
  readonly alarmed: boolean
}

export const RUNNING: Breaker = {
  condition: 'running',
  reason: 'healthy',
  until: 0,
  since: undefined,
  troubles: 0,
  alarmed: false,
}

/** A rate refusal frees itself within a second; the pacer should have prevented it, so the pause stays short. */
const THROTTLE_PAUSE: BackoffPolicy = { firstMs: 250, longestMs: 5 * SECOND_MS }
/** A rolling quota frees hour by hour; asking more often gains nothing, and each refusal is one more in the account's records. */
const QUOTA_PAUSE: BackoffPolicy = { firstMs: 10 * MINUTE_MS, longestMs: 10 * MINUTE_MS }
/** A next hop that restarts is back in seconds; one that is gone is asked once a minute. */
const UNREACHABLE_PAUSE: BackoffPolicy = { firstMs: SECOND_MS, longestMs: MINUTE_MS }
/** After a person mended the account, the route goes on by itself within this time. */
const PROBE: BackoffPolicy = { firstMs: 5 * MINUTE_MS, longestMs: 5 * MINUTE_MS }
/** A next hop may restart without waking anyone. */
const UNREACHABLE_ALARM_MS = MINUTE_MS

export interface BreakerStep {
  readonly breaker: Breaker
  /** True when a person must be told now. */
  readonly alarm: boolean
}

/** The breaker after one answer. `random` in [0, 1) spreads the pauses of several gateways. */
export function afterSignal(breaker: Breaker, signal: RouteSignal, nowMs: number, random: number): BreakerStep {
  if (breaker.condition === 'closed') return { breaker, alarm: false }
  switch (signal.kind) {
    case 'healthy':
      // A late good answer to a mail sent before the trouble began says nothing about a wrong account.
      return { breaker: breaker.condition === 'stopped' && breaker.until > nowMs ? breaker : RUNNING, alarm: false }
    case 'throttled':
      return trouble(breaker, { condition: 'pausing', reason: 'throttled', pause: THROTTLE_PAUSE, nowMs, random })
    case 'dailyQuota':
      return withAlarm(
        trouble(breaker, { condition: 'pausing', reason: 'dailyQuota', pause: QUOTA_PAUSE, nowMs, random }),
      )
    case 'misconfigured':
      return withAlarm(trouble(breaker, { condition: 'stopped', reason: signal.reason, pause: PROBE, nowMs, random }))
    case 'unreachable': {
      const step = trouble(breaker, {
        condition: 'pausing',
        reason: signal.reason,
        pause: UNREACHABLE_PAUSE,
        nowMs,
        random,
      })
      return nowMs - (step.breaker.since ?? nowMs) >= UNREACHABLE_ALARM_MS ? withAlarm(step) : step
    }
    default:
      return never(signal)
  }
}

interface Trouble {
  readonly condition: 'pausing' | 'stopped'
  readonly reason: string
  readonly pause: BackoffPolicy
  readonly nowMs: number
  readonly random: number
}

function trouble(breaker: Breaker, { condition, reason, pause, nowMs, random }: Trouble): BreakerStep {
  // Many parts were in flight when the trouble began; their answers are one trouble, not many.
  if (breaker.reason === reason && breaker.until > nowMs) return { breaker, alarm: false }
  // What a person must mend outlasts what heals itself: a throttling answer does not reopen a stopped route.
  if (breaker.condition === 'stopped' && condition === 'pausing' && breaker.until > nowMs)
    return { breaker, alarm: false }
  const troubles = breaker.reason === reason ? breaker.troubles + 1 : 1
  const next: Breaker = {
    condition,
    reason,
    until: nowMs + backoffMs(pause, troubles, random),
    since: breaker.since ?? nowMs,
    troubles,
    alarmed: breaker.alarmed && breaker.reason === reason,
  }
  return { breaker: next, alarm: false }
}

function withAlarm(step: BreakerStep): BreakerStep {
  if (step.breaker.alarmed) return step
  return { breaker: { ...step.breaker, alarmed: true }, alarm: true }
}

/** How many parts may be in flight now: all that there is room for, one to try, or none. */
export function allowance(breaker: Breaker, nowMs: number): number {
  switch (breaker.condition) {
    case 'running':
      return Number.POSITIVE_INFINITY
    case 'pausing':
    case 'stopped':
      return nowMs >= breaker.until ? 1 : 0
    case 'closed':
      return 0
    default:
      return never(breaker.condition)
  }
}

/** A person stops the route. */
export function closed(nowMs: number): Breaker {
  return { condition: 'closed', reason: 'operator', until: 0, since: nowMs, troubles: 0, alarmed: false }
}
