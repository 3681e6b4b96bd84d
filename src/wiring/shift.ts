// The robot, put together: what it looks at, what it remembers, and the loop in which it looks.
import { tableRobotStore } from '../adapters/aws/robot-store.ts'
import { dynamoTable } from '../adapters/aws/table.ts'
import { fileRobotStore } from '../adapters/local/robot-store.ts'
import { HOUR_MS, SECOND_MS } from '../core/base/clock.ts'
import { costDesignOf } from '../core/plan/cost-design.ts'
import { stageCost } from '../core/plan/cost.ts'
import type { Plan } from '../core/plan/plan.ts'
import type { AlignmentDoubt } from '../core/shift/alignment.ts'
import { shiftDesk, type ShiftDesk } from '../core/shift/desk.ts'
import type { Gate } from '../core/shift/gates.ts'
import type { SesCondition } from '../core/shift/observation.ts'
import { looking } from '../core/shift/observe.ts'
import type { ShiftPolicy } from '../core/shift/policy.ts'
import { robot, robotLoop, type MoveStage } from '../core/shift/tick.ts'
import { describeError } from '../core/watch/describe-error.ts'
import type { Basics } from './basics.ts'
import { reportedDkim } from './dmarc.ts'
import { lately } from './lately.ts'
import type { MailFlow } from './mail-flow.ts'
import { awsPlace, type Environment } from './ses-place.ts'

export interface ShiftOptions {
  readonly plan: Plan
  readonly dataFolder: string
  readonly environment: Environment
  readonly basics: Basics
  readonly flow: MailFlow
  /** Whether events can come back at all; without them silence says nothing. */
  readonly hears: boolean
  readonly alignment: () => Promise<AlignmentDoubt | undefined>
  readonly setStage: MoveStage
}

export interface StartedShift {
  readonly desk: ShiftDesk
  readonly stop: () => Promise<void>
}

export async function startShift(options: ShiftOptions): Promise<StartedShift> {
  const { plan, basics, flow } = options
  const { clock, log } = basics
  const now = () => clock.now()
  const policy = shiftPolicy(plan)
  const { store, stop: stopStore } = await robotStoreOf(options)
  const eyes = {
    figures: flow.figures,
    ses: () => sesCondition(flow, now(), plan.ses.gateways),
    pipeline: () => (options.hears ? flow.pipeline.now() : { sentSinceEvent: 0 }),
    alignment: lately(options.alignment, clock),
    dkim: reportedDkim({ plan, dataFolder: options.dataFolder }, basics),
    unreadable: (error: unknown) => log.warn('shiftFigures', describeError(error)),
  }
  const { setStage } = options
  const one = robot({ policy, eyes: looking(eyes, policy), store, stages: flow.store, setStage, now, log })
  const stopping = new AbortController()
  const failed = (error: unknown): void => log.warn('shiftLook', describeError(error))
  const running =
    policy.mode === 'off'
      ? Promise.resolve()
      : robotLoop({ robot: one, clock, log, stopping: stopping.signal, failed }).run()
  return {
    desk: shiftDesk({
      robot: one,
      store,
      policy,
      now,
      told: (what, { by, reason }) => log.info('operator', { did: `shift ${what}`, by, why: reason }),
    }),
    async stop() {
      stopping.abort()
      await running
      stopStore()
    },
  }
}

/** With a table, a lock and what was decided hold for every gateway. */
async function robotStoreOf({ plan, dataFolder, environment, basics }: ShiftOptions) {
  const { log } = basics
  if (plan.shift.table === undefined) {
    const store = await fileRobotStore(dataFolder, (trouble) => log.alarm('shiftFile', { ...trouble }))
    return { store, stop: () => undefined }
  }
  const table = dynamoTable({ ...awsPlace(plan, environment), table: plan.shift.table })
  const onTrouble = (message: string) => log.alarm('shiftTable', { message })
  return { store: tableRobotStore({ table, domain: plan.domain, onTrouble }), stop: () => table.stop() }
}

