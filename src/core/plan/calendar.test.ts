// Phases and stages on days: the goo.ne.jp plan counted out on a paper calendar, and what holds for every plan.
import fc from 'fast-check'
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { parsePlan } from '../../wiring/config.ts'
import { calendarReport, lastDayOf, type CalendarQuestion, type OrderedCalendar } from './calendar-report.ts'
import { quotaSteps, stageHours } from './calendar-quota.ts'
import type { Task } from './calendar-tasks.ts'
import { schedule } from './calendar.ts'
import { civilDay, dayText } from './civil-day.ts'
import type { Plan } from './plan.ts'
import { quotaRequest } from './quota-request.ts'
import { workingDaysOf } from './working-days.ts'

const day = (text: string) => civilDay(text)!
const MONDAY = day('2026-11-30')

function reading(text: string) {
  return parsePlan(text, { file: 'plan.yaml', hostname: 'gw' })
}
function planOf(text: string): Plan {
  const read = reading(text)
  if (read.kind === 'faulty') throw new Error(read.faults.join('\n'))
  return read.plan
}
const GOO = readFileSync('plans/goo.ne.jp.yaml', 'utf8')
const goo = planOf(GOO)
const SHORT = 'domain: example.jp\nregion: ap-northeast-1\nlegacy: { hosts: [{ host: mx.example.jp }] }\n'

function reportOf(question: CalendarQuestion) {
  const report = calendarReport(question)
  if (report.kind !== 'calendar') throw new Error(`the plan has no calendar: ${report.kind}`)
  return report
}

/** [id, first day, last day, slack] */
const rowsOf = ({ tasks }: OrderedCalendar) =>
  tasks.map((task) => [task.id, dayText(task.from), dayText(lastDayOf(task)), task.slackDays])

describe('the calendar of goo.ne.jp from Monday 30 November 2026', () => {
  const [given, mended] = reportOf({ plan: goo, today: MONDAY, from: MONDAY }).calendars

  it('takes 56 days in the order of the design, with holidays and the new year', () => {
    expect(rowsOf(given!)).toEqual([
      ['phase-1', '2026-11-30', '2026-12-04', 1],
      ['phase-2', '2026-12-07', '2026-12-11', 1],
      ['phase-3', '2026-12-14', '2026-12-18', 1],
      ['phase-4', '2026-12-19', '2026-12-19', 3],
      ['phase-5', '2026-12-19', '2026-12-19', 3],
      ['phase-6', '2026-12-21', '2027-01-07', 1],
      ['phase-7', '2027-01-08', '2027-01-08', 4],
      ['phase-8', '2027-01-08', '2027-01-08', 4],
      ['quota-10', '2026-12-07', '2026-12-08', 31],
      ['quota-50', '2027-01-08', '2027-01-12', 4],
      ['quota-100', '2027-01-13', '2027-01-14', 1],
      ['stage-10', '2027-01-08', '2027-01-08', 4],
      ['stage-50', '2027-01-13', '2027-01-15', 1],
      ['stage-100', '2027-01-18', '2027-01-24', 0],
    ])
    expect(given).toMatchObject({ order: 'given', days: 56, spareDays: -26, daysToFirstMail: 39 })
  })

  it('takes 28 days when the DNS team is asked on the first', () => {
    expect(mended).toMatchObject({ order: 'mended', days: 28, spareDays: 2, daysToFirstMail: 14 })
    expect(mended?.criticalPath).toEqual([
      'phase-4',
      'phase-5',
      'phase-6',
      'phase-7',
      'phase-8',
      'stage-10',
      'quota-50',
      'stage-50',
      'stage-100',
    ])
  })

  it.each([
    ['2026-11-29', { day: 0, done: 0, running: [], next: { id: 'phase-1', inDays: 1 } }],
    ['2026-12-08', { day: 9, done: 1, running: ['phase-2', 'quota-10'], next: { id: 'phase-3', inDays: 6 } }],
    ['2026-12-19', { day: 20, done: 4, running: ['phase-4', 'phase-5'], next: { id: 'phase-6', inDays: 2 } }],
    ['2027-01-25', { day: 57, done: 14, running: [] }],
  ])('knows where %s stands in it', (today, expected) => {
    const [given] = reportOf({ plan: goo, today: day(today), from: MONDAY }).calendars
    expect(given?.position).toEqual(expected)
  })

  it('begins on the next working day when nobody says otherwise', () => {
    const [given] = reportOf({ plan: goo, today: day('2026-12-29') }).calendars
    expect(dayText(given!.from)).toBe('2027-01-04')
  })

  it('says when it runs into years whose holidays nobody knows', () => {
    const from = day('2027-12-01')
    expect(reportOf({ plan: goo, today: from, from }).isBeyondHolidays).toBe(true)
    expect(reportOf({ plan: goo, today: MONDAY, from: MONDAY }).isBeyondHolidays).toBe(false)
  })
})

