// Receiving and sending domains as small numbers: the octets of a domain are compared, and only a new one becomes a string.
// Its rule: a log full of invented domains costs no more memory than the limit; what is over it is one name, OTHER.
import { AT, DOT, GREATER } from './octets.ts'

/** Domains that are told apart. goo.ne.jp's lists hold some ten thousand; mistyped ones make most of the rest. */
const NAMES_MAX = 131_072
/** RFC 1035 2.3.4. */
const NAME_OCTETS_MAX = 255
const SLOTS = 2 * NAMES_MAX
const MASK = SLOTS - 1

/** The number of all domains beyond the limit, and of addresses without a domain. */
export const OTHER = 0

const LOWER = lowerCase()

function lowerCase(): Uint8Array {
  const lower = new Uint8Array(256)
  for (let octet = 0; octet < 256; octet += 1) lower[octet] = octet >= 0x41 && octet <= 0x5a ? octet + 0x20 : octet
  return lower
}

/** Fields of a slot, side by side, so that a look-up costs one visit to memory. */
const SLOT = 4
const NAME = 0
const HASH = 1
const START = 2
const LENGTH = 3

/** The domains that were seen, in order. */
export class Names {
  readonly #slots = new Int32Array(SLOTS * SLOT)
  /** Where each name's slot is. */
  readonly #places = new Int32Array(NAMES_MAX)
  #arena = new Uint8Array(65_536)
  #used = 0
  #count = 1

  get count(): number {
    return this.#count
  }

  text(name: number): string {
    if (name === OTHER) return ''
    const place = this.#places[name]!
    const start = this.#slots[place + START]!
    return Buffer.from(this.#arena.subarray(start, start + this.#slots[place + LENGTH]!)).toString('latin1')
  }

  /** The number of the domain whose lower-case octets have this hash. */
  number(octets: Uint8Array, start: number, end: number, hash: number): number {
    const length = end - start
    if (length <= 0 || length > NAME_OCTETS_MAX) return OTHER
    const slots = this.#slots
    let slot = (hash ^ (hash >>> 15)) & MASK
    for (;;) {
      const place = slot * SLOT
      const name = slots[place + NAME]!
      if (name === 0) return this.#add(octets, start, end, { hash, place })
      if (slots[place + HASH] === hash && slots[place + LENGTH] === length && this.#is(place, octets, start))
        return name
      slot = (slot + 1) & MASK
    }
  }

  #is(place: number, octets: Uint8Array, start: number): boolean {
    const arena = this.#arena
    const from = this.#slots[place + START]!
    const length = this.#slots[place + LENGTH]!
    for (let i = 0; i < length; i += 1) if (arena[from + i] !== LOWER[octets[start + i]!]) return false
    return true
  }

  #add(octets: Uint8Array, start: number, end: number, { hash, place }: { hash: number; place: number }): number {
    if (this.#count >= NAMES_MAX - 1) return OTHER
    const name = this.#count
    const from = this.#used
    this.#used += end - start
    if (this.#used > this.#arena.length) {
      const larger = new Uint8Array(this.#arena.length * 2)
      larger.set(this.#arena)
      this.#arena = larger
    }
    for (let i = start; i < end; i += 1) this.#arena[from + i - start] = LOWER[octets[i]!]!
    this.#slots[place + NAME] = name
    this.#slots[place + HASH] = hash
    this.#slots[place + START] = from
    this.#slots[place + LENGTH] = end - start
    this.#places[name] = place
    this.#count += 1
    return name
  }
}

const FNV_OFFSET = 0x811c9dc5 | 0
const FNV_PRIME = 0x01000193
const OTHER_PRIME = 0x85ebca6b | 0
const QUOTE = 0x22

/** An address in the octets of a line, read once: where it is, its domain, and a hash of the mailbox. */
export class AddressScan {
  start = 0
  /** Of the `>` behind it. */
  end = 0
  domainStart = 0
  domainHash = 0
  /** 64 bits of the mailbox, without regard to case. */
  hashLow = 0
  hashHigh = 0
  /** The local part has a dot first, last or twice in a row and no quotes: an old carrier address. */
  dotted = false

  /** Reads from behind the `<` on; false when there is no `>`. */
  read(octets: Uint8Array, start: number, end: number): boolean {
    let low = FNV_OFFSET
    let high = OTHER_PRIME
    let dotted = false
    let before = DOT
    let i = start
    for (; i < end; i += 1) {
      const octet = LOWER[octets[i]!]!
      if (octet === GREATER || octet === AT) break
      low = Math.imul(low ^ octet, FNV_PRIME)
      high = Math.imul(high ^ octet, OTHER_PRIME)
      high ^= high >>> 13
      dotted = dotted || (octet === DOT && before === DOT)
      before = octet
    }
    this.start = start
    const isPlain = this.readDomain(octets, i + (octets[i] === AT ? 1 : 0), end)
    this.dotted = octets[i] === AT && (dotted || before === DOT) && octets[start] !== QUOTE
    if (isPlain && octets[i] !== AT) this.domainStart = this.end
    this.hashLow = Math.imul(low ^ this.domainHash, FNV_PRIME)
    this.hashHigh = Math.imul(high ^ this.domainHash, OTHER_PRIME)
    return isPlain
  }

  /** Reads only the domain: what is behind the last `@`. */
  readDomain(octets: Uint8Array, start: number, end: number): boolean {
    let hash = FNV_OFFSET
    let domainStart = start
    let i = start
    for (; i < end; i += 1) {
      const octet = LOWER[octets[i]!]!
      if (octet === GREATER) break
      if (octet === AT) {
        hash = FNV_OFFSET
        domainStart = i + 1
      } else hash = Math.imul(hash ^ octet, FNV_PRIME)
    }
    this.domainStart = domainStart
    this.end = i
    this.domainHash = hash
    return i < end
  }
}
