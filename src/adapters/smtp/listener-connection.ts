// One client connection: socket, PROXY header, TLS, and the session over it. Its rule: whatever the network does ends in
// one farewell; what the client sends beyond what we can take stays in its own buffers (TCP backpressure).
import type { Socket } from 'node:net'
import { TLSSocket, type SecureContext } from 'node:tls'
import { never } from '../../core/base/assert.ts'
import type { ClientPolicy } from './client-policy.ts'
import { Patience, type Waiting } from './listener-patience.ts'
import { readProxyHeader } from './proxy-protocol.ts'
import * as replies from './replies.ts'
import { Session } from './session.ts'
import type { ListenerLimits } from './session-limits.ts'
import type { SessionEnd, SessionRules, SessionWire } from './session-rules.ts'

/** What all connections of a listener have in common. */
export interface ConnectionRules {
  readonly session: SessionRules
  readonly limits: ListenerLimits
  readonly policy: ClientPolicy
  readonly secureContext?: SecureContext
  /** TLS from the first octet (RFC 8314 3.3). */
  readonly tlsFromTheStart: boolean
  /** False when this client has too many sessions; else it is counted until `onGone`. */
  readonly admit: (address: string) => boolean
  /** Called once; `address` is what `admit` counted, if it did. */
  readonly onGone: (connection: Connection, end: SessionEnd, address: string | undefined) => void
}

// proxy: the PROXY header comes first. hello: the first octet of TLS. handshake. session: SMTP. closing: our last reply is
// said, and the client has a moment to read it. gone: the socket is closed.
type Stage = 'proxy' | 'hello' | 'handshake' | 'session' | 'closing' | 'gone'

/** The first octet of a TLS handshake record (RFC 8446 5.1). */
const TLS_HANDSHAKE = 0x16

export class Connection implements SessionWire {
  readonly id: string
  readonly #rules: ConnectionRules
  #socket: Socket
  #stage: Stage = 'session'
  #session: Session | undefined
  /** The folded address of the client, behind a proxy or not. */
  #address = ''
  #admitted: string | undefined
  #allowed = false
  #head: Buffer = Buffer.alloc(0)
  #end: SessionEnd = 'lost'
  #paused = false
  readonly #patience: Patience

  constructor(id: string, socket: Socket, rules: ConnectionRules) {
    this.id = id
    this.#socket = socket
    this.#rules = rules
    this.#patience = new Patience(rules.limits)
    this.#listenTo(socket)
  }

