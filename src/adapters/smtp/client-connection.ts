// One TCP or TLS connection to a next hop: bytes out, replies in, one deadline, and exactly one farewell.
// Its rule: whatever the network does ends in `onLost` with a stable word, once; nothing here is thrown at a stranger.
import { connect as connectTcp, isIP, type Socket } from 'node:net'
import { connect as connectTls, type ConnectionOptions } from 'node:tls'
import { ReplyReader, type WireReply } from './client-replies.ts'

/** How a host's certificate is judged. */
export interface TlsTrust {
  readonly rejectUnauthorized: boolean
  /** PEM of the authorities to trust instead of the platform's. */
  readonly ca?: string | readonly string[]
  /** The name the certificate must have, when it is not the host's. */
  readonly servername?: string
}

export interface ConnectionTarget {
  readonly host: string
  readonly port: number
  /** TLS from the first byte (RFC 8314 3.3), with this trust. */
  readonly wrapper?: TlsTrust
}

/** The words a lost connection is described with. */
const REASONS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connectionRefused',
  ENOTFOUND: 'hostNotFound',
  EAI_AGAIN: 'hostNotFound',
  EHOSTUNREACH: 'hostUnreachable',
  ENETUNREACH: 'hostUnreachable',
  ETIMEDOUT: 'timeout',
  EPROTO: 'tlsFailed',
}

export class ClientConnection {
  /** Who speaks now sets these. */
  onReply: (reply: WireReply) => void = () => undefined
  onLost: (reason: string) => void = () => undefined
  /** Called once, when the socket is gone for good. */
  onGone: () => void = () => undefined
  /** Epoch milliseconds at which waiting ends; the courier's sweep looks at it. */
  deadlineAt = Number.POSITIVE_INFINITY
  /** True when it has become a session. */
  ready = false
  /** Grows with every piece that arrives, so that an answer can be told from one that came before its question. */
  readSerial = 0
  /** What the platform called the loss, for the log: an error code, never a text. */
  lossCode = ''
  readonly #target: ConnectionTarget
  #socket: Socket
  #reader: ReplyReader
  #lost = false
  #encrypted = false

  constructor(target: ConnectionTarget) {
    this.#target = target
    this.#reader = this.#newReader()
    const { host, port, wrapper } = target
    if (wrapper) {
      this.#encrypted = true
      this.#socket = connectTls({ host, port, ...tlsOptions(target, wrapper) })
      this.#socket.setNoDelay(true)
    } else {
      // Without noDelay the envelope behind a final dot waits 40 ms for an acknowledgement.
      this.#socket = connectTcp({ host, port, noDelay: true })
    }
    this.#listen(this.#socket)
  }

  get encrypted(): boolean {
    return this.#encrypted
  }

  get lost(): boolean {
    return this.#lost
  }

  write(text: string): void {
    if (!this.#lost) this.#socket.write(text, 'latin1')
  }

  /** Writes many pieces as one. */
  writeTogether(chunks: readonly Uint8Array[], tail: string): void {
    if (this.#lost) return
    this.#socket.cork()
    for (const chunk of chunks) this.#socket.write(chunk)
    this.#socket.write(tail, 'latin1')
    this.#socket.uncork()
  }

  /** Writes a block; false when the next should wait for `onDrain`. */
  writeBlock(block: Uint8Array, onDrain: () => void): boolean {
    if (this.#lost || this.#socket.write(block)) return true
    this.#socket.once('drain', onDrain)
    return false
  }

  /** Reads nothing more in the clear from this moment; to be called in `onReply`, with the answer to STARTTLS. */
  stopReading(): void {
    this.#reader.stop()
  }

  /** Turns the connection into TLS; resolves when the handshake is done, or the loss of the connection is told by `onLost`. */
  encrypt(trust: TlsTrust, onSecure: () => void): void {
    const plain = this.#socket
    for (const [event, listener] of Object.entries(this.#listeners)) plain.off(event, listener)
    // TLS tells the errors of the socket under it as its own.
    plain.on('error', () => undefined)
    this.#reader = this.#newReader()
    const secure = connectTls({ socket: plain, ...tlsOptions(this.#target, trust) })
    this.#socket = secure
    this.#listen(secure)
    secure.once('secureConnect', () => {
      this.#encrypted = true
      onSecure()
    })
  }

  /** Ends it from our side: tells `onLost`, closes. */
  fail(reason: string): void {
    this.#lose(reason)
  }

  /** Says a last command and closes without telling `onLost`; the deadline goes on until the socket is gone. */
  leave(command: string): void {
    if (this.#lost) return
    this.#lost = true
    this.#socket.end(command, 'latin1')
  }

  /** Closes at once, without a word to anyone. */
  destroy(): void {
    this.#lost = true
    this.#socket.destroy()
  }

  readonly #listeners = {
    data: (chunk: Buffer): void => {
      if (this.#lost) return
      this.readSerial += 1
      this.#reader.push(chunk.toString('latin1'))
    },
    end: (): void => this.#lose('connectionClosed'),
    error: (error: NodeJS.ErrnoException): void => {
      this.lossCode = error.code ?? ''
      this.#lose(reasonOf(this.lossCode))
    },
    close: (): void => {
      this.#lose('connectionClosed')
      this.onGone()
    },
  }

  #listen(socket: Socket): void {
    for (const [event, listener] of Object.entries(this.#listeners)) socket.on(event, listener)
  }

  #newReader(): ReplyReader {
    return new ReplyReader(
      (reply) => {
        // What a host says behind its farewell, or behind ours, is for nobody.
        if (!this.#lost) this.onReply(reply)
      },
      (fault) => this.#lose(fault),
    )
  }

  #lose(reason: string): void {
    if (this.#lost) return
    this.#lost = true
    this.#socket.destroy()
    this.onLost(reason)
  }
}

function reasonOf(code: string): string {
  const known = REASONS[code]
  if (known) return known
  // Certificates and handshakes are refused under dozens of codes; none of them is one word like a system error.
  return /^[A-Z]*$/.test(code) ? 'connectionLost' : 'tlsFailed'
}

function tlsOptions(target: ConnectionTarget, trust: TlsTrust): ConnectionOptions {
  const servername = trust.servername ?? (isIP(target.host) === 0 ? target.host : undefined)
  return {
    // SES takes nothing older (facts 3.2), and neither should anyone else in 2026.
    minVersion: 'TLSv1.2',
    rejectUnauthorized: trust.rejectUnauthorized,
    // A server that is addressed by number has no name to be asked for (RFC 6066 3), but its certificate is judged.
    ...(servername !== undefined && { servername }),
    ...(servername === undefined && { host: target.host }),
    ...(trust.ca !== undefined && { ca: typeof trust.ca === 'string' ? trust.ca : [...trust.ca] }),
  }
}
