// The robot (S3, S4): look, decide, write down why, move the stage. One look at a time, every few seconds.
// Its rule: nothing but this or a person moves the stage, and a decision is on disk before it is taken.
import type { AbortSignalLike, Clock } from '../base/clock.ts'
import type { Log } from '../base/log.ts'
import { afterDecision, heldDomains } from './after-decision.ts'
import { decide, ROBOT, type Decided } from './decide.ts'
import { decisionId, type Decision, type DecisionRecord } from './decision.ts'
import type { Looking, Moment } from './observe.ts'
import type { ShiftObservation } from './observation.ts'
import { LOOK_EVERY_MS, RECORD_HOLD_EVERY_MS, type RobotMode, type ShiftPolicy } from './policy.ts'
import type { RobotBefore, RobotStore, ShiftStore } from './ports.ts'
import { NEW_ROBOT, type RobotState } from './robot-state.ts'
import type { StageOrder } from './set-stage.ts'
import type { Stage } from './stage.ts'

/** Moves the stage, or says why not. */
export type MoveStage = (order: StageOrder) => Promise<StageMoved>

type StageMoved =
  | { readonly kind: 'done' }
  | { readonly kind: 'refused'; readonly reason: string; readonly message: string }

export interface RobotOptions {
  readonly policy: ShiftPolicy
  readonly eyes: Looking
  readonly store: RobotStore
  readonly stages: Pick<ShiftStore, 'current' | 'history'>
  /** The same door that a person takes. */
  readonly setStage: MoveStage
  readonly now: () => number
  readonly log: Log
}

export interface LookReport extends Decided {
  readonly observation: ShiftObservation
  /** 'done', 'advised' when the mode keeps it from acting, or why it could not be done. */
  readonly outcome: string
}

export interface Robot {
  /** One look; looks that are asked for at once follow each other. */
  look(): Promise<LookReport>
  /** What the last look saw; undefined before the first. */
  last(): LookReport | undefined
  /** Changes what the robot remembers, between two looks. */
  change(to: (state: RobotState) => RobotState): Promise<RobotState>
  state(): Promise<RobotState>
}

/** Another gateway writes once in its look of some seconds. */
const CHANGE_TRIES = 5

export function robot(options: RobotOptions): Robot {
  let before: Promise<unknown> = Promise.resolve()
  let last: LookReport | undefined
  let recorded: Recorded = { key: '', at: 0 }
  const inTurn = <T>(act: () => Promise<T>): Promise<T> => {
    const turn = before.then(act)
    before = turn.catch(() => undefined)
    return turn
  }
  const load = async (): Promise<RobotState> => (await options.store.load()) ?? NEW_ROBOT
  return {
    look: () =>
      inTurn(async () => {
        const report = await lookOnce(options, { state: await options.store.load() }, recorded)
        recorded = report.recorded
        return (last = report.report)
      }),
    last: () => last,
    change: (to) =>
      inTurn(async () => {
        for (let tries = 1; tries <= CHANGE_TRIES; tries += 1) {
          const before = { state: await options.store.load() }
          const state = to(before.state ?? NEW_ROBOT)
          if ((await options.store.save(state, undefined, before)) === 'saved') return state
        }
        throw new Error('other gateways change what the robot remembers at the same time: ask again')
      }),
    state: load,
  }
}

interface Recorded {
  readonly key: string
  readonly at: number
}

async function lookOnce(
  options: RobotOptions,
  before: RobotBefore,
  recorded: Recorded,
): Promise<{ readonly report: LookReport; readonly recorded: Recorded }> {
  const { policy, eyes, stages, now, log } = options
  const { state = NEW_ROBOT } = before
  const stage = await stages.current()
  const nowMs = now()
  const observation = await eyes.look({ nowMs, stage, state, ...percentsOf(await stages.history(HISTORY_READ)) })
  const decided = decide(observation, policy)
  const { decision, wouldBe } = decided
  const key = keyOf(decided)
  const acts = decision.kind !== 'hold' && mayAct(policy.mode, decision, stage.percent)
  const news = key !== recorded.key || nowMs - recorded.at >= RECORD_HOLD_EVERY_MS
  if (!acts && !news) return { report: { ...decided, observation, outcome: waits(decision) }, recorded }
  if (wouldBe !== undefined && news) log.alarm('shiftLocked', { would: wouldBe.kind, why: wouldBe.message })
  const after = acts ? afterDecision({ state, percent: stage.percent, nowMs }, decision, policy) : state
  const record = recordOf(decided, observation, acts ? 'decided' : waits(decision))
  // Another gateway's robot, or a person there, was first: what they wrote is looked at next time.
  if ((await options.store.save(after, record, before)) === 'changedMeanwhile') {
    return { report: { ...decided, observation, outcome: 'changedMeanwhile' }, recorded }
  }
  const outcome = acts ? await act(options, { decision, id: record.id, after, observation }) : waits(decision)
  say(log, { decision, outcome, id: record.id, percent: stage.percent })
  // What could not be done is decided again at the next look, and has left no trace in what the robot remembers.
  if (acts && outcome !== 'done') await options.store.save(state, undefined, { state: after })
  const kept = outcome === 'done' || !acts ? { key, at: nowMs } : recorded
  return { report: { ...decided, observation, outcome }, recorded: kept }
}

