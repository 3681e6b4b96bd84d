// What `watari plan calendar` has to say, as a shape that each language fills.
import type { Order } from '../core/plan/calendar-report.ts'
import type { TaskKind } from '../core/plan/calendar-tasks.ts'

export interface CalendarWords {
  readonly title: (domain: string) => string
  readonly working: string
  readonly weekendsOnly: string
  readonly beyondHolidays: (last: number) => string
  readonly order: Readonly<Record<Order, string>>
  readonly span: (of: { from: string; last: string; days: number }) => string
  readonly fits: (of: { allowed: number; spare: number }) => string
  readonly tooLong: (of: { allowed: number; over: number }) => string
  readonly noPhases: string
  readonly firstMail: (days: number) => string
  readonly critical: (chain: string) => string
  readonly columns: { readonly task: string; readonly from: string; readonly to: string; readonly slack: string }
  readonly legend: (daysPerColumn: number) => string
  readonly phase: (phase: number, name: string) => string
  readonly quota: (percent: number) => string
  readonly stage: (percent: number) => string
  readonly mendedWhy: (of: { sooner: number }) => string
  readonly mendedHow: (after: string) => string
  readonly today: (of: { date: string; day: number }) => string
  readonly beforeStart: (of: { date: string; days: number }) => string
  readonly running: (tasks: string) => string
  readonly nothingRuns: string
  readonly next: (of: { task: string; days: number }) => string
  readonly over: string
  readonly quotaTitle: string
  readonly quotaColumns: readonly [string, string, string, string, string, string]
  readonly granted: string
  readonly stageTime: (of: { hours: string; leastMails: string; mailHours: string }) => string
  readonly quotaNote: (of: { perDay: number; perSecond: number }) => string
  readonly beyondDesign: (stages: string) => string
  readonly icsName: (domain: string) => string
  readonly icsSlack: (of: { slack: number; isCritical: boolean }) => string
  readonly icsKind: Readonly<Record<TaskKind, string>>
  /** Between the tasks of a chain, the items of a list, and two sentences. */
  readonly chain: string
  readonly list: string
  readonly sentence: string
}
