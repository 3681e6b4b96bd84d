// How `watari plan calendar` looks: for each order a chart with a row for each task, its critical path, and where today stands;
// then what to ask AWS for.
import { dayText, weekdayOf, type CivilDay } from '../core/plan/civil-day.ts'
import { SANDBOX } from '../core/plan/calendar-quota.ts'
import { lastDayOf, type CalendarReport, type OrderedCalendar } from '../core/plan/calendar-report.ts'
import type { IcsWords } from '../core/plan/calendar-ics.ts'
import type { TaskSubject } from '../core/plan/calendar-tasks.ts'
import type { ScheduledTask } from '../core/plan/calendar.ts'
import { HOLIDAYS_YEARS } from '../core/plan/working-days.ts'
import { CALENDAR_WORDS_EN } from './calendar-words-en.ts'
import { CALENDAR_WORDS_JA } from './calendar-words-ja.ts'
import type { CalendarWords } from './calendar-words.ts'
import { numberTable, padEnd, padStart, SCREEN_COLUMNS, paragraph } from './columns.ts'
import type { Language } from './cost-words.ts'
import { widthOf } from '../core/base/wrap.ts'
import { grouped, printable } from './output.ts'

export function calendarWords(language: Language): CalendarWords {
  return language === 'ja' ? CALENDAR_WORDS_JA : CALENDAR_WORDS_EN
}

export function icsWords(language: Language, domain: string): IcsWords {
  const words = calendarWords(language)
  return {
    calendar: words.icsName(domain),
    summary: ({ subject }) => taskName(subject, words),
    description: ({ kind, slackDays, isCritical }) =>
      `${words.icsKind[kind]}\n${words.icsSlack({ slack: slackDays, isCritical })}`,
  }
}

export function calendarText(report: CalendarReport, language: Language): string {
  const words = calendarWords(language)
  const head = [
    paragraph(words.title(report.domain)),
    paragraph(report.knowsHolidays ? words.working : words.weekendsOnly),
    ...(hasPhases(report) ? [] : [paragraph(words.noPhases)]),
    ...(report.isBeyondHolidays ? [paragraph(words.beyondHolidays(HOLIDAYS_YEARS.last))] : []),
  ].join('')
  const parts = report.calendars.map((calendar) => orderText(calendar, report, words))
  return [head, ...parts, ...quotaText(report, words)].join('\n')
}

function hasPhases({ calendars }: CalendarReport): boolean {
  return calendars.some(({ tasks }) => tasks.some(({ subject }) => subject.kind === 'phase'))
}

function taskName(subject: TaskSubject, words: CalendarWords): string {
  if (subject.kind === 'phase') return words.phase(subject.phase, printable(subject.name))
  return subject.kind === 'quota' ? words.quota(subject.percent) : words.stage(subject.percent)
}

/** '11-30': the year stands in the title. */
const shortDay = (day: CivilDay) => dayText(day).slice(5)

function orderText(calendar: OrderedCalendar, report: CalendarReport, words: CalendarWords): string {
  return [
    paragraph(titleOf(calendar, report, words)),
    '\n',
    chart(calendar, report.today, words),
    '\n',
    paragraph(words.critical(chainOf(calendar, words)), '- '),
    ...(calendar.daysToFirstMail === undefined ? [] : [paragraph(words.firstMail(calendar.daysToFirstMail), '- ')]),
    ...mendedText(calendar, report, words),
    paragraph(positionText(calendar, report.today, words), '- '),
  ].join('')
}

function titleOf(calendar: OrderedCalendar, { migrationDays }: CalendarReport, words: CalendarWords): string {
  const { order, from, to, days, spareDays } = calendar
  const span = words.span({ from: dayText(from), last: dayText(Math.max(from, to - 1)), days })
  const title = `${words.order[order]}: ${span}`
  if (spareDays === undefined || migrationDays === undefined) return title
  const judged =
    spareDays >= 0
      ? words.fits({ allowed: migrationDays, spare: spareDays })
      : words.tooLong({ allowed: migrationDays, over: -spareDays })
  return `${title}; ${judged}`
}

/** What takes no day is on the path, and no help to see what takes long. */
function chainOf({ tasks, criticalPath }: OrderedCalendar, words: CalendarWords): string {
  return criticalPath
    .flatMap((id) => tasks.filter((task) => task.id === id && task.days > 0))
    .map(({ subject }) => taskName(subject, words))
    .join(words.chain)
}

const GAP = 1
const DAY_COLUMNS = 5

