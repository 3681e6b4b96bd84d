// Accepting is promising (M2): every judgement comes before the final dot's answer, and the answer after the disk's.
// The mail gets its trace header and its parts here, each with one route; its other bytes are not touched.
import type { Log } from '../base/log.ts'
import { latin1Bytes, utf8FromLatin1 } from '../base/bytes.ts'
import type { FigureSink } from '../base/figures.ts'
import type { Route } from '../shift/route.ts'
import type { Meter } from '../watch/metrics.ts'
import { domainFits, domainOf, parseMailbox, spelled } from './address.ts'
import { countAccepted } from './count-outcomes.ts'
import type { Content, NewMail, PartPlan } from './mail.ts'
import type { Client, Envelope, Intake, MailQueue } from './ports.ts'
import { receivedHeader } from './received.ts'
import { refuse, type Refusal } from './refusal.ts'
import type { Split } from './split.ts'

/**
 * Recipients of one transaction towards the old hosts. Postfix takes 1,000 (smtpd_recipient_limit); one hundred keeps a
 * doubt or a retry small, and is what docomo asks of a session.
 */
const LEGACY_PART_RECIPIENTS_MAX = 100

export interface AcceptPolicy {
  /** The name this gateway goes by in trace headers. */
  readonly hostname: string
  /** Where mail for a bare `postmaster` goes (RFC 5321 4.5.1). */
  readonly postmasterDomain: string
  /** Octets of a message, without dot-stuffing (RFC 1870). */
  readonly sizeMax: number
  /** Received headers a mail may bring; more is a circle (RFC 5321 6.3). */
  readonly hopsMax: number
  /** Domains that may stand in the reverse-path; '.example.jp' means all under it. Empty means any. */
  readonly senderDomains: readonly string[]
  /** Receiving domains where a..b@, a.@ and .a@ are live mailboxes. */
  readonly carrierDomains: readonly string[]
  /** Recipients of one message to SES, as a function because the live quota may lower it. */
  readonly sesPartRecipientsMax: () => number
}

/** What the core wants to know of a mail's content, from mail/header.ts and mail/ses-fitness.ts. */
export interface Inspection {
  /** Number of Received headers. */
  readonly received: number
  /** A header that no route should carry, or undefined. */
  readonly refusal: Refusal | undefined
  /** The sending stream: the plan's header, or the envelope sender's domain. */
  readonly stream: string
  /** Why SES cannot carry this mail, a stable word, or undefined when it can. */
  readonly keptOffSes: () => string | undefined
}

export interface AcceptOptions {
  readonly policy: AcceptPolicy
  readonly queue: MailQueue
  readonly now: () => number
  readonly nextId: (nowMs: number) => string
  readonly split: Split
  readonly inspect: (sender: string, content: Content) => Inspection
  /** A refusal while a limit on disk, queue age or memory is passed (M11). */
  readonly gate: () => Refusal | undefined
  /** A Unicode domain as punycode (RFC 5890), or ''. */
  readonly toAscii: (domain: string) => string
  readonly log: Log
  readonly meter: Meter
  /** Absent where nothing is counted by receiving domain and stream. */
  readonly figures?: FigureSink
}

type Answer = Awaited<ReturnType<Intake['accept']>>

export function intake(options: AcceptOptions): Intake {
  const { policy, meter } = options
  const counted = <T>(answer: T | Refusal): T | Refusal => {
    if (isRefusal(answer)) meter.count('watari_refusals_total', { reason: answer.reason })
    return answer
  }
  return {
    sender: (client, sender, declaredSize) =>
      counted(options.gate() ?? judgeSender(options, client, sender) ?? judgeSize(policy, declaredSize)),
    recipient: (_client, recipient) => counted(judgeRecipient(options, recipient)),
    accept: async (client, envelope, content) => counted(await accept(options, client, envelope, content)),
  }
}

function isRefusal(answer: unknown): answer is Refusal {
  return typeof answer === 'object' && answer !== null && 'kind' in answer && answer.kind === 'refused'
}

/** Open relaying is refused before anything else is said of an address (M1, C04). */
function judgeSender({ policy, toAscii }: AcceptOptions, client: Client, sender: string): Refusal | undefined {
  if (!client.allowed && client.user === undefined) {
    return refuse('authenticationRequired', 'authenticate first, or have this address put on the allow-list')
  }
  if (sender === '') return undefined
  const mailbox = parseMailbox(sender, toAscii)
  if (mailbox === 'nonAsciiLocalPart') return refuse('nonAsciiLocalPart', 'the local part must be ASCII')
  if (mailbox === 'syntax') return refuse('senderSyntax', 'the sender address is malformed')
  if (!domainFits(mailbox.domain, policy.senderDomains)) {
    return refuse('senderNotAllowed', 'mail from this domain is not sent here; see gateway.senderDomains in the plan')
  }
  return undefined
}

function judgeSize({ sizeMax }: AcceptPolicy, octets: number | undefined): Refusal | undefined {
  if (octets === undefined || octets <= sizeMax) return undefined
  return refuse('tooBig', `a message may hold ${sizeMax} octets`)
}

type JudgedRecipient = ReturnType<Intake['recipient']>

