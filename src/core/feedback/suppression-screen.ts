// The suppression list applied before SES: asked at each attempt on that route, so that an address that was listed while its
// mail waited is stopped too. Never asked for legacy: those hosts pay nothing for a bounce.
import { rfcDate } from '../base/rfc-date.ts'
import { canonical, parseMailbox } from '../mail/address.ts'
import { wasInDoubt, type ClaimedPart } from '../mail/mail.ts'
import { SUPPRESSED, type Outcome } from '../mail/outcome.ts'
import type { SuppressionEntry } from './suppression.ts'
import type { SuppressionList } from './suppression-list.ts'

/** What becomes of a recipient on the list: its sender gets a report, or the old hosts try it. */
export type OnHit = 'bounce' | 'legacy'

export interface ScreenOptions {
  readonly list: Pick<SuppressionList, 'find'>
  readonly onHit: OnHit
  /** Who says so, in the report to the sender. */
  readonly hostname: string
}

/** An outcome for each recipient that must not be given to SES, in their order; undefined when all may. */
export function suppressionScreen(options: ScreenOptions): (part: ClaimedPart) => Screened | undefined {
  return (part) => {
    let stopped: (Outcome | undefined)[] | undefined
    part.recipients.forEach((recipient, i) => {
      const entry = entryOf(options.list, recipient)
      if (entry === undefined) return
      stopped ??= part.recipients.map(() => undefined)
      stopped[i] = outcomeOf(entry, part, options)
    })
    return stopped
  }
}

type Screened = readonly (Outcome | undefined)[]

function entryOf(list: ScreenOptions['list'], recipient: string): SuppressionEntry | undefined {
  // Accepted addresses are ASCII; one that no longer parses is on no list.
  const mailbox = parseMailbox(recipient, () => '')
  return typeof mailbox === 'string' ? undefined : list.find(canonical(mailbox))?.entry
}

function outcomeOf(entry: SuppressionEntry, part: ClaimedPart, { onHit, hostname }: ScreenOptions): Outcome {
  // An earlier try may have reached SES before the address was listed: then neither a bounce nor another route is sure.
  if (wasInDoubt(part) && entry.addedAt > part.acceptedAt) return { kind: 'unclear', reason: SUPPRESSED }
  if (onHit === 'legacy') return { kind: 'notForThisRoute', reason: SUPPRESSED }
  const enhanced = statusOf(entry)
  return {
    kind: 'rejected',
    reason: SUPPRESSED,
    reply: {
      code: 550,
      enhanced,
      text: `${enhanced} not sent: the address is on the suppression list (${entry.reason}) since ${rfcDate(entry.addedAt)}`,
      host: hostname,
      command: 'suppression list',
    },
  }
}

/**
 * What the receiver said, when it said it, so that a list cleaner sees the bounce it knows. Else RFC 3463 3.2, 1.0: something
 * about the address; or 7.1: delivery not authorized.
 */
function statusOf({ reason, evidence }: SuppressionEntry): string {
  if (evidence.status?.startsWith('5.')) return evidence.status
  return reason === 'hardBounce' || reason === 'accountList' || reason === 'imported' ? '5.1.0' : '5.7.1'
}
