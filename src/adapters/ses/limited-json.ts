// JSON from outside, read within limits of size and depth: who can reach a port must not be able to fill the memory or
// the stack. Nothing here knows what the JSON means.

/** SNS and EventBridge carry 256 KB, SQS 1 MiB (service quotas); an event of SES has a few. */
export const JSON_OCTETS_MAX = 1_048_576
/** An event of SES has seven levels; an envelope around it is a text, not a level. */
const DEPTH_MAX = 32

export type Json = Readonly<Record<string, unknown>>

export type JsonReading =
  | { readonly kind: 'value'; readonly value: unknown }
  | { readonly kind: 'fault'; readonly reason: 'tooLong' | 'tooDeep' | 'noJson'; readonly message: string }

/** The value of a JSON text, or why it was not read. Never throws. */
export function limitedJson(text: string): JsonReading {
  if (text.length > JSON_OCTETS_MAX) return fault('tooLong', `has over ${JSON_OCTETS_MAX} characters`)
  if (isDeeper(text, DEPTH_MAX)) return fault('tooDeep', `is nested more than ${DEPTH_MAX} levels deep`)
  try {
    return { kind: 'value', value: JSON.parse(text) }
  } catch {
    return fault('noJson', 'is no JSON')
  }
}

export function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function fault(reason: 'tooLong' | 'tooDeep' | 'noJson', message: string): JsonReading {
  return { kind: 'fault', reason, message }
}

const QUOTE = 0x22
const BACKSLASH = 0x5c
const OPEN = new Set([0x5b, 0x7b])
const CLOSE = new Set([0x5d, 0x7d])

/** Brackets outside of strings; looked at before the parser is given a chance to fail its own way. */
function isDeeper(text: string, most: number): boolean {
  let depth = 0
  for (let i = 0; i < text.length; i += 1) {
    const code = text.charCodeAt(i)
    if (code === QUOTE) i = stringEnd(text, i)
    else if (OPEN.has(code)) {
      depth += 1
      if (depth > most) return true
    } else if (CLOSE.has(code)) depth -= 1
  }
  return false
}

function stringEnd(text: string, start: number): number {
  let end = text.indexOf('"', start + 1)
  while (end > 0 && isEscaped(text, end)) end = text.indexOf('"', end + 1)
  return end < 0 ? text.length : end
}

function isEscaped(text: string, at: number): boolean {
  let backslashes = 0
  while (text.charCodeAt(at - 1 - backslashes) === BACKSLASH) backslashes += 1
  return backslashes % 2 === 1
}
