// Syslog messages as log lines. RFC 3164 is a line with a priority before it; RFC 5424 is put into the same form, so that one
// reader understands both.

const PRIORITY = /^<\d{1,3}>/
/** RFC 5424 6: version, stamp, host, program, process, message id; then structured data. */
const HEAD_5424 = /^1 (\S+) (\S+) (\S+) (\S+) (\S+) /
const BYTE_ORDER_MARK = '\u00ef\u00bb\u00bf'
const NIL = '-'

/** The line in a message, read as Latin-1; undefined when it is none. `nowMs` stands for a stamp that is not given. */
export function syslogLine(message: string, nowMs: number): string | undefined {
  const priority = PRIORITY.exec(message)?.[0]
  if (priority === undefined) return undefined
  const rest = message.slice(priority.length).replace(/[\r\n\0]+$/, '')
  const head = HEAD_5424.exec(rest)
  if (head === null) return rest === '' ? undefined : rest
  const [all, stamp = NIL, host = NIL, program = NIL, process = NIL] = head
  const text = behindStructuredData(rest.slice(all.length))
  if (text === undefined) return undefined
  const at = stamp === NIL ? new Date(nowMs).toISOString() : stamp
  return `${at} ${host} ${program}${process === NIL ? '' : `[${process}]`}: ${text}`
}

/** Structured data is `-` or elements in brackets, in whose values `]` is escaped (RFC 5424 6.3). */
function behindStructuredData(text: string): string | undefined {
  let at = 0
  if (text[at] === NIL) at += 1
  else {
    while (text[at] === '[') {
      at += 1
      while (at < text.length && text[at] !== ']') at += text[at] === '\\' ? 2 : 1
      at += 1
    }
  }
  if (at === 0 || at > text.length) return undefined
  const rest = text[at] === ' ' ? text.slice(at + 1) : text.slice(at)
  return rest.startsWith(BYTE_ORDER_MARK) ? rest.slice(BYTE_ORDER_MARK.length) : rest
}

/** Longer ones are cut by every sender (RFC 5425 4.3.1 asks for 8,192). */
const MESSAGE_OCTETS_MAX = 65_536

/** The messages of a TCP stream (RFC 6587): counted octets or ends of line, told by the first octet of each. */
export class SyslogFrames {
  #rest: Buffer = Buffer.alloc(0)
  readonly #take: (message: string) => void

  constructor(take: (message: string) => void) {
    this.#take = take
  }

  /** False when the stream is no syslog: nothing of it can be found again. */
  push(chunk: Buffer): boolean {
    let octets = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk])
    for (;;) {
      const frame = firstFrame(octets)
      if (frame === 'broken') return false
      if (frame === 'more') break
      const message = octets.toString('latin1', frame.start, frame.end)
      if (message !== '') this.#take(message)
      octets = octets.subarray(frame.next)
    }
    this.#rest = Buffer.from(octets)
    return this.#rest.length <= 2 * MESSAGE_OCTETS_MAX
  }
}

interface Frame {
  readonly start: number
  readonly end: number
  readonly next: number
}

function firstFrame(octets: Buffer): Frame | 'more' | 'broken' {
  if (octets.length === 0) return 'more'
  const head = octets.toString('latin1', 0, 8)
  const counted = /^([1-9]\d{0,5}) /.exec(head)
  if (counted !== null) {
    const length = Number(counted[1])
    if (length > MESSAGE_OCTETS_MAX) return 'broken'
    const start = counted[0].length
    return octets.length < start + length ? 'more' : { start, end: start + length, next: start + length }
  }
  if (/^[1-9]\d{0,5}$/.test(head) && octets.length < 8) return 'more'
  const line = octets.indexOf(0x0a)
  const nil = octets.indexOf(0)
  const end = line < 0 ? nil : nil < 0 ? line : Math.min(line, nil)
  if (end >= 0) return { start: 0, end, next: end + 1 }
  return octets.length > MESSAGE_OCTETS_MAX ? 'broken' : 'more'
}
