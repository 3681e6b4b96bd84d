// Reads address fields (From, Sender, To …) just far enough to say which domains they name (RFC 5322 3.4).
// Its rule: an address inside a display name, a quoted string or a comment is never taken for the mailbox.
import { isUnder } from './address.ts'

/** Most mailboxes that are read from one field; a From field has one, a To field of a real mail a few hundred. */
const MAILBOXES_MAX = 2_000

interface Reading {
  readonly text: string
  at: number
  /** The mailbox's words outside brackets, quoted strings kept with their quotes. */
  bare: string
  /** What stands between < and >, when there was such a thing. */
  angle: string | undefined
}

/**
 * The domain of each mailbox of an address list, lower case; '' for a mailbox without one (`From: root`).
 * An empty group, as in `undisclosed-recipients:;`, names nobody.
 */
export function mailboxDomains(text: string): readonly string[] {
  return mailboxes(text).map(domainOf)
}

/** The addresses of an address list as they are written, without display names and comments. */
export function mailboxes(list: string): readonly string[] {
  const found: string[] = []
  const reading: Reading = { text: withoutTwoOctetText(list), at: 0, bare: '', angle: undefined }
  const { text } = reading
  const endMailbox = () => {
    const address = reading.angle ?? reading.bare.trim()
    if (reading.angle !== undefined || address !== '') found.push(withoutRoute(address.trim()))
    reading.bare = ''
    reading.angle = undefined
  }
  while (reading.at < text.length && found.length < MAILBOXES_MAX) {
    const character = text[reading.at]!
    if (character === ',' || character === ';') endMailbox()
    else if (character === ':' && reading.angle === undefined) reading.bare = '' // It was the name of a group (RFC 5322 3.4).
    else if (readToken(reading, character)) continue
    reading.at += 1
  }
  endMailbox()
  return found
}

/**
 * Raw ISO-2022-JP in a header, as old mailers write it: between its escapes every octet may look like a bracket, a quote
 * or an @, and none is (RFC 1468). Nothing there can be an address.
 */
function withoutTwoOctetText(text: string): string {
  return text.includes('\u001b') ? text.replaceAll(TWO_OCTET_TEXT, '') : text
}

// oxlint-disable-next-line no-control-regex -- the escape is what is looked for
const TWO_OCTET_TEXT = /\u001b\$(?:[@B]|\([A-Z])[^\u001b]*|\u001b\(I[^\u001b]*|\u001b\([A-Z]/g

/** The domain of one address, lower case, '' when there is none. The last @ outside quotes counts. */
function domainOf(address: string): string {
  const end = address.lastIndexOf('@')
  // The @ of `"a@b"` stands inside quotes: nothing follows it but the rest of the quoted string.
  if (end < 0 || address.includes('"', end)) return ''
  const domain = address
    .slice(end + 1)
    .replaceAll(/\s+/g, '')
    .replace(/\.$/, '')
    .toLowerCase()
  // Left over from a quoted string or a bracket that never ended: whatever it is, it is no domain.
  return /[<>()",;]/.test(domain) ? '' : domain
}

/** Reads one token and moves past it; false when the character is to be skipped by the caller. */
function readToken(reading: Reading, character: string): boolean {
  if (character === '(') {
    skipComment(reading)
    return true
  }
  if (character === '"') {
    reading.bare += takeQuoted(reading)
    return true
  }
  if (character === '<') {
    const angle = takeAngle(reading)
    // A second pair of brackets in one mailbox is no syntax; the first names the mailbox for every reader we know.
    reading.angle ??= angle
    return true
  }
  if (character === '[') {
    reading.bare += takeLiteral(reading)
    return true
  }
  reading.bare += character
  return false
}

/** Comments nest, and a backslash takes the next character's meaning away (RFC 5322 3.2.2). */
function skipComment(reading: Reading): void {
  let depth = 0
  while (reading.at < reading.text.length) {
    const character = reading.text[reading.at]!
    reading.at += 1
    if (character === '\\') reading.at += 1
    else if (character === '(') depth += 1
    else if (character === ')' && --depth === 0) return
  }
}

function takeQuoted(reading: Reading): string {
  const start = reading.at
  reading.at += 1
  while (reading.at < reading.text.length) {
    const character = reading.text[reading.at]!
    reading.at += 1
    if (character === '\\') reading.at += 1
    else if (character === '"') break
  }
  return reading.text.slice(start, reading.at)
}

/** A domain literal, [192.0.2.1] or [IPv6:2001:db8::1]: its colons name no group (RFC 5321 4.1.3). */
function takeLiteral(reading: Reading): string {
  const start = reading.at
  const end = reading.text.indexOf(']', start)
  reading.at = end < 0 ? reading.text.length : end + 1
  return reading.text.slice(start, reading.at)
}

function takeAngle(reading: Reading): string {
  reading.at += 1
  let inside = ''
  while (reading.at < reading.text.length) {
    const character = reading.text[reading.at]!
    if (character === '>') {
      reading.at += 1
      break
    }
    if (character === '"') inside += takeQuoted(reading)
    else if (character === '(') skipComment(reading)
    else {
      inside += character
      reading.at += 1
    }
  }
  return inside
}

/** <@a.example,@b.example:user@example.com>: the route before the colon is ignored (RFC 5321 C). */
function withoutRoute(address: string): string {
  if (!address.startsWith('@')) return address
  const colon = address.indexOf(':')
  return colon < 0 ? address : address.slice(colon + 1)
}

/** True when `domain` is one of these identities or lies under one; SES lets subdomains inherit, and ignores case. */
export function isUnderIdentity(domain: string, identities: readonly string[]): boolean {
  const lower = domain.toLowerCase()
  return identities.some((identity) => isUnder(lower, identity.toLowerCase()))
}
