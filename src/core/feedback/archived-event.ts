// An event as a line of the archive: what it says, of whom only as much as the plan allows. A pseudonym joins the lines of one
// address and tells nobody who it is; masked lines are joined by the ids of the mail alone.
import { never } from '../base/assert.ts'
import { canonical, parseMailbox } from '../mail/address.ts'
import { maskAddress, maskText } from '../mail/mask.ts'
import type { ArchiveFields } from '../watch/archive.ts'
import type { EventRecipient, FeedbackEvent } from './event.ts'

/** How an address is written: `maskAddress`, or `pseudonymous` with the gateway's key. */
export type WriteAddress = (address: string) => string

/** The same pseudonym for every spelling of one address; `pseudonym` is a keyed hash. */
export function pseudonymous(pseudonym: (text: string) => string): WriteAddress {
  return (address) => {
    if (address === '') return '<>'
    const mailbox = parseMailbox(address, () => '')
    return pseudonym(typeof mailbox === 'string' ? address.toLowerCase() : canonical(mailbox))
  }
}

/** `mail` is our own id, by which `watari archive show --mail` finds it. */
export function archivedEvent(event: FeedbackEvent, write: WriteAddress = maskAddress): ArchiveFields {
  const { kind, at, mail, configurationSet } = event
  const recipients = 'recipients' in event ? event.recipients.map(({ address }) => address) : []
  const named = [mail.sender, ...mail.destinations, ...recipients]
  return {
    at: isoTime(at),
    event: kind,
    mail: mail.mailId,
    part: mail.part,
    ses: mail.sesMessageId,
    sentAt: mail.sentAt === undefined ? undefined : isoTime(mail.sentAt),
    sender: write(mail.sender),
    configurationSet,
    ...detailsOf(event, { address: write, words: wordsNaming(named) }),
  }
}

interface Writing {
  readonly address: WriteAddress
  /** For whatever a stranger wrote: it may name anybody, even where the form leaves no room for it. */
  readonly words: (text: string | undefined) => string | undefined
}

function wordsNaming(addresses: readonly string[]): Writing['words'] {
  return (text) => (text === undefined ? undefined : maskText(text, addresses))
}

function detailsOf(event: FeedbackEvent, write: Writing): ArchiveFields {
  const { words } = write
  switch (event.kind) {
    case 'send':
      return { recipients: event.mail.destinations.map((address) => ({ address: write.address(address) })) }
    case 'delivery':
      return {
        recipients: recipientsOf(event.recipients, write),
        smtpResponse: words(event.smtpResponse),
        reportingMta: words(event.reportingMta),
        processingMs: event.processingMs,
      }
    case 'bounce':
      return {
        bounceType: words(event.bounceType),
        bounceSubType: words(event.bounceSubType),
        recipients: recipientsOf(event.recipients, write),
        feedbackId: words(event.feedbackId),
        reportingMta: words(event.reportingMta),
      }
    case 'complaint':
      return {
        subType: words(event.subType),
        feedbackType: words(event.feedbackType),
        recipients: recipientsOf(event.recipients, write),
        feedbackId: words(event.feedbackId),
        userAgent: words(event.userAgent),
      }
    case 'reject':
      return { reason: words(event.reason) }
    case 'renderingFailure':
      return { templateName: words(event.templateName), message: words(event.message) }
    case 'deliveryDelay':
      return { delayType: words(event.delayType), recipients: recipientsOf(event.recipients, write) }
    case 'other':
      return { eventType: event.eventType }
    default:
      return never(event)
  }
}

function recipientsOf(recipients: readonly EventRecipient[], { address, words }: Writing): readonly ArchiveFields[] {
  return recipients.map((one) => ({
    address: address(one.address),
    action: words(one.action),
    status: words(one.status),
    diagnosticCode: words(one.diagnosticCode),
  }))
}

function isoTime(atMs: number): string {
  return new Date(atMs).toISOString()
}
