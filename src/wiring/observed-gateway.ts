// A gateway with what looks on beside it: the archive of its log and of events, and the reader of DMARC reports.
// Neither may hold a mail up, and either may be left out of the plan.
import { archivingLog } from '../core/watch/archive-collector.ts'
import { openArchive } from './archive.ts'
import { openDmarc } from './dmarc.ts'
import { startGateway, type StartedGateway, type StartOptions } from './gateway.ts'

export async function startObservedGateway(options: StartOptions): Promise<StartedGateway> {
  const archive = await openArchive(options, options.basics)
  const { clock } = options.basics
  const log =
    archive === undefined
      ? options.basics.log
      : archivingLog(
          options.basics.log,
          () => clock.now(),
          (kind, fields) => archive.add(kind, fields),
        )
  const basics = { ...options.basics, log }
  try {
    const dmarc = await openDmarc(options, basics)
    const gateway = await startGateway({
      ...options,
      basics,
      ...(dmarc === undefined ? {} : { wrapIntake: dmarc.intake }),
    })
    void archive?.run()
    void dmarc?.run()
    return {
      ...gateway,
      async stop() {
        await gateway.stop()
        await dmarc?.stop()
        await archive?.stop()
      },
    }
  } catch (error) {
    await archive?.stop()
    throw error
  }
}
