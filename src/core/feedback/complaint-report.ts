// A complaint as a feedback report (RFC 5965) to the sender of the mail that was complained of.
// SES may only guess who complained, so one report names every recipient that it names (C25).
import { rfcDate } from '../base/rfc-date.ts'
import { domainOf } from '../mail/address.ts'
import type { NewMail } from '../mail/mail.ts'
import { oneLine, reportMail } from '../mail/report-mail.ts'
import { idLines, originalHeader } from './delivery-report.ts'
import { originalSpelling, type ComplaintEvent } from './failures.ts'
import type { EventRecipient } from './event.ts'

export interface ComplaintReportQuestion {
  readonly id: string
  readonly nowMs: number
  readonly dueAt: number
  readonly hostname: string
  /** Of Watari, for User-Agent. */
  readonly version: string
  readonly event: ComplaintEvent
  readonly recipients: readonly EventRecipient[]
}

/**
 * Types of the registry (https://www.iana.org/assignments/marf-parameters) that need no fields beyond those here;
 * `auth-failure` needs those of RFC 6591, which SES does not tell.
 */
const FEEDBACK_TYPES = new Set(['abuse', 'fraud', 'not-spam', 'other', 'virus'])

export function complaintReport(question: ComplaintReportQuestion): NewMail {
  const { id, nowMs, dueAt, hostname, version, event } = question
  const { mail, arrivalAt, feedbackType, userAgent } = event
  const arrivedAt = arrivalAt ?? mail.sentAt
  return reportMail({
    id,
    nowMs,
    dueAt,
    hostname,
    to: mail.sender,
    stream: 'complaint',
    subject: 'Complaint about a mail / Feedback report',
    type: 'feedback-report',
    text: humanText(question),
    fields: [
      // RFC 5965 3.1: these three exactly once.
      `Feedback-Type: ${typeOf(feedbackType)}`,
      `User-Agent: Watari/${version}`,
      'Version: 1',
      `Original-Mail-From: <${mail.sender}>`,
      ...recipientsOf(question).map((recipient) => `Original-Rcpt-To: <${recipient}>`),
      ...(arrivedAt === undefined ? [] : [`Arrival-Date: ${rfcDate(arrivedAt)}`]),
      `Reporting-MTA: dns; ${hostname}`,
      `Reported-Domain: ${domainOf(mail.sender)}`,
      ...(feedbackType === undefined ? [] : [`X-SES-Feedback-Type: ${oneLine(feedbackType)}`]),
      ...(userAgent === undefined ? [] : [`X-SES-User-Agent: ${oneLine(userAgent)}`]),
      `X-SES-Message-ID: ${oneLine(mail.sesMessageId)}`,
      '',
    ],
    original: originalHeader(mail),
  })
}

/** A complaint of no type is the common one; a word that is not ours to judge is `other`, and kept beside it. */
function typeOf(feedbackType: string | undefined): string {
  if (feedbackType === undefined) return 'abuse'
  const type = feedbackType.toLowerCase()
  return FEEDBACK_TYPES.has(type) ? type : 'other'
}

function recipientsOf({ event, recipients }: ComplaintReportQuestion): readonly string[] {
  return recipients.map(({ address }) => originalSpelling(address, event.mail.destinations))
}

function humanText(question: ComplaintReportQuestion): string {
  const recipients = recipientsOf(question)
  const guess =
    recipients.length > 1
      ? [
          '受信側が苦情の主を明かさないため、可能性のある宛先をすべて記載しています。',
          'The provider hides who complained; every recipient that it may be is listed.',
          '',
        ]
      : []
  return [
    '送信したメールについて、受信者から迷惑メールとの申告がありました。この宛先への配信を停止してください。',
    '',
    'A reader has complained about a mail of yours. Please stop sending to the address below.',
    '',
    ...recipients.map((recipient) => `  <${recipient}>`),
    '',
    ...guess,
    ...idLines(question.event.mail),
    '',
  ].join('\n')
}
