// Why SES cannot carry a mail, decided before its route is chosen: such a mail stays on the legacy route and is counted.
// Its rule: what SES would refuse for what it is, SES is never offered; nobody's address gets a bounce or a mark for it.
import { latin1Text } from '../base/bytes.ts'
import { domainOf } from './address.ts'
import { type Field, fieldsNamed, fieldText, type Header, isEightBit } from './header.ts'
import type { Content } from './mail.ts'
import { isUnderIdentity, mailboxDomains } from './mailbox.ts'

/** What is looked at. */
export interface SesQuestion {
  /** Reverse-path between the brackets; '' is the null reverse-path. */
  readonly sender: string
  readonly header: Header
  readonly content: Content
}

export interface SesPolicy {
  /** Verified identities, as domains; their subdomains inherit. */
  readonly identities: readonly string[]
  /** Octets of the largest message that is offered to SES; see `SES_MESSAGE_OCTETS_MAX`. */
  readonly sizeMax: number
  /** What becomes of lines over 998 octets: they stay on legacy, or go and may be refused by a receiver days later. */
  readonly longLines?: 'legacy' | 'send'
}

/** Stable words for counters, logs and the operator. */
type SesFaultReason =
  | 'nullSender'
  | 'senderNotVerified'
  | 'headerMalformed'
  | 'noFrom'
  | 'fromNotVerified'
  | 'senderHeaderNotVerified'
  | 'contentTypeTwice'
  | 'addressHeaderNotAscii'
  | 'lineTooLong'
  | 'tooBigForSes'
  | 'tooManyMimeParts'

export interface SesFault {
  readonly reason: SesFaultReason
  /** Which header is at fault and how to mend it. Names domains, never an address of a person. */
  readonly message: string
}

/**
 * SES takes 40 MB after base64, on the SMTP wire as on the v2 API (https://docs.aws.amazon.com/ses/latest/dg/quotas.html).
 * Whether it means 40,000,000 or 41,943,040 octets is not written anywhere, so the smaller one holds, less what SES
 * and we add in header fields.
 */
export const SES_MESSAGE_OCTETS_MAX = 40_000_000 - 65_536

/** RFC 5321 4.5.3.1.6: 1,000 octets with the CRLF. SES says the same of raw messages (RawMessage). */
const LINE_OCTETS_MAX = 998

/** MIME parts of one message that SES takes (https://docs.aws.amazon.com/ses/latest/dg/quotas.html). */
const MIME_PARTS_MAX = 500

const ADDRESS_FIELDS = ['from', 'sender', 'reply-to', 'to', 'cc'] as const

/** The first reason why SES cannot carry this mail, or undefined when it can. */
export function sesFault(question: SesQuestion, policy: SesPolicy): SesFault | undefined {
  return (
    envelopeFault(question, policy) ??
    identityFault(question.header, policy) ??
    headerFault(question) ??
    sizeFault(question.content, policy) ??
    mimePartsFault(question)
  )
}

function envelopeFault({ sender }: SesQuestion, policy: SesPolicy): SesFault | undefined {
  if (sender === '') {
    return { reason: 'nullSender', message: 'SES takes no null reverse-path: notifications go by the legacy route' }
  }
  // SES checks the address in MAIL FROM like a From address (https://docs.aws.amazon.com/ses/latest/dg/troubleshoot-smtp.html).
  return notVerified(domainOf(sender), policy, 'senderNotVerified', 'the envelope sender')
}

function identityFault(header: Header, policy: SesPolicy): SesFault | undefined {
  if (header.fault !== undefined) {
    return { reason: 'headerMalformed', message: `the header cannot be read as RFC 5322 says: ${header.fault}` }
  }
  const from = domainsIn(header, 'from')
  if (from.length === 0) return { reason: 'noFrom', message: 'no From header with a mailbox in it (RFC 5322 3.6)' }
  return (
    firstNotVerified(from, policy, 'fromNotVerified', 'From') ??
    firstNotVerified(domainsIn(header, 'sender'), policy, 'senderHeaderNotVerified', 'Sender')
  )
}

function domainsIn(header: Header, name: string): readonly string[] {
  return fieldsNamed(header, name).flatMap((field: Field) => mailboxDomains(fieldText(header, field)))
}

function firstNotVerified(
  domains: readonly string[],
  policy: SesPolicy,
  reason: SesFaultReason,
  where: string,
): SesFault | undefined {
  for (const domain of domains) {
    const fault = notVerified(domain, policy, reason, `the ${where} header`)
    if (fault !== undefined) return fault
  }
  return undefined
}

function notVerified(domain: string, policy: SesPolicy, reason: SesFaultReason, where: string): SesFault | undefined {
  if (isUnderIdentity(domain, policy.identities)) return undefined
  const named = domain === '' ? 'no domain' : `the domain ${printable(domain)}`
  return {
    reason,
    message: `${where} has ${named}, which is under no verified identity: verify it in SES or change it`,
  }
}

