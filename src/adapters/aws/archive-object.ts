// The names of archive objects as they are in the bucket and, before they are there, in the gateway's folder:
// `events/2026/11/25/21.jsonl.gz`, and `21-1` for the second object of an hour. Nothing here touches either.
import { ARCHIVE_KINDS, type ArchiveKind } from '../../core/watch/archive.ts'

export interface ObjectName {
  readonly kind: ArchiveKind
  /** The start of the hour it begins with. */
  readonly startAt: number
  readonly part: number
  /** Without its ending: 'events/2026/11/25/21'. */
  readonly stem: string
}

export const SEALED = '.jsonl.gz'
export const OPEN = '.jsonl'

const NAME = /^([a-z]+)\/(\d{4})\/(\d\d)\/(\d\d)\/(\d\d)(?:-(\d{1,4}))?(\.jsonl(?:\.gz)?)$/

/** Undefined for what is no object of the archive. */
export function nameOf(path: string, ending: typeof SEALED | typeof OPEN): ObjectName | undefined {
  const [, kindText, year, month, day, hour, part, end] = NAME.exec(path) ?? []
  const kind = ARCHIVE_KINDS.find((each) => each === kindText)
  if (kind === undefined || end !== ending) return undefined
  const startAt = Date.UTC(Number(year), Number(month) - 1, Number(day), Number(hour))
  return { kind, startAt, part: Number(part ?? 0), stem: path.slice(0, -ending.length) }
}

export function byTime(a: ObjectName, b: ObjectName): number {
  return a.startAt - b.startAt || a.part - b.part
}

/** The same hour under another number. */
export function withPart({ stem, part }: ObjectName, next: number): string {
  const hour = part === 0 ? stem : stem.slice(0, stem.lastIndexOf('-'))
  return next === 0 ? hour : `${hour}-${next}`
}
