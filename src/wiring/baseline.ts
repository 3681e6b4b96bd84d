// Reads the logs of the old hosts into a baseline: finds the files, reads them on all processors, adds the sums, and writes
// the baseline and the suppression candidates.
import { findLogs, type FileFault } from '../adapters/postfix/log-files.ts'
import { readLogs } from '../adapters/postfix/read-logs.ts'
import { writeSuppression, type SuppressionFiles } from '../adapters/postfix/suppression-files.ts'
import type { TalliedLogs } from '../adapters/postfix/tally-logs.ts'
import { candidatesOf, Successes, type SuppressionRule } from '../core/plan/baseline/addresses.ts'
import type { Baseline, BaselineLines } from '../core/plan/baseline/baseline.ts'
import { buildBaseline } from '../core/plan/baseline/build.ts'
import { mergeParts } from '../core/plan/baseline/merge.ts'
import { writeBaseline } from './baseline-file.ts'

export interface BaselineOptions {
  readonly paths: readonly string[]
  /** IANA name: of stamps without one, and of days and hours. */
  readonly zone: string
  readonly baseYear?: number
  readonly nowMs: number
  readonly rule: SuppressionRule
  /** Where to write; nothing is written without. */
  readonly out?: string
  readonly suppression?: string
  readonly threads?: number
}

export interface BaselineRun {
  readonly baseline: Baseline
  /** Masked. */
  readonly samples: readonly string[]
  readonly faults: readonly FileFault[]
  readonly tlsLines: number
  readonly written?: SuppressionFiles
}

/** Undefined when there is nothing to read: the faults say why. */
export async function runBaseline(
  options: BaselineOptions,
): Promise<BaselineRun | { readonly faults: readonly FileFault[] }> {
  const { zone, baseYear, nowMs, threads, rule } = options
  const { logs, faults } = await findLogs(options.paths)
  if (logs.length === 0) return { faults }
  const read = await readLogs({
    logs,
    zone,
    nowMs,
    ...(baseYear === undefined ? {} : { baseYear }),
    ...(threads === undefined ? {} : { threads }),
  })
  const parts = read.map(({ part }) => part)
  const candidates = candidatesOf(
    parts.flatMap(({ bounced, successes }) =>
      successes.map((entries) => ({ bounced, successes: new Successes(entries) })),
    ),
  )
  const lines = linesOf(read)
  const hosts = [...new Set(read.flatMap(({ hosts }) => hosts))].toSorted()
  const merged = mergeParts(parts as [(typeof parts)[number], ...typeof parts])
  const baseline = buildBaseline(merged, { madeAt: nowMs, zone, hosts, lines, candidates, rule })
  if (options.out !== undefined) writeBaseline(options.out, baseline)
  const written =
    options.suppression === undefined ? undefined : writeSuppression(options.suppression, candidates, rule)
  return {
    baseline,
    samples: read.flatMap(({ samples }) => samples),
    faults: [...faults, ...read.flatMap(({ faults }) => faults)],
    tlsLines: read.reduce((sum, { tlsLines }) => sum + tlsLines, 0),
    ...(written === undefined ? {} : { written }),
  }
}

function linesOf(read: readonly TalliedLogs[]): BaselineLines {
  const sum = (of: (tallied: TalliedLogs) => number) => read.reduce((total, tallied) => total + of(tallied), 0)
  const counted = (name: keyof TalliedLogs['counts']) => sum(({ counts }) => counts[name])
  return {
    files: sum(({ files }) => files),
    octets: sum(({ octets }) => octets),
    read: counted('lines'),
    foreign: counted('foreign'),
    unknown: counted('unknown'),
    warnings: counted('warnings'),
    received: counted('received'),
    sent: counted('sent'),
    handedOver: counted('handedOver'),
    forwarded: counted('forwarded'),
    deferrals: counted('deferrals'),
    deferredMails: counted('deferredMails'),
    bounced: counted('bounced'),
    expired: counted('expired'),
    otherStatus: counted('otherStatus'),
    rejected: counted('rejected'),
    rejectWarnings: counted('rejectWarnings'),
    held: counted('held'),
    discarded: counted('discarded'),
    octetsSent: counted('octetsSent'),
    reusedIds: counted('reusedIds'),
    cutLines: counted('cutLines'),
    open: sum(({ open }) => open),
    evicted: sum(({ evicted }) => evicted),
    forgottenSuccesses: sum(({ part }) => part.forgotten.successes),
    forgottenBounces: sum(({ part }) => part.forgotten.bounces),
    forgottenDays: sum(({ part }) => part.forgotten.days),
    doubtfulStamps: sum(({ doubtfulStamps }) => doubtfulStamps),
  }
}
