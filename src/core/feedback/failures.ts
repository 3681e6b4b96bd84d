// A bounce event as failures, one for each recipient that the sender must hear of, with the final status of each.
// Pure. What looks like a person's vacation notice is no failure; what nobody can tell is left alone.
import { bareSpelling, canonical, parseMailbox } from '../mail/address.ts'
import { oneLine } from '../mail/report-mail.ts'
import { classify, enhancedIn, replyText } from './classify.ts'
import type { EventRecipient, FeedbackEvent } from './event.ts'
import { REFUSED, SUPPRESSED, wordsFor, type Words } from './meaning-words.ts'

export type BounceEvent = Extract<FeedbackEvent, { readonly kind: 'bounce' }>
export type ComplaintEvent = Extract<FeedbackEvent, { readonly kind: 'complaint' }>
/** SES took the mail and then did not send it: it found a virus, or could not fill in a template. */
export type RefusalEvent = Extract<FeedbackEvent, { readonly kind: 'reject' | 'renderingFailure' }>

/** One recipient of a delivery report. */
export interface Failed {
  /** As the client of the gateway spelled it. */
  readonly recipient: string
  /** RFC 3463. */
  readonly status: string
  /** RFC 3464 2.3.6, type included. */
  readonly diagnostic: string
  readonly words: Words
}

/** SES did not try: the address is on a list of the account, of a tenant, or of all of SES. */
const SUPPRESSED_SUBTYPES = new Set([
  'Suppressed',
  'OnAccountSuppressionList',
  'OnTenantSuppressionList',
  'EmailValidationSuppressed',
])

/** The recipients of a bounce who did not get the mail; none for an auto-reply, which comes after a delivery (C24). */
export function failuresOf(event: BounceEvent, recipients: readonly EventRecipient[]): readonly Failed[] {
  return recipients
    .filter((recipient) => !isAutoReply(event, recipient))
    .map((recipient) => {
      const suppressed = SUPPRESSED_SUBTYPES.has(event.bounceSubType)
      return {
        recipient: originalSpelling(recipient.address, event.mail.destinations),
        status: finalStatus(event, recipient),
        diagnostic: diagnosticOf(recipient.diagnosticCode, `${event.bounceType}/${event.bounceSubType}`),
        words: suppressed ? SUPPRESSED : wordsFor(classify(recipient)),
      }
    })
}

/** A "complaint" that is none: SES did not send, because an earlier complaint stands on its list (C26). */
export function suppressedByComplaint(event: ComplaintEvent, recipients: readonly EventRecipient[]): readonly Failed[] {
  return recipients.map(({ address }) => ({
    recipient: originalSpelling(address, event.mail.destinations),
    // RFC 3463 3.8: 5.7.1 delivery not authorized, message refused.
    status: '5.7.1',
    diagnostic: diagnosticOf(undefined, `Complaint/${event.subType ?? ''}`),
    words: SUPPRESSED,
  }))
}

/** A mail that SES refused after it had taken it: nobody got it. */
export function refusalsOf(event: RefusalEvent, recipients: readonly EventRecipient[]): readonly Failed[] {
  const virus = event.kind === 'reject'
  const said = virus ? event.reason : (event.message ?? 'the template could not be filled in')
  return recipients.map(({ address }) => ({
    recipient: originalSpelling(address, event.mail.destinations),
    // RFC 3463 3.7 and 3.8: 5.6.0 other media error, 5.7.0 other security status.
    status: virus ? '5.7.0' : '5.6.0',
    diagnostic: diagnosticOf(undefined, said),
    words: REFUSED,
  }))
}

/**
 * Out-of-office answers reach SES as bounces without anything that a mail server would say. SES words that can only mean
 * a failure (MailboxFull, …) are failures even so. https://docs.aws.amazon.com/ses/latest/dg/event-publishing-retrieving-sns-contents.html
 */
export function isAutoReply(
  { bounceType, bounceSubType }: BounceEvent,
  { status, diagnosticCode }: EventRecipient,
): boolean {
  if (bounceType === 'Permanent' || status !== undefined || diagnosticCode !== undefined) return false
  return bounceSubType === 'General' || bounceSubType === 'Undetermined' || bounceType === 'Undetermined'
}

/** What SES stands for when the receiver gave no code. Class 4 for what another mail may pass. */
const STATUS_OF_SUBTYPE: Readonly<Record<string, string>> = {
  'Permanent/NoEmail': '5.1.1',
  // The code that SES itself gives with these.
  'Permanent/Suppressed': '5.1.1',
  'Permanent/OnAccountSuppressionList': '5.1.1',
  'Permanent/OnTenantSuppressionList': '5.1.1',
  'Permanent/EmailValidationSuppressed': '5.1.1',
  'Transient/MailboxFull': '4.2.2',
  'Transient/MessageTooLarge': '4.3.4',
  'Transient/CustomTimeoutExceeded': '4.4.7',
  'Transient/ContentRejected': '4.6.0',
  'Transient/AttachmentRejected': '4.6.0',
}

/**
 * The rule from 4.x to 5.x. The receiver's own code stands. A 4 becomes a 5 only where SES calls the failure permanent.
 * A soft bounce that SES gave up keeps its 4 beside `Action: failed`: RFC 3463 2 says of just this that "sending in the
 * future may be successful", Postfix reports an expired mail so, and a list cleaner does not strike the reader off.
 */
function finalStatus({ bounceType, bounceSubType }: BounceEvent, { status, diagnosticCode }: EventRecipient): string {
  const permanent = bounceType === 'Permanent'
  const reported = enhancedIn(replyText(diagnosticCode ?? '')) ?? status ?? ''
  if (/^5\.\d{1,3}\.\d{1,3}$/.test(reported)) return reported
  if (/^4\.\d{1,3}\.\d{1,3}$/.test(reported)) return permanent ? `5${reported.slice(1)}` : reported
  const key = `${bounceType}/${bounceSubType}`
  const known = Object.hasOwn(STATUS_OF_SUBTYPE, key) ? STATUS_OF_SUBTYPE[key] : undefined
  return known ?? (permanent ? '5.0.0' : '4.0.0')
}

/** Without a type the words are SES's own; without words its type and subtype are all that is known. */
function diagnosticOf(diagnosticCode: string | undefined, ses: string): string {
  const text = oneLine((diagnosticCode ?? '').replaceAll(/\s+/g, ' ').trim())
  if (text === '') return `X-SES; ${oneLine(ses)}`
  return /^[A-Za-z][\w-]*\s*;/.test(text) ? text : `X-SES; ${text}`
}

/**
 * The spelling that the client gave: SES may answer in another case, and addresses with dots out of place are given to
 * it in quotes (core/mail/spelling.ts).
 */
export function originalSpelling(address: string, destinations: readonly string[]): string {
  const bare = /<([^<>]+)>\s*$/.exec(address)?.[1] ?? address
  const wanted = canonicalText(bare)
  return oneLine(bareSpelling(destinations.find((given) => canonicalText(given) === wanted) ?? bare))
}

function canonicalText(address: string): string {
  // SES is given domains in ASCII; anything else is compared as it stands.
  const mailbox = parseMailbox(address.trim(), () => '')
  return typeof mailbox === 'string' ? address.toLowerCase() : canonical(mailbox)
}
