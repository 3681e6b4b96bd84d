// `watari suppression import`: addresses of files onto the list, in batches that are durable one by one. A file that was cut is
// given again from its beginning: what is known already changes nothing.
import { basename } from 'node:path'
import { Option, type Command } from 'commander'
import type { ImportReport } from '../../core/feedback/import-batch.ts'
import { IMPORT_FORMATS, lineReader, type ImportedLine, type ImportFormat } from '../../core/feedback/import-lines.ts'
import {
  contextOf,
  ordered,
  orderOf,
  pathIn,
  printJson,
  shared,
  type Context,
  type Environment,
  type OrderOptions,
} from '../context.ts'
import { CommandError, EXIT } from '../exit.ts'
import { ENCODINGS, instantOf, linesOf, type Encoding, type FileReport, type LineFault } from '../import-file.ts'
import { importText } from '../suppression-text.ts'

interface Options extends OrderOptions {
  readonly data?: string
  readonly json?: boolean
  readonly dryRun?: boolean
  readonly format?: ImportFormat
  readonly encoding: Encoding
}

/** Lines of one order to the gateway; some ten milliseconds of it. */
const BATCH = 1_000
/** Faults kept of one file; more are counted. */
const FAULTS_MAX = 1_000

export function addImportCommand(suppression: Command, environment: Environment): void {
  const command = suppression.command('import').argument('<file...>', 'files, gzip or not')
  ordered(shared(command), false)
    .summary('put the addresses of files on it')
    .description(
      'Puts the addresses of files on the list: lists of SES, of Cuenote, of watari baseline, or plain ones. Every line that is not understood is told with its number; the others are taken. The same file twice changes nothing.',
    )
    .addOption(
      new Option('--format <format>', 'how it is written (default: by the name of the file)').choices([
        ...IMPORT_FORMATS,
      ]),
    )
    .addOption(new Option('--encoding <set>', 'its character set').choices([...ENCODINGS]).default('utf-8'))
    .option('--dry-run', 'only say what would be done')
    .addHelpText(
      'after',
      '\nExamples:\n  watari suppression import ses-suppression-0001.jsonl --dry-run\n  watari suppression import errors.csv --format cuenote --encoding shift_jis',
    )
    .action(async (files: readonly string[], options: Options) => {
      const context = contextOf(environment, options)
      let faults = 0
      for (const file of files) {
        const report = await importFile(context, file, options)
        faults += report.faults
        if (context.json) printJson(context, report)
        else context.terminal.out(importText(report, options.dryRun === true))
      }
      if (faults > 0) throw faultsFound(faults)
    })
}

function faultsFound(faults: number): CommandError {
  const lines = faults === 1 ? '1 line was' : `${faults} lines were`
  return new CommandError(
    EXIT.data,
    'faultyLines',
    `${lines} not understood; all others were taken`,
    'Mend them and import the file again.',
  )
}

async function importFile(context: Context, file: string, options: Options): Promise<FileReport> {
  const path = pathIn(context, file)
  // Read once to its end before anything is taken, because half a file in the wrong character set is worse than none.
  for await (const _ of linesOf(path, options.encoding)) continue
  const read = lineReader(options.format ?? formatOf(file), instantOf)
  const counts = { lines: 0, passed: 0, added: 0, widened: 0, known: 0, keptOff: 0, faults: 0 }
  const firstFaults: LineFault[] = []
  const note = (fault: LineFault): void => {
    counts.faults += 1
    if (firstFaults.length < FAULTS_MAX) firstFaults.push(fault)
  }
  const send = async (lines: readonly ImportedLine[]): Promise<void> => {
    const { by } = orderOf(context, options)
    const order = { by, source: basename(file), dryRun: options.dryRun === true, lines }
    const { faulty, ...taken } = await context.client.send<ImportReport>('POST', '/suppression/import', order)
    for (const [name, count] of Object.entries(taken)) counts[name as keyof typeof taken] += count
    for (const line of faulty) note({ line, ...NO_ADDRESS })
  }
  let batch: ImportedLine[] = []
  for await (const [text, line] of linesOf(path, options.encoding)) {
    counts.lines += 1
    const reading = read(text, line)
    if (reading.kind === 'nothing') counts.passed += 1
    else if (reading.kind === 'fault') note({ line, what: reading.what, mend: reading.mend })
    else if (batch.push(reading.imported) === BATCH) {
      await send(batch)
      batch = []
    }
  }
  if (batch.length > 0) await send(batch)
  return { file: basename(file), ...counts, firstFaults: firstFaults.toSorted((a, b) => a.line - b.line) }
}

const NO_ADDRESS = { what: 'names what is no mail address', mend: 'Write one address such as tanaka@example.jp.' }

function formatOf(file: string): ImportFormat {
  const name = file.toLowerCase().replace(/\.gz$/, '')
  if (/\.(json|jsonl|ndjson)$/.test(name)) return 'json'
  return name.endsWith('.csv') ? 'csv' : 'plain'
}
