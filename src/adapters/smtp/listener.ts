// The SMTP listener (M1): takes connections, holds them to their limits, and gives what they bring to the core (Intake).
// Its rule: it never collapses. What is too much is answered 421 or left in the clients' own queues (M11).
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net'
import { createSecureContext } from 'node:tls'
import type { Clock } from '../../core/base/clock.ts'
import type { Log } from '../../core/base/log.ts'
import type { Intake } from '../../core/mail/ports.ts'
import type { Meter } from '../../core/watch/metrics.ts'
import type { ClientPolicy } from './client-policy.ts'
import { Connection, type ConnectionRules } from './listener-connection.ts'
import * as replies from './replies.ts'
import { LISTENER_LIMITS, type ListenerLimits } from './session-limits.ts'
import type { Credentials } from './session-login-steps.ts'
import { loginLimiter } from './session-login-limiter.ts'
import { ehloReplies, type SessionEnd, type SessionRules } from './session-rules.ts'

/** How often connections are looked at for waits that are too long. */
const SWEEP_MS = 1_000
/** Connections that wait for us to take them; a burst of one connection a mail must not see refusals. */
const BACKLOG = 4_096
/** One line a minute while sessions are refused, not one a session. */
const FULL_LOG_MS = 60_000

export interface ListenerOptions {
  readonly host: string
  /** 0 lets the system choose. */
  readonly port: number
  /** The name in the greeting. */
  readonly hostname: string
  readonly intake: Intake
  readonly policy: ClientPolicy
  /** PEM; without it there is no STARTTLS. */
  readonly tls?: { readonly key: string; readonly certificate: string }
  /** TLS from the first octet (RFC 8314 3.3) instead of STARTTLS; needs `tls`. */
  readonly tlsFromTheStart?: boolean
  /** Without them AUTH is not offered. */
  readonly credentials?: Credentials
  readonly limits?: Partial<ListenerLimits>
  readonly clock: Clock
  readonly log: Log
  readonly meter: Meter
}

export interface SmtpListener {
  /** 'host:port' */
  readonly address: string
  readonly port: number
  /** Sessions open now. */
  sessions(): number
  /** Octets of mail content that are coming in or wait for the disk. */
  receptionOctets(): number
  /** Takes no more connections, lets mails that are coming in be finished, then closes. A second call waits for the same. */
  stop(): Promise<void>
}

/** Rejects when the port cannot be had or the certificate is none. */
export async function smtpListener(options: ListenerOptions): Promise<SmtpListener> {
  const listener = new Listener(options)
  return listener.start()
}

class Listener {
  readonly #options: ListenerOptions
  readonly #limits: ListenerLimits
  readonly #server: Server
  readonly #rules: ConnectionRules
  readonly #budget: { readonly octetsMax: number; used: number }
  readonly #connections = new Set<Connection>()
  /** Turned away because there are too many, and closing. */
  readonly #refused = new Set<Connection>()
  readonly #perClient = new Map<string, number>()
  readonly #ended = new AbortController()
  #fullLoggedAt = Number.NEGATIVE_INFINITY
  #serial = 0
  #whenEmpty: (() => void) | undefined
  #stopped: Promise<void> | undefined

  constructor(options: ListenerOptions) {
    this.#options = options
    this.#limits = { ...LISTENER_LIMITS, ...options.limits }
    this.#budget = { octetsMax: this.#limits.receptionOctets, used: 0 }
    this.#rules = this.#connectionRules()
    // Half-open, because a client may end its side right behind the final dot and still wait for the answer.
    this.#server = createServer({ noDelay: true, allowHalfOpen: true }, (socket) => this.#take(socket))
  }

