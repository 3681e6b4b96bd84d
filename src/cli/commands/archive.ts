// `watari archive`: reads what was kept. It reads the folder itself, so no gateway needs to run, and streams, so an archive of
// years is no matter.
import { InvalidArgumentError, Option, type Command } from 'commander'
import { DAY_MS } from '../../core/base/clock.ts'
import { ARCHIVE_KINDS, type ArchivedRecord, type ArchiveKind, type ArchiveReader } from '../../core/watch/archive.ts'
import { contextOf, printJson, shared, type Context, type Environment } from '../context.ts'
import { CommandError, EXIT } from '../exit.ts'
import { localTime, printable } from '../output.ts'
import { loadPlan } from '../plan-file.ts'
import type { ArchiveOf, Programs } from '../programs.ts'

interface Options {
  readonly data?: string
  readonly json?: boolean
  readonly plan?: string
  readonly from?: number
  readonly to?: number
  readonly mail?: string
  readonly kind: ArchiveKind | 'all'
}

export function addArchiveCommands(
  program: Command,
  environment: Environment,
  programs: Programs & { readonly archive: ArchiveOf },
): void {
  const archive = program
    .command('archive')
    .helpGroup('Watching:')
    .summary('what was kept: events of SES, and the log')
    .description('What was kept for years: events of SES and the log, addresses masked as the plan says.')

  shared(archive.command('show').summary('the records of a time'))
    .description(
      'The records of a time, oldest first, one a line. Times are when a record was kept; events may be late.',
    )
    .option('--plan <file>', 'plan file (default: $WATARI_PLAN, or the plan of goo.ne.jp)')
    .option('--from <time>', 'first: 2026-11-25, 2026-11-25T21:00, with Z or +09:00 (default: a day ago)', timeOf)
    .option('--to <time>', 'end, not included (default: now)', timeOf)
    .option('--mail <id>', 'only records of this mail')
    .addOption(new Option('--kind <kind>', 'what').choices([...ARCHIVE_KINDS, 'all']).default('all'))
    .addHelpText(
      'after',
      '\nExamples:\n  watari archive show --from 2026-11-25 --kind events\n  watari archive show --from 2026-11-01 --mail 07QZ0000G0001 --json | jq .event',
    )
    .action(async (options: Options) => {
      const context = contextOf(environment, options)
      const { plan } = loadPlan(context, programs, { named: options.plan, required: false })
      const reader = programs.archive({ plan, dataFolder: context.dataFolder, environment: context.variables })
      if (reader === undefined) {
        throw new CommandError(
          EXIT.nothing,
          'noArchive',
          'the plan keeps no archive',
          'Name a folder with archive.folder in the plan, or another plan with --plan FILE.',
        )
      }
      await show(context, reader, options).catch(notRead)
    })
}

/** A disk or AWS that does not answer is no fault of Watari, and says itself what it is. */
function notRead(error: unknown): never {
  if (error instanceof CommandError) throw error
  const message = error instanceof Error ? error.message : 'the archive cannot be read'
  throw new CommandError(EXIT.tryAgain, 'archiveNotRead', message, 'What was shown up to here is right; ask again.')
}

async function show(context: Context, reader: ArchiveReader, { from, to, mail, kind }: Options): Promise<void> {
  const toAt = to ?? context.terminal.now()
  const fromAt = from ?? toAt - DAY_MS
  if (fromAt >= toAt) throw new CommandError(EXIT.usage, 'badValue', '--from is not before --to')
  const kinds = kind === 'all' ? ARCHIVE_KINDS : [kind]
  const range = { fromAt, toAt, ...(mail === undefined ? {} : { mail: mail.toUpperCase() }) }
  let shown = 0
  for (const each of kinds) {
    const records = reader.read({ kind: each, ...range }, ({ object, message }) => {
      context.terminal.error(`watari: warning: ${object} is damaged (${message}); what can be read of it is shown.\n`)
    })
    for await (const record of records) {
      shown += 1
      if (context.json) printJson(context, record)
      else context.terminal.out(lineOf(record))
    }
  }
  if (shown === 0) throw new CommandError(EXIT.nothing, 'noRecords', 'nothing was kept in that time')
}

/** `2026-11-25 21:03:04 +09:00  bounce  07QZ…  bounceType=Permanent …` */
function lineOf({ keptAt, fields }: ArchivedRecord): string {
  const { at: _at, event, mail, ...rest } = fields
  const facts = Object.entries(rest).map(([name, value]) => `${name}=${shownValue(value)}`)
  const parts = [localTime(keptAt), shownValue(event ?? '-'), shownValue(mail ?? '-'), ...facts]
  return `${printable(parts.join('  '))}\n`
}

function shownValue(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value)
}

/** A day or an instant; without a zone it is that of the machine. */
function timeOf(text: string): number {
  const match = /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d)(:\d\d)?(Z|[+-]\d\d:\d\d)?)?$/.exec(text)
  const [, day, minute = '00:00', second = ':00', zone = ''] = match ?? []
  const at = day === undefined ? Number.NaN : Date.parse(`${day}T${minute}${second}${zone}`)
  if (Number.isNaN(at)) throw new InvalidArgumentError('Write a day or a time such as 2026-11-25T21:00.')
  return at
}
