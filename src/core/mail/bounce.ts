// The delivery status notification to a sender whose mail has failed for good: RFC 3464 in an RFC 6522 multipart/report,
// in Japanese and English. It goes by the legacy route, because SES takes no null reverse-path.
import { base64Lines, latin1Bytes, utf8Bytes } from '../base/bytes.ts'
import { rfcDate } from '../base/rfc-date.ts'
import { headerBlock, measuredContent } from './content.ts'
import type { Content, NewMail } from './mail.ts'
import type { Reply } from './outcome.ts'
import type { Failure } from './settle.ts'

export interface BounceQuestion {
  /** The id of the notification itself. */
  readonly id: string
  readonly nowMs: number
  /** The name this gateway goes by. */
  readonly hostname: string
  readonly original: { readonly id: string; readonly sender: string; readonly acceptedAt: number }
  readonly failures: readonly Failure[]
  /** The original, as far as it still exists; only its header is used. */
  readonly originalContent: Content | undefined
}

/** RFC 3464 wants the header; more of it than this helps nobody and makes bounces of bounces grow. */
const ORIGINAL_HEADER_MAX = 32_768
/** A reply longer than this is cut in the notification; the log has it masked. */
const DIAGNOSTIC_MAX = 512

/** The notification as a mail for the queue: null reverse-path, one recipient, legacy route. */
export function bounceMail(question: BounceQuestion): NewMail {
  const original = question.originalContent
    ? headerBlock(question.originalContent, ORIGINAL_HEADER_MAX)
    : new Uint8Array()
  const content = asContent(bounceText(question), original, question.id)
  return {
    id: question.id,
    acceptedAt: question.nowMs,
    sender: '',
    stream: 'bounce',
    content,
    parts: [
      {
        route: 'legacy',
        recipients: [question.original.sender],
        state: 'waiting',
        dueAt: question.nowMs,
        attempts: 0,
        reason: 'accepted',
      },
    ],
  }
}

const boundaryOf = (id: string): string => `watari-${id}`

function bounceText(question: BounceQuestion): string {
  const { id, nowMs, hostname, original } = question
  const boundary = boundaryOf(id)
  return lines(
    `Date: ${rfcDate(nowMs)}`,
    `From: Mail Delivery System <mailer-daemon@${hostname}>`,
    `To: <${original.sender}>`,
    `Message-ID: <${id}@${hostname}>`,
    'Subject: Undelivered Mail Returned to Sender',
    // RFC 3834 5: so that nothing answers an answer.
    'Auto-Submitted: auto-replied',
    'MIME-Version: 1.0',
    `Content-Type: multipart/report; report-type=delivery-status; boundary="${boundary}"`,
    '',
    `--${boundary}`,
    'Content-Type: text/plain; charset=utf-8',
    'Content-Transfer-Encoding: base64',
    '',
    base64Lines(utf8Bytes(humanText(question))),
    `--${boundary}`,
    'Content-Type: message/delivery-status',
    '',
    `Reporting-MTA: dns; ${hostname}`,
    `X-Watari-Mail-Id: ${original.id}`,
    `Arrival-Date: ${rfcDate(original.acceptedAt)}`,
    '',
    ...question.failures.flatMap(recipientFields),
    `--${boundary}`,
    'Content-Type: text/rfc822-headers',
    '',
    '',
  )
}

/** RFC 3464 2.3. The recipient keeps the spelling it was given with, so that a list cleaner finds it. */
function recipientFields({ recipient, reason, reply }: Failure): string[] {
  const fields = [`Final-Recipient: rfc822; ${recipient}`, 'Action: failed', `Status: ${statusOf(reason, reply)}`]
  if (reply) {
    fields.push(`Remote-MTA: dns; ${reply.host}`)
    fields.push(`Diagnostic-Code: smtp; ${oneLine(`${reply.code} ${reply.text}`)}`)
  }
  return [...fields, '']
}

function statusOf(reason: string, reply: Reply | undefined): string {
  // RFC 3463 3.5: 4.4.7 delivery time expired; as a failure its class is 5 (RFC 3464 2.3.4 wants the final status).
  if (reason === 'lifetimeExceeded') return '5.4.7'
  return reply?.enhanced?.startsWith('5.') ? reply.enhanced : '5.0.0'
}

function humanText({ hostname, original, failures }: BounceQuestion): string {
  const list = failures.map(({ recipient, reason, reply }) => {
    const said = reply ? `${reply.host}: ${oneLine(`${reply.code} ${reply.text}`)} (${reply.command})` : reason
    return `  <${recipient}>\n    ${said}`
  })
  return [
    `このメールは ${hostname} のメール配送システムが自動で送信しています。`,
    '次の宛先にはメールを届けることができませんでした。これ以上の再送は行いません。',
    '',
    `This is the mail delivery system at ${hostname}.`,
    'Your mail could not be delivered to the recipients below. No further attempt will be made.',
    '',
    ...list,
    '',
    `Mail id: ${original.id}`,
    '',
  ].join('\n')
}

function oneLine(text: string): string {
  return text.slice(0, DIAGNOSTIC_MAX).replaceAll(/[^ -~]+/g, '?')
}

function lines(...all: string[]): string {
  return `${all.join('\r\n')}\r\n`
}

function asContent(text: string, originalHeader: Uint8Array, id: string): Content {
  // The original header is in wire form already; nothing else here begins a line with a dot.
  return measuredContent([
    latin1Bytes(text.replace(/\r\n$/, '')),
    originalHeader,
    latin1Bytes(`\r\n--${boundaryOf(id)}--\r\n`),
  ])
}
