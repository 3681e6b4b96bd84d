// One gateway: the flow of a mail, the listener in front of it, the page for watchers and the operator's socket beside it.
import type { PrometheusMeter } from '../adapters/node/meter.ts'
import { SECOND_MS } from '../core/base/clock.ts'
import type { Dns } from '../core/base/dns.ts'
import type { FeedbackListeners } from '../core/feedback/listeners.ts'
import type { DkimStore } from '../core/dkim/ports.ts'
import { mustHold } from '../core/dkim/status.ts'
import type { SuppressionOperations } from '../core/feedback/suppression-desk.ts'
import type { Operations } from '../core/mail/operations.ts'
import type { FeedbackEvent } from '../core/feedback/event.ts'
import type { Intake } from '../core/mail/ports.ts'
import type { DkimPlan } from '../core/plan/keys-plan.ts'
import type { Plan } from '../core/plan/plan.ts'
import { figureGauges } from '../core/watch/figure-gauges.ts'
import { controlApp, type OtherDesks } from '../gateway/control.ts'
import { listenOnPort, listenOnSocket } from '../gateway/listen.ts'
import { statusApp } from '../gateway/status.ts'
import type { Basics } from './basics.ts'
import { askResolvers, dkimStoreIn, keyLife, planDns, type KeyLife } from './dkim.ts'
import { openFeedback, type Feedback } from './feedback.ts'
import { openLegacyLogs, type FollowedLogs } from './legacy-logs.ts'
import { startListener } from './listener.ts'
import { mailFlow, type MailFlow } from './mail-flow.ts'
import { operationsOf } from './operations.ts'
import { ownZone, type OwnZone } from './own-zone.ts'
import { alignmentNow } from './readiness.ts'
import { returnListener } from './returns.ts'
import { controlSocketIn, type Ready } from './run.ts'
import { openSuppression, type Suppression } from './suppression.ts'
import { startShift } from './shift.ts'
import { signingTraffic } from './signing-traffic.ts'
import { sesPlace, type Environment } from './ses-place.ts'
import { startWatch } from './watch.ts'
import type { SnsWeb } from '../adapters/ses/sns-certificates.ts'

export interface StartOptions {
  readonly plan: Plan
  readonly planFile: string
  readonly dataFolder: string
  readonly environment: Environment
  readonly basics: Basics & { readonly meter: PrometheusMeter }
  /** See SesSurroundings. */
  readonly smtpCa?: string
  /** Whom to ask for the certificates of SNS; SNS itself when not given. */
  readonly snsWeb?: SnsWeb
  /** Hears of every event of SES that was taken. */
  readonly onEvent?: (event: FeedbackEvent) => void
  /** What stands between the listener and the flow. */
  readonly wrapIntake?: (intake: Intake) => Intake
}

export interface StartedGateway {
  readonly ready: Ready
  /** Takes no more mail, finishes what it began, closes everything. */
  readonly stop: () => Promise<void>
}

export async function startGateway(options: StartOptions): Promise<StartedGateway> {
  const keys = await keyStart(options)
  const sesHeld = mustHold(await keys?.store.load()) ? { sesHeld: 'a DKIM key was being changed' } : {}
  const suppression = await openSuppression(options.plan, options.dataFolder, options.basics)
  const flow = await mailFlow({ ...options, ...sesHeld, screen: suppression.screen })
  let feedback: Feedback | undefined
  let legacyLogs: FollowedLogs | undefined
  try {
    legacyLogs = await openLegacyLogs({ ...options, figures: flow.figures })
    feedback = await feedbackOf(options, flow, { suppress: suppression.hear })
    return await open(options, flow, { keys, suppression, feedback, legacyLogs })
  } catch (error) {
    // A port that is taken must not leave a queue locked behind it.
    await feedback?.stop()
    await legacyLogs?.stop()
    await suppression.stop()
    await flow.stop()
    await suppression.close()
    await keys?.zone?.stop()
    throw error
  }
}

