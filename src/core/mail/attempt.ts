// One attempt of one part: wait for its turn, hand it to the courier, and write down what is left of it.
// The order is the promise: the sender's notification is durable before the failed recipients are settled.
import type { Clock } from '../base/clock.ts'
import type { FigureSink } from '../base/figures.ts'
import type { Log } from '../base/log.ts'
import type { Random } from '../base/random.ts'
import type { Route } from '../shift/route.ts'
import type { Meter } from '../watch/metrics.ts'
import { countAttempt } from './count-outcomes.ts'
import type { ClaimedPart, PartPlan } from './mail.ts'
import { maskText } from './mask.ts'
import { allOf, type Delivery, type Outcome } from './outcome.ts'
import type { Pacer } from './pace.ts'
import type { Courier, MailQueue } from './ports.ts'
import { NO_OUTCOME, settle, type Failure, type SettlePolicy } from './settle.ts'

export interface AttemptOptions {
  readonly route: Route
  readonly queue: MailQueue
  readonly courier: Courier
  readonly clock: Clock
  readonly random: Random
  readonly log: Log
  readonly meter: Meter
  /** Absent where nothing is counted by receiving domain and stream. */
  readonly figures?: FigureSink
  readonly policy: SettlePolicy
  /** Absent where nothing limits the rate. */
  readonly pacer?: Pacer
  /** What the part shall become instead when it no longer belongs here (the stage went down), or undefined to go on. */
  readonly reroute: (part: ClaimedPart) => readonly PartPlan[] | undefined
  /** What stops recipients before the courier sees them, an outcome for each of them; undefined when nothing does. */
  readonly screen?: (part: ClaimedPart) => readonly (Outcome | undefined)[] | undefined
  /** Told how many recipients the next hop took, or may have taken: they count against a quota. */
  readonly sent?: (recipients: number) => void
  /** Makes the sender's notification durable; answers what must be kept of the failures, when nobody can be told. */
  readonly notify: (part: ClaimedPart, failures: readonly Failure[]) => Promise<readonly PartPlan[]>
}

/** `signal` hears what the answer says about the route, before anything is written. */
export async function attempt(
  part: ClaimedPart,
  options: AttemptOptions,
  signal: (delivery: Delivery) => void,
): Promise<void> {
  const moved = options.reroute(part)
  if (moved) return write(options, part, moved)
  const stopped = options.screen?.(part)
  const delivery =
    stopped === undefined
      ? await handOver(part, options, signal)
      : await handOverRest(part, stopped, { ...options, signal })
  const nowMs = options.clock.now()
  const settled = settle(part, delivery, options.policy, { nowMs, random: options.random.next() })
  report(part, delivery, options)
  const attempted = { part, outcomes: delivery.outcomes, failures: settled.failures }
  if (options.figures) countAttempt(options.figures, attempted, nowMs)
  let left = settled.left
  if (settled.failures.length > 0) left = [...left, ...(await options.notify(part, settled.failures))]
  return write(options, part, left)
}

/** The recipients that nothing stops go on; the route says nothing when there are none, and is then not asked. */
async function handOverRest(
  part: ClaimedPart,
  stopped: readonly (Outcome | undefined)[],
  options: AttemptOptions & { readonly signal: (delivery: Delivery) => void },
): Promise<Delivery> {
  const recipients = part.recipients.filter((_, i) => stopped[i] === undefined)
  const count = part.recipients.length - recipients.length
  options.meter.count('watari_suppressed_total', { route: options.route }, count)
  options.log.info('suppressed', { mail: part.mailId, part: part.part, recipients: count })
  const delivery = recipients.length > 0 ? await handOver({ ...part, recipients }, options, options.signal) : NOT_ASKED
  let next = 0
  return { ...delivery, outcomes: part.recipients.map((_, i) => stopped[i] ?? delivery.outcomes[next++] ?? NO_OUTCOME) }
}

const NOT_ASKED: Delivery = { outcomes: [], signal: { kind: 'healthy' }, counts: true }

async function handOver(
  part: ClaimedPart,
  options: AttemptOptions,
  signal: (delivery: Delivery) => void,
): Promise<Delivery> {
  const delivery = await deliver(part, options)
  signal(delivery)
  options.sent?.(delivery.outcomes.filter(({ kind }) => kind === 'delivered' || kind === 'unclear').length)
  return delivery
}

async function deliver(part: ClaimedPart, { courier, clock, pacer, log }: AttemptOptions): Promise<Delivery> {
  if (pacer) {
    const goAt = pacer.reserve(part.recipients.length, clock.now())
    const wait = goAt - clock.now()
    if (wait > 0) await clock.sleep(wait)
  }
  try {
    return await courier.deliver(part)
  } catch (error) {
    // Couriers never reject. One that does is broken for this mail: nobody knows what was sent, so a person looks (M8).
    log.alarm('courierFailed', {
      mail: part.mailId,
      part: part.part,
      error: error instanceof Error ? error.name : 'unknown',
    })
    return {
      outcomes: allOf(part.recipients, { kind: 'unclear', reason: 'courierFailed' }),
      signal: { kind: 'healthy' },
      counts: true,
    }
  }
}

/** A settlement that cannot be written leaves the part active: in doubt after a restart, and never lost. */
async function write({ queue, log }: AttemptOptions, part: ClaimedPart, left: readonly PartPlan[]): Promise<void> {
  try {
    await queue.settle(part, left)
  } catch {
    log.alarm('settleFailed', { mail: part.mailId, part: part.part })
  }
}

function report(part: ClaimedPart, delivery: Delivery, { log, meter, route, clock }: AttemptOptions): void {
  const latencyMs = clock.now() - part.acceptedAt
  for (const [kind, group] of byKind(delivery.outcomes)) {
    const first = group[0]!
    meter.count('watari_recipients_settled_total', { route, outcome: kind }, group.length)
    if (first.kind === 'delivered') meter.observe('watari_accept_to_delivered_seconds', { route }, latencyMs / 1_000)
    if (first.kind === 'deferred') meter.count('watari_deferrals_total', { route, reason: first.reason })
    if (first.kind === 'unclear') meter.count('watari_unclear_total', { route })
    log.info(kind, {
      mail: part.mailId,
      part: part.part,
      route,
      recipients: group.length,
      attempt: part.attempts + 1,
      latencyMs,
      ...facts(first, part),
    })
  }
  if (delivery.signal.kind === 'throttled') meter.count('watari_throttled_total', { route })
}

function byKind(outcomes: readonly Outcome[]): Iterable<readonly [Outcome['kind'], readonly Outcome[]]> {
  const first = outcomes[0]
  // The common case, one recipient or one answer for all, makes no map.
  if (first && outcomes.every(({ kind }) => kind === first.kind)) return [[first.kind, outcomes]]
  const groups = new Map<Outcome['kind'], Outcome[]>()
  for (const outcome of outcomes) {
    const group = groups.get(outcome.kind)
    if (group) group.push(outcome)
    else groups.set(outcome.kind, [outcome])
  }
  return groups
}

function facts(outcome: Outcome, { sender, recipients }: ClaimedPart): Record<string, string | number> {
  const said: Record<string, string | number> = {}
  if (outcome.kind !== 'delivered') said['reason'] = outcome.reason
  if (outcome.kind === 'delivered' && outcome.remoteId) said['remoteId'] = outcome.remoteId
  if ('reply' in outcome && outcome.reply) {
    said['code'] = outcome.reply.code
    said['host'] = outcome.reply.host
    if (outcome.kind !== 'delivered') said['said'] = maskText(outcome.reply.text, [sender, ...recipients])
  }
  return said
}
