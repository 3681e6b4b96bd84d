// Addresses as SES judges them. Its error words are those of a well-known Java mail library, seen in field reports;
// which of them SES uses for dotted local parts is not confirmed (docs/stand-in.md).

/** A mailbox of an address header: what to show, and the bare address. */
export interface Mailbox {
  readonly shown: string
  readonly address: string
}

const QUOTED_LOCAL = /^"(?:[^"\\]|\\.)*"$/
// oxlint-disable-next-line no-control-regex -- control characters are what this looks for
const CONTROL_OR_SPACE = /[\u0000-\u0020\u007f]/
// oxlint-disable-next-line no-control-regex -- all of ASCII, control characters included
const NOT_ASCII = /[^\u0000-\u007f]/
const ILLEGAL_LOCAL = /[()<>,;:\\"[\]@]/
const DOMAIN = /^(?:[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?\.)*[a-z0-9](?:[a-z0-9-]*[a-z0-9])?$/i
const LOCAL_MAX = 64
const DOMAIN_MAX = 255

export function domainOf(address: string): string {
  return address.slice(address.lastIndexOf('@') + 1).toLowerCase()
}

export function localPartOf(address: string): string {
  return address.slice(0, address.lastIndexOf('@'))
}

/** What is wrong with an address, in the words of the service; undefined when nothing is. */
export function addressFault(address: string, dotAddresses: 'refuse' | 'accept'): string | undefined {
  if (NOT_ASCII.test(address)) return 'Local address contains illegal character'
  const at = address.lastIndexOf('@')
  if (at < 0) return "Missing final '@domain'"
  if (at === 0) return 'Missing local name'
  const [local, domain] = [address.slice(0, at), address.slice(at + 1)]
  if (domain === '') return 'Missing domain'
  if (CONTROL_OR_SPACE.test(domain)) return 'Domain contains control or whitespace'
  // The documented shape is UserName@[SubDomain.]Domain.TopLevelDomain, so one label is not enough.
  if (!DOMAIN.test(domain) || !domain.includes('.') || domain.length > DOMAIN_MAX) {
    return 'Domain contains illegal character'
  }
  if (local.length > LOCAL_MAX) return 'Local address contains illegal character'
  return QUOTED_LOCAL.test(local) ? undefined : bareLocalFault(local, dotAddresses)
}

function bareLocalFault(local: string, dotAddresses: 'refuse' | 'accept'): string | undefined {
  if (CONTROL_OR_SPACE.test(local)) return 'Local address contains control or whitespace'
  if (ILLEGAL_LOCAL.test(local)) return 'Local address contains illegal character'
  if (dotAddresses === 'accept') return undefined
  if (local.startsWith('.')) return 'Local address starts with dot'
  if (local.endsWith('.')) return 'Local address ends with dot'
  return local.includes('..') ? 'Local address contains dot-dot' : undefined
}

/** `a..b@docomo.ne.jp` and its like: well-formed but for its dots. */
export function hasOnlyDotFault(address: string): boolean {
  return addressFault(address, 'refuse') !== undefined && addressFault(address, 'accept') === undefined
}

/** The mailboxes of an address-list header value (RFC 5322 3.4): display names, comments, quotes and groups understood. */
export function mailboxesIn(value: string): Mailbox[] {
  return splitList(value).map((item) => {
    const open = lastUnquoted(item, '<')
    if (open < 0) return { shown: item, address: withoutComments(item).trim() }
    const close = item.indexOf('>', open)
    const address = item.slice(open + 1, close < 0 ? undefined : close).trim()
    const name = item.slice(0, open).trim()
    return { shown: name === '' ? address : `${name} <${address}>`, address }
  })
}

/** Splits at commas outside of quotes, comments and angle brackets; group names and their end are dropped. */
function splitList(value: string): string[] {
  const items: string[] = []
  let item = ''
  const end = (): void => {
    if (item.trim() !== '') items.push(item.trim())
    item = ''
  }
  walk(value, (char, plain) => {
    if (plain && (char === ',' || char === ';')) end()
    else if (plain && char === ':') item = ''
    else item += char
  })
  end()
  return items
}

function lastUnquoted(text: string, wanted: string): number {
  let found = -1
  let index = 0
  walk(text, (char, _plain, quoted) => {
    if (char === wanted && !quoted) found = index
    index += char.length
  })
  return found
}

function withoutComments(text: string): string {
  let bare = ''
  let depth = 0
  walk(text, (char, _plain, quoted) => {
    if (!quoted && char === '(') depth += 1
    if (depth === 0) bare += char
    if (!quoted && char === ')') depth = Math.max(0, depth - 1)
  })
  return bare
}

/** Calls for each character, or for an escaped pair; `plain` is outside of quotes, comments and brackets. */
function walk(text: string, visit: (char: string, plain: boolean, quoted: boolean) => void): void {
  let [quoted, depth, angle] = [false, 0, false]
  for (let at = 0; at < text.length; at += 1) {
    let char = text[at]!
    if (char === '\\' && (quoted || depth > 0) && at + 1 < text.length) char += text[(at += 1)]!
    const wasQuoted = quoted
    if (char === '"' && depth === 0) quoted = !quoted
    if (!wasQuoted) {
      if (char === '(') depth += 1
      else if (char === ')') depth = Math.max(0, depth - 1)
      else if (char === '<' && depth === 0) angle = true
      else if (char === '>' && depth === 0) angle = false
    }
    visit(char, !quoted && !wasQuoted && depth === 0 && !angle, quoted || wasQuoted)
  }
}
