// What is left of a part after an attempt. Pure: given the answers, the time and a random number, it says which recipients
// are done, which try again and when, which are in doubt, and whom the sender must be told about.
import { DAY_MS, MINUTE_MS } from '../base/clock.ts'
import { never } from '../base/assert.ts'
import { backoffMs, MAIL_BACKOFF, type BackoffPolicy } from './backoff.ts'
import { wasInDoubt, type ClaimedPart, type PartPlan } from './mail.ts'
import type { Delivery, Outcome, Reply } from './outcome.ts'
import type { Route } from '../shift/route.ts'

export interface SettlePolicy {
  /** After this time in the queue the sender gets a DSN (M8: 4 days; RFC 5321 4.5.4.1 asks for at least 4 to 5). */
  readonly lifetimeMs: number
  readonly backoff: BackoffPolicy
  /** How long an unclear part waits for news before it is tried again on the same route. */
  readonly unclearRetryMs: Readonly<Record<Route, number>>
}

export const SETTLE_POLICY: SettlePolicy = {
  lifetimeMs: 4 * DAY_MS,
  backoff: MAIL_BACKOFF,
  // A Postfix that took the mail has logged it, and a second copy is the smaller harm when people wait: soon.
  // SES says by an event what it took, and events come within minutes; a second copy there costs money and reputation.
  unclearRetryMs: { legacy: MINUTE_MS, ses: 15 * MINUTE_MS },
}

/** A recipient whose mail has failed for good. */
export interface Failure {
  readonly recipient: string
  /** A stable word: the outcome's reason, or 'lifetimeExceeded'. */
  readonly reason: string
  /** What the next hop said last, if it said anything. */
  readonly reply: Reply | undefined
}

export interface Settled {
  readonly left: readonly PartPlan[]
  readonly failures: readonly Failure[]
  readonly delivered: number
}

/** Reason words by which a part remembers that it was in doubt before. */
const UNCLEAR = 'unclear'
const UNCLEAR_TWICE = 'unclearTwice'

interface Context {
  readonly part: ClaimedPart
  readonly counts: boolean
  readonly policy: SettlePolicy
  readonly nowMs: number
  readonly random: number
}

export function settle(
  part: ClaimedPart,
  delivery: Delivery,
  policy: SettlePolicy,
  at: { nowMs: number; random: number },
): Settled {
  const context: Context = { part, counts: delivery.counts, policy, ...at }
  // Recipients with the same fate stay together; the key is the fate itself.
  const groups = new Map<string, { plan: Omit<PartPlan, 'recipients'>; recipients: string[] }>()
  const failures: Failure[] = []
  let delivered = 0
  part.recipients.forEach((recipient, i) => {
    const fate = fateOf(delivery.outcomes[i] ?? NO_OUTCOME, context)
    if (fate.kind === 'delivered') delivered += 1
    else if (fate.kind === 'failed') failures.push({ recipient, reason: fate.reason, reply: fate.reply })
    else {
      const key = `${fate.plan.route} ${fate.plan.state} ${fate.plan.reason}`
      const group = groups.get(key)
      if (group) group.recipients.push(recipient)
      else groups.set(key, { plan: fate.plan, recipients: [recipient] })
    }
  })
  return { left: [...groups.values()].map(({ plan, recipients }) => ({ ...plan, recipients })), failures, delivered }
}

/** A courier that answers for fewer recipients than it was given has lost count: in doubt, not lost. */
export const NO_OUTCOME: Outcome = { kind: 'unclear', reason: 'noOutcome' }

type Fate =
  | { readonly kind: 'delivered' }
  | { readonly kind: 'failed'; readonly reason: string; readonly reply: Reply | undefined }
  | { readonly kind: 'left'; readonly plan: Omit<PartPlan, 'recipients'> }

function fateOf(outcome: Outcome, context: Context): Fate {
  switch (outcome.kind) {
    case 'delivered':
      return outcome
    case 'rejected':
      return { kind: 'failed', reason: outcome.reason, reply: outcome.reply }
    case 'deferred':
      return again(outcome.reason, outcome.reply, context)
    case 'unclear':
      return inDoubt(outcome.reason, context)
    case 'notForThisRoute':
      return otherRoute(outcome.reason, outcome.reply, context)
    default:
      return never(outcome)
  }
}

function again(reason: string, reply: Reply | undefined, { part, counts, policy, nowMs, random }: Context): Fate {
  if (nowMs - part.acceptedAt >= policy.lifetimeMs) return { kind: 'failed', reason: 'lifetimeExceeded', reply }
  // What was the route's trouble is not held against the mail: the breaker spaces the next try.
  const attempts = counts ? part.attempts + 1 : part.attempts
  const dueAt = counts ? nowMs + backoffMs(policy.backoff, attempts, random) : nowMs
  // A part that was in doubt once remembers it, so that a second doubt is known as such.
  const remembered = wasInDoubt(part) ? `${UNCLEAR}, then ${reason}` : reason
  return { kind: 'left', plan: { route: part.route, state: 'waiting', dueAt, attempts, reason: remembered } }
}

/**
 * In doubt (design 4.2): stays on its route and is tried once more after a set time. In doubt a second time it waits
 * for a person: nobody knows, and neither a third copy nor a bounce may be a guess.
 */
function inDoubt(reason: string, { part, policy, nowMs }: Context): Fate {
  const { route } = part
  const attempts = part.attempts + 1
  if (wasInDoubt(part)) {
    return { kind: 'left', plan: { route, state: 'held', dueAt: nowMs, attempts, reason: UNCLEAR_TWICE } }
  }
  const dueAt = nowMs + policy.unclearRetryMs[route]
  return { kind: 'left', plan: { route, state: 'unclear', dueAt, attempts, reason: `${UNCLEAR} ${reason}` } }
}

function otherRoute(reason: string, reply: Reply | undefined, context: Context): Fate {
  // Only SES has mail that is not for it; the old hosts take all, so there is no second way back.
  if (context.part.route === 'legacy') return again(reason, reply, context)
  return { kind: 'left', plan: { route: 'legacy', state: 'waiting', dueAt: context.nowMs, attempts: 0, reason } }
}
