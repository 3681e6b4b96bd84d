// Cuts chunks of a file or a stream into lines without copying them: the rest of a chunk goes before the next one.
import { NEWLINE } from './octets.ts'

/** What a reader of lines must be able to do. */
export interface LineReader {
  line(octets: Buffer, start: number, end: number): void
  /** A line longer than any that Postfix writes was cut. */
  cut(): void
}

/** Postfix cuts its own lines at 2,048 octets (syslog) or some thousand (postlogd); more is no line. */
const LINE_OCTETS_MAX = 65_536
const RETURN = 0x0d

/** Its memory is one chunk and one line. */
export class LineChunks {
  readonly #reader: LineReader
  #rest: Buffer = Buffer.alloc(0)
  #skipping = false

  constructor(reader: LineReader) {
    this.#reader = reader
  }

  /** Reads all whole lines of a chunk; the octets may be used again afterwards. */
  push(chunk: Buffer): void {
    let start = 0
    if (this.#rest.length > 0 || this.#skipping) start = this.#joined(chunk)
    if (start < 0) return
    for (;;) {
      const end = chunk.indexOf(NEWLINE, start)
      if (end < 0) break
      this.#line(chunk, start, end)
      start = end + 1
    }
    this.#keep(chunk, start)
  }

  /** The stream ends: a last line without its end is a line. */
  end(): void {
    if (this.#rest.length > 0) this.#line(this.#rest, 0, this.#rest.length)
    this.#rest = Buffer.alloc(0)
    this.#skipping = false
  }

  /** Octets of the line that has not ended yet. */
  get unfinished(): number {
    return this.#rest.length
  }

  #line(octets: Buffer, start: number, end: number): void {
    const last = end > start && octets[end - 1] === RETURN ? end - 1 : end
    if (last > start) this.#reader.line(octets, start, last)
  }

  /** Reads the line that began in the chunk before; the answer is where the next one begins, -1 when this one goes on. */
  #joined(chunk: Buffer): number {
    const end = chunk.indexOf(NEWLINE)
    if (end < 0) {
      if (!this.#skipping) this.#keep(chunk, 0)
      return -1
    }
    if (!this.#skipping) {
      const whole = Buffer.concat([this.#rest, chunk.subarray(0, end)])
      this.#line(whole, 0, whole.length)
    }
    this.#rest = Buffer.alloc(0)
    this.#skipping = false
    return end + 1
  }

  #keep(chunk: Buffer, start: number): void {
    const rest = chunk.subarray(start)
    this.#rest = this.#rest.length > 0 ? Buffer.concat([this.#rest, rest]) : Buffer.from(rest)
    if (this.#rest.length <= LINE_OCTETS_MAX) return
    this.#reader.line(this.#rest, 0, LINE_OCTETS_MAX)
    this.#reader.cut()
    this.#rest = Buffer.alloc(0)
    this.#skipping = true
  }
}