describe('a plan with an order of its own', () => {
  const text = GOO.replace('name: SES, days: 7', 'name: SES, days: 7, after: [1]')

  it('is kept, and nothing is mended', () => {
    const { calendars } = reportOf({ plan: planOf(text), today: MONDAY, from: MONDAY })
    expect(calendars.map(({ order }) => order)).toEqual(['given'])
    const starts = Object.fromEntries(calendars[0]!.tasks.map(({ id, from }) => [id, dayText(from)]))
    expect([starts['phase-2'], starts['phase-3']]).toEqual(['2026-12-07', '2026-12-07'])
  })

  it.each([
    ['after: [3]', 3, 3],
    ['after: [9]', 3, 9],
    ['after: [8]', 3, 8],
  ])('that waits in a circle or for nobody is a fault: %s', (after, phase, waitsFor) => {
    const plan = planOf(GOO.replace('name: SES, days: 7', `name: SES, days: 7, ${after}`))
    expect(calendarReport({ plan, today: MONDAY, from: MONDAY })).toEqual({ kind: 'fault', phase, waitsFor })
  })
})

describe('the quota', () => {
  it('of each stage has headroom for the gate', () => {
    expect(quotaSteps(goo)).toEqual([
      // 530,000 / 0.8 = 662,500; 220,833 an hour × 10 % / 3,600 = 6.1, / 0.8 = 8.75
      {
        percent: 10,
        recipientsPerDay: 530_000,
        ratePerSecond: 7,
        askPerDay: 670_000,
        askPerSecond: 9,
        isWithinDesign: true,
        isGranted: false,
      },
      {
        percent: 50,
        recipientsPerDay: 2_650_000,
        ratePerSecond: 31,
        askPerDay: 3_320_000,
        askPerSecond: 39,
        isWithinDesign: true,
        isGranted: false,
      },
      {
        percent: 100,
        recipientsPerDay: 5_300_000,
        ratePerSecond: 62,
        askPerDay: 6_630_000,
        askPerSecond: 78,
        isWithinDesign: true,
        isGranted: false,
      },
    ])
  })

  it('that the plan counts on may be too small', () => {
    const text = GOO.replace('recipientsPerDay: 10000000', 'recipientsPerDay: 3000000')
    expect(quotaSteps(planOf(text)).map(({ isWithinDesign }) => isWithinDesign)).toEqual([true, false, false])
  })

  it('that AWS has granted is not asked for', () => {
    const granted = 'recipientsPerDay: 10000000\n  grantedRatePerSecond: 40\n  grantedRecipientsPerDay: 3400000'
    const plan = planOf(GOO.replace('recipientsPerDay: 10000000', granted))
    expect(quotaSteps(plan).map(({ isGranted }) => isGranted)).toEqual([true, true, false])
    const [given] = reportOf({ plan, today: MONDAY, from: MONDAY }).calendars
    expect(given?.tasks.filter(({ kind }) => kind === 'aws').map(({ id, afterStart }) => [id, afterStart])).toEqual([
      ['quota-100', ['stage-50']],
    ])
  })

  it('is asked for with what the plan knows, stage by stage', () => {
    expect(quotaRequest(goo)).toMatchObject({ kind: 'request', request: { step: { percent: 10 }, legacyHosts: 12 } })
    expect(quotaRequest(goo, 50)).toMatchObject({ kind: 'request', request: { step: { askPerDay: 3_320_000 } } })
    expect(quotaRequest(goo, 60)).toEqual({ kind: 'noSuchStage', percents: [10, 50, 100] })
    const mended = planOf(readFileSync('plans/goo.ne.jp.mended.yaml', 'utf8'))
    expect(quotaRequest(mended)).toEqual({ kind: 'allGranted' })
    expect(quotaRequest(mended, 20)).toMatchObject({ kind: 'request', request: { step: { isGranted: true } } })
    expect(quotaRequest(planOf(SHORT))).toEqual({ kind: 'noVolume' })
  })
})

describe('a stage lasts', () => {
  it('its hours, or until its mails are sent', () => {
    const [first] = goo.stages
    // 530,000 a day: 100,000 take 4.5 hours.
    expect(stageHours(goo, first!)).toMatchObject({ hours: 24, longer: 'hours' })
    const slow = stageHours(goo, { percent: 1, leastHours: 24, leastMails: 530_000 })
    expect(slow).toMatchObject({ hours: 240, mailHours: 240, longer: 'mails' })
    expect(stageHours(planOf(SHORT), first!)).toEqual({ hours: 24, longer: 'hours' })
  })
})

