// A gateway with what looks on beside it: the archive of its log and of events, and the reader of DMARC reports.
// Neither may hold a mail up, and either may be left out of the plan.
import { hmacKeyedHash } from '../adapters/node/keyed-hash.ts'
import { archivedEvent, pseudonymous, type WriteAddress } from '../core/feedback/archived-event.ts'
import type { FeedbackEvent } from '../core/feedback/event.ts'
import { maskAddress } from '../core/mail/mask.ts'
import { archivingLog } from '../core/watch/archive-collector.ts'
import { openArchive } from './archive.ts'
import { openDmarc } from './dmarc.ts'
import { startGateway, type StartedGateway, type StartOptions } from './gateway.ts'
import { splitKey } from './split-key.ts'

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
    const write = addressesOf(options)
    const onEvent = (event: FeedbackEvent) => archive?.add('events', archivedEvent(event, write))
    const gateway = await startGateway({
      ...options,
      basics,
      onEvent,
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

/** How addresses stand in archived events. */
function addressesOf({ plan, planFile, dataFolder }: StartOptions): WriteAddress {
  if (plan.archive.addresses === 'masked') return maskAddress
  const hash = hmacKeyedHash(splitKey(plan, planFile, dataFolder))
  return pseudonymous((text) => hash.pseudonym(text))
}
