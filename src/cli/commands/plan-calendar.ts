// `watari plan calendar`: the phases and stages on days, what the end waits for, and where today stands; also as an .ics file.
import { writeFileSync } from 'node:fs'
import { InvalidArgumentError, Option, type Command } from 'commander'
import { icsText } from '../../core/plan/calendar-ics.ts'
import { calendarReport, lastDayOf, type CalendarReport, type Order } from '../../core/plan/calendar-report.ts'
import { civilDay, dayAt, dayText, type CivilDay } from '../../core/plan/civil-day.ts'
import { calendarText, icsWords } from '../calendar-text.ts'
import { contextOf, pathIn, printJson, shared, type Context, type Environment } from '../context.ts'
import type { Language } from '../cost-words.ts'
import { CommandError, EXIT } from '../exit.ts'
import { grouped } from '../output.ts'
import { loadPlan } from '../plan-file.ts'
import type { Programs } from '../programs.ts'

interface Options {
  readonly data?: string
  readonly ics?: string
  readonly json?: boolean
  readonly lang: Language
  readonly order: Order
  readonly start?: CivilDay
  readonly today?: CivilDay
}

export function addPlanCalendarCommand(plan: Command, environment: Environment, programs: Programs): void {
  shared(plan.command('calendar').argument('[plan]', 'plan file (default: $WATARI_PLAN, or the plan of goo.ne.jp)'))
    .summary('when what happens')
    .description('The phases and stages on days, the critical path, the quota to ask for, and where today stands.')
    .option('--start <day>', 'first day (default: schedule.startOn of the plan, or the next working day)', dayOf)
    .option('--today <day>', 'another day than today', dayOf)
    .addOption(new Option('--lang <language>', 'language of the text').choices(['en', 'ja']).default('en'))
    .option('--ics <file>', 'write an iCalendar file (RFC 5545); - is standard output')
    .addOption(
      new Option('--order <order>', 'which order goes into the file').choices(['given', 'mended']).default('given'),
    )
    .action((file: string | undefined, options: Options) => {
      const context = contextOf(environment, options)
      const { plan } = loadPlan(environment, programs, { named: file, required: false })
      const today = options.today ?? dayAt(context.terminal.now(), plan.timeZone)
      const from = options.start ?? civilDay(plan.schedule.startOn ?? '')
      const report = calendarReport({ plan, today, ...(from === undefined ? {} : { from }) })
      if (report.kind === 'fault') {
        const message = `phase ${report.phase} waits for phase ${report.waitsFor}, which never comes before it`
        throw new CommandError(EXIT.data, 'phasesInCircle', message, 'Mend schedule.phases[].after.')
      }
      if (report.kind === 'endless') {
        const message = `the stage of ${report.percent} % would last ${grouped(report.days)} days`
        throw new CommandError(EXIT.data, 'endlessStage', message, 'Mend stages[].leastMails, or the volume.')
      }
      if (options.ics !== undefined) writeIcs(context, report, { ...options, ics: options.ics })
      else if (context.json) printJson(context, inDays(report))
      else context.terminal.out(calendarText(report, options.lang))
    })
}

function writeIcs(context: Context, report: CalendarReport, options: Options & { readonly ics: string }): void {
  const calendar = report.calendars.find(({ order }) => order === options.order)
  if (calendar === undefined) {
    const mend = 'The plan has an order of its own (schedule.phases[].after); leave --order out.'
    throw new CommandError(EXIT.usage, 'noSuchOrder', 'there is no mended order', mend)
  }
  const text = icsText(calendar, icsWords(options.lang, report.domain), {
    domain: report.domain,
    nowMs: context.terminal.now(),
  })
  if (options.ics === '-') {
    context.terminal.out(text)
    return
  }
  try {
    writeFileSync(pathIn(context, options.ics), text)
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown'
    throw new CommandError(
      EXIT.cannotCreate,
      'cannotCreate',
      `${options.ics} cannot be written (${code})`,
      'Check the path.',
    )
  }
  if (context.json) printJson(context, { file: options.ics, order: calendar.order, tasks: calendar.tasks.length })
  else context.terminal.out(`${options.ics}: ${calendar.tasks.length} entries.\n`)
}

/** Days as people and programs write them, and the last day of each task instead of the day after it. */
function inDays(report: CalendarReport): unknown {
  return {
    ...report,
    today: dayText(report.today),
    calendars: report.calendars.map(({ from, to, tasks, ...calendar }) => ({
      ...calendar,
      from: dayText(from),
      to: dayText(Math.max(from, to - 1)),
      tasks: tasks.map((task) => ({ ...task, from: dayText(task.from), to: dayText(lastDayOf(task)) })),
    })),
  }
}

function dayOf(text: string): CivilDay {
  const day = civilDay(text)
  if (day !== undefined) return day
  throw new InvalidArgumentError('Write a day as 2026-11-30.')
}
