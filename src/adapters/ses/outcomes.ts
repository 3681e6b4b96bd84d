// What SES means by its answers, on the SMTP wire and on the API: the only file that knows its error names and texts.
// Its rule (M7): an answer that is not known here is deferred, never a bounce; only a recipient's own fault bounces it.
// Texts: https://docs.aws.amazon.com/ses/latest/dg/troubleshoot-smtp.html and the errors of SESv2 SendEmail.
import type { Outcome, Reading, ReadReply, Reply, ReplyStage, RouteSignal } from '../../core/mail/outcome.ts'
import { isUnderIdentity } from '../../core/mail/mailbox.ts'
import { domainsInIdentityList } from './identity-list.ts'

/** What went wrong, in our words, whichever wire it came by. */
type Fault =
  | 'rate'
  | 'dailyQuota'
  | 'identityNotVerified'
  | 'mailFromDomainNotVerified'
  | 'configurationSetMissing'
  | 'sendingPaused'
  | 'accessDenied'
  | 'credentialsRefused'
  | 'senderAddressRefused'
  | 'recipientAddressRefused'
  | 'contentRefused'
  | 'tooManyConnections'
  | 'serviceFailure'
  | 'unknown'

/** Texts first: SES uses one name for several faults, and one fault has several names (facts: throttling has three). */
const TEXTS: readonly (readonly [RegExp, Fault])[] = [
  // First, because the list that follows it holds display names, and those say whatever a client wrote.
  [/email address is not verified/i, 'identityNotVerified'],
  [/maximum (?:sigv2 smtp )?sending rate exceeded/i, 'rate'],
  [/daily (?:message|sending) quota exceeded/i, 'dailyQuota'],
  [/mail from domain not verified/i, 'mailFromDomainNotVerified'],
  [/configuration set .*does not exist/i, 'configurationSetMissing'],
  // Not documented for SMTP; what SES says when it pauses an account or a configuration set is put in such words.
  [/sending (?:is |has been |was )?(?:paused|suspended|disabled|shut ?down)/i, 'sendingPaused'],
  [/account (?:is |has been |was )?(?:paused|suspended|disabled)/i, 'sendingPaused'],
  [/access denied|not authorized to perform/i, 'accessDenied'],
  [/account not subscribed to ses/i, 'accessDenied'],
  [/too many concurrent smtp connections/i, 'tooManyConnections'],
  [/invalid mail from address/i, 'senderAddressRefused'],
  // The words of JavaMail's InternetAddress, which SES passes on (facts 8.3).
  [/address unknown|invalid rcpt to address|invalid email address/i, 'recipientAddressRefused'],
  [/missing final '@domain'|missing (?:local name|domain)|illegal address/i, 'recipientAddressRefused'],
  [/(?:local address|domain) (?:contains|starts|ends)/i, 'recipientAddressRefused'],
  [/recipient count exceeds|message is too long|duplicate header|missing required header/i, 'contentRefused'],
  [
    /message (?:length|size)|invalid (?:content|mime|header|attachment)|illegal (?:filename|attachment)/i,
    'contentRefused',
  ],
  // Last: what SES rejects as a message for a reason that is none of the above, it has not taken.
  [/^message rejected\b/i, 'contentRefused'],
]

/** API error names whose text said nothing above (SESv2 SendEmail, and the errors that every AWS API has). */
const NAMES: ReadonlyMap<string, Fault> = new Map<string, Fault>([
  ['TooManyRequestsException', 'rate'],
  ['ThrottlingException', 'rate'],
  ['Throttling', 'rate'],
  ['LimitExceededException', 'serviceFailure'],
  ['MailFromDomainNotVerifiedException', 'mailFromDomainNotVerified'],
  ['NotFoundException', 'configurationSetMissing'],
  ['SendingPausedException', 'sendingPaused'],
  ['ConfigurationSetSendingPausedException', 'sendingPaused'],
  ['AccountSuspendedException', 'sendingPaused'],
  ['MessageRejected', 'contentRefused'],
  ['RequestEntityTooLargeException', 'contentRefused'],
  // Something in this very call is not as the API wants it: the old hosts need no call.
  ['SerializationException', 'contentRefused'],
  ['ValidationException', 'contentRefused'],
  ['AccessDeniedException', 'accessDenied'],
  ['AccessDenied', 'accessDenied'],
  ['OptInRequired', 'accessDenied'],
  ['UnrecognizedClientException', 'credentialsRefused'],
  ['InvalidClientTokenId', 'credentialsRefused'],
  ['InvalidSignatureException', 'credentialsRefused'],
  ['SignatureDoesNotMatch', 'credentialsRefused'],
  ['IncompleteSignature', 'credentialsRefused'],
  ['MissingAuthenticationTokenException', 'credentialsRefused'],
  ['ExpiredTokenException', 'credentialsRefused'],
  ['ExpiredToken', 'credentialsRefused'],
  ['RequestExpired', 'credentialsRefused'],
  ['RequestTimeTooSkewed', 'credentialsRefused'],
  ['CredentialsProviderError', 'credentialsRefused'],
])