interface Beside {
  readonly keys: KeyStart | undefined
  readonly suppression: Suppression
  readonly feedback: Feedback | undefined
  readonly legacyLogs: FollowedLogs | undefined
}

/** Undefined when the plan opens no port for events. */
async function feedbackOf(
  options: StartOptions,
  { queue, figures }: MailFlow,
  listeners: FeedbackListeners,
): Promise<Feedback | undefined> {
  const { feedback } = options.plan
  if (feedback === undefined) return undefined
  const back = { return: returnListener({ ...options, feedback }, queue) }
  return openFeedback({ ...options, feedback, desk: queue, figures, listeners: { ...listeners, ...back } })
}

async function open(options: StartOptions, flow: MailFlow, beside: Beside): Promise<StartedGateway> {
  const { plan, basics, dataFolder } = options
  const { keys, suppression, feedback, legacyLogs } = beside
  const { clock, log, meter } = basics
  const now = () => clock.now()
  const listener = await startListener(plan, options.wrapIntake?.(flow.intake) ?? flow.intake, options)
  let life: KeyLife | undefined
  const alignment = alignmentNow({
    domain: plan.domain,
    identity: flow.ses.identity,
    ...(keys === undefined ? {} : { text: (name) => askResolvers(keys.dns)({ name, type: 'TXT' }) }),
    switching: () => switchUnderWay(life),
  })
  const misaligned = async () => (await alignment())?.message
  const operations = operationsOf({
    plan,
    flow,
    basics,
    startedAt: now(),
    sessions: () => listener.sessions(),
    misaligned,
    ...(feedback === undefined ? {} : { feedback: feedback.operations }),
    ...(legacyLogs === undefined ? {} : { legacyLogs: legacyLogs.status }),
  })
  const suppressionDesk = suppression.start(flow.ses.controlPlane)
  const loops = await startLoops(options, {
    flow,
    operations,
    misaligned,
    alignment,
    feedback,
    keys,
    suppression: suppressionDesk,
    heard: (one) => (life = one),
  })
  const figures = figureGauges(flow.figures, plan.domain)
  const status = await listenOnPort(statusApp({ operations, metrics: meter, figures, now, log }).fetch, plan.status)
  const desks = {
    figures: flow.figures,
    suppression: suppressionDesk,
    ...loops.desks,
    ...(feedback === undefined ? {} : { feedback: feedback.operations }),
  }
  const control = await listenOnSocket(controlApp(operations, log, desks).fetch, controlSocketIn(dataFolder))
  log.info('ready', { smtp: listener.address, status: status.address })
  return {
    ready: {
      smtp: listener.address,
      http: `http://${status.address}`,
      control: control.address,
      ...(feedback === undefined ? {} : { feedback: `http://${feedback.address}` }),
      ...(legacyLogs?.address === undefined ? {} : { syslog: legacyLogs.address }),
      ...(keys?.zone?.server === undefined ? {} : { zone: `${keys.zone.server.address}:${keys.zone.server.port}` }),
    },
    stop: () => stopInOrder(options, { ...beside, flow, loops, listener, ports: [status, control] }),
  }
}

interface Stopping extends Beside {
  readonly flow: MailFlow
  readonly loops: Loops
  readonly listener: { readonly stop: () => Promise<void> }
  readonly ports: readonly { readonly close: () => Promise<void> }[]
}

/** First nothing new comes, then what is under way ends, then what it needed goes. */
async function stopInOrder({ plan, basics: { clock, log } }: StartOptions, parts: Stopping): Promise<void> {
  const { flow, loops, suppression, feedback, keys } = parts
  flow.refuseMail()
  await Promise.all([loops.stop(), suppression.stop()])
  await parts.listener.stop()
  await Promise.all([feedback?.stop(), parts.legacyLogs?.stop()])
  // What is still under way then is in doubt after the next start, and tried again in its time: late, not lost.
  const finished = flow.stop().then(() => true)
  const late = clock.sleep(plan.gateway.limits.stopSeconds * SECOND_MS).then(() => false)
  if (await Promise.race([finished, late])) await suppression.close()
  else log.warn('stoppedBeforeTheEnd')
  await Promise.all([...parts.ports.map((port) => port.close()), keys?.zone?.stop()])
  log.info('stopped')
}

