// The flow of a mail, put together: queue, split, both routes with their dispatchers, and what a person may do with them.
// No socket is opened here but those of the couriers, so that it can be run without a listener.
import { join } from 'node:path'
import { domainToASCII } from 'node:url'
import type { FigureStore } from '../adapters/local/figures.ts'
import { segmentMailQueue, type OpenMailQueue } from '../adapters/local/mail-queue.ts'
import { diskSpace } from '../adapters/node/disk-space.ts'
import { hmacKeyedHash } from '../adapters/node/keyed-hash.ts'
import { HOUR_MS, MINUTE_MS, SECOND_MS } from '../core/base/clock.ts'
import { intake, type AcceptPolicy } from '../core/mail/accept.ts'
import type { AttemptOptions } from '../core/mail/attempt.ts'
import { Dispatcher } from '../core/mail/dispatch.ts'
import { gateFault } from '../core/mail/gate.ts'
import { inspector } from '../core/mail/inspect.ts'
import { mailIds } from '../core/mail/mail-id.ts'
import { notifier, type Notify } from '../core/mail/notify.ts'
import { partRecipientsMax } from '../core/mail/pace.ts'
import type { Courier, Intake } from '../core/mail/ports.ts'
import type { Refusal } from '../core/mail/refusal.ts'
import { moveBack, rerouted } from '../core/mail/reroute.ts'
import { SES_MESSAGE_OCTETS_MAX } from '../core/mail/ses-fitness.ts'
import type { ClaimedPart } from '../core/mail/mail.ts'
import type { Failure, SettlePolicy } from '../core/mail/settle.ts'
import { splitter, type DotAddressRule, type Split } from '../core/mail/split.ts'
import type { Plan } from '../core/plan/plan.ts'
import type { Route } from '../core/shift/route.ts'
import type { ShiftStore } from '../core/shift/ports.ts'
import { pipelineWatch, type PipelineWatch } from '../core/shift/pipeline-watch.ts'
import { sameStage, type Stage } from '../core/shift/stage.ts'
import type { Basics } from './basics.ts'
import { gatewayFigures, hearing } from './figures.ts'
import { legacyRoute } from './legacy-route.ts'
import type { Environment } from './ses-place.ts'
import { sesRoute, type SesRoute } from './ses-route.ts'
import { splitKey } from './split-key.ts'
import { openStage } from './stage-store.ts'

export interface MailFlowOptions {
  readonly plan: Plan
  readonly planFile: string
  readonly dataFolder: string
  readonly environment: Environment
  readonly basics: Basics
  /** See SesSurroundings. */
  readonly smtpCa?: string
  /** What stops recipients before SES. */
  readonly screen: NonNullable<AttemptOptions['screen']>
  /** Why the SES route begins held, when a change of key was under way as the program before ended. */
  readonly sesHeld?: string
}

export interface MailFlow {
  readonly intake: Intake
  readonly queue: OpenMailQueue
  readonly store: ShiftStore
  readonly figures: FigureStore
  /** Whether anything comes back from SES. */
  readonly pipeline: PipelineWatch
  readonly ses: SesRoute
  readonly couriers: Readonly<Record<Route, Courier>>
  readonly dispatchers: Readonly<Record<Route, Dispatcher>>
  readonly notify: Notify
  readonly inspect: ReturnType<typeof inspector>
  /** Why no mail can be taken now, or undefined. */
  readonly gate: () => Refusal | undefined
  /** The stage is another now: in force at once, and what waits for SES moves when it went down. */
  readonly stageChanged: (after: Stage, before: Stage) => void
  /** From now on every mail is answered 4xx. */
  readonly refuseMail: () => void
  /** Finishes what is in flight and closes the queue. */
  readonly stop: () => Promise<void>
}

export async function mailFlow(options: MailFlowOptions): Promise<MailFlow> {
  const { plan, basics, dataFolder } = options
  const { clock, log, meter } = basics
  const now = () => clock.now()
  const policy = settlePolicy(plan)
  const stages = await openStage(options)
  const { store } = stages
  let stage = await store.current()
  const split = planSplit(options, () => stage)
  const queue = await segmentMailQueue({
    directory: join(dataFolder, 'queue'),
    log,
    meter,
    now,
    unclearRetryMs: policy.unclearRetryMs,
  })
  // After the queue, whose lock keeps a second gateway out of the folder.
  const pipeline = pipelineWatch()
  const figures = hearing(await gatewayFigures(options), pipeline, now)
  const nextId = mailIds({ gateway: plan.gateway.number })
  const notify = notifier({ queue, now, nextId, hostname: plan.gateway.hostname, log, meter })
  const inspect = planInspector(plan)
  const routes = startRoutes(options, { queue, policy, split, notify, figures })
  let stopping = false
  const freeOctets = diskSpace(dataFolder, now)
  const gate = (): Refusal | undefined =>
    gateFault(plan.gateway.limits, { counts: queue.counts(), freeOctets: freeOctets(), nowMs: now(), stopping })
  const accept = { queue, now, nextId, split, inspect, gate, toAscii: domainToASCII, log, meter, figures }
  const stageChanged = (after: Stage, before: Stage): void => {
    stage = after
    if (takesFromSes(after, before)) void moveWaiting(queue, split, basics)
  }
  stages.follow((after) => {
    if (sameStage(after, stage)) return
    log.info('stage', { percent: after.percent, before: stage.percent, by: after.changedBy, why: after.reason })
    stageChanged(after, stage)
  })
  return {
    ...routes,
    intake: intake({ ...accept, policy: acceptPolicy(plan, routes.ses) }),
    queue,
    store,
    figures,
    pipeline,
    notify,
    inspect,
    gate,
    stageChanged,
    refuseMail() {
      stopping = true
    },
    async stop() {
      await stages.stop()
      await routes.stop()
      await Promise.all([queue.close(), figures.stop()])
    },
  }
}

