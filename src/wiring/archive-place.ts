// Where the archive of a plan lies, and a reader of it for the command line, which starts nothing else.
import { existsSync } from 'node:fs'
import { isAbsolute, join } from 'node:path'
import { bucketReader, type BucketArchiveOptions } from '../adapters/aws/archive.ts'
import { folderArchiveReader } from '../adapters/local/archive-read.ts'
import type { Plan } from '../core/plan/plan.ts'
import type { ArchiveReader } from '../core/watch/archive.ts'
import { awsPlace, type Environment } from './ses-place.ts'

export interface ArchivePlace {
  readonly plan: Plan
  readonly dataFolder: string
  readonly environment: Environment
}

/** In the data folder: of `watari up` when its plan names no place, and of a plan that names a bucket alone. */
export const LOCAL_ARCHIVE = 'archive'

/** For the command line; undefined when there is no archive. A running gateway is not disturbed. */
export function archiveReader(place: ArchivePlace, now: () => number): ArchiveReader | undefined {
  const folder = archiveFolder(place) ?? localArchive(place)
  if (folder === undefined) return undefined
  const bucket = archiveBucketOf(place, folder, now)
  return bucket === undefined ? folderArchiveReader(folder) : bucketReader(bucket)
}

function localArchive({ dataFolder }: ArchivePlace): string | undefined {
  const folder = join(dataFolder, LOCAL_ARCHIVE)
  return existsSync(folder) ? folder : undefined
}

export function archiveFolder({ plan, dataFolder }: Omit<ArchivePlace, 'environment'>): string | undefined {
  const { bucket, folder = bucket === undefined ? undefined : LOCAL_ARCHIVE } = plan.archive
  if (folder === undefined) return undefined
  return isAbsolute(folder) ? folder : join(dataFolder, folder)
}

/** Undefined when the archive stays in the folder. */
export function archiveBucketOf(
  { plan, environment }: ArchivePlace,
  folder: string,
  now: () => number,
): BucketArchiveOptions | undefined {
  const { bucket, kmsKey, days, prefix = `watari/${plan.gateway.hostname}` } = plan.archive
  if (bucket === undefined) return undefined
  return {
    ...awsPlace(plan, environment),
    bucket,
    prefix: `${prefix}/`,
    ...(kmsKey === undefined ? {} : { kmsKey }),
    folder,
    days,
    now,
  }
}
