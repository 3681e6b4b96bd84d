// Mailbox addresses as the gateway sees them: RFC 5321 4.1.2, and the old Japanese carrier addresses that break it
// (a..b@, a.@, .a@), which are live mailboxes. An address is never rewritten on the legacy route; here it is only judged,
// compared and, for SES, spelled with quotes.

/** RFC 5321 4.5.3.1.1 and 4.5.3.1.2. */
const LOCAL_OCTETS_MAX = 64
const DOMAIN_OCTETS_MAX = 255

export interface Mailbox {
  /** As given, quotes included. */
  readonly local: string
  /** Lower case. */
  readonly domain: string
  readonly quoted: boolean
  /** The unquoted local part breaks the dot rule of RFC 5321: a dot first, last, or twice in a row. */
  readonly dotted: boolean
}

export type AddressFault = 'syntax' | 'nonAsciiLocalPart'

const ATEXT = /^[A-Za-z0-9!#$%&'*+\-/=?^_`{|}~.]+$/
// RFC 5321 4.1.2 Quoted-string: printable ASCII, with `"` and `\` only behind a backslash.
const QUOTED = /^"(?:[ !#-[\]-~]|\\[ -~])*"$/
const DOMAIN = /^(?=.{1,255}$)[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)*$/
// Address literals are for hosts without a name; digits, dots, colons and the IPv6 tag are all they hold (RFC 5321 4.1.3).
const LITERAL = /^\[(?:IPv6:)?[0-9a-f.:]{2,45}\]$/i

/**
 * Splits and judges an address as it stood between the angle brackets. `toAscii` turns a Unicode domain into
 * punycode (RFC 5890) or answers '' when it cannot.
 */
export function parseMailbox(text: string, toAscii: (domain: string) => string): Mailbox | AddressFault {
  const at = splitAt(text)
  if (at <= 0) return 'syntax'
  const local = text.slice(0, at)
  if (hasNonAscii(local)) return 'nonAsciiLocalPart'
  const domain = asciiDomain(text.slice(at + 1), toAscii)
  if (domain === undefined || local.length > LOCAL_OCTETS_MAX) return 'syntax'
  if (local.startsWith('"')) {
    return QUOTED.test(local) ? { local, domain, quoted: true, dotted: false } : 'syntax'
  }
  if (!ATEXT.test(local)) return 'syntax'
  return { local, domain, quoted: false, dotted: hasDotFault(local) }
}

/** Where local part and domain part: the first `@` behind a quoted local part, or the last one. */
function splitAt(text: string): number {
  if (!text.startsWith('"')) return text.lastIndexOf('@')
  for (let i = 1; i < text.length; i += 1) {
    if (text[i] === '\\') i += 1
    else if (text[i] === '"') return text[i + 1] === '@' ? i + 1 : -1
  }
  return -1
}

function asciiDomain(text: string, toAscii: (domain: string) => string): string | undefined {
  if (text.length > DOMAIN_OCTETS_MAX) return undefined
  if (LITERAL.test(text)) return text.toLowerCase()
  const domain = hasNonAscii(text) ? toAscii(text) : text.toLowerCase()
  return DOMAIN.test(domain) ? domain : undefined
}

function hasNonAscii(text: string): boolean {
  for (let i = 0; i < text.length; i += 1) if (text.charCodeAt(i) > 127) return true
  return false
}

function hasDotFault(local: string): boolean {
  return local.startsWith('.') || local.endsWith('.') || local.includes('..')
}

export function spelled(mailbox: Mailbox): string {
  return `${mailbox.local}@${mailbox.domain}`
}

/** The local part without its quotes and backslashes. */
function bareLocal(mailbox: Mailbox): string {
  return mailbox.quoted ? mailbox.local.slice(1, -1).replaceAll(/\\(.)/g, '$1') : mailbox.local
}

/**
 * One spelling for one recipient: quoted and bare are the same person, and so are upper and lower case. The standard
 * leaves case to the receiver (RFC 5321 2.4); no large receiver tells them apart, and a split that did would send one
 * person by two routes.
 */
export function canonical(mailbox: Mailbox): string {
  return `${bareLocal(mailbox).toLowerCase()}@${mailbox.domain}`
}

/** The spelling with a quoted local part, for next hops that refuse dots out of place. */
export function quotedSpelling(address: string): string {
  const at = splitAt(address)
  const local = address.slice(0, at)
  return local.startsWith('"') || !hasDotFault(local) ? address : `"${local}"${address.slice(at)}`
}

/** The other way round: a local part whose quotes stand there only for its dots, as old carrier addresses are given to SES. */
export function bareSpelling(address: string): string {
  const at = splitAt(address)
  const local = address.slice(1, at - 1)
  const quoted = address.startsWith('"') && at > 2
  return quoted && ATEXT.test(local) && hasDotFault(local) ? `${local}${address.slice(at)}` : address
}

/** The domain of an address that was accepted before, lower case; '' for the null reverse-path, and for what is no address. */
export function domainOf(address: string): string {
  const at = splitAt(address)
  return at < 0 ? '' : address.slice(at + 1).toLowerCase()
}

/** True when `domain` is `parent` or lies under it. */
export function isUnder(domain: string, parent: string): boolean {
  return domain === parent || domain.endsWith(`.${parent}`)
}

/** Whether a domain is one of these; '.example.jp' means all under it, and no rule at all means any domain. */
export function domainFits(domain: string, rules: readonly string[]): boolean {
  return rules.length === 0 || rules.some((rule) => (rule.startsWith('.') ? domain.endsWith(rule) : domain === rule))
}
