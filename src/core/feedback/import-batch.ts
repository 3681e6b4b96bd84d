// Takes addresses of a file on the list, some hundreds at a time. The same file twice, or begun anew after it was cut, changes
// nothing more. What a person took off stays off, unless the file knows of something later.
import type { ImportedLine } from './import-lines.ts'
import { listed, type Finding } from './suppression.ts'
import type { SuppressionList } from './suppression-list.ts'

export interface ImportBatch {
  readonly by: string
  /** The file's name. */
  readonly source: string
  readonly dryRun: boolean
  readonly lines: readonly ImportedLine[]
}

export interface ImportReport {
  /** New on the list. */
  readonly added: number
  /** On it, and the file knows more. */
  readonly widened: number
  /** On it, and nothing changes. */
  readonly known: number
  /** Taken off by a person, and left off. */
  readonly keptOff: number
  /** Lines whose address is none. */
  readonly faulty: readonly number[]
}

export interface ImportOptions {
  readonly list: SuppressionList
  readonly canonical: (text: string) => string | undefined
  readonly now: () => number
}

export async function importBatch(
  { list, canonical, now }: ImportOptions,
  { by, source, dryRun, lines }: ImportBatch,
): Promise<ImportReport> {
  const nowMs = now()
  const counts = { added: 0, widened: 0, known: 0, keptOff: 0 }
  const faulty: number[] = []
  const findings = lines.flatMap((line): Finding[] => {
    const address = canonical(line.address)
    if (address === undefined) faulty.push(line.line)
    return address === undefined ? [] : [findingOf(line, { address, by, source })]
  })
  await list.change(
    findings.map(({ address }) => address),
    (record, i) => {
      const after = listed(record, findings[i]!, nowMs)
      if (after === undefined) counts[record?.entry === undefined ? 'keptOff' : 'known'] += 1
      else counts[record?.entry === undefined ? 'added' : 'widened'] += 1
      return dryRun ? undefined : after
    },
  )
  return { ...counts, faulty }
}

function findingOf(
  { address: spelling, word, status, count, firstAt, lastAt }: ImportedLine,
  { address, by, source }: { readonly address: string; readonly by: string; readonly source: string },
): Finding {
  const evidence = {
    word,
    count,
    source,
    ...(status === undefined ? {} : { status }),
    ...(firstAt === undefined ? {} : { firstAt }),
    ...(lastAt === undefined ? {} : { lastAt }),
  }
  return { address, spelling, reason: 'imported', evidence, by }
}
