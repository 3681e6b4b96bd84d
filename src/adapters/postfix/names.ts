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

/** The domains that were seen, in order. */
export class Names {
  readonly #slots = new Int32Array(SLOTS)
  readonly #hashes = new Int32Array(NAMES_MAX)
  readonly #starts = new Int32Array(NAMES_MAX + 1)
  #arena = new Uint8Array(65_536)
  #count = 1

  get count(): number {
    return this.#count
  }

  text(name: number): string {
    if (name === OTHER) return ''
    return Buffer.from(this.#arena.subarray(this.#starts[name], this.#starts[name + 1])).toString('latin1')
  }

  /** The number of the domain whose lower-case octets have this hash. */
  number(octets: Uint8Array, start: number, end: number, hash: number): number {
    const length = end - start
    if (length <= 0 || length > NAME_OCTETS_MAX) return OTHER
    let slot = (hash ^ (hash >>> 15)) & MASK
    for (;;) {
      const name = this.#slots[slot]!
      if (name === 0) return this.#add(octets, start, end, { hash, slot })
      if (this.#hashes[name] === hash && this.#is(name, octets, start, length)) return name
      slot = (slot + 1) & MASK
    }
  }

  #is(name: number, octets: Uint8Array, start: number, length: number): boolean {
    const from = this.#starts[name]!
    if (this.#starts[name + 1]! - from !== length) return false
    for (let i = 0; i < length; i += 1) if (this.#arena[from + i] !== LOWER[octets[start + i]!]) return false
    return true
  }

  #add(octets: Uint8Array, start: number, end: number, { hash, slot }: { hash: number; slot: number }): number {
    if (this.#count >= NAMES_MAX - 1) return OTHER
    const name = this.#count
    const from = this.#starts[name]!
    const to = from + end - start
    if (to > this.#arena.length) {
      const larger = new Uint8Array(this.#arena.length * 2)
      larger.set(this.#arena)
      this.#arena = larger
    }
    for (let i = start; i < end; i += 1) this.#arena[from + i - start] = LOWER[octets[i]!]!
    this.#starts[name + 1] = to
    this.#hashes[name] = hash
    this.#slots[slot] = name
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