it('a stage that would never end is told, not counted out', () => {
  const plan = planOf(`${SHORT}volume: { mailsPerDay: 100 }\nstages: [{ percent: 1, leastMails: 1000000 }]\n`)
  expect(calendarReport({ plan, today: MONDAY, from: MONDAY })).toEqual({
    kind: 'endless',
    percent: 1,
    days: 1_000_000,
  })
})

it('a plan without phases has a calendar of its stages', () => {
  const [only, ...others] = reportOf({ plan: planOf(SHORT), today: MONDAY, from: MONDAY }).calendars
  expect(others).toEqual([])
  expect(only?.tasks.map(({ id }) => id)).toEqual(['stage-10', 'stage-50', 'stage-100'])
})

describe('whatever the tasks', () => {
  const kinds = fc.constantFrom<Task['kind']>('people', 'dnsTeam', 'aws', 'automatic', 'stage')
  const tasks: fc.Arbitrary<readonly Task[]> = fc
    .array(
      fc.record({
        kind: kinds,
        days: fc.nat(20),
        after: fc.array(fc.nat(20), { maxLength: 3 }),
        afterStart: fc.array(fc.nat(20), { maxLength: 2 }),
      }),
      { minLength: 1, maxLength: 12 },
    )
    .map((drawn) =>
      drawn.map(({ kind, days, after, afterStart }, i): Task => {
        const above = (indexes: readonly number[]) =>
          i === 0 ? [] : [...new Set(indexes.map((index) => `task-${index % i}`))]
        return {
          id: `task-${i}`,
          kind,
          subject: { kind: 'phase', phase: i + 1, name: 'x' },
          days: kind === 'automatic' ? 0 : days,
          after: above(after),
          afterStart: above(afterStart),
        }
      }),
    )
  const starts = fc.integer({ min: day('2026-01-01'), max: day('2027-11-30') })
  const working = workingDaysOf({ timeZone: 'Asia/Tokyo', closedDays: [] })

  it('slack is never negative, and none begins before what it waits for', () => {
    fc.assert(
      fc.property(tasks, starts, (tasks, from) => {
        const calendar = schedule(tasks, from, working)
        const byId = new Map(calendar.tasks.map((task) => [task.id, task]))
        for (const task of calendar.tasks) {
          expect(task.slackDays).toBeGreaterThanOrEqual(0)
          expect(task.from).toBeGreaterThanOrEqual(from)
          expect(task.to).toBeLessThanOrEqual(calendar.to)
          for (const id of task.after) expect(byId.get(id)!.to).toBeLessThanOrEqual(task.from)
          for (const id of task.afterStart) expect(byId.get(id)!.from).toBeLessThanOrEqual(task.from)
        }
      }),
    )
  })

  it('the critical path ends at the end', () => {
    fc.assert(
      fc.property(tasks, starts, (tasks, from) => {
        const { criticalPath, tasks: scheduled, to } = schedule(tasks, from, working)
        const last = scheduled.find(({ id }) => id === criticalPath.at(-1))
        expect(last?.to).toBe(to)
      }),
    )
  })

  it('a task that begins as late as its slack allows does not move the end, and a day later does', () => {
    fc.assert(
      fc.property(tasks, starts, fc.nat(11), (tasks, from, index) => {
        const before = schedule(tasks, from, working)
        const task = before.tasks[index % before.tasks.length]!
        const delayed = (days: number) => {
          const wait: Task = {
            id: 'wait',
            kind: 'stage',
            subject: { kind: 'stage', percent: 1 },
            days: 0,
            after: [],
            afterStart: [],
          }
          const waiting = tasks.map((one) => (one.id === task.id ? { ...one, after: [...one.after, 'wait'] } : one))
          // 'wait' ends on the day the task may begin.
          const days0 = task.from + days - working.next(from)
          return schedule([{ ...wait, days: Math.max(0, days0) }, ...waiting], from, working)
        }
        const at = (calendar: typeof before) =>
          Math.max(...calendar.tasks.filter(({ id }) => id !== 'wait').map(({ to }) => to))
        fc.pre(task.from + task.slackDays >= working.next(from))
        expect(at(delayed(task.slackDays))).toBe(before.to)
        expect(at(delayed(task.slackDays + 1))).toBeGreaterThan(before.to)
      }),
    )
  })
})
