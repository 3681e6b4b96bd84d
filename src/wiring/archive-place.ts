// Where the archive of a plan lies, and a reader of it for the command line, which starts nothing else.
import { existsSync } from 'node:fs'
import { isAbsolute, join } from 'node:path'
import { folderArchiveReader } from '../adapters/local/archive-read.ts'
import type { Plan } from '../core/plan/plan.ts'
import type { ArchiveReader } from '../core/watch/archive.ts'

export interface ArchivePlace {
  readonly plan: Plan
  readonly dataFolder: string
}

/** Where `watari up` keeps an archive, in the data folder, when its plan names no place. */
export const LOCAL_ARCHIVE = 'archive'

/** For the command line; undefined when there is no archive. A running gateway is not disturbed. */
export function archiveReader(place: ArchivePlace): ArchiveReader | undefined {
  const folder = archiveFolder(place) ?? localArchive(place)
  return folder === undefined ? undefined : folderArchiveReader(folder)
}

function localArchive({ dataFolder }: ArchivePlace): string | undefined {
  const folder = join(dataFolder, LOCAL_ARCHIVE)
  return existsSync(folder) ? folder : undefined
}

export function archiveFolder({ plan, dataFolder }: ArchivePlace): string | undefined {
  const { folder } = plan.archive
  if (folder === undefined) return undefined
  return isAbsolute(folder) ? folder : join(dataFolder, folder)
}
