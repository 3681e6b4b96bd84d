// The fields of a delivery line, read left to right: to, orig_to, relay, conn_use, delay, delays, dsn, status, and the reply
// in brackets, which may itself hold commas, equal signs and brackets. A field that is not known is passed over.
import { SECOND_MS } from '../../core/base/clock.ts'
import { AddressScan } from './names.ts'
import {
  CLOSE,
  COMMA,
  DOT,
  EQUALS,
  GREATER,
  octetsOf,
  OPEN,
  OPEN_BRACKET,
  seek,
  SPACE,
  standsAt,
  ZERO,
} from './octets.ts'

const C = 0x63
const D = 0x64
const F = 0x66
const O = 0x6f
const R = 0x72
const S = 0x73
const B = 0x62
const LOOPBACK_4 = octetsOf('127.')
const LOOPBACK_6 = octetsOf('::1]')
/** Odd, and with bits everywhere (MurmurHash3). */
const PRIME = 0x85ebca6b | 0
const SLASH = 0x2f

/** An address of this machine (`[127.0.0.1]`, `[::1]`), or a socket in its file system (`[private/lmtp]`). */
function isLoopback(octets: Uint8Array, start: number, end: number): boolean {
  const first = octets[start]
  // `1` may be 127., `:` may be ::1, and `/` or `p` a path.
  if (first !== 0x31 && first !== 0x3a && first !== SLASH && first !== 0x70) return false
  if (standsAt(octets, start, LOOPBACK_4) || standsAt(octets, start, LOOPBACK_6)) return true
  return first !== 0x31 && octets[start - 1] === OPEN_BRACKET && seek(octets, SLASH, start, end) < end
}

function textOf(octets: Uint8Array, start: number, end: number): string {
  return Buffer.from(octets.subarray(start, end)).toString('latin1')
}

/** What brings a delivery and its connection together; four octets a step. */
export function hashOf(octets: Uint8Array, start: number, end: number): number {
  let hash = 0
  let i = start
  for (; i + 4 <= end; i += 4) {
    const four = octets[i]! | (octets[i + 1]! << 8) | (octets[i + 2]! << 16) | (octets[i + 3]! << 24)
    hash = Math.imul(hash ^ four, PRIME)
    hash ^= hash >>> 15
  }
  for (; i < end; i += 1) hash = Math.imul(hash ^ octets[i]!, PRIME)
  return hash
}

export type DeliveryStatus = 'sent' | 'deferred' | 'bounced' | 'other'

/** The last delivery line that was read. */
export class Delivery {
  readonly to = new AddressScan()
  delayMs = 0
  /** 5.1.1 is 5001001, 0 for none. */
  dsn = 0
  status: DeliveryStatus = 'other'
  /** The relay is this machine: an address of loopback, or a socket in the file system. */
  loopback = false
  relayHash = 0
  /** The connection was used before (conn_use). */
  reused = false
  replyStart = 0
  replyEnd = 0
  /** Whether anybody asks for `relayHash`. */
  wantsRelay = false

  /** Reads from the `<` of to=<…> on; false when the line is no delivery. */
  read(octets: Uint8Array, start: number, end: number): boolean {
    if (!this.to.read(octets, start + 1, end)) return false
    this.delayMs = 0
    this.dsn = 0
    this.loopback = false
    this.relayHash = 0
    this.reused = false
    let at = this.to.end + 1
    while (at < end && octets[at] === COMMA && octets[at + 1] === SPACE) {
      at += 2
      const first = octets[at]
      if (first === S && octets[at + 6] === EQUALS) return this.#status(octets, at + 7, end)
      at = this.#field(octets, at, end)
    }
    return false
  }

  /** Reads one field before the status; the answer is where it ends. */
  #field(octets: Uint8Array, at: number, end: number): number {
    switch (octets[at]) {
      case R:
        return this.#relay(octets, at + 6, end)
      case D:
        if (octets[at + 1] === S) return this.#dsn(octets, at + 4, end)
        return octets[at + 5] === EQUALS ? this.#delay(octets, at + 6, end) : seek(octets, COMMA, at, end)
      case O: {
        // A quoted local part may hold a comma.
        const close = seek(octets, GREATER, at, end)
        return close + 1
      }
      case C:
        this.reused = true
        return seek(octets, COMMA, at, end)
      default:
        return seek(octets, COMMA, at, end)
    }
  }

  #relay(octets: Uint8Array, start: number, end: number): number {
    let at = start
    let bracket = start
    for (; at < end; at += 1) {
      const octet = octets[at]
      if (octet === COMMA) break
      if (octet === OPEN_BRACKET) bracket = at + 1
    }
    this.loopback = isLoopback(octets, bracket, at)
    if (this.wantsRelay) this.relayHash = hashOf(octets, start, at)
    return at
  }

  #delay(octets: Uint8Array, start: number, end: number): number {
    let at = start
    let ms = 0
    let worth = 0
    for (;;) {
      const octet = octets[at]!
      const digit = octet - ZERO
      if (digit >= 0 && digit <= 9) {
        if (worth === 0) ms = ms * 10 + digit * 1_000
        else {
          ms += digit * worth
          worth /= 10
        }
      } else if (octet === DOT) worth = 100
      else break
      at += 1
    }
    const comma = seek(octets, COMMA, at, end)
    // What is no plain number, such as 3.0e+2, is rare enough to become a string.
    this.delayMs = comma === at ? ms : Math.max(0, Number(textOf(octets, start, comma)) * SECOND_MS) || 0
    return comma
  }

  #dsn(octets: Uint8Array, start: number, end: number): number {
    let at = start
    let dsn = 0
    let part = 0
    for (;;) {
      const octet = octets[at]!
      const digit = octet - ZERO
      if (digit >= 0 && digit <= 9) part = part * 10 + digit
      else if (octet === DOT) {
        dsn = dsn * 1_000 + part
        part = 0
      } else break
      at += 1
    }
    this.dsn = dsn * 1_000 + part
    return seek(octets, COMMA, at, end)
  }

  #status(octets: Uint8Array, start: number, end: number): boolean {
    const first = octets[start]
    const behind = seek(octets, SPACE, start, end)
    const length = behind - start
    this.status = 'other'
    if (first === S && length === 4) this.status = 'sent'
    else if (first === D && length === 8 && octets[start + 2] === F) this.status = 'deferred'
    else if (first === B && length === 7) this.status = 'bounced'
    this.replyStart = octets[behind + 1] === OPEN ? behind + 2 : behind
    this.replyEnd = end
    return true
  }

  /** The reply: what is between the first bracket behind the status and the last one of the line. */
  reply(octets: Buffer): string {
    let close = this.replyEnd - 1
    while (close > this.replyStart && octets[close] !== CLOSE) close -= 1
    const end = close > this.replyStart ? close : this.replyEnd
    return octets.toString('latin1', this.replyStart, end)
  }
}
