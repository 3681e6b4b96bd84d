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
  return {
    at: isoTime(at),
    event: kind,
    mail: mail.mailId,
    part: mail.part,
    ses: mail.sesMessageId,
    sentAt: mail.sentAt === undefined ? undefined : isoTime(mail.sentAt),
    sender: write(mail.sender),
    configurationSet,
    ...detailsOf(event, write),
  }
}

function detailsOf(event: FeedbackEvent, write: WriteAddress): ArchiveFields {
  switch (event.kind) {
    case 'send':
      return { recipients: event.mail.destinations.map((address) => ({ address: write(address) })) }
    case 'delivery':
      return {
        recipients: recipientsOf(event.recipients, write),
        smtpResponse: textOf(event.smtpResponse),
        reportingMta: event.reportingMta,
        processingMs: event.processingMs,
      }
    case 'bounce':
      return {
        bounceType: event.bounceType,
        bounceSubType: event.bounceSubType,
        recipients: recipientsOf(event.recipients, write),
        feedbackId: event.feedbackId,
        reportingMta: event.reportingMta,
      }
    case 'complaint':
      return {
        subType: event.subType,
        feedbackType: event.feedbackType,
        recipients: recipientsOf(event.recipients, write),
        feedbackId: event.feedbackId,
        userAgent: textOf(event.userAgent),
      }
    case 'reject':
      return { reason: textOf(event.reason) }
    case 'renderingFailure':
      return { templateName: event.templateName, message: textOf(event.message) }
    case 'deliveryDelay':
      return { delayType: event.delayType, recipients: recipientsOf(event.recipients, write) }
    case 'other':
      return { eventType: event.eventType }
    default:
      return never(event)
  }
}

function recipientsOf(recipients: readonly EventRecipient[], write: WriteAddress): readonly ArchiveFields[] {
  return recipients.map(({ address, action, status, diagnosticCode }) => ({
    address: write(address),
    action,
    status,
    diagnosticCode: textOf(diagnosticCode),
  }))
}

/** What a stranger wrote may name anybody. */
function textOf(text: string | undefined): string | undefined {
  return text === undefined ? undefined : maskText(text)
}

function isoTime(atMs: number): string {
  return new Date(atMs).toISOString()
}
