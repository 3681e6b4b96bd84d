// The delivery status notification (RFC 3464) to a sender whose mail we have given up ourselves, in Japanese and English.
// What SES tells us later of a mail that it took is told by core/feedback/delivery-report.ts, in the same container.
import { rfcDate } from '../base/rfc-date.ts'
import { headerBlock } from './content.ts'
import type { Content, NewMail } from './mail.ts'
import { oneLine, reportMail } from './report-mail.ts'
import { SUPPRESSED, type Reply } from './outcome.ts'
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
const SUPPRESSED_JA = 'この宛先は送信停止リストに登録されているため、送信しませんでした。'

/** The notification as a mail for the queue: null reverse-path, one recipient, legacy route. */
export function bounceMail(question: BounceQuestion): NewMail {
  const { id, nowMs, hostname, original, originalContent } = question
  return reportMail({
    id,
    nowMs,
    dueAt: nowMs,
    hostname,
    to: original.sender,
    stream: 'bounce',
    subject: 'Undelivered Mail Returned to Sender',
    type: 'delivery-status',
    text: humanText(question),
    fields: [
      `Reporting-MTA: dns; ${hostname}`,
      `X-Watari-Mail-Id: ${original.id}`,
      `Arrival-Date: ${rfcDate(original.acceptedAt)}`,
      '',
      ...question.failures.flatMap(recipientFields),
    ],
    original: originalContent ? headerBlock(originalContent, ORIGINAL_HEADER_MAX) : new Uint8Array(),
  })
}

/** RFC 3464 2.3. The recipient keeps the spelling it was given with, so that a list cleaner finds it. */
function recipientFields({ recipient, reason, reply }: Failure): string[] {
  const fields = [`Final-Recipient: rfc822; ${recipient}`, 'Action: failed', `Status: ${statusOf(reason, reply)}`]
  if (reply) {
    // Nobody was spoken to of an address that is on our own list (RFC 3464 2.3.5).
    if (reason !== SUPPRESSED) fields.push(`Remote-MTA: dns; ${reply.host}`)
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
    const inJapanese = reason === SUPPRESSED ? `\n    ${SUPPRESSED_JA}` : ''
    return `  <${recipient}>${inJapanese}\n    ${said}`
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