/** Domains are held back and tried again some times in a stage; more changes of one percent than this are not looked at. */
const HISTORY_READ = 100

/** Since when the percent is what it is, and what it was before: a domain that is held back changes neither. */
function percentsOf(history: readonly Stage[]): Pick<Moment, 'percentBefore' | 'percentSince'> {
  const now = history.at(-1)
  if (now === undefined) return {}
  const other = history.findLastIndex(({ percent }) => percent !== now.percent)
  const { changedAt: at, changedBy: by } = history[other + 1]!
  const before = history[other]
  return { percentSince: { at, by }, ...(before === undefined ? {} : { percentBefore: before.percent }) }
}

const waits = (decision: Decision): string => (decision.kind === 'hold' ? 'held' : 'advised')

/** The same answer for the same reason is written once. */
function keyOf({ decision, wouldBe }: Decided): string {
  const domain = 'domain' in decision ? decision.domain : ''
  return `${decision.kind} ${decision.reason} ${domain} ${wouldBe?.kind ?? ''} ${wouldBe?.reason ?? ''}`
}

function mayAct(mode: RobotMode, decision: Decision, percent: number): boolean {
  if (mode === 'on') return true
  if (mode !== 'rollBack') return false
  if (decision.kind === 'ceiling') return decision.percent < percent
  return decision.kind === 'rollBack' || decision.kind === 'holdBack'
}

interface Act {
  readonly decision: Decision
  readonly id: string
  readonly after: RobotState
  readonly observation: ShiftObservation
}

async function act({ setStage }: RobotOptions, { decision, id, after, observation }: Act): Promise<string> {
  const percent = 'percent' in decision ? decision.percent : observation.stage.percent
  const answer = await setStage({
    percent,
    by: ROBOT,
    // A person who has set the stage since the look has the word.
    ifChangedAt: observation.stage.changedAt,
    reason: `${decision.reason}: ${decision.message} (${id})`,
    heldBack: heldDomains(after),
  })
  if (answer.kind === 'done' || answer.reason === 'sameValue') return 'done'
  return `${answer.reason}: ${answer.message}`
}

function recordOf({ decision, readings }: Decided, observation: ShiftObservation, outcome: string): DecisionRecord {
  const at = observation.nowMs
  return { id: decisionId(at), at, decision, outcome, readings, observation }
}

interface Said {
  readonly decision: Decision
  readonly outcome: string
  readonly id: string
  readonly percent: number
}

function say(log: Log, { decision, outcome, id, percent }: Said): void {
  const fields = {
    decision: id,
    did: decision.kind,
    reason: decision.reason,
    why: decision.message,
    from: percent,
    outcome,
    ...('percent' in decision ? { to: decision.percent } : {}),
    ...('domain' in decision ? { domain: decision.domain } : {}),
  }
  if (decision.kind === 'rollBack' || decision.kind === 'holdBack') log.alarm('shift', fields)
  else log.info('shift', fields)
}

export interface RobotLoop {
  run(): Promise<void>
  stop(): void
}

/** Looks until it is stopped. A look that fails is told once, and the next one comes all the same. */
export function robotLoop(options: {
  readonly robot: Robot
  readonly clock: Clock
  readonly log: Log
  readonly stopping: AbortSignalLike
  readonly failed: (error: unknown) => void
}): RobotLoop {
  const { robot: eyes, clock, log, stopping, failed } = options
  let stopped = false
  let failing = false
  return {
    async run() {
      while (!stopped && !stopping.aborted) {
        try {
          await eyes.look()
          failing = false
        } catch (error) {
          if (!failing) log.alarm('shiftBlind', { why: 'the robot could not look or write; the stage stays as it is' })
          failing = true
          failed(error)
        }
        await clock.sleep(LOOK_EVERY_MS, stopping)
      }
    },
    stop() {
      stopped = true
    },
  }
}
