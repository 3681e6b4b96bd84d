// The archive of a gateway: everything that is logged, and what SES tells, in the folder that the plan names.
import { folderArchive } from '../adapters/local/archive.ts'
import { archiveCollector, type ArchiveCollector } from '../core/watch/archive-collector.ts'
import { archiveFolder, type ArchivePlace } from './archive-place.ts'
import type { Basics } from './basics.ts'

/** Undefined when the plan has no folder for it. */
export async function openArchive(place: ArchivePlace, basics: Basics): Promise<ArchiveCollector | undefined> {
  const folder = archiveFolder(place)
  if (folder === undefined) return undefined
  const archive = await folderArchive({
    folder,
    now: () => basics.clock.now(),
    days: place.plan.archive.days,
    onTrouble: (trouble) => basics.log.alarm('archiveFile', { ...trouble }),
  })
  return archiveCollector({ ...basics, archive })
}