/** The name the SDK gives an error answer that has none. */
export const UNNAMED = 'Unknown'

/** An AWS API error, reduced to what is read here. */
export interface ApiError {
  readonly name: string
  readonly message: string
  readonly status: number
  readonly requestId: string
}

/** What an API error means, and whether one address of several may be to blame: then the call says nothing of the others. */
export interface ApiReading extends Reading {
  readonly addressRefused: boolean
  readonly reply: Reply
}

export interface SesReadings {
  /** How the SMTP wire is understood. */
  readonly smtp: ReadReply
  /** How an error answer of the API is understood; one that came from SES, not from the network. */
  readonly api: (error: ApiError, host: string) => ApiReading
}

export interface SesReadingOptions {
  /** The plan's verified identities: to tell one foreign sender from an identity of ours that has gone. */
  readonly identities: readonly string[]
}

export function sesReadings({ identities }: SesReadingOptions): SesReadings {
  return {
    smtp: (reply, stage) => readSmtp(reply, stage, identities),
    api: (error, host) => readApi(error, host, identities),
  }
}

/** The fault an API error names, by its text first; undefined when neither says anything. */
export function faultNamed({ name, message }: Pick<ApiError, 'name' | 'message'>): Fault | undefined {
  return faultInText(message.slice(0, READ_MAX)) ?? NAMES.get(name)
}

const HEALTHY: RouteSignal = { kind: 'healthy' }

function readSmtp(reply: Reply, stage: ReplyStage, identities: readonly string[]): Reading {
  if (reply.code < 400) return readConsent(reply, stage)
  const fault = faultInSmtp(reply, stage)
  const reading = readFault(fault, reply, { text: reply.text, identities })
  // Until the content was sent, a connection that is being recycled (C13) is the route's own affair. Anything else that
  // is refused at MAIL or DATA is about this mail, and must count, or it would be tried without end.
  const recycled =
    fault === 'serviceFailure' && (BEFORE_CONTENT.has(stage) || (reply.code === 421 && stage !== 'content'))
  const routeTrouble = BEFORE_MAIL.has(stage) || recycled
  return routeTrouble ? { ...reading, counts: false } : reading
}

const BEFORE_MAIL: ReadonlySet<ReplyStage> = new Set(['connect', 'hello', 'auth'])
const BEFORE_CONTENT: ReadonlySet<ReplyStage> = new Set(['sender', 'data'])

/** `250 Ok <id>` after the final dot is the one consent that delivers; the id is what events call the mail by. */
function readConsent(reply: Reply, stage: ReplyStage): Reading {
  if (stage !== 'content' || reply.code >= 300) {
    return { outcome: { kind: 'deferred', reason: 'unexpectedReply', reply }, signal: HEALTHY, counts: true }
  }
  const remoteId = /^ok\s+([\w.-]+)/i.exec(reply.text)?.[1]
  return {
    outcome: { kind: 'delivered', reply, ...(remoteId !== undefined && { remoteId }) },
    signal: HEALTHY,
    counts: true,
  }
}

function faultInSmtp(reply: Reply, stage: ReplyStage): Fault {
  const fault = faultInText(reply.text)
  if (fault === 'recipientAddressRefused') {
    if (stage === 'recipient') return fault
    // At MAIL FROM it speaks of the sender; after the final dot it does not say which recipient of several it means.
    return stage === 'sender' ? 'senderAddressRefused' : 'contentRefused'
  }
  if (fault !== undefined) return fault
  if (reply.code === 530 || reply.code === 535 || reply.code === 538) return 'credentialsRefused'
  if (reply.code === 552 && stage === 'content') return 'contentRefused'
  if (reply.code < 500 && /throttling failure/i.test(reply.text)) return 'rate'
  // Refused before any mail was named: the host is in trouble, and the route backs off.
  return reply.code < 500 || BEFORE_MAIL.has(stage) ? 'serviceFailure' : 'unknown'
}

/** An address that SES repeats in brackets is blanked first: a quoted local part may say whatever its owner likes. */
function faultInText(text: string): Fault | undefined {
  const bare = text.replaceAll(/<[^<>]*>/g, '<>')
  return TEXTS.find(([pattern]) => pattern.test(bare))?.[1]
}

/** Longer than any text of SES but its lists of identities; replies are kept with the part and shown in a DSN. */
const MESSAGE_MAX = 500

/** More is not read: a text repeats what clients wrote, and patterns over megabytes of it would hold up every mail. */
const READ_MAX = 8_192