  async start(): Promise<SmtpListener> {
    const { host, port, log } = this.#options
    await listen(this.#server, { host, port })
    this.#server.on('error', (error: NodeJS.ErrnoException) => log.warn('acceptFailed', { code: error.code ?? '' }))
    void this.#sweepUntilStopped()
    const bound = this.#server.address() as AddressInfo
    const address = bound.family === 'IPv6' ? `[${bound.address}]:${bound.port}` : `${bound.address}:${bound.port}`
    log.info('listening', { address, tls: this.#options.tls !== undefined })
    return {
      address,
      port: bound.port,
      sessions: () => this.#connections.size,
      receptionOctets: () => this.#budget.used,
      stop: () => (this.#stopped ??= this.#stop()),
    }
  }

  #connectionRules(): ConnectionRules {
    const { tls, tlsFromTheStart = false, policy } = this.#options
    return {
      session: this.#sessionRules(),
      limits: this.#limits,
      policy,
      // RFC 8996: TLS 1.0 and 1.1 are no longer used.
      ...(tls && {
        secureContext: createSecureContext({ key: tls.key, cert: tls.certificate, minVersion: 'TLSv1.2' }),
      }),
      tlsFromTheStart,
      admit: (address) => this.#admit(address),
      onGone: (connection, end, address) => this.#gone(connection, end, address),
    }
  }

  #sessionRules(): SessionRules {
    const { hostname, intake, credentials, tls, clock, log, meter } = this.#options
    const tlsOffered = tls !== undefined
    return {
      hostname,
      intake,
      limits: this.#limits,
      budget: this.#budget,
      ehlo: ehloReplies({
        hostname,
        messageOctets: this.#limits.messageOctets,
        tlsOffered,
        authOffered: credentials !== undefined,
      }),
      tlsOffered,
      ...(credentials && { credentials }),
      logins: loginLimiter({ perMinute: this.#limits.failedLoginsPerMinute, now: () => clock.now() }),
      log,
      meter,
    }
  }

  #take(socket: Socket): void {
    this.#serial += 1
    const isFull = this.#connections.size >= this.#limits.sessions
    if (isFull && this.#refused.size >= this.#limits.refusals) {
      socket.on('error', () => {})
      socket.destroy()
      this.#countEnd('tooManySessions')
      return
    }
    const connection = new Connection(this.#serial.toString(36), socket, this.#rules)
    if (isFull) {
      this.#refused.add(connection)
      connection.turnAway(replies.TOO_MANY_SESSIONS, 'tooManySessions')
      return
    }
    this.#connections.add(connection)
    connection.open()
  }

  #admit(address: string): boolean {
    const open = this.#perClient.get(address) ?? 0
    if (open >= this.#limits.sessionsPerClient) return false
    this.#perClient.set(address, open + 1)
    return true
  }

  #gone(connection: Connection, end: SessionEnd, address: string | undefined): void {
    if (!this.#connections.delete(connection)) this.#refused.delete(connection)
    if (address !== undefined) {
      const open = this.#perClient.get(address)! - 1
      if (open === 0) this.#perClient.delete(address)
      else this.#perClient.set(address, open)
    }
    this.#options.log.debug('sessionEnded', { session: connection.id, end })
    this.#countEnd(end)
    if (this.#connections.size === 0 && this.#refused.size === 0) this.#whenEmpty?.()
  }

  #countEnd(end: SessionEnd): void {
    const { clock, log, meter } = this.#options
    meter.count('watari_connections_total', { result: end })
    if (end !== 'tooManySessions' || clock.now() - this.#fullLoggedAt < FULL_LOG_MS) return
    this.#fullLoggedAt = clock.now()
    log.warn('tooManySessions', { sessions: this.#connections.size })
  }

  async #sweepUntilStopped(): Promise<void> {
    const { clock } = this.#options
    while (!this.#ended.signal.aborted) {
      await clock.sleep(SWEEP_MS, this.#ended.signal)
      const nowMs = clock.now()
      for (const connection of this.#connections) connection.look(nowMs)
      for (const connection of this.#refused) connection.look(nowMs)
    }
  }

  async #stop(): Promise<void> {
    const { clock, log } = this.#options
    const late = new AbortController()
    const empty = new Promise<void>((resolve) => {
      this.#whenEmpty = resolve
    })
    const closed = new Promise<void>((resolve) => {
      this.#server.close(() => resolve())
    })
    for (const connection of this.#connections) connection.stop()
    if (this.#connections.size > 0 || this.#refused.size > 0) {
      await Promise.race([empty, clock.sleep(this.#limits.stopMs, late.signal)])
      late.abort()
    }
    if (this.#connections.size > 0) log.warn('stoppedWithSessions', { sessions: this.#connections.size })
    for (const connection of [...this.#connections, ...this.#refused]) connection.destroy()
    this.#ended.abort()
    await closed
  }
}

function listen(server: Server, at: { readonly host: string; readonly port: number }): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen({ ...at, backlog: BACKLOG }, () => {
      server.off('error', reject)
      resolve()
    })
  })
}
