// What SES delivered: the last mails in memory, bounded by count and octets. A mail is put together and signed when someone
// looks at it, with the keys and the time of its acceptance: the octets are the same, and taking mail stays fast.
import { dkimSign } from 'mailauth'
import { isReplaced, isSteering, type Submission } from './submission.ts'
import type { DkimKey } from './state.ts'

/** Enough to look at in a test or a demo; counts go on beyond it. */
export const KEPT_MAILS_MAX = 10_000
export const KEPT_OCTETS_MAX = 64 * 1024 * 1024

export interface Signer {
  readonly domain: string
  readonly key: DkimKey
}

export interface DeliveredMail {
  /** The message id that SES answered. */
  readonly id: string
  readonly acceptedAt: number
  readonly submission: Submission
  /** Those it was delivered to: not the suppressed, bounced or rejected. */
  readonly recipients: readonly string[]
  /** `<id@MAIL FROM domain>`: what recipients see in place of the envelope sender. */
  readonly returnPath: string
  readonly configurationSetName: string | undefined
  readonly tags: Readonly<Record<string, readonly string[]>>
  readonly signers: readonly Signer[]
  readonly region: string
}

export interface MailQuery {
  /** Exact, without case. */
  readonly recipient?: string | undefined
  readonly tag?: { readonly name: string; readonly value: string } | undefined
  readonly limit?: number | undefined
}

export interface Mailbox {
  keep(mail: DeliveredMail): void
  /** The newest first. */
  find(query?: MailQuery): DeliveredMail[]
  get(id: string): DeliveredMail | undefined
  clear(): void
  /** Since the start, kept or not: mails with a delivery, and recipients delivered to. */
  readonly counts: { mails: number; deliveries: number }
}

export function createMailbox(): Mailbox {
  const kept = new Map<string, DeliveredMail>()
  const counts = { mails: 0, deliveries: 0 }
  let octets = 0
  const matches = (mail: DeliveredMail, { recipient, tag }: MailQuery): boolean =>
    (recipient === undefined || mail.recipients.some((one) => one.toLowerCase() === recipient.toLowerCase())) &&
    (tag === undefined || (mail.tags[tag.name] ?? []).includes(tag.value))
  return {
    counts,
    keep(mail) {
      counts.mails += 1
      counts.deliveries += mail.recipients.length
      kept.set(mail.id, mail)
      octets += mail.submission.message.size
      for (const [id, oldest] of kept) {
        if (kept.size <= KEPT_MAILS_MAX && octets <= KEPT_OCTETS_MAX) break
        kept.delete(id)
        octets -= oldest.submission.message.size
      }
    },
    find: (query = {}) =>
      [...kept.values()]
        .reverse()
        .filter((mail) => matches(mail, query))
        .slice(0, query.limit ?? KEPT_MAILS_MAX),
    get: (id) => kept.get(id),
    clear() {
      kept.clear()
      octets = 0
    },
  }
}

/** The mail as a receiver stores it: SES's headers, both signatures, the body octet by octet. */
export async function deliveredContent(mail: DeliveredMail): Promise<Buffer> {
  const { fields, body } = mail.submission.message
  const own = fields.filter(({ key }) => !isSteering(key) && !isReplaced(key)).map(({ raw }) => raw)
  const written = [
    `Message-ID: <${mail.id}@${mail.region === 'us-east-1' ? 'email' : mail.region}.amazonses.com>\r\n`,
    `Date: ${new Date(mail.acceptedAt).toUTCString().replace('GMT', '+0000')}\r\n`,
    `Feedback-ID: ::1.${mail.region}.standin:AmazonSES\r\n`,
    'X-SES-Outgoing: 127.0.0.1\r\n',
  ]
  const unsigned = Buffer.concat([Buffer.from(`${own.join('')}${written.join('')}\r\n`, 'latin1'), body])
  const signatures = await signaturesOf(mail, unsigned)
  return Buffer.concat([Buffer.from(`Return-Path: <${mail.returnPath}>\r\n${signatures}`, 'latin1'), unsigned])
}

/** The identity's signature first, then Amazon's own, as in delivered mail. */
async function signaturesOf(mail: DeliveredMail, unsigned: Buffer): Promise<string> {
  const { signatures, errors } = await dkimSign(unsigned, {
    // The type asks for these of a single signature; with several they come from `signatureData`.
    signingDomain: '',
    selector: '',
    privateKey: '',
    canonicalization: 'relaxed/simple',
    signTime: mail.acceptedAt,
    signatureData: mail.signers.map(({ domain, key }) => ({
      signingDomain: domain,
      selector: key.selector,
      privateKey: key.privateKey.export({ type: 'pkcs8', format: 'pem' }),
    })),
  })
  if (errors !== undefined && errors.length > 0) throw new Error('sign a delivered mail', { cause: errors[0] })
  return signatures
}
