// Puts tasks on days: each as early as what it waits for allows, then each as late as the end allows. The difference is its
// slack; the chain of tasks that each waited for the one before, up to the end, is the critical path.
import { assert } from '../base/assert.ts'
import type { CivilDay } from './civil-day.ts'
import type { Task } from './calendar-tasks.ts'
import type { WorkingDays } from './working-days.ts'

export interface ScheduledTask extends Task {
  readonly from: CivilDay
  /** The first day after it; of an automatic task its own day. */
  readonly to: CivilDay
  /** How many days it may begin later without moving the end. */
  readonly slackDays: number
  /** On the critical path, or beside it and as long: the end waits for it. */
  readonly isCritical: boolean
}

export interface Calendar {
  readonly from: CivilDay
  /** The first day after everything. */
  readonly to: CivilDay
  /** In the order given. */
  readonly tasks: readonly ScheduledTask[]
  /** Ids, in order of time. */
  readonly criticalPath: readonly string[]
}

interface Span {
  readonly from: CivilDay
  readonly to: CivilDay
}

/** Tasks stand behind those they wait for. */
export function schedule(tasks: readonly Task[], from: CivilDay, working: WorkingDays): Calendar {
  const ordered = inOrder(tasks)
  const early = earliest(ordered, from, working)
  const to = Math.max(from, ...[...early.values()].map((span) => span.to))
  const late = latest(ordered, { early, to, working })
  const criticalPath = pathTo(ordered, early)
  const critical = new Set(criticalPath)
  const scheduled = tasks.map((task): ScheduledTask => {
    const span = early.get(task.id)!
    const slackDays = late.get(task.id)! - span.from
    return { ...task, ...span, slackDays, isCritical: slackDays === 0 || critical.has(task.id) }
  })
  return { from, to, tasks: scheduled, criticalPath }
}

/** So that each comes after all that it waits for. Throws for a circle, which the plan's rules refuse. */
function inOrder(tasks: readonly Task[]): readonly Task[] {
  const placed = new Set<string>()
  const ordered: Task[] = []
  while (ordered.length < tasks.length) {
    const ready = tasks.filter(
      ({ id, after, afterStart }) => !placed.has(id) && [...after, ...afterStart].every((before) => placed.has(before)),
    )
    assert(ready.length > 0, 'tasks wait for tasks that are there, and not in a circle')
    for (const task of ready) placed.add(task.id)
    ordered.push(...ready)
  }
  return ordered
}

/** The first day on which a task may begin, once it need not wait any more. */
function beginOn({ kind }: Task, day: CivilDay, working: WorkingDays): CivilDay {
  return kind === 'automatic' ? day : working.next(day)
}

function endOf({ kind, days }: Task, from: CivilDay, working: WorkingDays): CivilDay {
  if (kind === 'automatic') return from
  return kind === 'stage' ? from + days : working.after(from, days)
}

type Spans = ReadonlyMap<string, Span>

function earliest(ordered: readonly Task[], start: CivilDay, working: WorkingDays): Spans {
  const spans = new Map<string, Span>()
  for (const task of ordered) {
    const ready = Math.max(
      start,
      ...task.after.map((id) => spans.get(id)!.to),
      ...task.afterStart.map((id) => spans.get(id)!.from),
    )
    const from = beginOn(task, ready, working)
    spans.set(task.id, { from, to: endOf(task, from, working) })
  }
  return spans
}

/** The latest day on which each may begin without moving the end. */
function latest(
  ordered: readonly Task[],
  world: { readonly early: Spans; readonly to: CivilDay; readonly working: WorkingDays },
): ReadonlyMap<string, CivilDay> {
  const { early, to, working } = world
  const begins = new Map<string, CivilDay>()
  for (const task of ordered.toReversed()) {
    const waiting = ordered.filter(({ after }) => after.includes(task.id))
    const startWaiting = ordered.filter(({ afterStart }) => afterStart.includes(task.id))
    const overBy = Math.min(to, ...waiting.map(({ id }) => begins.get(id)!))
    const begunBy = Math.min(overBy, ...startWaiting.map(({ id }) => begins.get(id)!))
    let from = begunBy
    // Its earliest day does, so this ends there at the latest.
    while (from > early.get(task.id)!.from && !fits(task, { from, overBy, working })) from -= 1
    begins.set(task.id, from)
  }
  return begins
}

function fits(
  task: Task,
  at: { readonly from: CivilDay; readonly overBy: CivilDay; readonly working: WorkingDays },
): boolean {
  return beginOn(task, at.from, at.working) === at.from && endOf(task, at.from, at.working) <= at.overBy
}

/** From the task that ends last, back over the one that each waited for longest. */
function pathTo(ordered: readonly Task[], early: Spans): readonly string[] {
  const byId = new Map(ordered.map((task) => [task.id, task]))
  const path: string[] = []
  let at = latestOf(ordered.map(({ id }) => ({ id, day: early.get(id)!.to })))
  while (at !== undefined) {
    path.unshift(at)
    const { after, afterStart }: Task = byId.get(at)!
    at = latestOf([
      ...after.map((id) => ({ id, day: early.get(id)!.to })),
      ...afterStart.map((id) => ({ id, day: early.get(id)!.from })),
    ])
  }
  return path
}

/** Of several that are over on the same day the last one named, because it stands nearest to the end. */
function latestOf(candidates: readonly { readonly id: string; readonly day: CivilDay }[]): string | undefined {
  return candidates.reduce<(typeof candidates)[number] | undefined>(
    (best, one) => (best === undefined || one.day >= best.day ? one : best),
    undefined,
  )?.id
}
