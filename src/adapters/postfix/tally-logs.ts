// Reads whole logs into the sums of a baseline, on this thread. A log that breaks off is read as far as it goes, and told.
import { partOf, type BaselinePart } from '../../core/plan/baseline/part.ts'
import { BaselineTally } from '../../core/plan/baseline/tally.ts'
import { LineChunks } from './line-chunks.ts'
import type { LineCounts } from './line-counts.ts'
import type { FileFault, LogFiles } from './log-files.ts'
import { openLog, readChunks } from './read-log.ts'
import { PostfixLog } from './reader.ts'

export interface TallyOptions {
  readonly logs: readonly LogFiles[]
  /** IANA name, of stamps and of days. */
  readonly zone: string
  readonly baseYear?: number
  /** No line is later. */
  readonly nowMs: number
}

export type CountedLines = Readonly<Omit<LineCounts, 'notUnderstood' | 'samples'>>

export interface TalliedLogs {
  readonly part: BaselinePart
  readonly hosts: readonly string[]
  readonly counts: CountedLines
  /** Masked. */
  readonly samples: readonly string[]
  readonly faults: readonly FileFault[]
  readonly files: number
  readonly octets: number
  readonly open: number
  readonly evicted: number
  readonly doubtfulStamps: number
  /** Lines of Postfix about TLS. */
  readonly tlsLines: number
}

export async function tallyLogs(options: TallyOptions): Promise<TalliedLogs> {
  const tally = new BaselineTally(options.zone)
  const { zone, baseYear } = options
  const log = new PostfixLog(() => tally, { zone, ...(baseYear === undefined ? {} : { baseYear }) })
  const faults: FileFault[] = []
  const read = { files: 0, octets: 0 }
  for (const { files } of options.logs) {
    log.clock.startLog()
    for (const file of files) {
      const octets = await readFile(log, file, { nowMs: options.nowMs, faults })
      read.files += octets === undefined ? 0 : 1
      read.octets += octets ?? 0
    }
  }
  log.finish()
  const { samples, ...counts } = log.counts
  const { table } = log.tracker
  return {
    part: partOf(tally, log.names),
    hosts: log.heads.postfixHosts,
    counts,
    samples,
    faults,
    ...read,
    open: table.open,
    evicted: table.evicted,
    doubtfulStamps: log.clock.doubtful,
    tlsLines: log.tls.lines,
  }
}

async function readFile(
  log: PostfixLog,
  file: string,
  { nowMs, faults }: { readonly nowMs: number; readonly faults: FileFault[] },
): Promise<number | undefined> {
  const opened = await openLog(file)
  if ('why' in opened) {
    faults.push({ file, why: opened.why })
    return undefined
  }
  log.clock.startFile(Math.min(opened.writtenMs, nowMs))
  const chunks = new LineChunks(log)
  const reading = await readChunks(opened, (chunk) => chunks.push(chunk))
  chunks.end()
  if (reading.kind === 'broken') faults.push({ file, why: `breaks off: ${reading.why}` })
  return reading.octets
}
