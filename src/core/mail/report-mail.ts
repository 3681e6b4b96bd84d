// The container that all our reports to senders share: a multipart/report (RFC 6522) of a text for people, fields for
// programs, and the header of the original. Null reverse-path, legacy route: SES takes no mail without a sender.
import { base64Lines, latin1Bytes, utf8Bytes } from '../base/bytes.ts'
import { rfcDate } from '../base/rfc-date.ts'
import { measuredContent } from './content.ts'
import type { Content, NewMail } from './mail.ts'

export interface Report {
  /** The id of the report itself. */
  readonly id: string
  readonly nowMs: number
  /** When it may leave. */
  readonly dueAt: number
  /** The name this gateway goes by. */
  readonly hostname: string
  /** The envelope sender of the original, byte for byte. */
  readonly to: string
  readonly stream: 'bounce' | 'complaint'
  readonly subject: string
  /** `delivery-status` is RFC 3464, `feedback-report` is RFC 5965; the second part has the media type of this name. */
  readonly type: 'delivery-status' | 'feedback-report'
  /** For people; UTF-8, line ends \n. */
  readonly text: string
  /** For programs: lines without CRLF, ASCII, one field each; '' ends a group. */
  readonly fields: readonly string[]
  /** The original's header in wire form, as far as it is known. */
  readonly original: Uint8Array
}

/** A foreign text longer than this is cut in a report; the log has it masked. */
const FOREIGN_TEXT_MAX = 512

/** The report as a mail for the queue: one recipient, one part. */
export function reportMail(report: Report): NewMail {
  return {
    id: report.id,
    acceptedAt: report.nowMs,
    sender: '',
    stream: report.stream,
    content: contentOf(report),
    parts: [
      {
        route: 'legacy',
        recipients: [report.to],
        state: 'waiting',
        dueAt: report.dueAt,
        attempts: 0,
        reason: 'accepted',
      },
    ],
  }
}

/** What a stranger said, fit for a field: one line of printable ASCII. */
export function oneLine(text: string): string {
  return text.slice(0, FOREIGN_TEXT_MAX).replaceAll(/[^ -~]+/g, '?')
}

function contentOf(report: Report): Content {
  const boundary = `watari-${report.id}`
  const head = lines(
    `Date: ${rfcDate(report.nowMs)}`,
    `From: Mail Delivery System <mailer-daemon@${report.hostname}>`,
    `To: <${report.to}>`,
    `Message-ID: <${report.id}@${report.hostname}>`,
    `Subject: ${report.subject}`,
    // RFC 3834 5: so that nothing answers an answer.
    'Auto-Submitted: auto-replied',
    'MIME-Version: 1.0',
    `Content-Type: multipart/report; report-type=${report.type}; boundary="${boundary}"`,
    '',
    `--${boundary}`,
    'Content-Type: text/plain; charset=utf-8',
    'Content-Transfer-Encoding: base64',
    '',
    base64Lines(utf8Bytes(report.text)),
    `--${boundary}`,
    `Content-Type: message/${report.type}`,
    '',
    ...report.fields,
    `--${boundary}`,
    'Content-Type: text/rfc822-headers',
    '',
  )
  // The original header is in wire form already; nothing else here begins a line with a dot.
  return measuredContent([latin1Bytes(head), report.original, latin1Bytes(`\r\n--${boundary}--\r\n`)])
}

function lines(...all: string[]): string {
  return `${all.join('\r\n')}\r\n`
}
