// What a log line is made of, octet by octet: character classes and words as octets, for readers that make no string of a line.

export const NEWLINE = 0x0a
export const SPACE = 0x20
export const COMMA = 0x2c
export const DOT = 0x2e
export const COLON = 0x3a
export const EQUALS = 0x3d
export const GREATER = 0x3e
export const AT = 0x40
export const OPEN_BRACKET = 0x5b
export const CLOSE_BRACKET = 0x5d
export const OPEN = 0x28
export const CLOSE = 0x29
export const ZERO = 0x30

/** Bits of ID_CLASS. */
export const HEX = 1
export const BASE_52 = 2

/**
 * What of a queue id an octet can be. Short ids are upper case hexadecimal; long ones (enable_long_queue_ids) are digits and
 * consonants, so that no word of a log line looks like one (postconf(5)).
 */
export const ID_CLASS = idClasses()

function idClasses(): Uint8Array {
  const classes = new Uint8Array(256)
  for (const octet of Buffer.from('0123456789ABCDEF')) classes[octet]! |= HEX
  for (const octet of Buffer.from('0123456789BCDFGHJKLMNPQRSTVWXYZbcdfghjklmnpqrstvwxyz')) classes[octet]! |= BASE_52
  return classes
}

export function octetsOf(word: string): Uint8Array {
  return new Uint8Array(Buffer.from(word, 'latin1'))
}

/** True when `word` stands at `at`. Four octets a step, because a branch for each costs more than the comparison. */
export function standsAt(octets: Uint8Array, at: number, word: Uint8Array): boolean {
  const { length } = word
  let i = 0
  for (; i + 4 <= length; i += 4) {
    const place = at + i
    const differs =
      (octets[place]! ^ word[i]!) |
      (octets[place + 1]! ^ word[i + 1]!) |
      (octets[place + 2]! ^ word[i + 2]!) |
      (octets[place + 3]! ^ word[i + 3]!)
    if (differs !== 0) return false
  }
  for (; i < length; i += 1) if (octets[at + i] !== word[i]) return false
  return true
}

/** Where `octet` stands from `at` on, or `end`. */
export function seek(octets: Uint8Array, octet: number, at: number, end: number): number {
  let i = at
  while (i < end && octets[i] !== octet) i += 1
  return i
}

/** Two digits as a number; 100 or more when they are none. A space may stand for the first, as in `Jan  1`. */
export function twoDigits(octets: Uint8Array, at: number): number {
  const first = octets[at] ?? 0
  const tens = first === SPACE ? 0 : first - ZERO
  const ones = (octets[at + 1] ?? 0) - ZERO
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? tens * 10 + ones : NO_DIGITS
}

const NO_DIGITS = 1_000