/** A domain comes from a client and goes to a log: it is shown short and without control characters. */
function printable(domain: string): string {
  return domain.replaceAll(/[^\u0021-\u007e]/g, '?').slice(0, 64)
}

function headerFault({ header, content }: SesQuestion): SesFault | undefined {
  if (fieldsNamed(header, 'content-type').length > 1) {
    return { reason: 'contentTypeTwice', message: 'two Content-Type headers: what is shown depends on who reads' }
  }
  if (!content.eightBit && !hasEscape(header, 0, header.end)) return undefined
  const isOdd = (field: Field) => isEightBit(header, field) || hasEscape(header, field.start, field.end)
  const name = ADDRESS_FIELDS.find((name) => fieldsNamed(header, name).some(isOdd))
  if (name === undefined) return undefined
  // SES has no SMTPUTF8 (RFC 6531), and raw octets in an address header are legal nowhere else; raw ISO-2022-JP never is.
  return {
    reason: 'addressHeaderNotAscii',
    message: `raw 8-bit or ISO-2022-JP octets in the ${name} header: encode them`,
  }
}

const ESCAPE = 0x1b

function hasEscape({ octets }: Header, start: number, end: number): boolean {
  return octets.subarray(start, end).includes(ESCAPE)
}

function sizeFault(content: Content, policy: SesPolicy): SesFault | undefined {
  if (content.longestLine > LINE_OCTETS_MAX && policy.longLines !== 'send') {
    const message = `a line of ${content.longestLine} octets; SES takes ${LINE_OCTETS_MAX}. Encode the part in base64`
    return { reason: 'lineTooLong', message }
  }
  if (content.size > policy.sizeMax) {
    return { reason: 'tooBigForSes', message: `${content.size} octets; SES takes ${policy.sizeMax} after base64` }
  }
  return undefined
}

/** A part is at least its boundary line, one octet of boundary long, and an empty line: `--b`, CRLF, CRLF. */
const MIME_PART_OCTETS_MIN = 7

/**
 * Counts parts without reading MIME. A part begins with a line that begins with two hyphens, so fewer such lines than
 * the limit prove that all is well; only when there are more are they compared with the boundaries that the mail names.
 */
function mimePartsFault({ header, content }: SesQuestion): SesFault | undefined {
  if (content.size < MIME_PARTS_MAX * MIME_PART_OCTETS_MIN || !isMultipart(header)) return undefined
  const hyphenLines = linesWithHyphens(content.chunks)
  if (hyphenLines.length <= MIME_PARTS_MAX) return undefined
  const boundaries = boundariesIn(content.chunks)
  const parts = hyphenLines.filter((line) => boundaries.has(line)).length
  if (parts <= MIME_PARTS_MAX) return undefined
  return { reason: 'tooManyMimeParts', message: `${parts} MIME parts; SES takes ${MIME_PARTS_MAX}` }
}

function isMultipart(header: Header): boolean {
  const [field] = fieldsNamed(header, 'content-type')
  return field !== undefined && /^multipart\//i.test(fieldText(header, field))
}

const LF = 0x0a
const HYPHEN = 0x2d
/** RFC 2046 5.1.1: a boundary has at most 70 characters; with its hyphens and a CRLF the line fits in this. */
const BOUNDARY_LINE_OCTETS = 80

/** What stands behind the hyphens of the lines that begin with two, trimmed at the end; chunk edges do not matter. */
function linesWithHyphens(chunks: readonly Uint8Array[]): readonly string[] {
  const lines: string[] = []
  // The present line as far as it is of interest; undefined when it cannot be a boundary line.
  let line: string | undefined = ''
  for (const chunk of chunks) {
    for (let at = 0; at < chunk.length;) {
      const lineFeed = chunk.indexOf(LF, at)
      const end = lineFeed < 0 ? chunk.length : lineFeed
      if (line === '' && chunk[at] !== HYPHEN) line = undefined
      if (line !== undefined) line += latin1Text(chunk, at, Math.min(end, at + BOUNDARY_LINE_OCTETS))
      at = end + 1
      if (lineFeed < 0) continue
      if (line?.startsWith('--')) lines.push(line.slice(2).trimEnd())
      line = ''
    }
  }
  return lines
}

/** Everything that is named as a boundary anywhere in the mail. Rare and slow: only mails with hundreds of parts pay for it. */
function boundariesIn(chunks: readonly Uint8Array[]): ReadonlySet<string> {
  const text = chunks.map((chunk) => latin1Text(chunk)).join('')
  return new Set(
    [...text.matchAll(/boundary\s*=\s*(?:"([^"\r\n]{1,70})"|([^\s;"]{1,70}))/gi)].map((m) => m[1] ?? m[2]!),
  )
}
