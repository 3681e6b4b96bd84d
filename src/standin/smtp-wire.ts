// One SMTP connection as lines and contents, server side: reads strictly in order, one command answered before the next is
// looked at. Shared by the SES and the legacy stand-in; knows no command.
import { TLSSocket, type SecureContext } from 'node:tls'
import type { Socket } from 'node:net'

/** RFC 5321 4.5.3.1.4 allows 512; AUTH lines may have 12,288 (RFC 4954 4). */
const LINE_OCTETS_MAX = 12_288
/** While a command is being answered, more than this stops the reading from the socket. */
const AHEAD_OCTETS_MAX = 256 * 1024
const [LF, CR, DOT] = [0x0a, 0x0d, 0x2e]
const END = Buffer.from('\r\n.\r\n')

export interface WireHandler {
  line(line: string): void | Promise<void>
  /** The content without its dots and final line; `tooLong` when it had more than was allowed, and then it is empty. */
  content(content: Buffer, tooLong: boolean): void | Promise<void>
  /** Nothing came for `idleMs`. */
  idle(): void
  /** The line had more octets than any may have. */
  lineTooLong(): void
}

export class SmtpWire {
  secure: boolean
  /** Commands that came before the one before them was answered. */
  pipelined = 0
  private socket: Socket
  /** Under TLS that began with STARTTLS. */
  private plain: Socket | undefined
  private buffered: Buffer = Buffer.alloc(0)
  private collecting: Collector | undefined
  private busy = false
  private closed = false
  private readonly handler: WireHandler
  private readonly idleMs: number

  constructor(socket: Socket, handler: WireHandler, idleMs: number) {
    this.socket = socket
    this.handler = handler
    this.idleMs = idleMs
    this.secure = socket instanceof TLSSocket
    this.attach()
  }

  get remoteAddress(): string {
    return this.socket.remoteAddress ?? ''
  }

  reply(text: string): void {
    if (!this.closed) this.socket.write(`${text}\r\n`)
  }

  /** The next octets are a content of at most so many. */
  expectContent(octetsMax: number): void {
    this.collecting = new Collector(octetsMax)
  }

  /** Says the last words, then closes. */
  end(text?: string): void {
    if (this.closed) return
    if (text !== undefined) this.socket.write(`${text}\r\n`)
    this.closed = true
    this.socket.end()
    // A peer that does not close its side is not waited for.
    this.socket.setTimeout(this.idleMs, () => this.socket.destroy())
  }

  /** As a cable that is pulled. */
  cut(): void {
    this.closed = true
    this.socket.destroy()
    this.plain?.destroy()
  }

  /** RFC 3207 4: what came before the handshake is forgotten. */
  startTls(secureContext: SecureContext): void {
    const plain = this.socket
    plain.removeAllListeners('data').removeAllListeners('timeout').removeAllListeners('error')
    plain.on('error', () => this.cut())
    this.buffered = Buffer.alloc(0)
    this.plain = plain
    this.socket = new TLSSocket(plain, { isServer: true, secureContext })
    this.secure = true
    this.attach()
  }

  private attach(): void {
    const { socket } = this
    socket.setNoDelay(true)
    socket.setTimeout(this.idleMs)
    socket.on('timeout', () => {
      // While we are the one that is slow, the client is not idle.
      if (!this.busy && !this.closed) this.handler.idle()
    })
    socket.on('error', () => {
      this.closed = true
      socket.destroy()
    })
    socket.on('close', () => (this.closed = true))
    socket.on('data', (chunk) => this.take(chunk))
  }

  private take(chunk: Buffer): void {
    if (this.closed) return
    this.buffered = this.buffered.length === 0 ? chunk : Buffer.concat([this.buffered, chunk])
    if (this.busy && this.buffered.length > AHEAD_OCTETS_MAX) this.socket.pause()
    if (!this.busy) void this.work()
  }