function readApi(given: ApiError, host: string, identities: readonly string[]): ApiReading {
  const error = { ...given, message: given.message.slice(0, READ_MAX) }
  const said = error.message.replaceAll(/\s+/g, ' ').slice(0, MESSAGE_MAX)
  const text = `${error.name}: ${said} (request ${error.requestId})`
  const reply: Reply = { code: error.status, text, host, command: 'SendEmail' }
  const fault = faultInText(error.message) ?? NAMES.get(error.name) ?? faultInStatus(error)
  // One malformed address refuses the call for all (facts 4.5); the courier finds out which, so nobody is judged here.
  const addressRefused = fault === 'recipientAddressRefused'
  const reading = readFault(addressRefused ? 'contentRefused' : fault, reply, { text: error.message, identities })
  return { ...reading, addressRefused, reply }
}

function faultInStatus({ name, status }: ApiError): Fault {
  if (status === 413) return 'contentRefused'
  if (status === 429) return 'rate'
  // Without a name it is not SES that answered but something in front of it.
  return status >= 500 || name === UNNAMED ? 'serviceFailure' : 'unknown'
}

interface Said {
  /** The text as SES gave it, without what we add to the reply. */
  readonly text: string
  readonly identities: readonly string[]
}

/** The table of M7. */
function readFault(fault: Fault, reply: Reply, said: Said): Reading {
  switch (fault) {
    case 'rate':
    case 'tooManyConnections':
      return { outcome: deferred('throttled', reply), signal: { kind: 'throttled', reply }, counts: false }
    case 'dailyQuota':
      return { outcome: deferred('dailyQuota', reply), signal: { kind: 'dailyQuota', reply }, counts: false }
    case 'identityNotVerified':
      return readNotVerified(reply, said)
    case 'mailFromDomainNotVerified':
    case 'configurationSetMissing':
    case 'sendingPaused':
    case 'accessDenied':
    case 'credentialsRefused':
      return misconfigured(fault, reply)
    case 'recipientAddressRefused':
      return { outcome: recipientRefused(reply), signal: HEALTHY, counts: true }
    case 'senderAddressRefused':
    case 'contentRefused':
      return { outcome: { kind: 'notForThisRoute', reason: fault, reply }, signal: HEALTHY, counts: true }
    case 'serviceFailure':
      return { outcome: deferred(fault, reply), signal: { kind: 'unreachable', reason: fault }, counts: true }
    case 'unknown':
      return { outcome: deferred('unknownAnswer', reply), signal: HEALTHY, counts: true }
    default:
      return fault satisfies never
  }
}

function deferred(reason: string, reply: Reply): Outcome {
  return { kind: 'deferred', reason, reply }
}

function misconfigured(reason: string, reply: Reply): Reading {
  return { outcome: deferred(reason, reply), signal: { kind: 'misconfigured', reason, reply }, counts: false }
}

/**
 * SES names the identities that failed. All of them foreign: this one mail is not for SES, and the route goes on.
 * One of ours among them, or none that can be read: the identity has gone, and every mail would fail.
 */
function readNotVerified(reply: Reply, { text, identities }: Said): Reading {
  const list = FAILED_IDENTITIES.exec(text)?.[1] ?? ''
  const domains = domainsInIdentityList(list)
  const ours = domains.filter((domain) => isUnderIdentity(domain, identities))
  if (domains.length === 0 || ours.length > 0) return misconfigured('identityNotVerified', reply)
  return { outcome: { kind: 'notForThisRoute', reason: 'identityNotOurs', reply }, signal: HEALTHY, counts: true }
}

const FAILED_IDENTITIES = /identities failed the check in region [\w-]+\s*:\s*(.*)$/is

/** A dot-atom, as nearly all addresses are (RFC 5321 4.1.2). */
const PLAIN_LOCAL_PART = /^[A-Za-z0-9!#$%&'*+\-/=?^_`{|}~]+(?:\.[A-Za-z0-9!#$%&'*+\-/=?^_`{|}~]+)*$/

/**
 * SES finds the address wrong. When its local part is quoted or breaks the dot rule, the address may well be a live
 * carrier mailbox that only SES does not take (M9): the old hosts carry it. A plain one is the recipient's own fault.
 */
export function recipientRefused(reply: Reply, recipient: string = addressIn(reply.text)): Outcome {
  const local = recipient.slice(0, Math.max(0, recipient.lastIndexOf('@')))
  if (local !== '' && !PLAIN_LOCAL_PART.test(local)) {
    return { kind: 'notForThisRoute', reason: 'addressFormNotTaken', reply }
  }
  return { kind: 'rejected', reason: 'recipientAddressRefused', reply }
}

/** The address in `553 <addr> address unknown`, '' when there is none. */
function addressIn(text: string): string {
  return /<([^<>\r\n]*)>/.exec(text)?.[1] ?? ''
}
