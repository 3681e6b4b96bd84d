// The archive of a gateway: everything that is logged, and what SES tells, in the folder that the plan names, and from there in
// its bucket.
import { bucketArchive } from '../adapters/aws/archive.ts'
import { folderArchive } from '../adapters/local/archive.ts'
import { archiveCollector, type ArchiveCollector } from '../core/watch/archive-collector.ts'
import { archiveBucketOf, archiveFolder, type ArchivePlace } from './archive-place.ts'
import type { Basics } from './basics.ts'

/** Undefined when the plan has no place for it. */
export async function openArchive(place: ArchivePlace, basics: Basics): Promise<ArchiveCollector | undefined> {
  const folder = archiveFolder(place)
  if (folder === undefined) return undefined
  const now = () => basics.clock.now()
  const near = await folderArchive({
    folder,
    now,
    days: place.plan.archive.days,
    onTrouble: (trouble) => basics.log.alarm('archiveFile', { ...trouble }),
  })
  const bucket = archiveBucketOf(place, folder, now)
  return archiveCollector({ ...basics, archive: bucket === undefined ? near : bucketArchive(near, bucket) })
}
