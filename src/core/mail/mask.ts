// Personal data, masked at the source: what a log, a figure or an error may show of an address, a client or a reply.
// Requirements section 9: tan***@***.***.***, 203.0.***.***; nothing at all of a local part too short to hide.

const STARS = '***'
/** A local part no longer than this shows nothing: three of its letters would be all of it. */
const LOCAL_SHOWN = 3

/** `tanaka@mail.example.jp` becomes `tan***@***.***.***`; the null reverse-path stays `<>`. */
export function maskAddress(address: string): string {
  if (address === '') return '<>'
  const at = address.lastIndexOf('@')
  const local = at < 0 ? address : address.slice(0, at)
  const domain = at < 0 ? '' : address.slice(at + 1)
  // Quotes and anything unusual in the local part could carry a second address, so only plain letters are shown.
  const plain = /^[A-Za-z0-9._+-]+$/.test(local) && local.length > LOCAL_SHOWN
  const shown = plain ? local.slice(0, LOCAL_SHOWN) : ''
  const stars =
    domain === ''
      ? ''
      : `@${domain
          .split('.')
          .map(() => STARS)
          .join('.')}`
  return `${shown}${STARS}${stars}`
}

/** `203.0.113.7` becomes `203.0.***.***`; of IPv6 the first two groups stay. */
export function maskIp(address: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1] ?? address
  const four = /^(\d{1,3})\.(\d{1,3})\.\d{1,3}\.\d{1,3}$/.exec(mapped)
  if (four) return `${four[1]}.${four[2]}.${STARS}.${STARS}`
  if (!mapped.includes(':')) return STARS
  const groups = mapped
    .split(':')
    .slice(0, 2)
    .filter((group) => /^[0-9a-f]{1,4}$/i.test(group))
  return [...groups, STARS].join(':')
}

// Anything around an @ that could be an address, quoted local parts and odd spellings included.
const ADDRESS = /"(?:[^"\\\r\n]|\\.){1,128}"@[^\s<>()[\],;:"']+|[^\s<>()[\],;:"'=]+@[^\s<>()[\],;:"']+/g
const IPV4 = /\b\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3}\b/g
const IPV6 = /(?<![0-9A-Za-z:])(?:[0-9a-f]{1,4}:){2,7}(?::|[0-9a-f]{1,4})(?::?[0-9a-f]{1,4})*(?![0-9A-Za-z])|::1\b/gi
// Base64 of credentials has no other mark than its shape: long, and with letters of both cases and digits or padding.
const BASE64 = /[A-Za-z0-9+/]{12,}={0,2}/g
// oxlint-disable-next-line no-control-regex -- control characters are what it removes
const CONTROL = /[\u0000-\u001f\u007f-\u009f]+/g
/** Longer reply texts are cut: a log line is no place for a web page. */
const TEXT_MAX = 512

/**
 * A foreign text (an SMTP reply, an API message) made fit for a log: addresses, clients and credentials masked, one line.
 * `named`: the addresses it is about, because many a host answers with the local part alone ("tanaka: user unknown").
 */
export function maskText(text: string, named: readonly string[] = []): string {
  return (
    withoutLocalParts(
      text
        .slice(0, TEXT_MAX)
        .replaceAll(CONTROL, ' ')
        .replaceAll(ADDRESS, (address) => maskAddress(address)),
      named,
    )
      .replaceAll(BASE64, (token) => (looksSecret(token) ? STARS : token))
      .replaceAll(IPV4, (ip) => maskIp(ip))
      // Eight groups or a double colon make an address; three groups of digits are a time of day.
      .replaceAll(IPV6, (ip) => (ip.includes('::') || ip.split(':').length === 8 ? maskIp(ip) : ip))
  )
}

function withoutLocalParts(text: string, addresses: readonly string[]): string {
  let left = text
  for (const address of addresses) {
    for (const local of localNames(address)) {
      // Most texts name nobody; that is quick to see.
      if (!left.toLowerCase().includes(local.toLowerCase())) continue
      const word = new RegExp(
        `(?<![A-Za-z0-9])${local.replaceAll(/[^A-Za-z0-9]/g, String.raw`\$&`)}(?![A-Za-z0-9])`,
        'gi',
      )
      left = left.replaceAll(word, maskAddress(local))
    }
  }
  return left
}

/** The local part as it is, without quotes, and without a tag; the longest first. */
function localNames(address: string): readonly string[] {
  const at = address.lastIndexOf('@')
  const local = (at < 0 ? address : address.slice(0, at)).replaceAll('"', '')
  const [untagged = ''] = local.split('+')
  return (untagged === local ? [local] : [local, untagged]).filter((name) => name.length > 1)
}

function looksSecret(token: string): boolean {
  if (token.endsWith('=')) return true
  return token.length >= 16 && /[a-z]/.test(token) && /[A-Z]/.test(token) && /[0-9+/]/.test(token)
}
