// `watari report`: yesterday or last week, both routes side by side, as it is mailed; `watari maintenance`: the checklists.
import { writeFileSync } from 'node:fs'
import { InvalidArgumentError, Option, type Command } from 'commander'
import type { MaintenanceDesk } from '../../core/watch/maintenance-desk.ts'
import type { MadeReport } from '../../core/watch/report-desk.ts'
import type { Language } from '../../core/watch/words.ts'
import { contextOf, pathIn, printJson, shared, type Environment } from '../context.ts'
import { CommandError, EXIT } from '../exit.ts'

interface Options {
  readonly data?: string
  readonly json?: boolean
  readonly date?: string
  readonly lang: Language
  readonly html?: string
}

type Maintenance = Awaited<ReturnType<MaintenanceDesk['maintenance']>>

const KINDS = [
  ['daily', 'yesterday, or the day of --date', 'A day as it is mailed every morning: both routes side by side.'],
  ['weekly', 'last week, or the week of --date', 'A week from Monday to Sunday, as it is mailed every Monday.'],
] as const

export function addReportCommands(program: Command, environment: Environment): void {
  const report = program
    .command('report')
    .helpGroup('Watching:')
    .summary('yesterday or last week, both routes side by side')
    .description('The reports that are mailed at 08:00, for any day that figures are kept of.')
  for (const [name, summary, description] of KINDS) {
    shared(report.command(name).summary(summary))
      .description(description)
      .option('--date <day>', 'such as 2026-11-24, in the zone of the plan', dayOf)
      .addOption(new Option('--lang <language>', 'language of the text').choices(['en', 'ja']).default('en'))
      .option('--html <file>', 'write it as a page too')
      .action(async (options: Options) => {
        const context = contextOf(environment, options)
        const query = { date: options.date, language: options.lang }
        const made = await context.client.get<MadeReport>(`/reports/${name}`, query)
        if (options.html !== undefined) writePage(pathIn(context, options.html), made.html)
        if (context.json) printJson(context, made.report)
        else context.terminal.out(made.text)
      })
  }
}

export function addMaintenanceCommand(program: Command, environment: Environment): void {
  shared(program.command('maintenance').helpGroup('Watching:').summary('what to look at each month, quarter and year'))
    .description(
      'The checklists of §8.3 as of now, filled in with what the gateway knows; they are mailed when they are due.',
    )
    .addOption(new Option('--lang <language>', 'language of the text').choices(['en', 'ja']).default('en'))
    .action(async (options: Options) => {
      const context = contextOf(environment, options)
      const { checklists, text } = await context.client.get<Maintenance>('/maintenance', { language: options.lang })
      if (context.json) printJson(context, checklists)
      else context.terminal.out(text)
    })
}

function writePage(path: string, html: string): void {
  try {
    writeFileSync(path, html)
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown'
    const message = `${path} cannot be written (${code})`
    throw new CommandError(EXIT.cannotCreate, 'cannotCreate', message, 'Name another file.')
  }
}

function dayOf(text: string): string {
  if (/^\d{4}-\d{2}-\d{2}$/.test(text)) return text
  throw new InvalidArgumentError('Write a day such as 2026-11-24.')
}
