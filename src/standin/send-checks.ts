// Whether SES takes a mail, asked in order, each check named after the fault it finds. The first fault is the answer.
// SES looks at identities, MAIL FROM and quota after the content has come, never at MAIL or RCPT; so does this.
import { addressFault, domainOf, mailboxesIn } from './addresses.ts'
import { SINGLE_HEADERS } from './single-headers.ts'
import { MESSAGE_OCTETS_MAX, RECIPIENTS_MAX, type Refusal } from './refusals.ts'
import { identitiesFor, verifiedIdentityFor, type Account, type ConfigurationSet, type Identity } from './state.ts'
import type { Submission } from './submission.ts'

export const SIMULATOR_DOMAIN = 'simulator.amazonses.com'
/** RFC 5321 4.5.3.1.6: 1,000 octets with the CRLF. */
const LINE_OCTETS_MAX = 1_000
/** AWS guide, "quotas". */
const MIME_PARTS_MAX = 500
const ADDRESS_HEADERS = ['from', 'sender', 'return-path']

/** What a mail that passed will be sent with. */
export interface Clearance {
  /** The identity that let it pass, most specific first; its attributes apply. */
  readonly identity: Identity
  readonly configurationSet: ConfigurationSet | undefined
}

export type Checked = { readonly refusal: Refusal } | { readonly clearance: Clearance }

/** All checks; the last of them takes rate and quota, so a refused mail costs nothing. */
export function checkSubmission(account: Account, submission: Submission): Checked {
  const early =
    tooLong(submission) ?? messageInvalid(account, submission) ?? recipientsWrong(submission) ?? sendingStopped(account)
  if (early) return { refusal: early }
  const configurationSet = configurationSetFor(account, submission)
  if (configurationSet && 'kind' in configurationSet) return { refusal: configurationSet }
  const unverified = identitiesNotVerified(account, submission)
  if (unverified.length > 0) return { refusal: { kind: 'notVerified', identities: unverified } }
  const identity = verifiedIdentityFor(account, fromAddress(submission))!
  const late = mailFromNotVerified(account, fromAddress(submission)) ?? limitsReached(account, submission)
  return late ? { refusal: late } : { clearance: { identity, configurationSet } }
}

function tooLong({ message }: Submission): Refusal | undefined {
  return message.size > MESSAGE_OCTETS_MAX ? { kind: 'tooLong' } : undefined
}

const invalid = (text: string): Refusal => ({ kind: 'invalid', text })

function messageInvalid({ settings }: Account, { message, via }: Submission): Refusal | undefined {
  if (message.bareLineEnds && via === 'smtp' && settings.bareLineEnds === 'refuse') {
    return invalid('Message contains a bare CR or LF.')
  }
  if (message.longestLine > LINE_OCTETS_MAX && settings.longLines === 'refuse') {
    return invalid(`Line length exceeds ${LINE_OCTETS_MAX} characters.`)
  }
  if (message.fields.some((field) => field.key === '')) return invalid('Malformed header line.')
  const duplicate = settings.duplicateHeaders === 'refuse' ? duplicateHeader(message.fields) : undefined
  if (duplicate) return invalid(`Duplicate header '${duplicate}'.`)
  const from = message.fields.find((field) => field.key === 'from')
  if (from === undefined || from.value === '') return invalid("Missing required header 'From'.")
  if (mailboxesIn(from.value).length === 0) return invalid('Illegal address')
  if (mimeParts(message.body) > MIME_PARTS_MAX) return invalid(`Message has more than ${MIME_PARTS_MAX} parts.`)
  return addressHeaderWrong(message.fields)
}

function duplicateHeader(fields: Submission['message']['fields']): string | undefined {
  const seen = new Set<string>()
  for (const { key } of fields) {
    if (seen.has(key) && SINGLE_HEADERS.has(key)) return SINGLE_HEADERS.get(key)
    seen.add(key)
  }
  return undefined
}

function addressHeaderWrong(fields: Submission['message']['fields']): Refusal | undefined {
  for (const field of fields) {
    if (!ADDRESS_HEADERS.includes(field.key)) continue
    for (const { address } of mailboxesIn(field.value)) {
      // An empty Return-Path asks for the default one.
      const fault = address === '' && field.key === 'return-path' ? undefined : addressFault(address, 'accept')
      if (fault) return invalid(fault)
    }
  }
  return undefined
}

