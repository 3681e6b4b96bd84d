// Writes the suppression candidates: files that SES imports, and the evidence for people. They hold addresses, so only their
// owner may read them, from the first octet on.
import { closeSync, mkdirSync, openSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { dsnText } from '../../core/base/legacy-outcome.ts'
import { isSuppressed, type Candidate, type SuppressionRule } from '../../core/plan/baseline/addresses.ts'

/** SES takes 100,000 addresses in one import job (CreateImportJob, SES quotas). */
const LINES_MAX = 100_000
const OWNER_ONLY = 0o600
const OWNER_FOLDER = 0o700
/** Lines written at once. */
const BATCH = 2_000

export interface SuppressionFiles {
  readonly imports: readonly string[]
  readonly evidence: string
  readonly addresses: number
}

/** Replaces nothing: a folder that has such files already is refused by the system's EEXIST. */
export function writeSuppression(
  folder: string,
  candidates: readonly Candidate[],
  rule: SuppressionRule,
): SuppressionFiles {
  mkdirSync(folder, { recursive: true, mode: OWNER_FOLDER })
  const evidence = join(folder, 'suppression-evidence.jsonl')
  const ordered = candidates.toSorted((a, b) => b.bounces - a.bounces || a.firstAt - b.firstAt)
  writeLines(evidence, ordered, (candidate) => evidenceLine(candidate, isSuppressed(candidate, rule)))
  const suppressed = ordered.filter((candidate) => isSuppressed(candidate, rule))
  const imports: string[] = []
  for (let at = 0; at < suppressed.length; at += LINES_MAX) {
    const file = join(folder, `ses-suppression-${String(imports.length + 1).padStart(4, '0')}.jsonl`)
    writeLines(file, suppressed.slice(at, at + LINES_MAX), importLine)
    imports.push(file)
  }
  return { imports, evidence, addresses: suppressed.length }
}

/** Newline-delimited JSON, because quoted local parts may hold commas (CreateImportJob, DataFormat JSON). */
function importLine({ address }: Candidate): string {
  return JSON.stringify({ emailAddress: withLowerDomain(address), reason: 'BOUNCE' })
}

function evidenceLine(candidate: Candidate, suppressed: boolean): string {
  const { address, bounces, reason, dsn, doubtful, deliveredAt } = candidate
  return JSON.stringify({
    address: withLowerDomain(address),
    suppressed,
    bounces,
    firstAt: new Date(candidate.firstAt).toISOString(),
    lastAt: new Date(candidate.lastAt).toISOString(),
    status: dsnText(dsn),
    reason,
    doubtful,
    ...(deliveredAt === undefined ? {} : { deliveredAt: new Date(deliveredAt).toISOString() }),
  })
}

function withLowerDomain(address: string): string {
  const at = address.lastIndexOf('@') + 1
  return address.slice(0, at) + address.slice(at).toLowerCase()
}

function writeLines(file: string, candidates: readonly Candidate[], line: (candidate: Candidate) => string): void {
  const descriptor = openSync(file, 'wx', OWNER_ONLY)
  try {
    for (let at = 0; at < candidates.length; at += BATCH) {
      writeSync(
        descriptor,
        candidates
          .slice(at, at + BATCH)
          .map((candidate) => `${line(candidate)}\n`)
          .join(''),
      )
    }
  } finally {
    closeSync(descriptor)
  }
}