function judgeRecipient({ policy, toAscii }: AcceptOptions, text: string): JudgedRecipient {
  if (text.toLowerCase() === 'postmaster') {
    return { kind: 'accepted', recipient: `${text}@${policy.postmasterDomain}` }
  }
  // Clients that send a raw Unicode domain without SMTPUTF8 mean UTF-8 (C07); the listener hands octets as Latin-1.
  const mailbox = parseMailbox(utf8FromLatin1(text) ?? text, toAscii)
  if (mailbox === 'nonAsciiLocalPart') {
    return refuse('nonAsciiLocalPart', 'the local part must be ASCII, no route carries SMTPUTF8')
  }
  if (mailbox === 'syntax') return refuse('recipientSyntax', 'the recipient address is malformed')
  if (mailbox.dotted && !policy.carrierDomains.includes(mailbox.domain)) {
    return refuse('recipientDotAddress', 'a dot stands first, last or twice in a row; quote the local part')
  }
  // Byte for byte as given (M9), unless the domain had to become punycode.
  const kept = /[\u0080-\uffff]/.test(text) ? spelled(mailbox) : text
  return { kind: 'accepted', recipient: kept }
}

async function accept(options: AcceptOptions, client: Client, envelope: Envelope, content: Content): Promise<Answer> {
  const { policy, now, queue, log, meter, figures } = options
  const refusal = options.gate() ?? judgeSize(policy, content.size)
  if (refusal) return refusal
  const inspection = options.inspect(envelope.sender, content)
  if (inspection.refusal) return inspection.refusal
  if (inspection.received > policy.hopsMax)
    return refuse('loop', 'too many Received headers: this mail goes in a circle')

  const acceptedAt = now()
  const mail = newMail(options, { client, envelope, content, inspection, acceptedAt })
  try {
    await queue.put(mail)
  } catch {
    log.alarm('storageFailed', { mail: mail.id })
    return refuse('storageFailed', 'the mail could not be stored, try again later')
  }
  meter.count('watari_mails_accepted_total', {})
  for (const { route, recipients } of mail.parts) {
    meter.count('watari_recipients_accepted_total', { route }, recipients.length)
  }
  if (figures) countAccepted(figures, mail)
  log.info('accepted', {
    mail: mail.id,
    recipients: envelope.recipients.length,
    parts: mail.parts.length,
    size: content.size,
    stream: inspection.stream,
  })
  return { kind: 'accepted', id: mail.id }
}

interface Accepted {
  readonly client: Client
  readonly envelope: Envelope
  readonly content: Content
  readonly inspection: Inspection
  readonly acceptedAt: number
}

function newMail(options: AcceptOptions, accepted: Accepted): NewMail {
  const { envelope, content, inspection, acceptedAt, client } = accepted
  const id = options.nextId(acceptedAt)
  const trace = latin1Bytes(receivedHeader({ client, hostname: options.policy.hostname, id, nowMs: acceptedAt }))
  return {
    id,
    acceptedAt,
    sender: envelope.sender,
    stream: inspection.stream,
    content: {
      ...content,
      chunks: [trace, ...content.chunks],
      wireSize: content.wireSize + trace.length,
      size: content.size + trace.length,
    },
    parts: partsOf(options, envelope, inspection, acceptedAt),
  }
}

function partsOf(options: AcceptOptions, envelope: Envelope, inspection: Inspection, acceptedAt: number): PartPlan[] {
  // The same recipient twice in one envelope is one recipient, as in Postfix; other spellings of it stay apart.
  const recipients = envelope.recipients.length === 1 ? envelope.recipients : [...new Set(envelope.recipients)]
  const ses: string[] = []
  const legacy: string[] = []
  for (const recipient of recipients) {
    if (options.split(recipient, inspection.stream) === 'ses') ses.push(recipient)
    else legacy.push(recipient)
  }
  const kept = ses.length > 0 ? inspection.keptOffSes() : undefined
  if (kept !== undefined) {
    options.meter.count('watari_kept_off_ses_total', { reason: kept }, ses.length)
    legacy.push(...ses.splice(0))
  }
  const reason = kept === undefined ? 'accepted' : `accepted, kept off SES: ${kept}`
  const plan =
    (route: Route) =>
    (group: readonly string[]): PartPlan => ({
      route,
      recipients: group,
      state: 'waiting',
      dueAt: acceptedAt,
      attempts: 0,
      reason,
    })
  return [
    ...chunked(legacy, LEGACY_PART_RECIPIENTS_MAX).map(plan('legacy')),
    ...chunked(ses, options.policy.sesPartRecipientsMax()).map(plan('ses')),
  ]
}

/** Groups of at most `size`, in order. */
export function chunked<T>(items: readonly T[], size: number): (readonly T[])[] {
  if (items.length <= size) return items.length === 0 ? [] : [items]
  return Array.from({ length: Math.ceil(items.length / size) }, (_, i) => items.slice(i * size, (i + 1) * size))
}

/** The stream of a mail without a stream header: the envelope sender's domain, or 'null' for notifications. */
export function senderStream(sender: string): string {
  return sender === '' ? 'null' : domainOf(sender)
}
