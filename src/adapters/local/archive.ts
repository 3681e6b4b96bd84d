// The archive in a folder: gzip objects of JSON lines, one an hour for each kind; quiet hours join, up to a day, until an
// object is worth its place in S3. No record stands in two objects, whatever crashes (archive-seal.ts).
import { mkdir, rm } from 'node:fs/promises'
import { DAY_MS } from '../../core/base/clock.ts'
import { ARCHIVE_KINDS, type Archive, type ArchiveFields, type ArchiveKind } from '../../core/watch/archive.ts'
import { dayFolder, daysOf, dayOf } from './archive-names.ts'
import { folderArchiveReader } from './archive-read.ts'
import { archiveWriter, type ArchiveWriter } from './archive-writer.ts'

export interface FolderArchiveOptions {
  readonly folder: string
  readonly now: () => number
  /** Whole days that are kept. */
  readonly days: number
  readonly onTrouble: (trouble: { readonly object: string; readonly message: string }) => void
}

export async function folderArchive(options: FolderArchiveOptions): Promise<Archive> {
  const { folder, now, days } = options
  await mkdir(folder, { recursive: true })
  const writers = new Map<ArchiveKind, ArchiveWriter>()
  for (const kind of ARCHIVE_KINDS) writers.set(kind, await archiveWriter({ ...options, kind }))
  return {
    ...folderArchiveReader(folder),
    add: (kind: ArchiveKind, records: readonly ArchiveFields[]) => writers.get(kind)!.add(records),
    async tend() {
      await Promise.all([...writers.values()].map((writer) => writer.tend()))
      for (const kind of ARCHIVE_KINDS) await removeOld(folder, kind, dayOf(now()) - days * DAY_MS)
    },
    async close() {
      await Promise.all([...writers.values()].map((writer) => writer.close()))
    },
  }
}

async function removeOld(folder: string, kind: ArchiveKind, before: number): Promise<void> {
  const days = await daysOf(folder, kind)
  for (const dayAt of days.filter((day) => day < before)) {
    await rm(dayFolder(folder, kind, dayAt), { recursive: true, force: true })
  }
}
