// Reads SMTP replies of a next hop (RFC 5321 4.2.1) out of whatever pieces the network brings, as Latin-1 text.
// Its rule: bounded lines, bounded replies; what is no reply is a fault, never a guess.
import type { Reply } from '../../core/mail/outcome.ts'

/** RFC 5321 4.5.3.1.5 allows 512 octets; real hosts put addresses and links in their texts. */
const LINE_OCTETS_MAX = 4096
/** The longest real EHLO answers have about 20 lines. */
const LINES_MAX = 128

/** One reply as it came; `lines` are the texts behind the code. */
export interface WireReply {
  readonly code: number
  readonly lines: readonly string[]
}

export type ReplyFault = 'replyLineTooLong' | 'replyTooLong' | 'replyUnreadable'

export class ReplyReader {
  readonly #onReply: (reply: WireReply) => void
  readonly #onFault: (fault: ReplyFault) => void
  #rest = ''
  #lines: string[] = []
  #code = 0
  #stopped = false

  constructor(onReply: (reply: WireReply) => void, onFault: (fault: ReplyFault) => void) {
    this.#onReply = onReply
    this.#onFault = onFault
  }

  push(text: string): void {
    const all = this.#rest === '' ? text : this.#rest + text
    let at = 0
    for (let end = all.indexOf('\n'); end >= 0 && !this.#stopped; end = all.indexOf('\n', at)) {
      this.#line(all.slice(at, all.charCodeAt(end - 1) === CR ? end - 1 : end))
      at = end + 1
    }
    if (this.#stopped) return
    this.#rest = all.slice(at)
    if (this.#rest.length > LINE_OCTETS_MAX) this.#fault('replyLineTooLong')
  }

  /** Reads no more, and forgets what it has: what came in the clear must not be taken for what comes over TLS (RFC 3207 4.2). */
  stop(): void {
    this.#stopped = true
    this.#rest = ''
    this.#lines = []
  }

  #line(line: string): void {
    if (line.length > LINE_OCTETS_MAX) return this.#fault('replyLineTooLong')
    const code = codeOf(line)
    const more = line.charCodeAt(3) === DASH
    // RFC 5321 4.2.1: the code, then a dash, a space or nothing; all lines of one reply carry the same code.
    if (code === undefined || (this.#lines.length > 0 && code !== this.#code)) return this.#fault('replyUnreadable')
    if (line.length > 3 && !more && line.charCodeAt(3) !== SPACE) return this.#fault('replyUnreadable')
    this.#lines.push(line.slice(4))
    if (!more) {
      const lines = this.#lines
      this.#lines = []
      return this.#onReply({ code, lines })
    }
    this.#code = code
    return this.#lines.length >= LINES_MAX ? this.#fault('replyTooLong') : undefined
  }

  #fault(fault: ReplyFault): void {
    this.stop()
    this.#onFault(fault)
  }
}

const CR = 13
const SPACE = 32
const DASH = 45
const ZERO = 48

function codeOf(line: string): number | undefined {
  let code = 0
  for (let i = 0; i < 3; i += 1) {
    const digit = line.charCodeAt(i) - ZERO
    if (!(digit >= 0 && digit <= 9)) return undefined
    code = code * 10 + digit
  }
  return code
}

/** RFC 5321 4.2.1: 2yz is the only yes. */
export function isPositive({ code }: WireReply): boolean {
  return code >= 200 && code <= 299
}

// RFC 3463 2: class, subject, detail; the class is that of the reply code.
const ENHANCED = /^([245]\.\d{1,3}\.\d{1,3})(?: |$)/

/** The reply with who said it and in answer to what, as an outcome keeps it. */
export function replyOf(wire: WireReply, host: string, command: string): Reply {
  const enhanced = ENHANCED.exec(wire.lines[0] ?? '')?.[1]
  const texts = enhanced === undefined ? wire.lines : wire.lines.map((line) => withoutEnhanced(line, enhanced))
  // A line end or an escape in a reply would be one in whatever file or terminal shows it.
  const text = texts
    .join(' ')
    .slice(0, TEXT_MAX)
    .replaceAll(/\p{Cc}/gu, ' ')
  return { code: wire.code, ...(enhanced !== undefined && { enhanced }), text, host, command }
}

/** A reply is kept with its mail and goes into DSNs; nobody reads more of it than this. */
const TEXT_MAX = 1024

function withoutEnhanced(line: string, enhanced: string): string {
  return line.startsWith(enhanced) ? line.slice(enhanced.length).trimStart() : line
}