/** Counted by their boundaries: enough to know that there are more than 500. */
function mimeParts(body: Buffer): number {
  let count = 0
  for (let at = body.indexOf('\r\n--'); at >= 0 && count <= MIME_PARTS_MAX; at = body.indexOf('\r\n--', at + 4)) {
    // A part's boundary is followed by its header; a line of dashes in a text is not.
    const blank = body.indexOf('\r\n\r\n', at + 4)
    if (blank >= 0 && /^content-/im.test(body.toString('latin1', at, Math.min(blank, at + 2_000)))) count += 1
  }
  return count
}

function recipientsWrong({ recipients }: Submission): Refusal | undefined {
  return recipients.length > RECIPIENTS_MAX ? { kind: 'tooManyRecipients' } : undefined
}

function sendingStopped(account: Account): Refusal | undefined {
  if (account.suspended) return { kind: 'accountSuspended' }
  const stopped = !account.sendingEnabled || account.reputation.status() === 'SHUTDOWN'
  return stopped ? { kind: 'accountPaused' } : undefined
}

function configurationSetFor(account: Account, submission: Submission): ConfigurationSet | Refusal | undefined {
  const name = submission.configurationSetName ?? defaultConfigurationSet(account, fromAddress(submission))
  if (name === undefined) return undefined
  const found = account.configurationSets.get(name)
  if (found === undefined) return { kind: 'configurationSetMissing', name }
  return found.sendingEnabled ? found : { kind: 'configurationSetPaused', name }
}

/** The default set of the most specific identity that has one (AWS guide, "creating-identities"). */
function defaultConfigurationSet(account: Account, address: string): string | undefined {
  return identitiesFor(account, address).find((identity) => identity.configurationSetName)?.configurationSetName
}

export function fromAddress({ message }: Submission): string {
  const from = message.fields.find((field) => field.key === 'from')
  return mailboxesIn(from?.value ?? '')[0]?.address ?? ''
}

/** From, Sender, Return-Path, the source, and in the sandbox the recipients; as the reply lists them. */
function identitiesNotVerified(account: Account, submission: Submission): string[] {
  const headers = submission.message.fields.filter((field) => ADDRESS_HEADERS.includes(field.key))
  const named = [submission.source, ...submission.senders].map((address) => ({ shown: address, address }))
  const senders = [...headers.flatMap((field) => mailboxesIn(field.value)), ...named]
  const recipients = account.settings.sandbox ? submission.recipients.filter((address) => !isSimulator(address)) : []
  const failing = [...senders, ...recipients.map((address) => ({ shown: address, address }))].filter(
    ({ address }) => address !== '' && verifiedIdentityFor(account, address) === undefined,
  )
  return [...new Set(failing.map(({ shown }) => shown))]
}

/** The MAIL FROM settings of the most specific identity that has some. */
export function mailFromOf(account: Account, address: string): Identity['mailFrom'] {
  return identitiesFor(account, address).find((identity) => identity.mailFrom)?.mailFrom
}

function mailFromNotVerified(account: Account, address: string): Refusal | undefined {
  const mailFrom = mailFromOf(account, address)
  const refuse = mailFrom && mailFrom.status !== 'SUCCESS' && mailFrom.onMxFailure === 'REJECT_MESSAGE'
  return refuse ? { kind: 'mailFromNotVerified' } : undefined
}

/** Simulator mail is exempt from the daily quota only (AWS guide, "send-an-email-from-console"). */
function limitsReached(account: Account, { recipients }: Submission): Refusal | undefined {
  const now = account.clock.now()
  const counted = recipients.filter((address) => !isSimulator(address)).length
  const { max24HourSend } = account.settings
  if (max24HourSend >= 0 && counted > 0 && account.day.total(now) + counted > max24HourSend) {
    return { kind: 'dailyQuota' }
  }
  if (!account.rate.take(now, recipients.length)) return { kind: 'rate' }
  account.day.add(now, counted)
  return undefined
}

export function isSimulator(address: string): boolean {
  return domainOf(address) === SIMULATOR_DOMAIN
}
