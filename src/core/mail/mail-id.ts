// The mail id: 13 characters of Crockford's base32 that sort by time, so that a person can read, say and grep them.
// 64 bits: 42 of milliseconds since 2020, 10 of the gateway, 12 of a counter within the millisecond.

const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'
const LENGTH = 13
const PATTERN = /^[0-9A-HJKMNP-TV-Z]{13}$/
/** 2020-01-01T00:00:00Z; 42 bits of milliseconds from there last until 2159. */
const EPOCH_AT = 1_577_836_800_000
const GATEWAYS = 1 << 10
const PER_MS = 1 << 12

/** The two 32-bit halves of an id, as the queue's index keeps them. */
export interface MailIdBits {
  readonly high: number
  readonly low: number
}

/** Makes ids for one gateway: at most 4,096 a millisecond, then it borrows from the next one, so they stay unique and sorted. */
export function mailIds(options: { readonly gateway: number }): (nowMs: number) => string {
  const gateway = Math.abs(Math.trunc(options.gateway)) % GATEWAYS
  let lastMs = 0
  let counter = 0
  return (nowMs) => {
    const ms = Math.max(nowMs - EPOCH_AT, lastMs)
    if (ms > lastMs) {
      lastMs = ms
      counter = 0
    } else if (++counter === PER_MS) {
      lastMs += 1
      counter = 0
    }
    const high = Math.floor(lastMs / 1024)
    const low = (lastMs % 1024) * (GATEWAYS * PER_MS) + gateway * PER_MS + counter
    return encodeMailId({ high, low })
  }
}

/**
 * An id that comes out the same whenever it is made anew: `hash` (its low 22 bits) stands where gateway and counter do.
 * `at` is when the thing happened that the mail is about.
 */
export function derivedMailId({ at, hash }: { readonly at: number; readonly hash: number }): string {
  const ms = Math.max(0, Math.trunc(at) - EPOCH_AT)
  return encodeMailId({ high: Math.floor(ms / 1024), low: (ms % 1024) * (GATEWAYS * PER_MS) + (hash & 0x3f_ffff) })
}

export function encodeMailId({ high, low }: MailIdBits): string {
  // 65 bits of text for 64 of value: the first character holds 4 bits, 6 more characters the rest of `high` with 2 bits of `low`.
  let text = ALPHABET[high >>> 28]!
  for (let shift = 23; shift >= 3; shift -= 5) text += ALPHABET[(high >>> shift) & 31]!
  text += ALPHABET[((high & 7) << 2) | (low >>> 30)]!
  for (let shift = 25; shift >= 0; shift -= 5) text += ALPHABET[(low >>> shift) & 31]!
  return text
}

/** The bits of an id, or undefined when the text is no id. Lower case is taken too, because people type. */
export function decodeMailId(text: string): MailIdBits | undefined {
  const id = text.toUpperCase()
  if (!PATTERN.test(id) || id.charCodeAt(0) > 0x46) return undefined
  const digits = Array.from({ length: LENGTH }, (_, i) => ALPHABET.indexOf(id[i]!))
  if (digits[0]! > 15) return undefined
  let high = digits[0]!
  for (let i = 1; i <= 5; i += 1) high = high * 32 + digits[i]!
  high = high * 8 + (digits[6]! >>> 2)
  let low = digits[6]! & 3
  for (let i = 7; i < LENGTH; i += 1) low = low * 32 + digits[i]!
  return { high, low }
}
