// `watari suppression export`: the list as files, for SES's import jobs or for another program. They hold addresses, so only
// their owner may read them, and what is there already is never overwritten.
import { closeSync, mkdirSync, openSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { Option, type Command } from 'commander'
import { accountReasonOf, spellingOf, type SuppressionRecord } from '../../core/feedback/suppression.ts'
import type { SuppressionPage } from '../../core/feedback/suppression-desk.ts'
import { contextOf, orderOf, pathIn, printJson, shared, type Context, type Environment } from '../context.ts'
import { CommandError, EXIT } from '../exit.ts'
import { grouped } from '../output.ts'

interface Options {
  readonly data?: string
  readonly json?: boolean
  readonly by?: string
  readonly format: ExportFormat
  readonly missing?: boolean
  readonly bucket: string
  readonly region: string
}

const EXPORT_FORMATS = ['ses-csv', 'ses-json', 'csv'] as const
type ExportFormat = (typeof EXPORT_FORMATS)[number]

/** Addresses of one import job: https://docs.aws.amazon.com/ses/latest/dg/sending-email-suppression-list.html */
const FILE_LINES_MAX = 100_000
const PAGE = 1_000
const OWNER_ONLY = 0o600
const OWNER_FOLDER = 0o700

export function addExportCommand(suppression: Command, environment: Environment): void {
  shared(suppression.command('export').argument('<dir>', 'folder to write into').summary('write it as files'))
    .description(
      'Writes the list as files of at most 100,000 lines, and the commands that give them to SES as import jobs. Addresses are in full; this is logged.',
    )
    .addOption(new Option('--format <format>', 'for whom').choices([...EXPORT_FORMATS]).default('ses-csv'))
    .option('--missing', 'only what the account’s list does not have yet')
    .option('--bucket <name>', 'S3 bucket of the commands, in the same Region', 'BUCKET')
    .option('--region <region>', 'Region of the commands', 'ap-northeast-1')
    .option('--by <name>', 'who asks to see addresses (default: your login name)')
    .addHelpText('after', '\nExample:\n  watari suppression export to-ses/ --missing --bucket goo-suppression')
    .action(async (folder: string, options: Options) => {
      const context = contextOf(environment, options)
      const written = await writeFiles(context, pathIn(context, folder), options)
      if (context.json) printJson(context, written)
      else
        context.terminal.out(`${grouped(written.addresses)} addresses in ${written.files.length} files in ${folder}\n`)
    })
}

interface Written {
  readonly addresses: number
  readonly files: readonly string[]
}

async function writeFiles(context: Context, folder: string, options: Options): Promise<Written> {
  mkdirSync(folder, { recursive: true, mode: OWNER_FOLDER })
  const { head, line, extension } = FORMATS[options.format]
  const files: string[] = []
  let open: number | undefined
  let inFile = 0
  let addresses = 0
  try {
    for await (const records of pagesOf(context, options)) {
      const wanted = records.filter(({ account }) => options.missing !== true || account === undefined)
      for (let at = 0; at < wanted.length;) {
        if (open === undefined || inFile === FILE_LINES_MAX) {
          if (open !== undefined) closeSync(open)
          files.push(`suppression-${String(files.length + 1).padStart(4, '0')}.${extension}`)
          open = created(join(folder, files.at(-1)!))
          writeSync(open, head)
          inFile = 0
        }
        const some = wanted.slice(at, at + FILE_LINES_MAX - inFile)
        writeSync(open, some.map((record) => `${line(record)}\n`).join(''))
        inFile += some.length
        at += some.length
      }
      addresses += wanted.length
    }
  } finally {
    if (open !== undefined) closeSync(open)
  }
  if (options.format !== 'csv') writeCommands(folder, files, options)
  return { addresses, files }
}

function created(path: string): number {
  try {
    return openSync(path, 'wx', OWNER_ONLY)
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error
    throw new CommandError(EXIT.cannotCreate, 'exists', `${path} is there already`, 'Name an empty folder.')
  }
}

async function* pagesOf(context: Context, options: Options): AsyncGenerator<readonly SuppressionRecord[], void> {
  const { by } = orderOf(context, options)
  let after: string | undefined
  do {
    const query = { full: 'yes', by, limit: String(PAGE), after }
    const page: SuppressionPage = await context.client.get('/suppression/list', query)
    yield page.records
    after = page.next
  } while (after !== undefined)
}

interface Format {
  readonly extension: string
  readonly head: string
  readonly line: (record: SuppressionRecord) => string
}

const FORMATS: Readonly<Record<ExportFormat, Format>> = {
  'ses-csv': {
    extension: 'csv',
    head: '',
    line: (record) => `${field(spellingOf(record))},${accountReasonOf(record.entry!)}`,
  },
  'ses-json': {
    extension: 'jsonl',
    head: '',
    line: (record) => JSON.stringify({ emailAddress: spellingOf(record), reason: accountReasonOf(record.entry!) }),
  },
  csv: {
    extension: 'csv',
    head: 'address,reason,status,count,first,last,added,by,why\n',
    line: (record) => {
      const { reason, evidence, addedAt, by } = record.entry!
      const { status = '', count, firstAt, lastAt, word } = evidence
      const times = [firstAt, lastAt, addedAt].map((at) => (at === undefined ? '' : new Date(at).toISOString()))
      return [spellingOf(record), word, status, String(count), ...times, by, reason].map(field).join(',')
    },
  },
}

/** RFC 4180: what holds a comma or a quote stands in quotes. */
function field(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

function writeCommands(folder: string, files: readonly string[], { bucket, region, format }: Options): void {
  const dataFormat = format === 'ses-csv' ? 'CSV' : 'JSON'
  const commands = files.flatMap((file) => {
    const url = `s3://${bucket}/suppression/${file}`
    return [
      `aws s3 cp ${file} ${url}`,
      `aws sesv2 create-import-job --region ${region} --import-destination 'SuppressionListDestination={SuppressionListImportAction=PUT}' --import-data-source 'S3Url=${url},DataFormat=${dataFormat}'`,
    ]
  })
  const notes = [
    `# The bucket must be in ${region}, where SES is. At most 20 jobs run at once; a job tells how it went by:`,
    `#   aws sesv2 get-import-job --region ${region} --job-id ID`,
    '# The next reconciliation sees what has arrived. Remove the objects afterwards: they hold addresses.',
  ]
  const file = created(join(folder, 'commands.txt'))
  writeSync(file, [...notes, ...commands, ''].join('\n'))
  closeSync(file)
}
