// Cuts command lines out of the stream: CRLF ends a line, a CR or LF alone spoils it (RFC 5321 2.3.8), and so does length.
// Its rule: a spoilt line gets one reply and is dropped up to its CRLF, so that pipelined replies stay in step.
import * as replies from './replies.ts'

const LF = 10
const CR = 13
// Tabs are let through: they are bad syntax in every command, and are told so there.
// oxlint-disable-next-line no-control-regex -- control characters are what it finds
const CONTROL = /[\x00-\x08\x0a-\x1f\x7f]/

export class LineReader {
  /** What the last `read` found. */
  found: 'line' | 'fault' | 'nothing' = 'nothing'
  /** The line, read as Latin-1 without its CRLF, or the reply to what is none. */
  text = ''
  readonly #octetsMax: number
  /** The rest of a spoilt line is being dropped. */
  #dropping = false

  constructor(octetsMax: number) {
    this.#octetsMax = octetsMax
  }

  /** Reads the next line from `at`. Returns the offset to go on from; with `nothing`, what is there to be kept till more comes. */
  read(bytes: Buffer, at: number): number {
    let from = at
    if (this.#dropping) {
      const end = bytes.indexOf('\r\n', at, 'latin1')
      if (end < 0) {
        this.found = 'nothing'
        return endWithoutCr(bytes, at)
      }
      this.#dropping = false
      from = end + 2
    }
    const lf = bytes.indexOf(LF, from)
    if (lf < 0) {
      if (bytes.length - from > this.#octetsMax) return this.#drop(replies.LINE_TOO_LONG, endWithoutCr(bytes, from))
      this.found = 'nothing'
      return from
    }
    const endsInCrLf = lf > from && bytes[lf - 1] === CR
    const tooLong = lf + 1 - from > this.#octetsMax
    if (!endsInCrLf) return this.#drop(tooLong ? replies.LINE_TOO_LONG : replies.BARE_LINE_ENDING, lf + 1)
    if (tooLong) return this.#spoilt(replies.LINE_TOO_LONG, lf + 1)
    const line = bytes.toString('latin1', from, lf - 1)
    if (CONTROL.test(line)) {
      return this.#spoilt(line.includes('\r') ? replies.BARE_LINE_ENDING : replies.CONTROL_CHARACTER, lf + 1)
    }
    this.found = 'line'
    this.text = line
    return lf + 1
  }

  #spoilt(reply: string, next: number): number {
    this.found = 'fault'
    this.text = reply
    return next
  }

  #drop(reply: string, next: number): number {
    this.#dropping = true
    return this.#spoilt(reply, next)
  }
}

/** The end of what can be dropped: a CR at the very end may be the first half of the CRLF. */
function endWithoutCr(bytes: Buffer, from: number): number {
  return bytes.length > from && bytes[bytes.length - 1] === CR ? bytes.length - 1 : bytes.length
}