interface LoopParts extends KeyTraffic {
  readonly alignment: ReturnType<typeof alignmentNow>
  readonly feedback: Feedback | undefined
  readonly keys: KeyStart | undefined
  readonly suppression: SuppressionOperations
  /** Given the life of the keys as soon as it begins. */
  readonly heard: (life: KeyLife) => void
}

interface Loops {
  readonly desks: Pick<OtherDesks, 'keys' | 'shift' | 'watch' | 'reports' | 'maintenance'>
  readonly stop: () => Promise<void>
}

/** What looks by itself again and again: the keys, the stage, the alerts. */
async function startLoops(options: StartOptions, parts: LoopParts): Promise<Loops> {
  const { flow, operations, alignment, feedback, suppression } = parts
  const life = parts.keys === undefined ? undefined : await startKeys(options, parts.keys, parts)
  if (life !== undefined) parts.heard(life)
  const shift = await startShift({
    ...options,
    flow,
    alignment,
    hears: feedback !== undefined,
    setStage: (order) => operations.setStage(order),
  })
  const watch = await startWatch({ ...options, operations, flow, suppression, keys: life, shift: shift.desk })
  return {
    desks: {
      shift: shift.desk,
      ...watch.desks,
      ...(life === undefined ? {} : { keys: life.operations }),
    },
    stop: async () => {
      await Promise.all([shift.stop(), life?.stop(), watch.stop()])
    },
  }
}

interface KeyTraffic {
  readonly flow: MailFlow
  readonly operations: Operations
  readonly misaligned: () => Promise<string | undefined>
}

function startKeys(
  options: StartOptions,
  keys: KeyStart,
  { flow, operations, misaligned }: KeyTraffic,
): Promise<KeyLife> {
  const { controlPlane } = flow.ses
  const traffic = signingTraffic({
    ses: flow.dispatchers.ses,
    store: flow.store,
    setStage: (order) => operations.setStage(order),
  })
  const zone = keys.zone === undefined ? {} : { ownZone: keys.zone.zone }
  return keyLife({ ...options, ...keys, ...zone, controlPlane, traffic, misaligned })
}

interface KeyStart {
  readonly dkim: DkimPlan
  readonly store: DkimStore
  readonly dns: Dns
  readonly zone?: OwnZone
}

function awsCredentials({ plan, environment }: StartOptions): Pick<Parameters<typeof ownZone>[0], 'credentials'> {
  const { credentials } = sesPlace(plan, environment)
  return credentials === undefined ? {} : { credentials }
}

/** What the life of the keys needs before any route runs; undefined when the plan leaves keys alone. */
async function keyStart(options: StartOptions): Promise<KeyStart | undefined> {
  const { plan, basics, dataFolder } = options
  const { dkim, domain } = plan
  if (dkim === undefined) return undefined
  const store = await dkimStoreIn(options)
  const served =
    dkim.publish === 'cname' && dkim.zone !== undefined
      ? { zone: await ownZone({ plan: dkim.zone, dataFolder, domain, basics, ...awsCredentials(options) }) }
      : {}
  return { dkim, store, dns: planDns(plan, basics, served.zone?.server), ...served }
}

function switchUnderWay(life: KeyLife | undefined): string | undefined {
  const selector = life?.last()?.observation.record.switching?.selector
  return selector === undefined
    ? undefined
    : `SES is being switched to the DKIM key ${selector}: wait until "watari dkim status" says that it signs`
}