/** The route as the robot sees it, and this gateway's part of the account. */
function sesCondition({ dispatchers, queue, ses }: MailFlow, nowMs: number, gateways: number): SesCondition {
  const { breaker, held } = dispatchers.ses
  const facts = ses.account.facts()
  const { waiting, active } = queue.counts().parts.ses
  const ROUTES = { running: 'running', pausing: 'waiting', stopped: 'stopped', closed: 'stoppedByPerson' } as const
  const isHeld = breaker.condition === 'running' && held !== undefined
  return {
    route: isHeld ? 'waiting' : ROUTES[breaker.condition],
    reason: isHeld ? `held: ${held}` : breaker.condition === 'running' ? '' : breaker.reason,
    troubleMs: breaker.since === undefined ? 0 : Math.max(0, nowMs - breaker.since),
    waiting: waiting + active,
    ...(facts === undefined ? {} : { sendingEnabled: facts.sendingEnabled, enforcement: facts.enforcement }),
    ...(facts === undefined ? {} : { maxPerSecond: facts.maxPerSecond / gateways, sent24Hours: facts.sentIn24Hours }),
    ...(facts === undefined || facts.maxIn24Hours === 'unlimited' ? {} : { max24Hours: facts.maxIn24Hours / gateways }),
  }
}

/** The plan's words as the robot's. Percents become fractions here and nowhere else. */
export function shiftPolicy(plan: Plan): ShiftPolicy {
  const { shift, gates, stages, volume } = plan
  const budget = budgetOf(plan)
  // Each gateway sees its own mail, so each counts with its own part of what is planned for all.
  const recipientsPerDay = volume.mailsPerDay === undefined ? undefined : volume.mailsPerDay / plan.ses.gateways
  return {
    domain: plan.domain,
    timeZone: plan.timeZone,
    mode: shift.robot,
    stages: stages.map(({ percent, leastHours, leastMails }) => ({
      percent,
      leastMs: leastHours * HOUR_MS,
      leastMails,
    })),
    gates: gatesOf(plan),
    slowMs: gates.latencySecondsMax * SECOND_MS,
    dkimPassAbove: gates.dkimPercentMin / 100,
    quotaShare: gates.quotaPercentMax / 100,
    coolDownMs: shift.coolDownHours * HOUR_MS,
    personMs: shift.personHours * HOUR_MS,
    holdBackMs: shift.holdBackHours * HOUR_MS,
    ...(recipientsPerDay === undefined ? {} : { recipientsPerDay }),
    ...(budget === undefined ? {} : { budget }),
  }
}

/** A p95 over the limit means that more than a twentieth is slow. */
const SLOW_SHARE = 0.05

/** How much more than legacy's part is still within what is normal between two routes, in fractions. */
const MARGINS = { bounce: 0.003, failure: 0.01, latency: 0.03 }

function gatesOf({ gates, shift }: Plan): readonly Gate[] {
  const ratio = shift.worseRatio
  const bounce = gates.bouncePercentMax / 100
  const complaint = gates.complaintPercentMax / 100
  return [
    { name: 'bounce', rollBackAbove: bounce, advanceBelow: bounce, ratio, margin: MARGINS.bounce },
    // The old hosts have no feedback loop to compare with.
    {
      name: 'complaint',
      rollBackAbove: complaint,
      advanceBelow: complaint,
      ratio: Number.POSITIVE_INFINITY,
      margin: 0,
    },
    {
      name: 'failure',
      rollBackAbove: (100 - gates.successPercentRollBack) / 100,
      advanceBelow: (100 - gates.successPercentMin) / 100,
      ratio,
      margin: MARGINS.failure,
    },
    { name: 'latency', rollBackAbove: SLOW_SHARE, advanceBelow: SLOW_SHARE, ratio, margin: MARGINS.latency },
  ]
}

/** What a recipient costs, all told, by the price table and the plan's own design; at the last stage, where it is least. */
function budgetOf(plan: Plan): ShiftPolicy['budget'] | undefined {
  const { yenPerMonth, yenPerDollar } = plan.budget
  const design = costDesignOf(plan)
  const last = plan.stages.at(-1)?.percent
  if (yenPerMonth === undefined || design === undefined || last === undefined) return undefined
  const { total, recipients } = stageCost(design, last)
  if (recipients === 0n) return undefined
  const yenPerRecipient = (Number(total) / PICODOLLARS / Number(recipients)) * yenPerDollar
  return { yenPerMonth: yenPerMonth / plan.ses.gateways, yenPerRecipient: Number(yenPerRecipient.toPrecision(4)) }
}

const PICODOLLARS = 1e12