/** Whether something that went to SES goes to legacy now. */
function takesFromSes(after: Stage, before: Stage): boolean {
  const held = new Set(before.heldBack)
  return after.percent < before.percent || (after.heldBack ?? []).some((domain) => !held.has(domain))
}

interface FlowParts {
  readonly queue: OpenMailQueue
  readonly policy: SettlePolicy
  readonly split: Split
  readonly notify: Notify
  readonly figures: FigureStore
}

type Routes = Pick<MailFlow, 'ses' | 'couriers' | 'dispatchers' | 'stop'>

function startRoutes(options: MailFlowOptions, parts: FlowParts): Routes {
  const { plan, basics } = options
  const { queue, policy, split, notify, figures } = parts
  const ses: SesRoute = sesRoute(plan, basics, { ...options, refreshed: () => dispatchers.ses.wake() })
  const couriers = { legacy: legacyRoute(plan, basics), ses: ses.courier }
  const common = {
    ...basics,
    figures,
    queue,
    policy,
    notify: (part: ClaimedPart, failures: readonly Failure[]) => notify(part, failures, part.content),
  }
  const quota = {
    quota: () => ({
      allowed: ses.quota.hasRoom(),
      askAgainAt: basics.clock.now() + plan.ses.accountSeconds * SECOND_MS,
    }),
    sent: (recipients: number) => ses.quota.sent(recipients),
  }
  const dispatchers: MailFlow['dispatchers'] = {
    legacy: new Dispatcher({ ...common, route: 'legacy', courier: couriers.legacy, reroute: () => undefined }),
    ses: new Dispatcher({
      ...common,
      ...quota,
      ...(options.sesHeld === undefined ? {} : { held: options.sesHeld }),
      route: 'ses',
      courier: couriers.ses,
      pacer: ses.pacer,
      screen: options.screen,
      reroute: (part) => rerouted(part, split, basics.clock.now()),
    }),
  }
  const running = Promise.all([dispatchers.legacy.run(), dispatchers.ses.run()])
  void ses.account.run()
  return {
    ses,
    couriers,
    dispatchers,
    async stop() {
      await Promise.all([dispatchers.legacy.stop(), dispatchers.ses.stop()])
      await running
      await Promise.all([couriers.legacy.stop(), ses.stop()])
    },
  }
}

function planSplit({ plan, planFile, dataFolder }: MailFlowOptions, stage: () => Stage): Split {
  const { dotDomains, dotAddresses, dotAddressDefault } = plan.addresses
  const rules: Record<string, DotAddressRule> = {}
  for (const domain of dotDomains) rules[domain] = dotAddresses[domain] ?? dotAddressDefault
  return splitter({
    hash: hmacKeyedHash(splitKey(plan, planFile, dataFolder)),
    stage,
    shares: plan.shares,
    dotAddresses: rules,
  })
}

function planInspector({ ses, shares }: Plan): ReturnType<typeof inspector> {
  return inspector({
    ses: { identities: ses.identities, sizeMax: SES_MESSAGE_OCTETS_MAX },
    ...(shares.streamHeader === undefined ? {} : { streamHeader: shares.streamHeader.toLowerCase() }),
  })
}

function settlePolicy({ retry }: Plan): SettlePolicy {
  return {
    lifetimeMs: retry.lifetimeHours * HOUR_MS,
    backoff: { firstMs: retry.firstSeconds * SECOND_MS, longestMs: retry.longestSeconds * SECOND_MS },
    unclearRetryMs: {
      legacy: retry.unclearMinutes.legacy * MINUTE_MS,
      ses: retry.unclearMinutes.ses * MINUTE_MS,
    },
  }
}

function acceptPolicy({ domain, gateway, addresses, ses: plan }: Plan, ses: SesRoute): AcceptPolicy {
  return {
    hostname: gateway.hostname,
    postmasterDomain: domain,
    sizeMax: gateway.limits.messageOctets,
    hopsMax: gateway.limits.hops,
    senderDomains: gateway.senderDomains,
    carrierDomains: addresses.dotDomains,
    sesPartRecipientsMax: () => partRecipientsMax(plan.partRecipients, ses.pacer.recipientsPerSecond),
  }
}

async function moveWaiting(queue: OpenMailQueue, split: Split, { clock, log }: Basics): Promise<void> {
  const startedAt = clock.now()
  try {
    const moved = await moveBack(queue, split, () => clock.now())
    log.info('movedBack', { ...moved, tookMs: clock.now() - startedAt })
  } catch {
    // Nothing is lost: what is left moves when its turn comes (core/mail/reroute), only later.
    log.alarm('moveBackFailed', { tookMs: clock.now() - startedAt })
  }
}
