// A record as it stands in an archive object: a line of JSON that begins with the instant at which it was kept.
import type { ArchiveFields } from './archive.ts'

export interface KeptLine {
  readonly keptAt: number
  readonly fields: ArchiveFields
}

/** Undefined for what is no record. */
export function keptLine(line: string): KeptLine | undefined {
  try {
    const value: unknown = JSON.parse(line)
    if (typeof value !== 'object' || value === null || !('keptAt' in value)) return undefined
    const { keptAt, ...fields } = value
    const at = typeof keptAt === 'string' ? Date.parse(keptAt) : Number.NaN
    return Number.isNaN(at) ? undefined : { keptAt: at, fields }
  } catch {
    return undefined
  }
}