  /** Begins with whoever is there. */
  open(): void {
    const { policy } = this.#rules
    this.#address = policy.fold(this.#socket.remoteAddress ?? '')
    // Gone already.
    if (this.#address === '') return this.#drop('lost')
    if (policy.isProxy(this.#address)) this.#stage = 'proxy'
    else this.#welcome(policy.isAllowed(this.#address))
  }

  /** Says one last thing and closes. */
  turnAway(reply: string, end: SessionEnd): void {
    if (this.#session !== undefined) return this.#session.cut(reply, end)
    if (this.#stage !== 'handshake') this.send(reply)
    this.end(end)
  }

  /** Ends the session at its next command boundary. */
  stop(): void {
    if (this.#stage === 'session') this.#session?.stop()
    else if (this.#stage !== 'closing') this.#drop('stopping')
  }

  destroy(): void {
    this.#drop('stopping')
  }

  send(text: string): void {
    const socket = this.#socket
    const flushed = socket.write(text, 'latin1')
    if (!flushed) this.#waitForReader()
    else if (this.#paused && this.#session?.keepsInput !== true) this.#resume()
  }

  startTls(): void {
    this.#beginTls()
  }

  end(end: SessionEnd): void {
    if (this.#stage === 'closing' || this.#stage === 'gone') return
    this.#stage = 'closing'
    this.#end = end
    // Nothing comes behind QUIT (RFC 5321 4.1.1.10), so there is nothing to read on for: closed when the reply is out.
    if (end === 'quit') return this.#socket.destroySoon()
    this.#socket.end()
    // Read on and forget, because a close with unread input is a reset, which could take our reply with it.
    this.#resume()
  }

  /** Called about once a second: nothing here has a timer of its own. */
  look(nowMs: number): void {
    const overdue = this.#patience.look(nowMs, {
      waiting: this.#waiting(),
      progress: this.#session?.progress ?? 0,
      contentOctets: this.#session?.contentOctets ?? 0,
      unreadOctets: this.#socket.writableLength,
    })
    switch (overdue) {
      case 'proxyHeader':
        return this.turnAway(replies.BAD_PROXY_HEADER, 'proxyFailed')
      case 'tlsHello':
        return this.turnAway(replies.TLS_FROM_THE_START, 'tlsFailed')
      case 'tlsHandshake':
        return this.#drop('tlsFailed')
      case 'command':
        return this.turnAway(replies.TIMED_OUT, 'timeout')
      case 'content':
        return this.turnAway(replies.TOO_SLOW, 'tooSlow')
      case 'reading':
      case 'closing':
        return this.#drop('clientNotReading')
      case undefined:
    }
  }

  #waiting(): Waiting {
    switch (this.#stage) {
      case 'proxy':
        return 'proxyHeader'
      case 'hello':
        return 'tlsHello'
      case 'handshake':
        return 'tlsHandshake'
      case 'session':
        return this.#session!.waitsFor
      case 'closing':
      case 'gone':
        return 'closing'
      default:
        return never(this.#stage)
    }
  }

  #waitForReader(): void {
    if (this.#socket.writableLength > this.#rules.limits.unreadReplyOctets) return this.#drop('clientNotReading')
    if (this.#stage === 'closing') return
    this.#pause()
    this.#socket.once('drain', () => {
      if (this.#session?.keepsInput !== true) this.#resume()
    })
  }

  #pause(): void {
    this.#paused = true
    this.#socket.pause()
  }

  #resume(): void {
    if (!this.#paused) return
    this.#paused = false
    this.#socket.resume()
  }

  #listenTo(socket: Socket): void {
    socket.on('data', this.#onData)
    socket.on('end', this.#onEnd)
    socket.on('error', this.#onError)
    socket.on('close', this.#onClose)
  }

  readonly #onData = (bytes: Buffer): void => {
    switch (this.#stage) {
      case 'session': {
        const session = this.#session!
        session.feed(bytes)
        if (session.keepsInput) this.#pause()
        break
      }
      case 'proxy':
        this.#readProxyHeader(bytes)
        break
      case 'hello':
        this.#readHello(bytes)
        break
      case 'handshake':
      case 'closing':
      case 'gone':
    }
  }

  readonly #onEnd = (): void => {
    if (this.#stage === 'session') this.#session!.inputEnded()
    else if (this.#stage !== 'closing') this.#drop('closed')
  }

  readonly #onError = (): void => {
    // 'close' follows. A session that has ended keeps its reason.
    if (this.#stage === 'handshake') this.#end = 'tlsFailed'
    this.#socket.destroy()
  }

  readonly #onClose = (): void => {
    if (this.#stage === 'gone') return
    this.#stage = 'gone'
    this.#session?.lost()
    this.#rules.onGone(this, this.#end, this.#admitted)
  }

  #drop(end: SessionEnd): void {
    if (this.#stage !== 'closing') this.#end = end
    this.#socket.destroy()
  }

  #readProxyHeader(bytes: Buffer): void {
    this.#head = Buffer.concat([this.#head, bytes])
    const reading = readProxyHeader(this.#head)
    if (reading.kind === 'more') return
    if (reading.kind === 'malformed') return this.turnAway(replies.BAD_PROXY_HEADER, 'proxyFailed')
    const behind = this.#head.subarray(reading.octets)
    this.#head = Buffer.alloc(0)
    this.#stage = 'session'
    const { policy } = this.#rules
    // A proxy that speaks for itself may look whether we are there; it may not send, whatever the allow-list says of it,
    // because strangers could hide behind it (C04).
    let allowed = false
    if (reading.address !== undefined) {
      this.#address = policy.fold(reading.address)
      allowed = policy.isAllowed(this.#address)
    }
    this.#welcome(allowed)
    if (behind.length > 0) this.#onData(behind)
  }

  #welcome(allowed: boolean): void {
    this.#allowed = allowed
    if (!this.#rules.admit(this.#address)) return this.turnAway(replies.TOO_MANY_SESSIONS, 'tooManySessions')
    this.#admitted = this.#address
    if (this.#rules.tlsFromTheStart) this.#stage = 'hello'
    else this.#beginSession(false)
  }

  #beginSession(secure: boolean): void {
    this.#stage = 'session'
    this.#session = new Session(this.#rules.session, this, {
      id: this.id,
      address: this.#address,
      allowed: this.#allowed,
      secure,
    })
    this.#session.greet()
  }

  /** A client that speaks in the clear to a port for TLS is told so, in the clear, at once. */
  #readHello(bytes: Buffer): void {
    if (bytes[0] !== TLS_HANDSHAKE) return this.turnAway(replies.TLS_FROM_THE_START, 'tlsFailed')
    // Given back unread; a socket that flows would only hand it to us again.
    this.#socket.off('data', this.#onData)
    this.#socket.pause()
    this.#socket.unshift(bytes)
    this.#beginTls()
  }

  #beginTls(): void {
    const plain = this.#socket
    this.#stage = 'handshake'
    plain.off('data', this.#onData)
    plain.off('end', this.#onEnd)
    plain.off('close', this.#onClose)
    const secureContext = this.#rules.secureContext!
    const socket = new TLSSocket(plain, { isServer: true, secureContext })
    // RFC 9325 3.5: renegotiation is only a way to make us work.
    socket.disableRenegotiation()
    this.#socket = socket
    this.#paused = false
    this.#listenTo(socket)
    socket.once('secure', () => {
      if (this.#session === undefined) return this.#beginSession(true)
      this.#stage = 'session'
      this.#session.secured()
    })
  }
}
