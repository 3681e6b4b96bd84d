// Reads the arguments of SMTP commands. Pure functions over one complete line, read as Latin-1, without its CRLF.
// Their rule: the address is handed on octet by octet; whether it is a good one is core's question.

/** The longest SIZE value (RFC 1870 4): 20 digits. */
const SIZE = /^\d{1,20}$/

export type PathReading =
  | { readonly kind: 'path'; readonly address: string; readonly parameters: string }
  | { readonly kind: 'malformed' }
  | { readonly kind: 'sourceRoute' }

const MALFORMED: PathReading = { kind: 'malformed' }

/**
 * Reads `<address> parameters` from `at`. One space before it is tolerated, and so is an address without brackets, because
 * the Postfix that clients speak to today takes both; the null path is `<>` only.
 */
export function readPath(line: string, at: number): PathReading {
  const start = line.charCodeAt(at) === SPACE ? at + 1 : at
  const bracketed = line.charCodeAt(start) === LESS
  const from = bracketed ? start + 1 : start
  const end = endOfAddress(line, from, bracketed ? GREATER : SPACE)
  if (end < 0) return MALFORMED
  const address = line.slice(from, end)
  const behind = bracketed ? end + 1 : end
  if (behind < line.length && line.charCodeAt(behind) !== SPACE) return MALFORMED
  if (!bracketed && (address === '' || address.includes('<') || address.includes('>'))) return MALFORMED
  // RFC 5321 3.3: a server may decline source routes, `<@a.example:user@example.com>`.
  if (address.charCodeAt(0) === AT) return { kind: 'sourceRoute' }
  return { kind: 'path', address, parameters: behind < line.length ? line.slice(behind + 1).trim() : '' }
}

const SPACE = 32
const QUOTE = 34
const LESS = 60
const GREATER = 62
const AT = 64
const BACKSLASH = 92

/** Where the address ends: at `closer` outside quotes (RFC 5321 4.1.2), or -1. Without brackets the line's end closes too. */
function endOfAddress(line: string, from: number, closer: number): number {
  let quoted = false
  for (let i = from; i < line.length; i += 1) {
    const code = line.charCodeAt(i)
    if (code === QUOTE) quoted = !quoted
    else if (code === BACKSLASH && quoted) i += 1
    else if (code === closer && !quoted) return i
    // A bracket inside brackets would be two addresses in one.
    else if (code === LESS && !quoted && closer === GREATER) return -1
  }
  return closer === SPACE && !quoted ? line.length : -1
}

export type ParametersReading =
  | { readonly kind: 'parameters'; readonly size: number | undefined }
  | { readonly kind: 'malformed' }
  | { readonly kind: 'unknown' }

const NO_PARAMETERS: ParametersReading = { kind: 'parameters', size: undefined }

/** The parameters of MAIL: SIZE (RFC 1870), BODY (RFC 6152), AUTH (RFC 4954 5). Everything else is unknown, SMTPUTF8 too. */
export function readMailParameters(text: string): ParametersReading {
  if (text === '') return NO_PARAMETERS
  let size: number | undefined
  const seen = new Set<string>()
  for (const parameter of text.split(/ +/)) {
    const equals = parameter.indexOf('=')
    const keyword = (equals < 0 ? parameter : parameter.slice(0, equals)).toUpperCase()
    const value = equals < 0 ? '' : parameter.slice(equals + 1)
    if (keyword !== 'SIZE' && keyword !== 'BODY' && keyword !== 'AUTH') return { kind: 'unknown' }
    if (seen.has(keyword) || value === '') return { kind: 'malformed' }
    seen.add(keyword)
    if (keyword === 'SIZE') {
      if (!SIZE.test(value)) return { kind: 'malformed' }
      size = Number(value)
    }
    // BINARYMIME needs CHUNKING (RFC 3030), which is not offered.
    if (keyword === 'BODY' && !/^(?:7BIT|8BITMIME)$/i.test(value)) return { kind: 'unknown' }
  }
  return { kind: 'parameters', size }
}
