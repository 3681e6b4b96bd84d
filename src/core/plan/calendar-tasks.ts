// The tasks of a migration and what each waits for: the plan's phases, the quota that AWS has to grant, the stages. Once in
// the order the plan gives, and once in the order that the work itself needs.
import { quotaSteps, stageHours } from './calendar-quota.ts'
import type { PhasePlan } from './design.ts'
import type { Plan } from './plan.ts'

/**
 * - people: our own working days
 * - dnsTeam: working days of another team
 * - aws: working days until AWS has answered
 * - automatic: takes no day of its own
 * - stage: days of sending, weekends too; begins on a working day, because a person raises the stage
 */
export type TaskKind = 'people' | 'dnsTeam' | 'aws' | 'automatic' | 'stage'

export interface Task {
  /** Stable: 'phase-6', 'quota-10', 'stage-10'. */
  readonly id: string
  readonly kind: TaskKind
  readonly subject: TaskSubject
  /** Working days; of a stage days of sending. */
  readonly days: number
  /** Ids of tasks that must be over before. */
  readonly after: readonly string[]
  /** Ids of tasks that must have begun before. */
  readonly afterStart: readonly string[]
}

export type TaskSubject =
  | { readonly kind: 'phase'; readonly phase: number; readonly name: string }
  | { readonly kind: 'quota'; readonly percent: number }
  | { readonly kind: 'stage'; readonly percent: number }

/** The phases of §10.1 that the order is known of. */
const PHASE = {
  infrastructure: 1,
  dkimSystem: 2,
  ses: 3,
  keys: 4,
  request: 5,
  dnsWait: 6,
  dkimOn: 7,
  watch: 8,
} as const

/**
 * What each phase really waits for. Watari makes and seals keys by itself, so they and the request need no AWS account; the
 * DNS team works while everything else is built. Only switching DKIM on needs all of it.
 */
const NEEDED_BEFORE: Readonly<Record<number, readonly number[]>> = {
  [PHASE.infrastructure]: [],
  [PHASE.dkimSystem]: [PHASE.infrastructure],
  [PHASE.ses]: [PHASE.infrastructure],
  [PHASE.keys]: [],
  [PHASE.request]: [PHASE.keys],
  [PHASE.dnsWait]: [PHASE.request],
  [PHASE.dkimOn]: [PHASE.dkimSystem, PHASE.ses, PHASE.dnsWait],
  [PHASE.watch]: [PHASE.dkimOn],
}

/** A plan counts days of the calendar: a week is five days of work. */
const WORKING_DAYS_A_WEEK = 5
const workingDays = (days: number) => Math.ceil((days * WORKING_DAYS_A_WEEK) / 7)

/** In the order the plan gives: each phase after the one before, or after those it names. */
export function plannedTasks(plan: Plan): readonly Task[] {
  const phases = plan.schedule.phases ?? []
  return tasksOf(
    plan,
    phases.map((phase, i) =>
      phaseTask(phase, phase.after ?? phases.slice(Math.max(0, i - 1), i).map(({ phase }) => phase)),
    ),
  )
}

/**
 * In the order that the work needs; undefined when the plan names its own order, or has other phases than the design, because
 * then nobody here knows what they wait for.
 */
export function mendedTasks(plan: Plan): readonly Task[] | undefined {
  const phases = plan.schedule.phases ?? []
  const numbers = new Set(phases.map(({ phase }) => phase))
  if (
    phases.length === 0 ||
    phases.some(({ phase, after }) => after !== undefined || NEEDED_BEFORE[phase] === undefined)
  ) {
    return undefined
  }
  return tasksOf(
    plan,
    phases.map((phase) => phaseTask(phase, neededBefore(phase.phase, numbers))),
  )
}

/** What a phase that the plan does not have would have waited for is waited for instead. */
function neededBefore(phase: number, there: ReadonlySet<number>): readonly number[] {
  const needed = (NEEDED_BEFORE[phase] ?? []).flatMap((one) => (there.has(one) ? [one] : neededBefore(one, there)))
  return [...new Set(needed)]
}

const phaseId = (phase: number) => `phase-${phase}`

function phaseTask({ phase, name, days }: PhasePlan, after: readonly number[]): Task {
  const kind = days === 0 ? 'automatic' : phase === PHASE.dnsWait ? 'dnsTeam' : 'people'
  const subject = { kind: 'phase', phase, name } as const
  return { id: phaseId(phase), kind, subject, days: workingDays(days), after: after.map(phaseId), afterStart: [] }
}

function tasksOf(plan: Plan, phases: readonly Task[]): readonly Task[] {
  return [...phases, ...quotaTasks(plan, phases), ...stageTasks(plan, phases)]
}

/** The quota of a stage is asked for when the one before has begun: AWS raises it for senders that use what they have. */
function quotaTasks(plan: Plan, phases: readonly Task[]): readonly Task[] {
  const account = phases.find(({ id }) => id === phaseId(PHASE.infrastructure))
  const steps = quotaSteps(plan)
  return steps.flatMap(({ percent, isGranted }, i): readonly Task[] => {
    const before = steps[i - 1]
    if (isGranted) return []
    return [
      {
        id: `quota-${percent}`,
        kind: 'aws',
        subject: { kind: 'quota', percent },
        days: plan.schedule.quotaRequestDays,
        after: before === undefined && account !== undefined ? [account.id] : [],
        afterStart: before === undefined ? [] : [`stage-${before.percent}`],
      },
    ]
  })
}

/** A stage comes after all that no other phase waits for, after the stage before it, and after its quota. */
function stageTasks(plan: Plan, phases: readonly Task[]): readonly Task[] {
  const waitedFor = new Set(phases.flatMap(({ after }) => after))
  const last = phases.filter(({ id }) => !waitedFor.has(id)).map(({ id }) => id)
  const quotas = new Set(quotaSteps(plan).flatMap(({ percent, isGranted }) => (isGranted ? [] : [percent])))
  return plan.stages.map((stage, i): Task => {
    const before = plan.stages[i - 1]
    return {
      id: `stage-${stage.percent}`,
      kind: 'stage',
      subject: { kind: 'stage', percent: stage.percent },
      days: Math.ceil(stageHours(plan, stage).hours / 24),
      after: [
        ...(before === undefined ? last : [`stage-${before.percent}`]),
        ...(quotas.has(stage.percent) ? [`quota-${stage.percent}`] : []),
      ],
      afterStart: [],
    }
  })
}
