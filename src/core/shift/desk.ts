// What a person asks of the robot and tells it: status, start, lock, unlock, why, and whether a later program would decide
// the same. Every order has a name and a reason.
import { shiftAlarms, type ShiftAlarms } from './alarms.ts'
import { heldDomains } from './after-decision.ts'
import { ceilings, type Ceiling } from './ceilings.ts'
import { decide } from './decide.ts'
import type { Decision, DecisionRecord } from './decision.ts'
import type { GateReading } from './gates.ts'
import type { Lane } from './lanes.ts'
import type { ShiftPolicy } from './policy.ts'
import type { RobotStore } from './ports.ts'
import { lockNow, NEW_ROBOT, type Lock, type RobotState } from './robot-state.ts'
import type { Stage } from './stage.ts'
import type { LookReport, Robot } from './tick.ts'

export interface ShiftOrder {
  readonly by: string
  readonly reason: string
}

export interface ShiftStatus {
  readonly mode: ShiftPolicy['mode']
  readonly stage: Stage
  readonly stages: readonly number[]
  readonly lookedAt: number
  readonly decision: Decision
  /** What it would do but for a lock. */
  readonly wouldBe?: Decision
  readonly outcome: string
  readonly lock?: Lock
  readonly started?: RobotState['started']
  readonly coolDownUntil?: number
  readonly heldBack: readonly { readonly domain: string; readonly until: number; readonly reason: string }[]
  /** Of each gate the reading over the longest time, and the worst over any. */
  readonly gates: readonly GateReading[]
  /** False: nothing is known of how the old hosts do, so only the limits hold. */
  readonly comparable: boolean
  readonly ceilings: readonly Ceiling[]
}

/** A decision as a list shows it. */
export type DecisionLine = Pick<DecisionRecord, 'id' | 'at' | 'decision' | 'outcome'>

export interface Replayed {
  readonly judged: number
  /** Decisions that this program would make in another way, with what it would say. */
  readonly differ: readonly { readonly id: string; readonly was: Decision; readonly now: Decision }[]
}

export interface ShiftDesk {
  /** Looks now, and does what follows. */
  look(): Promise<ShiftStatus>
  status(): Promise<ShiftStatus>
  start(order: ShiftOrder): Promise<RobotState>
  lock(order: ShiftOrder & { readonly until?: number }): Promise<RobotState>
  unlock(order: ShiftOrder): Promise<RobotState>
  decisions(limit: number): Promise<readonly DecisionLine[]>
  /** With all it was made on; undefined when there is no such decision. */
  explain(id: string): Promise<DecisionRecord | undefined>
  replay(limit: number): Promise<Replayed>
  /** What people have to hear of the last look; undefined before the first. */
  alarms(): ShiftAlarms | undefined
}

export interface ShiftDeskOptions {
  readonly robot: Robot
  readonly store: Pick<RobotStore, 'decisions'>
  readonly policy: ShiftPolicy
  readonly now: () => number
  /** Says an order to the log. */
  readonly told: (what: string, order: ShiftOrder) => void
}

/** As far back as anybody asks for one by its id. */
const EXPLAIN_MAX = 10_000

export function shiftDesk({ robot, store, policy, now, told }: ShiftDeskOptions): ShiftDesk {
  // What a person said since the last look shows at once.
  const statusNow = async (report: LookReport): Promise<ShiftStatus> =>
    statusOf(report, await robot.state(), { policy, nowMs: now() })
  return {
    look: async () => statusNow(await robot.look()),
    status: async () => statusNow(robot.last() ?? (await robot.look())),
    async start(order) {
      told('start', order)
      // A start says that the reasons of former roll-backs are gone; what is held back or locked stays so.
      return robot.change(({ heldBack, lock }) => ({
        ...NEW_ROBOT,
        heldBack,
        ...(lock === undefined ? {} : { lock }),
        started: { by: order.by, reason: order.reason, at: now() },
      }))
    },
    async lock({ by, reason, until }) {
      told('lock', { by, reason })
      return robot.change((state) => ({
        ...state,
        lock: { by, reason, at: now(), ...(until === undefined ? {} : { until }) },
      }))
    },
    async unlock(order) {
      told('unlock', order)
      return robot.change(withoutLock)
    },
    alarms() {
      const last = robot.last()
      return last && shiftAlarms(last, policy.mode)
    },
    decisions: async (limit) =>
      (await store.decisions(limit)).map(({ id, at, decision, outcome }) => ({ id, at, decision, outcome })),
    explain: async (id) => (await store.decisions(EXPLAIN_MAX)).find((record) => record.id === id),
    async replay(limit) {
      const records = await store.decisions(limit)
      const differ = records.flatMap(({ id, decision: was, observation }) => {
        const { decision: again } = decide(observation, policy)
        return again.kind === was.kind && again.reason === was.reason ? [] : [{ id, was, now: again }]
      })
      return { judged: records.length, differ }
    },
  }
}

/** What a robot remembers but for a person's lock. */
export function withoutLock(state: RobotState): RobotState {
  const { lock: _, ...rest } = state
  return rest
}

function statusOf(
  report: LookReport,
  state: RobotState,
  { policy, nowMs }: { readonly policy: ShiftPolicy; readonly nowMs: number },
): ShiftStatus {
  const { observation, decision, wouldBe, outcome, readings } = report
  const { stage } = observation
  const lock = lockNow(state, nowMs)
  const held = new Set(heldDomains(state))
  return {
    mode: policy.mode,
    stage,
    stages: policy.stages.map(({ percent }) => percent),
    lookedAt: observation.nowMs,
    decision,
    ...(wouldBe === undefined ? {} : { wouldBe }),
    outcome,
    ...(lock === undefined ? {} : { lock }),
    ...(state.started === undefined ? {} : { started: state.started }),
    ...(state.coolDownUntil > nowMs ? { coolDownUntil: state.coolDownUntil } : {}),
    heldBack: state.heldBack
      .filter(({ domain }) => held.has(domain))
      .map(({ domain, until, reason }) => ({ domain, until, reason })),
    gates: policy.gates.flatMap(({ name }) => worstOf(readings.filter(({ gate }) => gate === name))),
    comparable: observation.windows.some(({ domains }) => domains.some(({ legacy }) => hasOutcomes(legacy))),
    ceilings: ceilings(observation, policy),
  }
}

const hasOutcomes = (lane: Lane): boolean => lane.delivered + lane.hardBounced + lane.softBounced > 0

const WEIGHT = { bad: 0, suspect: 1, good: 2, unknown: 3 } as const

/** The reading that a person should see: the worst, and of equals the one over the longest time. */
function worstOf(readings: readonly GateReading[]): readonly GateReading[] {
  const sorted = readings.toReversed().toSorted((a, b) => WEIGHT[a.verdict] - WEIGHT[b.verdict])
  return sorted.slice(0, 1)
}