function chart({ from, to, tasks }: OrderedCalendar, today: CivilDay, words: CalendarWords): string {
  const { columns } = words
  const names = tasks.map(({ subject }) => taskName(subject, words))
  const name = Math.max(...names.map(widthOf), 0)
  const slackColumns = Math.max(widthOf(columns.slack), 3)
  const room = SCREEN_COLUMNS - name - 2 * (DAY_COLUMNS + GAP) - slackColumns - 3 * GAP
  const daysPerColumn = Math.max(1, Math.ceil((to - from + 1) / room))
  const scale: Scale = { from, width: Math.ceil((to - from + 1) / daysPerColumn), daysPerColumn }
  const row = (cells: readonly [string, string, string, string, string]) =>
    [
      padEnd(cells[0], name),
      padStart(cells[1], DAY_COLUMNS),
      padStart(cells[2], DAY_COLUMNS),
      padStart(cells[3], slackColumns),
      ` ${cells[4]}`,
    ]
      .join(' ')
      .trimEnd()
  const head = row([columns.task, columns.from, columns.to, columns.slack, ticks(scale)])
  const lines = tasks.map((task, i) =>
    row([
      names[i]!,
      shortDay(task.from),
      shortDay(lastDayOf(task)),
      String(task.slackDays),
      cellsOf(task, today, scale),
    ]),
  )
  return `${[head, ...lines, words.legend(daysPerColumn)].join('\n')}\n`
}

interface Scale {
  readonly from: CivilDay
  readonly width: number
  readonly daysPerColumn: number
}

function cellsOf(task: ScheduledTask, today: CivilDay, { from, width, daysPerColumn }: Scale): string {
  const column = (day: CivilDay) => Math.floor((day - from) / daysPerColumn)
  const last = column(lastDayOf(task))
  return Array.from({ length: width }, (_, at) => {
    if (at >= column(task.from) && at <= last) return task.days === 0 ? '*' : task.isCritical ? '█' : '▒'
    return at === column(today) ? '│' : ' '
  }).join('')
}

/** The days of Mondays, as many as have room. */
function ticks({ from, width, daysPerColumn }: Scale): string {
  const MONDAY = 1
  let text = ''
  for (let at = 0; at < width; at += 1) {
    const days = Array.from({ length: daysPerColumn }, (_, i) => from + at * daysPerColumn + i)
    const monday = days.find((day) => weekdayOf(day) === MONDAY)
    if (monday === undefined || text.length > at || at + DAY_COLUMNS > width) continue
    text = `${text.padEnd(at)}${shortDay(monday)} `
  }
  return text.trimEnd()
}

function mendedText(calendar: OrderedCalendar, { calendars }: CalendarReport, words: CalendarWords): readonly string[] {
  const [given] = calendars
  if (calendar.order !== 'mended' || given === undefined) return []
  const after = calendar.tasks
    .filter(({ subject }) => subject.kind === 'phase')
    .map((task) => `${numberOf(task.id)}:[${task.after.map(numberOf).join(',')}]`)
  return [
    paragraph(words.mendedWhy({ sooner: given.to - calendar.to }), '- '),
    paragraph(words.mendedHow(after.join(', ')), '- '),
  ]
}

/** 'phase-6' → '6' */
const numberOf = (id: string) => id.replace('phase-', '')

function positionText(calendar: OrderedCalendar, today: CivilDay, words: CalendarWords): string {
  const { position, tasks } = calendar
  const date = dayText(today)
  if (position.day < 1) return words.beforeStart({ date, days: 1 - position.day })
  const nameOf = (id: string) => tasks.filter((task) => task.id === id).map(({ subject }) => taskName(subject, words))
  const running = position.running.flatMap(nameOf)
  const sentences = [words.today({ date, day: position.day })]
  if (running.length > 0) sentences.push(words.running(running.join(words.list)))
  else sentences.push(position.next === undefined ? words.over : words.nothingRuns)
  if (position.next !== undefined) {
    sentences.push(words.next({ task: nameOf(position.next.id).join(''), days: position.next.inDays }))
  }
  return sentences.join(words.sentence)
}

/** A tenth of an hour matters where there are few. */
const hoursText = (hours: number) => (hours < 1_000 ? hours.toFixed(1) : grouped(Math.round(hours)))

function quotaText({ quota }: CalendarReport, words: CalendarWords): readonly string[] {
  if (quota.length === 0) return []
  const rows = quota.map((step) => [
    `${step.percent} %`,
    grouped(step.recipientsPerDay),
    grouped(step.ratePerSecond),
    step.isGranted ? words.granted : grouped(step.askPerDay),
    step.isGranted ? words.granted : grouped(step.askPerSecond),
    words.stageTime({
      hours: grouped(Math.round(step.time.hours)),
      leastMails: grouped(step.time.leastMails),
      mailHours: hoursText(step.time.mailHours ?? 0),
    }),
  ])
  const beyond = quota.filter(({ isWithinDesign }) => isWithinDesign === false).map(({ percent }) => `${percent} %`)
  return [
    [
      `${words.quotaTitle}\n`,
      numberTable(words.quotaColumns, rows),
      ...(quota.some(({ isGranted }) => !isGranted)
        ? [paragraph(words.quotaNote({ perDay: SANDBOX.recipientsPerDay, perSecond: SANDBOX.ratePerSecond }), '- ')]
        : []),
      ...(beyond.length > 0 ? [paragraph(words.beyondDesign(beyond.join(words.list)), '- ')] : []),
    ].join(''),
  ]
}
