// Notices by mail, through an SMTP host of the plan. nodemailer makes the message and speaks the protocol; what became of it
// is told as a value. Its rule: a notice that is said again has the same Message-ID, so that a reader sees one.
import { createTransport } from 'nodemailer'
import type { Notice, NoticeOutcome, Notifier } from '../../core/base/notice.ts'

export interface MailNotifierOptions {
  /** The name in outcomes: 'mail to the DNS team'. */
  readonly channel: string
  readonly host: string
  readonly port: number
  readonly tls: 'never' | 'may' | 'must'
  readonly from: string
  readonly to: readonly string[]
  readonly login?: { readonly user: string; readonly password: string }
}

/** Somebody waits for the outcome, and the next try is minutes away. */
const CONNECT_TIMEOUT_MS = 10_000
const ANSWER_TIMEOUT_MS = 30_000

export function mailNotifier(options: MailNotifierOptions): Notifier {
  const { channel, host, port, tls, login } = options
  return {
    channel,
    async send(notice) {
      const transport = createTransport({
        host,
        port,
        secure: false,
        ignoreTLS: tls === 'never',
        requireTLS: tls === 'must',
        // 'may' takes what is offered, as Postfix does; only 'must' is a promise.
        tls: { rejectUnauthorized: tls === 'must' },
        connectionTimeout: CONNECT_TIMEOUT_MS,
        greetingTimeout: CONNECT_TIMEOUT_MS,
        socketTimeout: ANSWER_TIMEOUT_MS,
        ...(login === undefined ? {} : { auth: { user: login.user, pass: login.password } }),
      })
      try {
        await transport.sendMail(message(notice, options))
        return { kind: 'sent', channel }
      } catch (error) {
        return failure(error, options)
      } finally {
        transport.close()
      }
    },
  }
}

function message(notice: Notice, { from, to }: MailNotifierOptions): object {
  const domain = from.slice(from.lastIndexOf('@') + 1)
  return {
    from,
    to: [...to],
    subject: notice.subject,
    text: notice.text,
    ...(notice.html === undefined ? {} : { html: notice.html }),
    messageId: `<${notice.id}@${domain}>`,
    // RFC 3834 5: nobody's vacation notice should answer this.
    headers: { 'Auto-Submitted': 'auto-generated' },
    attachments: (notice.files ?? []).map(({ name, mediaType, text }) => ({
      filename: name,
      contentType: mediaType,
      content: text,
    })),
  }
}

function failure(error: unknown, { channel, host, port }: MailNotifierOptions): NoticeOutcome {
  const code = error instanceof Error && 'responseCode' in error ? Number(error.responseCode) : Number.NaN
  const word = error instanceof Error && 'code' in error ? String(error.code) : 'unknown'
  const said = Number.isNaN(code) ? word : `${word}, reply ${code}`
  // A refused login or a 5xx will be refused again; everything else may pass.
  const again = !(code >= 500) && word !== 'EAUTH' && word !== 'EENVELOPE'
  return { kind: 'failed', channel, again, message: `${host}:${port} did not take the mail (${said})` }
}
