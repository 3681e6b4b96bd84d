// Queue ids in a line: their octets become 64 bits, seeded by the host and instance, so that the same short id on two hosts
// is two mails.
import type { QueueSpace } from './heads.ts'
import { BASE_52, COLON, HEX, ID_CLASS, SPACE } from './octets.ts'

/** Long ids are seconds, microseconds and inode in base 52: never shorter. */
const LONG_ID_LEAST = 10
/** Odd, and with bits everywhere (MurmurHash3). */
const PRIME = 0x85ebca6b | 0

/** The last id that was read. */
export class QueueId {
  low = 0
  high = 0
  start = 0
  end = 0
  /** Octets of the id before: most ids of a log are as long as the last one. */
  #length = 0

  /**
   * Where the text behind `ID: ` begins, or -1 when there is no id at `at`. A word as long as an id passes for one; the text
   * behind it does not, so it does no harm.
   */
  find(octets: Uint8Array, at: number, end: number): number {
    const guess = at + this.#length
    if (this.#length > 0 && octets[guess] === COLON && octets[guess + 1] === SPACE) {
      this.start = at
      this.end = guess
      return guess + 2
    }
    return this.#search(octets, at, end)
  }

  #search(octets: Uint8Array, at: number, end: number): number {
    let kind = HEX | BASE_52
    let i = at
    for (; i < end; i += 1) {
      const classes = ID_CLASS[octets[i]!]!
      if (classes === 0) break
      kind &= classes
    }
    if (octets[i] !== COLON || octets[i + 1] !== SPACE || i === at || kind === 0) return -1
    if ((kind & HEX) === 0 && i - at < LONG_ID_LEAST) return -1
    this.#length = i - at
    this.start = at
    this.end = i
    return i + 2
  }

  /** Makes the 64 bits of the id that was found. */
  hash(octets: Uint8Array, space: QueueSpace): void {
    this.low = hashed(octets, this.start, this.end, space.seedLow)
    this.high = hashed(octets, this.start, this.end, space.seedHigh)
  }

  /** The same octets as an id of another instance. */
  inSpace(octets: Uint8Array, space: QueueSpace): { readonly low: number; readonly high: number } {
    return idIn(octets.subarray(this.start, this.end), space)
  }
}

/** An id that stands somewhere else, such as in `queued as ID`. */
export function idIn(id: Uint8Array, space: QueueSpace): { readonly low: number; readonly high: number } {
  return { low: hashed(id, 0, id.length, space.seedLow), high: hashed(id, 0, id.length, space.seedHigh) }
}

/** Four octets a step: multiplications are what a hash costs. */
function hashed(octets: Uint8Array, start: number, end: number, seed: number): number {
  let hash = seed
  let i = start
  for (; i + 4 <= end; i += 4) {
    const four = octets[i]! | (octets[i + 1]! << 8) | (octets[i + 2]! << 16) | (octets[i + 3]! << 24)
    hash = Math.imul(hash ^ four, PRIME)
    hash ^= hash >>> 15
  }
  for (; i < end; i += 1) hash = Math.imul(hash ^ octets[i]!, PRIME)
  return hash ^ (hash >>> 13)
}
