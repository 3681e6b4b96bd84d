// Changes as figures: by receiving domain and stream, at the instant of the event.
import type { FigureKey, FigureSink } from '../base/figures.ts'
import { domainOf } from '../mail/address.ts'
import { countsGained, type Change, type EventChange } from './change.ts'
import type { FeedbackEvent } from './event.ts'

/** Where an event does not say from whom the mail was. */
const UNKNOWN = 'unknown'

/** Counts what one event changed. A complaint that names several people is one complaint (C25). */
export function countEvent(figures: FigureSink, { event, changes }: EventChange): void {
  let complained = false
  for (const change of changes) {
    const key = keyOf(event, change)
    for (const what of countsGained(change)) {
      if (what === 'complained' && complained) continue
      complained ||= what === 'complained'
      figures.count(event.at, key, what)
    }
    countLatency(figures, key, { event, fact: change.fact })
  }
}

/** From SES's 250 to the receiver's, by SES's own clock at both ends. */
function countLatency(
  figures: FigureSink,
  key: FigureKey,
  { event, fact }: Pick<EventChange, 'event'> & Pick<Change, 'fact'>,
) {
  const { sentAt } = event.mail
  if (fact === 'delivered' && sentAt !== undefined) figures.latency(event.at, key, 'delivery', event.at - sentAt)
}

function keyOf({ mail }: FeedbackEvent, { recipient }: Change): FigureKey {
  return { route: 'ses', domain: nameOf(recipient.address), stream: nameOf(mail.sender) }
}

/** Figures are shown to everybody: what is no host name may be anybody's. */
function nameOf(address: string): string {
  const domain = domainOf(address)
  return /^[a-z0-9._-]{1,255}$/.test(domain) ? domain : UNKNOWN
}
