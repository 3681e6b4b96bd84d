// Where the archive of a plan lies, and a reader of it for the command line, which starts nothing else.
import { isAbsolute, join } from 'node:path'
import { folderArchiveReader } from '../adapters/local/archive-read.ts'
import type { Plan } from '../core/plan/plan.ts'
import type { ArchiveReader } from '../core/watch/archive.ts'

export interface ArchivePlace {
  readonly plan: Plan
  readonly dataFolder: string
}

/** For the command line; undefined when the plan has no archive. A running gateway is not disturbed. */
export function archiveReader(place: ArchivePlace): ArchiveReader | undefined {
  const folder = archiveFolder(place)
  return folder === undefined ? undefined : folderArchiveReader(folder)
}

export function archiveFolder({ plan, dataFolder }: ArchivePlace): string | undefined {
  const { folder } = plan.archive
  if (folder === undefined) return undefined
  return isAbsolute(folder) ? folder : join(dataFolder, folder)
}
