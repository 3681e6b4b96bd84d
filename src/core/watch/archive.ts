// The archive (F6): what happened, kept for years, a line for each record, masked before it comes here.
// All adapters of the port pass the same contract suite; the local one is a folder, S3 is its sibling.

/** What SES told of mails, and our own log. */
export type ArchiveKind = 'events' | 'logs'
export const ARCHIVE_KINDS: readonly ArchiveKind[] = ['events', 'logs']

/** A record as JSON values; nobody's address stands in it. `mail` is the mail id, by which records are joined. */
export type ArchiveFields = Readonly<Record<string, unknown>>

export interface ArchivedRecord {
  readonly kind: ArchiveKind
  /** When it was put into the archive. What is late is late here too: a sealed hour is never opened again. */
  readonly keptAt: number
  readonly fields: ArchiveFields
}

export interface ArchiveQuery {
  readonly kind: ArchiveKind
  readonly fromAt: number
  /** Exclusive. */
  readonly toAt: number
  /** Only records of this mail. */
  readonly mail?: string
}

export interface ArchiveReader {
  /** In order of keeping, one after the other, whatever their number. What cannot be read is told and left out. */
  read(query: ArchiveQuery, onDamage?: (damage: ArchiveDamage) => void): AsyncIterable<ArchivedRecord>
}

export interface ArchiveDamage {
  /** Name of the object. */
  readonly object: string
  readonly message: string
}

export interface Archive extends ArchiveReader {
  /** Resolves when the records are on disk; rejects when none of them is. */
  add(kind: ArchiveKind, records: readonly ArchiveFields[]): Promise<void>
  /** Seals hours that are over and takes away what is past its days; to be called every few minutes. */
  tend(): Promise<void>
  /** Writes what is left. */
  close(): Promise<void>
}
