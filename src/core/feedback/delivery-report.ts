// What SES reports of a mail that did not arrive, as a delivery status notification (RFC 3464) to its sender. Watari only
// translates: the MTA that tried is SES's, so it stands in Reporting-MTA and we in DSN-Gateway (RFC 3464 2.2.3).
import { latin1Bytes } from '../base/bytes.ts'
import { rfcDate } from '../base/rfc-date.ts'
import type { NewMail } from '../mail/mail.ts'
import { oneLine, reportMail } from '../mail/report-mail.ts'
import type { FeedbackMail } from './event.ts'
import type { Failed } from './failures.ts'

export interface DeliveryReportQuestion {
  /** The id of the report itself. */
  readonly id: string
  readonly nowMs: number
  readonly dueAt: number
  readonly hostname: string
  readonly mail: FeedbackMail
  /** When it failed. */
  readonly at: number
  /** As SES gives it: 'dns; name', 'dsn; name', or a bare name. */
  readonly reportingMta?: string
  /** All recipients of one event in one report. */
  readonly failed: readonly Failed[]
}

/** What stands for SES when it does not name a host of its own. */
const SES_MTA = 'amazonses.com'

export function deliveryReport(question: DeliveryReportQuestion): NewMail {
  const { id, nowMs, dueAt, hostname, mail, at, failed } = question
  return reportMail({
    id,
    nowMs,
    dueAt,
    hostname,
    to: mail.sender,
    stream: 'bounce',
    subject: 'Undelivered Mail Returned to Sender',
    type: 'delivery-status',
    text: humanText(question),
    fields: [
      `Reporting-MTA: dns; ${mtaName(question.reportingMta)}`,
      `DSN-Gateway: dns; ${hostname}`,
      `Received-From-MTA: dns; ${hostname}`,
      ...(mail.sentAt === undefined ? [] : [`Arrival-Date: ${rfcDate(mail.sentAt)}`]),
      ...(mail.mailId === undefined ? [] : [`X-Watari-Mail-Id: ${oneLine(mail.mailId)}`]),
      `X-SES-Message-ID: ${oneLine(mail.sesMessageId)}`,
      '',
      ...failed.flatMap(({ recipient, status, diagnostic }) => [
        `Final-Recipient: rfc822; ${recipient}`,
        'Action: failed',
        `Status: ${status}`,
        `Diagnostic-Code: ${diagnostic}`,
        `Last-Attempt-Date: ${rfcDate(at)}`,
        '',
      ]),
    ],
    original: originalHeader(mail),
  })
}

/** What is still known of the original's header: its content left with SES. */
export function originalHeader({ messageIdField, mailId }: FeedbackMail): Uint8Array {
  const fields = [
    ...(messageIdField === undefined ? [] : [`Message-ID: ${inBrackets(oneLine(messageIdField.trim()))}`]),
    ...(mailId === undefined ? [] : [`X-Watari-Mail-Id: ${oneLine(mailId)}`]),
  ]
  return latin1Bytes(fields.map((field) => `${field}\r\n`).join(''))
}

function inBrackets(messageId: string): string {
  return messageId.startsWith('<') ? messageId : `<${messageId}>`
}

function mtaName(reportingMta: string | undefined): string {
  const name = (reportingMta ?? '').replace(/^\s*[\w-]+\s*;/, '').trim()
  return /^[\w.:[\]-]{1,255}$/.test(name) ? name : SES_MTA
}

function humanText({ hostname, mail, failed }: DeliveryReportQuestion): string {
  const list = failed.flatMap(({ recipient, diagnostic, words }) => [
    `  <${recipient}>`,
    `    ${words.ja}`,
    `    ${words.en}`,
    `    ${diagnostic.replace(/^smtp\s*;\s*/i, '')}`,
  ])
  return [
    `このメールは ${hostname} のメール配送システムが自動で送信しています。`,
    'Amazon SES を通して送信したメールを、次の宛先に届けることができませんでした。これ以上の再送は行いません。',
    '',
    `This is the mail delivery system at ${hostname}.`,
    'Your mail went out through Amazon SES and could not be delivered to the recipients below.',
    'No further attempt will be made.',
    '',
    ...list,
    '',
    ...idLines(mail),
    '',
  ].join('\n')
}

/** By these the mail is found again: in Watari, in the client's own records, in SES. */
export function idLines({ mailId, messageIdField, sesMessageId }: FeedbackMail): string[] {
  return [
    ...(mailId === undefined ? [] : [`Mail id: ${oneLine(mailId)}`]),
    ...(messageIdField === undefined ? [] : [`Message-ID: ${oneLine(messageIdField)}`]),
    `SES message id: ${oneLine(sesMessageId)}`,
  ]
}
