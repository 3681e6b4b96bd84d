// Which connections were encrypted. Postfix writes `… TLS connection established to RELAY` without a queue id, and then the
// deliveries of the same process: the two are brought together by host, process and relay.
import { hashOf, type Delivery } from './delivery.ts'
import type { LinePlace } from './line-place.ts'
import { CLOSE_BRACKET, COLON, octetsOf, seek, SPACE, standsAt } from './octets.ts'

/** Processes remembered; a power of two. Twelve hosts run some thousand smtp(8) at once. */
const PLACES = 65_536
const ESTABLISHED = octetsOf('TLS connection established to ')
const REUSED = octetsOf('TLS connection reused to ')
const INITIALS = new Set(['Trusted', 'Untrusted', 'Anonymous', 'Verified'].map((word) => word.charCodeAt(0)))
const WORD_OCTETS_MAX = 12

export class TlsMemory {
  /** Lines seen; none means that the hosts do not log TLS. */
  lines = 0
  readonly #process = new Float64Array(PLACES)
  readonly #relay = new Int32Array(PLACES)
  readonly #mail = new Int32Array(PLACES)
  readonly #fresh = new Uint8Array(PLACES)

  /** Notes a line about TLS; false when the text at `at` is none. */
  note(octets: Uint8Array, at: number, end: number, by: { readonly host: number; readonly pid: number }): boolean {
    if (!INITIALS.has(octets[at]!)) return false
    const word = seek(octets, SPACE, at, Math.min(end, at + WORD_OCTETS_MAX)) + 1
    const relay = standsAt(octets, word, ESTABLISHED)
      ? word + ESTABLISHED.length
      : standsAt(octets, word, REUSED)
        ? word + REUSED.length
        : -1
    if (relay < 0) return false
    this.lines += 1
    const port = seek(octets, CLOSE_BRACKET, relay, end) + 2
    const relayEnd = seek(octets, COLON, port, end)
    const hash = hashOf(octets, relay, relayEnd)
    const place = placeOf(by.host, by.pid)
    this.#process[place] = keyOf(by.host, by.pid)
    this.#relay[place] = hash
    this.#fresh[place] = 1
    return true
  }

  /** How a delivery went. A connection is made anew for each mail unless it says that it was reused. */
  of({ head, pid, id }: LinePlace, { relayHash, reused }: Delivery): 'unknown' | 'plain' | 'tls' {
    if (this.lines === 0 || (head.daemon !== 'smtp' && head.daemon !== 'lmtp')) return 'unknown'
    const place = placeOf(head.host, pid)
    if (this.#process[place] !== keyOf(head.host, pid) || this.#relay[place] !== relayHash) return 'plain'
    if (reused) return 'tls'
    // Recipients of one mail are written line by line, though it went once.
    if (this.#fresh[place] === 0 && this.#mail[place] !== id.low) return 'plain'
    this.#fresh[place] = 0
    this.#mail[place] = id.low
    return 'tls'
  }
}

const PIDS = 0x1_0000_0000
function keyOf(host: number, pid: number): number {
  return (host + 1) * PIDS + pid
}

function placeOf(host: number, pid: number): number {
  return (pid ^ Math.imul(host, 0x9e37)) & (PLACES - 1)
}
