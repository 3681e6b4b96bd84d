// Counts what the old hosts' logs tell as figures of the legacy route. Mail that Watari gave to a host was counted as sent
// when the host took it; mail that clients still give to the hosts directly is counted as sent here, with its outcome.
import type { Counted, FigureSink } from '../../core/base/figures.ts'
import type { LegacyOutcome, LegacySink, LegacyStatus } from '../../core/base/legacy-outcome.ts'

const COUNTED_AS: Readonly<Record<LegacyStatus, Counted>> = {
  delivered: 'delivered',
  deferred: 'delayed',
  bounced: 'hardBounced',
  expired: 'softBounced',
}

export function legacyFigures(
  figures: FigureSink,
  names: { text(name: number): string },
  counted: (recipients: number) => void,
): LegacySink {
  return {
    mail: () => {},
    mailAgain: () => {},
    outcome(outcome) {
      const { atMs, status, count, delayMs, viaGateway } = outcome
      const key = { route: 'legacy', domain: names.text(outcome.domain), stream: streamOf(outcome, names) } as const
      // Without a domain it says nothing of any receiver: recipients that were given up at several at once.
      if (key.domain === '') return
      figures.count(atMs, key, COUNTED_AS[status], count)
      counted(count)
      if (status === 'deferred') return
      if (!viaGateway) figures.count(atMs, key, 'sent', count)
      if (status === 'delivered') figures.latency(atMs, key, 'delivery', delayMs)
    },
  }
}

function streamOf({ sender }: LegacyOutcome, names: { text(name: number): string }): string {
  return sender <= 0 ? '' : names.text(sender)
}
