// The archive of a gateway: everything that is logged, and what SES tells, in the folder that the plan names.
import { folderArchive } from '../adapters/local/archive.ts'
import { archiveCollector, archivingLog, type ArchiveCollector } from '../core/watch/archive-collector.ts'
import { archiveFolder, type ArchivePlace } from './archive-place.ts'
import type { Basics } from './basics.ts'
import { startGateway, type StartedGateway, type StartOptions } from './gateway.ts'

/** A gateway whose log is archived, when the plan has a folder for it. */
export async function startArchivedGateway(options: StartOptions): Promise<StartedGateway> {
  const { basics } = options
  const collector = await openArchive(options, basics)
  if (collector === undefined) return startGateway(options)
  const log = archivingLog(
    basics.log,
    () => basics.clock.now(),
    (kind, fields) => collector.add(kind, fields),
  )
  const started = startGateway({ ...options, basics: { ...basics, log } })
  const gateway = await started.catch(async (error: unknown) => {
    await collector.stop()
    throw error
  })
  void collector.run()
  return {
    ...gateway,
    async stop() {
      await gateway.stop()
      await collector.stop()
    },
  }
}

async function openArchive(place: ArchivePlace, basics: Basics): Promise<ArchiveCollector | undefined> {
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
