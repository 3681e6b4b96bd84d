// Why a mail was not taken, and how each interface says it. The SMTP column is what clients have seen
// (AWS guide, "troubleshoot-smtp", and field reports); the API column is the SESv2 service model.
// Which words are not confirmed is listed in docs/stand-in.md.
import { never } from './exhaustive.ts'
import type { Settings } from './settings.ts'

export type Refusal =
  | { readonly kind: 'notVerified'; readonly identities: readonly string[] }
  | { readonly kind: 'accountPaused' }
  | { readonly kind: 'accountSuspended' }
  | { readonly kind: 'configurationSetMissing'; readonly name: string }
  | { readonly kind: 'configurationSetPaused'; readonly name: string }
  | { readonly kind: 'mailFromNotVerified' }
  | { readonly kind: 'tooManyRecipients' }
  | { readonly kind: 'tooLong' }
  /** Something in the message itself; the text is a whole sentence. */
  | { readonly kind: 'invalid'; readonly text: string }
  | { readonly kind: 'rate' }
  | { readonly kind: 'dailyQuota' }

export interface ApiFault {
  readonly status: number
  readonly type: string
  readonly message: string
}

export const RECIPIENTS_MAX = 50
/** 40 MB after base64, for SMTP and API v2 (AWS guide, "quotas"). */
export const MESSAGE_OCTETS_MAX = 40 * 1024 * 1024
/** A reply line is at most 512 octets (RFC 5321 4.5.3.1.5); a longer list of identities is cut with dots. */
const IDENTITIES_TEXT_MAX = 380

const PAUSED =
  'Sending paused for this account. For more information, please check the inbox of the email address associated with your AWS account.'
const MAIL_FROM_INVALID = 'DNS setup for MAIL FROM domain is invalid.'

function notVerifiedText(identities: readonly string[], region: string): string {
  const list = identities.join(', ')
  const cut = list.length > IDENTITIES_TEXT_MAX ? `${list.slice(0, IDENTITIES_TEXT_MAX)}...` : list
  return `Email address is not verified. The following identities failed the check in region ${region.toUpperCase()}: ${cut}`
}

export function smtpReply(refusal: Refusal, region: string): string {
  switch (refusal.kind) {
    case 'notVerified':
      return `554 Message rejected: ${notVerifiedText(refusal.identities, region)}`
    case 'accountPaused':
    case 'accountSuspended':
      return `554 Message rejected: ${PAUSED}`
    case 'configurationSetMissing':
      return `554 Transaction failed: Configuration set <${refusal.name}> does not exist.`
    case 'configurationSetPaused':
      return `554 Transaction failed: Sending paused for configuration set <${refusal.name}>.`
    case 'mailFromNotVerified':
      return `554 MAIL FROM domain not verified: ${MAIL_FROM_INVALID}`
    case 'tooManyRecipients':
      return `554 Transaction failed: Recipient count exceeds ${RECIPIENTS_MAX}.`
    case 'tooLong':
      return '552 Message is too long.'
    case 'invalid':
      return `554 Transaction failed: ${refusal.text}`
    case 'rate':
      return '454 Throttling failure: Maximum sending rate exceeded.'
    case 'dailyQuota':
      return '454 Throttling failure: Daily message quota exceeded.'
    default:
      return never(refusal)
  }
}

const bad = (type: string, message: string): ApiFault => ({ status: 400, type, message })

export function apiFault(refusal: Refusal, region: string, throttlingName: Settings['throttlingName']): ApiFault {
  switch (refusal.kind) {
    case 'notVerified':
      return bad('MessageRejected', notVerifiedText(refusal.identities, region))
    case 'accountPaused':
      return bad('SendingPausedException', PAUSED)
    case 'accountSuspended':
      return bad('AccountSuspendedException', PAUSED)
    case 'configurationSetMissing':
      return bad('BadRequestException', `Configuration set <${refusal.name}> does not exist.`)
    case 'configurationSetPaused':
      return bad('SendingPausedException', `Sending paused for configuration set <${refusal.name}>.`)
    case 'mailFromNotVerified':
      return bad('MailFromDomainNotVerifiedException', MAIL_FROM_INVALID)
    case 'tooManyRecipients':
      return bad('BadRequestException', `Recipient count exceeds ${RECIPIENTS_MAX}.`)
    case 'tooLong':
      return bad('BadRequestException', `Message length is more than ${MESSAGE_OCTETS_MAX} bytes long.`)
    case 'invalid':
      return bad('BadRequestException', refusal.text)
    case 'rate':
      return throttlingName === 'ThrottlingException'
        ? bad('ThrottlingException', 'Maximum sending rate exceeded.')
        : { status: 429, type: 'TooManyRequestsException', message: 'Maximum sending rate exceeded.' }
    case 'dailyQuota':
      return throttlingName === 'ThrottlingException'
        ? bad('ThrottlingException', 'Daily message quota exceeded.')
        : bad('LimitExceededException', 'Daily message quota exceeded.')
    default:
      return never(refusal)
  }
}
