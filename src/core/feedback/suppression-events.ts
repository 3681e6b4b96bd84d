// Which events speak for suppressing which address. A table, not a guess: only what the receiver or the recipient said for good.
// Events that tell of a suppression are no new bounces and no new complaints (case C26).
import { never } from '../base/assert.ts'
import type { EventRecipient, FeedbackEvent } from './event.ts'
import type { Finding, SuppressionReason } from './suppression.ts'

/** Bounces of type Permanent that a receiver made. Others say that SES did not even try, or are words of tomorrow. */
const RECEIVER_SUBTYPES: ReadonlySet<string> = new Set(['General', 'NoEmail'])
/** How SES says that its account's list stopped a mail, in a bounce and in a complaint (facts 5.9, 5.11). */
const ACCOUNT_LIST = 'OnAccountSuppressionList'
/** RFC 5965 7.3: a reader took a mail out of the spam folder. */
const NOT_SPAM = 'not-spam'

type Canonical = (address: string) => string | undefined

/**
 * What an event says about suppression, a finding for each recipient; empty for all that says nothing. `canonical` answers
 * undefined for what is no address, which is then left out.
 */
export function suppressFor(event: FeedbackEvent, canonical: Canonical): readonly Finding[] {
  switch (event.kind) {
    case 'bounce':
      if (event.bounceType !== 'Permanent') return []
      if (event.bounceSubType === ACCOUNT_LIST) return onAccountList(event.recipients, 'bounce', canonical)
      return RECEIVER_SUBTYPES.has(event.bounceSubType)
        ? happened(event, event.recipients, { reason: 'hardBounce', word: 'bounce', canonical })
        : []
    case 'complaint': {
      if (event.subType === ACCOUNT_LIST) return onAccountList(event.recipients, 'complaint', canonical)
      // Another list of SES, or a word of tomorrow: it did not come from the recipient.
      if (event.subType !== undefined || event.feedbackType === NOT_SPAM) return []
      // SES does not know who of several recipients at one provider it was, and names them all (facts 5.11).
      const word = event.recipients.length > 1 ? 'possibleComplaint' : 'complaint'
      return happened(event, event.recipients, { reason: 'complaint', word, canonical })
    }
    case 'send':
    case 'delivery':
    case 'reject':
    case 'renderingFailure':
    case 'deliveryDelay':
    case 'other':
      return []
    default:
      return never(event)
  }
}

interface Happening {
  readonly reason: SuppressionReason
  readonly word: string
  readonly canonical: Canonical
}

function happened(event: FeedbackEvent, recipients: readonly EventRecipient[], happening: Happening): Finding[] {
  const { at, mail } = event
  return recipients.flatMap(({ address: spelling, status }) => {
    const address = happening.canonical(spelling)
    if (address === undefined) return []
    const evidence = {
      word: happening.word,
      ...statusIn(status),
      count: 1,
      firstAt: at,
      lastAt: at,
      source: mail.sesMessageId,
    }
    return [{ address, spelling, reason: happening.reason, evidence, by: 'watari' }]
  })
}

/** The code alone (RFC 3463 2): whatever else stands there may name somebody. */
function statusIn(text: string | undefined): { readonly status?: string } {
  const status = /^[245]\.\d{1,3}\.\d{1,3}(?!\d)/.exec(text ?? '')?.[0]
  return status === undefined ? {} : { status }
}

/** The account's list has it. Without a date of its own, so that it puts nothing back that a person took off. */
function onAccountList(recipients: readonly EventRecipient[], word: string, canonical: Canonical): Finding[] {
  return recipients.flatMap(({ address: spelling }) => {
    const address = canonical(spelling)
    if (address === undefined) return []
    return [{ address, spelling, reason: 'accountList' as const, evidence: { word, count: 1 }, by: 'watari' }]
  })
}
