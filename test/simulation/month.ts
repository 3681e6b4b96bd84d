// A month of the shift on a virtual clock: the real robot on drawn traffic. What it did, and when, comes out.
import { looking } from '../../src/core/shift/observe.ts'
import type { Decision, DecisionRecord } from '../../src/core/shift/decision.ts'
import type { Pipeline, SesCondition } from '../../src/core/shift/observation.ts'
import { pipelineWatch } from '../../src/core/shift/pipeline-watch.ts'
import type { ShiftPolicy } from '../../src/core/shift/policy.ts'
import { NEW_ROBOT, type RobotState } from '../../src/core/shift/robot-state.ts'
import { setStage } from '../../src/core/shift/set-stage.ts'
import { INITIAL_STAGE, type Stage } from '../../src/core/shift/stage.ts'
import { robot, type Robot } from '../../src/core/shift/tick.ts'
import { recordedLog } from '../support/fakes.ts'
import type { Traffic } from './traffic.ts'

export interface Done {
  readonly at: number
  readonly from: number
  readonly decision: Decision
}

export interface World {
  readonly robot: Robot
  readonly stage: () => Stage
  readonly done: readonly Done[]
  readonly records: () => readonly DecisionRecord[]
  /** Lets time pass: traffic in steps, and a look after each. */
  run(toMs: number, stepMs: number): Promise<void>
  readonly now: () => number
  readonly start: (by?: string) => Promise<void>
  readonly ses: SesState
  readonly log: ReturnType<typeof recordedLog>
}

export interface SesState {
  condition: SesCondition
  misaligned: string | undefined
  /** Events come back. */
  events: boolean
}

export const QUOTA = { max24Hours: 10_000_000, maxPerSecond: 200 }

export function world(options: { policy: ShiftPolicy; traffic: Traffic; fromMs: number; records?: number }): World {
  let now = options.fromMs
  let stage: Stage = { ...INITIAL_STAGE, changedAt: now }
  const history: Stage[] = []
  let state: RobotState = NEW_ROBOT
  const records: DecisionRecord[] = []
  const done: Done[] = []
  const log = recordedLog()
  const watch = pipelineWatch()
  const ses: SesState = {
    condition: { route: 'running', reason: '', troubleMs: 0, waiting: 0, sendingEnabled: true, ...QUOTA },
    misaligned: undefined,
    events: true,
  }
  const stages = {
    current: async () => stage,
    set: async (next: Stage) => {
      stage = next
      history.push(next)
      return 'set' as const
    },
    history: async (limit: number) => history.slice(-limit),
  }
  const one = robot({
    policy: options.policy,
    eyes: looking(
      {
        figures: options.traffic,
        ses: () => ses.condition,
        pipeline: (): Pipeline => watch.now(),
        alignment: async () => (ses.misaligned === undefined ? undefined : { message: ses.misaligned, sure: true }),
        unreadable: () => {},
        dkim: async () => undefined,
      },
      options.policy,
    ),
    store: {
      load: async () => state,
      save: async (next, record) => {
        state = next
        if (record !== undefined && records.length < (options.records ?? 2_000)) records.push(record)
        return 'saved'
      },
      decisions: async (limit) => records.slice(-limit),
    },
    stages,
    setStage: (order) =>
      setStage(
        { store: stages, now: () => now, log, misaligned: async () => ses.misaligned, changed: () => {} },
        order,
      ),
    now: () => now,
    log,
  })
  return {
    robot: one,
    stage: () => stage,
    done,
    records: () => records,
    now: () => now,
    ses,
    log,
    async start(by = 'sato') {
      await one.change(({ heldBack, lock }) => ({
        ...NEW_ROBOT,
        heldBack,
        ...(lock === undefined ? {} : { lock }),
        started: { by, reason: 'the plan begins', at: now },
      }))
    },
    async run(toMs, stepMs) {
      while (now < toMs) {
        const split = { percent: stage.percent, heldBack: stage.heldBack ?? [] }
        const sent = options.traffic.step(now, stepMs, split)
        if (sent.ses > 0) watch.sent(now, sent.ses)
        if (sent.ses > 0 && ses.events) watch.event(now)
        now += stepMs
        const from = stage.percent
        const { decision, outcome } = await one.look()
        if (outcome === 'done') done.push({ at: now, from, decision })
      }
    },
  }
}
