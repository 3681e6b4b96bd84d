// Looks at each octet of a mail's content once: finds its end, faults of its line endings, and what Content wants to know.
// Its rule: only CRLF.CRLF ends the content (RFC 5321 4.1.1.4), however TCP has cut it.

const LF = 10
const CR = 13
const DOT = 46

// At the beginning of a line: nothing but the CRLF before it, which for the first line is that of the DATA command.
const LINE_START = 0
// Inside a line.
const TEXT = 1
// Behind a CR, which wants an LF.
const AFTER_CR = 2
// Behind a dot at the beginning of a line: the end of the content, or a stuffed dot.
const AFTER_DOT = 3
// Behind that dot and a CR: an LF now is the end.
const AFTER_DOT_CR = 4

export class ContentScanner {
  /** Lines that begin with a dot, without the final one. */
  dotLines = 0
  /** A CR or LF alone: how smuggled mails begin. */
  hasBareLineEnding = false
  /** Octets of the longest line without its CRLF. */
  longestLine = 0
  #state = LINE_START
  #lineLength = 0
  #allOctets = 0

  get hasEightBit(): boolean {
    return this.#allOctets > 127
  }

  /** Scans from `at`; the offset behind the final dot line, or -1 when the content goes on. */
  scan(bytes: Uint8Array, at: number): number {
    const length = bytes.length
    let state = this.#state
    let lineStart = at - this.#lineLength
    let i = at
    while (i < length) {
      if (state === TEXT) {
        i = this.#skipText(bytes, i)
        if (i === length) break
      }
      const octet = bytes[i]!
      i += 1
      this.#allOctets |= octet
      if (octet === LF) {
        if (state === AFTER_DOT_CR) {
          this.dotLines -= 1
          this.#state = LINE_START
          return i
        }
        if (state === AFTER_CR) {
          if (i - 2 - lineStart > this.longestLine) this.longestLine = i - 2 - lineStart
          lineStart = i
          state = LINE_START
        } else {
          this.hasBareLineEnding = true
          state = TEXT
        }
        continue
      }
      if (state === AFTER_CR || state === AFTER_DOT_CR) this.hasBareLineEnding = true
      if (octet === CR) state = state === AFTER_DOT ? AFTER_DOT_CR : AFTER_CR
      else if (octet === DOT && state === LINE_START) {
        this.dotLines += 1
        state = AFTER_DOT
      } else state = TEXT
    }
    this.#state = state
    this.#lineLength = length - lineStart
    return -1
  }

  /**
   * The next octet that is not plain text, or the end. Nearly every octet of a mail passes here, eight at a time, because
   * that halves the cost: a difference below zero gives the whole its sign, so one test sees all eight.
   */
  #skipText(bytes: Uint8Array, at: number): number {
    const length = bytes.length
    const last = length - 7
    let all = this.#allOctets
    let i = at
    while (i < last) {
      const a = bytes[i]!
      const b = bytes[i + 1]!
      const c = bytes[i + 2]!
      const d = bytes[i + 3]!
      const e = bytes[i + 4]!
      const f = bytes[i + 5]!
      const g = bytes[i + 6]!
      const h = bytes[i + 7]!
      if (((a - 14) | (b - 14) | (c - 14) | (d - 14) | (e - 14) | (f - 14) | (g - 14) | (h - 14)) < 0) break
      all |= a | b | c | d | e | f | g | h
      i += 8
    }
    while (i < length && bytes[i]! > CR) {
      all |= bytes[i]!
      i += 1
    }
    this.#allOctets = all
    return i
  }
}
