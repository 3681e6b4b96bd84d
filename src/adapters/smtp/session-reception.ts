// The content of one mail while it comes in: kept in wire form (core/mail/mail.ts), measured, and bounded.
// Its rule: what will be refused is read to its end and not kept, so that the session stays usable (RFC 5321 4.1.1.4).
import type { Content } from '../../core/mail/mail.ts'
import { refuse, type Refusal } from '../../core/mail/refusal.ts'
import { ContentScanner } from './content-scanner.ts'

/** Octets of content in memory over all sessions, and how many there may be. */
export interface ReceptionBudget {
  readonly octetsMax: number
  used: number
}

/** Pieces smaller than this are gathered: a client that sends octet by octet must not cost an object an octet. */
const PIECE_OCTETS_MIN = 4_096
/** A piece is kept as it is when its memory is at most an eighth larger than itself. */
const SLACK_MAX = 1 / 8
/** The final dot line. */
const END_OCTETS = 3
/** Octets of the final dot line that may have come already when the rest of the content is counted. */
const END_COUNTED_MAX = 1

export class Reception {
  readonly #scanner = new ContentScanner()
  readonly #budget: ReceptionBudget
  readonly #octetsMax: number
  #chunks: Uint8Array[] = []
  /** Where small pieces are gathered: `#gathered` octets of it are used, and it is the last of the chunks. */
  #gathering: Uint8Array | undefined
  #gathered = 0
  #wireSize = 0
  #kept = 0
  #noRoom = false
  #tooBig = false

  constructor(octetsMax: number, budget: ReceptionBudget) {
    this.#octetsMax = octetsMax
    this.#budget = budget
  }

  /** Octets that have come in so far. */
  get octets(): number {
    return this.#wireSize
  }

  /** Takes what belongs to the content; the offset behind its end, or -1 when it goes on. */
  feed(bytes: Buffer, at: number): number {
    const end = this.#scanner.scan(bytes, at)
    const until = end < 0 ? bytes.length : end
    this.#wireSize += until - at
    if (this.#wireSize - this.#scanner.dotLines > this.#octetsMax + (end < 0 ? END_COUNTED_MAX : END_OCTETS)) {
      this.#tooBig = true
    }
    if (this.#tooBig || this.#noRoom || this.#scanner.hasBareLineEnding) this.#discard()
    else if (end >= 0 && until - at >= END_OCTETS) this.#keep(bytes, at, until - END_OCTETS)
    else {
      this.#keep(bytes, at, until)
      if (end >= 0) this.#trim()
    }
    if (end >= 0) this.#wireSize -= END_OCTETS
    return end
  }

  /** Why the content cannot be taken, once its end has come. */
  fault(): Refusal | undefined {
    if (this.#tooBig) return refuse('tooBig', `a message may hold ${this.#octetsMax} octets`)
    if (this.#scanner.hasBareLineEnding) {
      return refuse('bareLineEnding', 'the content holds a CR or LF alone; lines must end in CRLF')
    }
    if (this.#noRoom) return refuse('queueFull', 'too much mail is coming in at once')
    return undefined
  }

  content(): Content {
    this.#endGathering()
    return {
      chunks: this.#chunks,
      wireSize: this.#wireSize,
      size: this.#wireSize - this.#scanner.dotLines,
      dotStuffed: this.#scanner.dotLines > 0,
      eightBit: this.#scanner.hasEightBit,
      longestLine: this.#scanner.longestLine,
    }
  }

  /** Gives the room back, when the mail is durable, refused, or its client gone. */
  release(): void {
    this.#discard()
  }

  #discard(): void {
    this.#budget.used -= this.#kept
    this.#kept = 0
    this.#chunks = []
    this.#gathering = undefined
  }

  #keep(bytes: Buffer, from: number, until: number): void {
    const octets = until - from
    if (octets === 0) return
    if (this.#budget.used + octets > this.#budget.octetsMax) {
      this.#noRoom = true
      this.#discard()
      return
    }
    this.#budget.used += octets
    this.#kept += octets
    if (octets < PIECE_OCTETS_MIN) {
      this.#gather(bytes, from, until)
      return
    }
    this.#endGathering()
    const piece = bytes.subarray(from, until)
    this.#chunks.push(ownsMemory(piece) ? piece : copyOf(piece))
  }

  #gather(bytes: Buffer, from: number, until: number): void {
    const octets = until - from
    // The only piece of a small mail: exact memory at once.
    if (this.#chunks.length === 0) {
      this.#chunks.push(copyOf(bytes.subarray(from, until)))
      return
    }
    if (this.#gathering === undefined || this.#gathered + octets > this.#gathering.length) {
      this.#endGathering()
      this.#gathering = new Uint8Array(2 * PIECE_OCTETS_MIN)
      this.#gathered = 0
      this.#chunks.push(this.#gathering)
    }
    this.#gathering.set(bytes.subarray(from, until), this.#gathered)
    this.#gathered += octets
  }

  #endGathering(): void {
    if (this.#gathering === undefined) return
    const used = this.#gathering.subarray(0, this.#gathered)
    this.#chunks[this.#chunks.length - 1] = ownsMemory(used) ? used : copyOf(used)
    this.#gathering = undefined
  }

  /** Takes back the final dot line, of which a part came before its end. */
  #trim(): void {
    this.#endGathering()
    let left = END_OCTETS
    while (left > 0 && this.#chunks.length > 0) {
      const last = this.#chunks.pop()!
      if (last.length > left) this.#chunks.push(last.subarray(0, last.length - left))
      left -= Math.min(left, last.length)
    }
  }
}

function ownsMemory(piece: Uint8Array): boolean {
  return piece.buffer.byteLength <= piece.length * (1 + SLACK_MAX)
}

function copyOf(piece: Uint8Array): Uint8Array {
  // Not Buffer.from, which would take small pieces out of a shared slab.
  return new Uint8Array(piece)
}
