// When phases begin and end: a phase begins when those it waits for are over. Pure; days are counted from the first day.
import type { PhasePlan } from './design.ts'

export interface PhaseTimes {
  readonly phase: PhasePlan
  /** Days from the beginning. */
  readonly beginsOn: number
  readonly endsOn: number
  /** The phase whose end this one waited for. */
  readonly waitsFor?: number
}

export type Calendar =
  | {
      readonly kind: 'calendar'
      readonly phases: readonly PhaseTimes[]
      readonly days: number
      readonly critical: readonly number[]
    }
  /** A phase waits for itself, or for one that is not there. */
  | { readonly kind: 'fault'; readonly phase: number; readonly waitsFor: number }

/** Without `after` a phase waits for the one that is written before it. */
export function phaseCalendar(phases: readonly PhasePlan[]): Calendar {
  const done = new Map<number, PhaseTimes>()
  const waiting = phases.map((phase, i) => ({
    phase,
    after: phase.after ?? phases.slice(Math.max(0, i - 1), i).map((one) => one.phase),
  }))
  while (done.size < waiting.length) {
    const next = waiting.find(({ phase, after }) => !done.has(phase.phase) && after.every((one) => done.has(one)))
    if (next === undefined) return stuck(waiting, done)
    const last = next.after.map((one) => done.get(one)!).toSorted((a, b) => b.endsOn - a.endsOn)[0]
    const beginsOn = last?.endsOn ?? 0
    const { phase } = next
    done.set(phase.phase, {
      phase,
      beginsOn,
      endsOn: beginsOn + phase.days,
      ...(last === undefined ? {} : { waitsFor: last.phase.phase }),
    })
  }
  const times = [...done.values()]
  const days = Math.max(0, ...times.map(({ endsOn }) => endsOn))
  return {
    kind: 'calendar',
    phases: times,
    days,
    critical: pathTo(
      times.find(({ endsOn }) => endsOn === days),
      done,
    ),
  }
}

function stuck(
  waiting: readonly { readonly phase: PhasePlan; readonly after: readonly number[] }[],
  done: ReadonlyMap<number, PhaseTimes>,
): Calendar {
  const { phase, after } = waiting.find((one) => !done.has(one.phase.phase)) ?? waiting[0]!
  return { kind: 'fault', phase: phase.phase, waitsFor: after.find((one) => !done.has(one)) ?? phase.phase }
}

function pathTo(last: PhaseTimes | undefined, done: ReadonlyMap<number, PhaseTimes>): readonly number[] {
  if (last === undefined) return []
  const before = last.waitsFor === undefined ? undefined : done.get(last.waitsFor)
  return [...pathTo(before, done), last.phase.phase]
}
