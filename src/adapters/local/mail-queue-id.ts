// Mail ids as the index keeps them, read without an allocation: this runs twice for every mail, and the general
// reader of core/mail/mail-id costs fifteen times as much. What is not plain upper-case text goes to that reader.
import { decodeMailId, encodeMailId } from '../../core/mail/mail-id.ts'

const LENGTH = 13
const NO_DIGIT = 255

/** Value of each character code, learnt from core's own writer so that the alphabet stands in one place. */
const DIGITS = new Uint8Array(128).fill(NO_DIGIT)
for (let value = 0; value < 32; value += 1) DIGITS[encodeMailId({ high: 0, low: value }).charCodeAt(LENGTH - 1)] = value

/** Filled by `readMailId`: the two halves of the id last read. */
export const idBits = { high: 0, low: 0 }

/** Puts the bits of `text` into `idBits`; false when it is no mail id. */
export function readMailId(text: string): boolean {
  if (text.length !== LENGTH) return false
  const first = digitAt(text, 0)
  let high = first
  for (let i = 1; i <= 5; i += 1) high = (high << 5) | digitAt(text, i)
  const seventh = digitAt(text, 6)
  let low = seventh & 3
  for (let i = 7; i < LENGTH; i += 1) low = (low << 5) | digitAt(text, i)
  if (first > 15 || !onlyDigits(text)) return readUnusual(text)
  idBits.high = ((high << 3) | (seventh >>> 2)) >>> 0
  idBits.low = low >>> 0
  return true
}

function digitAt(text: string, position: number): number {
  const code = text.charCodeAt(position)
  return code < 128 ? DIGITS[code]! : NO_DIGIT
}

function onlyDigits(text: string): boolean {
  let all = 0
  for (let i = 0; i < LENGTH; i += 1) all |= digitAt(text, i)
  return all < 32
}

function readUnusual(text: string): boolean {
  const bits = decodeMailId(text)
  if (bits === undefined) return false
  idBits.high = bits.high
  idBits.low = bits.low
  return true
}
