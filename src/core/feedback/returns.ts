// Back to the sender (F2): which events of SES its sender hears of, and the report made durable before anyone says so.
// Its rule: an event that comes again makes no second report, and nothing answers a mail without a sender.
import { domainFits, parseMailbox } from '../mail/address.ts'
import { decodeMailId } from '../mail/mail-id.ts'
import { complaintReport } from './complaint-report.ts'
import { deliveryReport } from './delivery-report.ts'
import type { EventRecipient, FeedbackEvent, FeedbackMail } from './event.ts'
import {
  failuresOf,
  refusalsOf,
  suppressedByComplaint,
  type BounceEvent,
  type ComplaintEvent,
  type RefusalEvent,
} from './failures.ts'
import { reportSender, type ReportSenderOptions, type Sent } from './report-sender.ts'

/** watari: reports by Watari; ses: SES forwards bounces by mail itself; none: the sender reads events elsewhere. */
export type ReturnsMode = 'watari' | 'ses' | 'none'

export interface ReturnsOptions extends ReportSenderOptions {
  readonly mode: ReturnsMode
  readonly hostname: string
  readonly version: string
  /** Whose bounces are ours to return: gateway.senderDomains of the plan. */
  readonly senderDomains: readonly string[]
}

export type NotReturned =
  | 'switchedOff'
  | 'noRecipients'
  | 'autoReply'
  | 'notSpam'
  /** RFC 5321 6.1: a mail without a sender is never answered. */
  | 'nullSender'
  /** A mailer daemon's mail, or a report of our own: an answer would come back. */
  | 'loop'
  /** Somebody else's mail through the same account. */
  | 'senderNotOurs'

export type ReturnAnswer = Sent | { readonly kind: 'notReturned'; readonly reason: NotReturned }

export interface Returns {
  /** `recipients`: those of the event whose state it changed. Never rejects. */
  bounce(event: BounceEvent, recipients: readonly EventRecipient[]): Promise<ReturnAnswer>
  complaint(event: ComplaintEvent, recipients: readonly EventRecipient[]): Promise<ReturnAnswer>
  refusal(event: RefusalEvent, recipients: readonly EventRecipient[]): Promise<ReturnAnswer>
}

export function returns(options: ReturnsOptions): Returns {
  const send = reportSender(options)
  const { hostname, version } = options
  return {
    async bounce(event, recipients) {
      const why = notReturned(options, event.mail, recipients)
      if (why !== undefined) return skipped(options, 'bounce', why)
      const failed = failuresOf(event, recipients)
      if (failed.length === 0) return skipped(options, 'bounce', 'autoReply')
      const { mail, at, reportingMta } = event
      const mta = reportingMta === undefined ? {} : { reportingMta }
      return send(event, recipients, (made) => deliveryReport({ ...made, hostname, mail, at, ...mta, failed }))
    },
    async complaint(event, recipients) {
      const why = notReturned(options, event.mail, recipients)
      if (why !== undefined) return skipped(options, 'complaint', why)
      if (event.subType?.endsWith('SuppressionList') === true) {
        const failed = suppressedByComplaint(event, recipients)
        const { mail, at } = event
        return send(event, recipients, (made) => deliveryReport({ ...made, hostname, mail, at, failed }))
      }
      // RFC 6430: somebody took the mail out of the spam folder.
      if (event.feedbackType === 'not-spam') return skipped(options, 'complaint', 'notSpam')
      return send(event, recipients, (made) => complaintReport({ ...made, hostname, version, event, recipients }))
    },
    async refusal(event, recipients) {
      const why = notReturned(options, event.mail, recipients)
      if (why !== undefined) return skipped(options, event.kind, why)
      const failed = refusalsOf(event, recipients)
      const { mail, at } = event
      return send(event, recipients, (made) => deliveryReport({ ...made, hostname, mail, at, failed }))
    },
  }
}

/** In the order of the questions: the first that applies is the reason. */
function notReturned(
  { mode, hostname, senderDomains }: ReturnsOptions,
  { sender: to, messageIdField }: FeedbackMail,
  recipients: readonly EventRecipient[],
): NotReturned | undefined {
  if (mode !== 'watari') return 'switchedOff'
  if (recipients.length === 0) return 'noRecipients'
  if (to === '') return 'nullSender'
  const mailbox = parseMailbox(to, () => '')
  if (typeof mailbox === 'string' || !domainFits(mailbox.domain, senderDomains)) return 'senderNotOurs'
  // Auto-Submitted is no reason: newsletters carry it, and their lists want cleaning most of all (RFC 3834 2).
  return mailbox.local.toLowerCase() === 'mailer-daemon' || isOurs(messageIdField, hostname) ? 'loop' : undefined
}

/** A report of ours: `<id@hostname>` with an id as only we make them. */
function isOurs(messageIdField: string | undefined, hostname: string): boolean {
  const [, id, host] = /^<?([^@<>]+)@([^@<>]+)>?$/.exec(messageIdField?.trim() ?? '') ?? []
  return id !== undefined && host === hostname && decodeMailId(id) !== undefined
}

function skipped({ meter }: ReturnsOptions, kind: FeedbackEvent['kind'], reason: NotReturned): ReturnAnswer {
  meter.count('watari_returns_total', { kind, result: reason })
  return { kind: 'notReturned', reason }
}