  private async work(): Promise<void> {
    this.busy = true
    for (let step = this.next(); step !== undefined && !this.closed; step = this.next()) {
      // Most answers are ready at once; waiting for those would cost a turn each.
      const result = step()
      if (result) await result
    }
    this.busy = false
    if (this.socket.isPaused()) this.socket.resume()
  }

  private next(): (() => void | Promise<void>) | undefined {
    if (this.closed || this.buffered.length === 0) return undefined
    if (this.collecting) return this.nextContent(this.collecting)
    const end = this.buffered.indexOf(LF)
    if (end < 0 && this.buffered.length <= LINE_OCTETS_MAX) return undefined
    if (end < 0 || end > LINE_OCTETS_MAX) {
      this.buffered = Buffer.alloc(0)
      return () => this.handler.lineTooLong()
    }
    const line = this.buffered.toString('latin1', 0, end > 0 && this.buffered[end - 1] === CR ? end - 1 : end)
    this.buffered = this.buffered.subarray(end + 1)
    if (this.buffered.length > 0) this.pipelined += 1
    return () => this.handler.line(line)
  }

  private nextContent(collector: Collector): (() => void | Promise<void>) | undefined {
    const rest = collector.take(this.buffered)
    this.buffered = rest ?? Buffer.alloc(0)
    if (rest === undefined) return undefined
    this.collecting = undefined
    return () => this.handler.content(collector.content(), collector.tooLong)
  }
}

/** Gathers a content up to CRLF.CRLF (RFC 5321 4.1.1.4); past its limit it only looks for the end. */
class Collector {
  tooLong = false
  private chunks: Buffer[] = []
  private size = 0
  /** Octets of the end mark that came, and were kept, before it was known to be one. */
  private excess = 0
  /** The end of what came, so that a mark cut in two is found; the line before the content counts as ended. */
  private tail: Buffer = END.subarray(0, 2)
  private readonly octetsMax: number

  constructor(octetsMax: number) {
    this.octetsMax = octetsMax
  }

  /** What follows the end, or undefined when the end has not come. */
  take(chunk: Buffer): Buffer | undefined {
    const seam = Buffer.concat([this.tail, chunk.subarray(0, END.length - 1)])
    const atSeam = seam.indexOf(END)
    const end = atSeam >= 0 ? atSeam - this.tail.length : chunk.indexOf(END)
    if (end === -1 && atSeam < 0) {
      this.add(chunk)
      this.tail = Buffer.concat([this.tail, chunk.subarray(-END.length)]).subarray(1 - END.length)
      return undefined
    }
    // The CRLF before the dot belongs to the content; at a seam it came with an earlier chunk.
    this.add(chunk.subarray(0, Math.max(0, end + 2)))
    this.excess = Math.max(0, -(end + 2))
    return chunk.subarray(end + END.length)
  }

  content(): Buffer {
    if (this.tooLong) return Buffer.alloc(0)
    const all = Buffer.concat(this.chunks)
    return withoutDots(all.subarray(0, all.length - this.excess))
  }

  private add(chunk: Buffer): void {
    this.size += chunk.length
    // The limit is for the message; dots and the seam may add a little.
    if (this.size > this.octetsMax * 1.01 + 1_024) {
      this.tooLong = true
      this.chunks = []
    } else if (chunk.length > 0) this.chunks.push(chunk)
  }
}

/** RFC 5321 4.5.2: the first dot of a line that begins with one is taken away. */
function withoutDots(content: Buffer): Buffer {
  const parts: Buffer[] = []
  let from = 0
  if (content[0] === DOT) from = 1
  for (let at = content.indexOf('\r\n.', from); at >= 0; at = content.indexOf('\r\n.', at + 3)) {
    parts.push(content.subarray(from, at + 2))
    from = at + 3
  }
  return parts.length === 0 && from === 0 ? content : Buffer.concat([...parts, content.subarray(from)])
}
