// Everything that `watari plan calendar` tells, as one value: the order of the plan and the order that the work needs, each with
// its end, its critical path and where today stands in it, and what has to be asked of AWS when.
import { mendedTasks, plannedTasks, type Task } from './calendar-tasks.ts'
import { quotaSteps, stageHours, type QuotaStep, type StageTime } from './calendar-quota.ts'
import { schedule, type Calendar, type ScheduledTask } from './calendar.ts'
import type { CivilDay } from './civil-day.ts'
import { phaseCalendar } from './critical-path.ts'
import type { StagePlan } from './design.ts'
import type { Plan } from './plan.ts'
import { isBeyondHolidays, knowsHolidays, workingDaysOf, type WorkingDays } from './working-days.ts'

/** given: as the plan says. mended: as the work needs. */
export type Order = 'given' | 'mended'

export interface OrderedCalendar extends Calendar {
  readonly order: Order
  readonly days: number
  /** Days left between its end and the end of the time that the plan allows; negative when it is too long. */
  readonly spareDays?: number
  /** Days until the first mail goes by SES. */
  readonly daysToFirstMail?: number
  readonly position: Position
}

/** Where today stands, if all went by the calendar. */
export interface Position {
  /** 1 is the first day; 0 and less before it. */
  readonly day: number
  readonly done: number
  readonly running: readonly string[]
  /** The next that begins after today. */
  readonly next?: { readonly id: string; readonly inDays: number }
}

export interface CalendarReport {
  readonly kind: 'calendar'
  readonly domain: string
  readonly today: CivilDay
  readonly calendars: readonly OrderedCalendar[]
  readonly migrationDays?: number
  readonly quota: readonly (QuotaStep & { readonly time: StageTime & { readonly leastMails: number } })[]
  /** Whether the holidays of the country are known; elsewhere only weekends are. */
  readonly knowsHolidays: boolean
  /** The calendar runs into years whose holidays are not known yet. */
  readonly isBeyondHolidays: boolean
}

export interface CalendarQuestion {
  readonly plan: Plan
  readonly today: CivilDay
  /** Without it schedule.startOn of the plan, or else the next working day. */
  readonly from?: CivilDay
}

/** Longer is no migration, and further than dates can be counted. */
const STAGE_DAYS_MAX = 3_660

export type CalendarFault =
  /** A phase that waits for itself, or for one that is not there, has no day: `watari check` finds it too. */
  | { readonly kind: 'fault'; readonly phase: number; readonly waitsFor: number }
  /** At this volume a stage's least number of mails is not sent in ten years. */
  | { readonly kind: 'endless'; readonly percent: number; readonly days: number }

export function calendarReport({ plan, today, from }: CalendarQuestion): CalendarReport | CalendarFault {
  const phases = phaseCalendar(plan.schedule.phases ?? [])
  if (phases.kind === 'fault') return phases
  const endless = plan.stages
    .map((stage) => ({ percent: stage.percent, days: Math.ceil(stageHours(plan, stage).hours / 24) }))
    .find(({ days }) => days > STAGE_DAYS_MAX)
  if (endless !== undefined) return { kind: 'endless', ...endless }
  const { closedDays, migrationDays } = plan.schedule
  const working = workingDaysOf({ timeZone: plan.timeZone, closedDays })
  const start = from ?? working.next(today)
  const mended = mendedTasks(plan)
  const world: World = { start, today, working, ...(migrationDays === undefined ? {} : { migrationDays }) }
  const calendars = [
    calendarOf('given', plannedTasks(plan), world),
    ...(mended === undefined ? [] : [calendarOf('mended', mended, world)]),
  ]
  const steps = quotaSteps(plan)
  return {
    kind: 'calendar',
    domain: plan.domain,
    today,
    calendars,
    ...(migrationDays === undefined ? {} : { migrationDays }),
    quota: steps.flatMap((step) => {
      const stage = plan.stages.find(({ percent }) => percent === step.percent)
      return stage === undefined ? [] : [{ ...step, time: timeOf(plan, stage) }]
    }),
    knowsHolidays: knowsHolidays(plan.timeZone),
    isBeyondHolidays:
      knowsHolidays(plan.timeZone) && calendars.some(({ from, to }) => isBeyondHolidays(from) || isBeyondHolidays(to)),
  }
}

function timeOf(plan: Plan, stage: StagePlan): StageTime & { readonly leastMails: number } {
  return { ...stageHours(plan, stage), leastMails: stage.leastMails }
}

interface World {
  readonly start: CivilDay
  readonly today: CivilDay
  readonly working: WorkingDays
  readonly migrationDays?: number
}

function calendarOf(order: Order, tasks: readonly Task[], { start, today, working, migrationDays }: World) {
  const calendar = schedule(tasks, start, working)
  const days = calendar.to - calendar.from
  const first = calendar.tasks.find(
    ({ kind, subject }) => kind === 'stage' && subject.kind === 'stage' && subject.percent > 0,
  )
  return {
    ...calendar,
    order,
    days,
    ...(migrationDays === undefined ? {} : { spareDays: migrationDays - days }),
    ...(first === undefined ? {} : { daysToFirstMail: first.from - calendar.from }),
    position: positionIn(calendar, today),
  }
}

function positionIn({ from, tasks }: Calendar, today: CivilDay): Position {
  const coming = tasks.filter((task) => task.from > today).toSorted((a, b) => a.from - b.from)
  const [next] = coming
  return {
    day: today - from + 1,
    done: tasks.filter((task) => lastDayOf(task) < today).length,
    running: tasks.filter((task) => task.from <= today && lastDayOf(task) >= today).map(({ id }) => id),
    ...(next === undefined ? {} : { next: { id: next.id, inDays: next.from - today } }),
  }
}

/** The last day on which it is at work; what is automatic happens on its day. */
export function lastDayOf({ from, to }: ScheduledTask): CivilDay {
  return Math.max(from, to - 1)
}
