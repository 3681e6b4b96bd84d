// Hears events for the suppression list. It resolves when what follows is on disk, and bears to hear the same event again.
import type { Log } from '../base/log.ts'
import type { FeedbackListener } from './listeners.ts'
import { listed } from './suppression.ts'
import { suppressFor } from './suppression-events.ts'
import type { SuppressionList } from './suppression-list.ts'

export interface SuppressionListenerOptions {
  readonly list: Pick<SuppressionList, 'change'>
  /** The one spelling of a recipient, or undefined for what is no address. */
  readonly canonical: (text: string) => string | undefined
  readonly now: () => number
  readonly log: Log
}

/** `recipients`: those of the event that it is news of. */
export function suppressionListener(options: SuppressionListenerOptions): FeedbackListener {
  const { list, canonical, now, log } = options
  return async (event, recipients) => {
    const named = new Set(recipients.map(({ address }) => address))
    // Asked of the whole event: whom else a complaint names says how sure it is.
    const findings = suppressFor(event, canonical).filter(({ spelling }) => named.has(spelling))
    if (findings.length === 0) return
    let added = 0
    await list.change(
      findings.map(({ address }) => address),
      (record, i) => {
        const after = listed(record, findings[i]!, now())
        if (after !== undefined && record?.entry === undefined) added += 1
        return after
      },
    )
    if (added > 0) log.info('suppressionAdded', { by: 'watari', reason: findings[0]!.reason, added })
  }
}
