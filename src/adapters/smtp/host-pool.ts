// The next hops of a route and their health (M10). Its rule: a host that fails is left alone for a while that doubles, then
// asked by one connection; connections that work meanwhile go on working.
//
//   up        connections are opened on demand, up to the limit; only one at a time until one has been made ready.
//   down      none is opened until `retryAt`; what is open goes on, unless it was mails that failed: then it is closed.
import { assert } from '../../core/base/assert.ts'
import { MINUTE_MS, SECOND_MS } from '../../core/base/clock.ts'
import type { Log } from '../../core/base/log.ts'
import type { Random } from '../../core/base/random.ts'
import { backoffMs, type BackoffPolicy } from '../../core/mail/backoff.ts'
import type { Reading } from '../../core/mail/outcome.ts'
import type { ClientSession } from './client-session.ts'

export interface HostAddress {
  readonly host: string
  readonly port: number
}

/** What an operator sees of a host. */
export interface HostStatus {
  /** `host:port` */
  readonly name: string
  readonly state: 'up' | 'down'
  /** Failures in a row. */
  readonly failures: number
  /** When a host that is down is asked again. */
  readonly retryAt?: number
  /** The word of the last trouble, while there is any. */
  readonly reason?: string
  readonly connections: number
  readonly inFlight: number
  /** Mails that were given to it since the start. */
  readonly mails: number
}

/** A host that restarts is back in seconds; one that is gone is asked once a minute. */
const HOST_BACKOFF: BackoffPolicy = { firstMs: SECOND_MS, longestMs: MINUTE_MS }
/** One connection may be cut by anything; so many mails failed in a row are the host's doing. */
const STRIKES_MAX = 3
/** When all hosts are down the route asks for them sooner than each would alone, but never more often than this. */
const LAST_RESORT_MS = SECOND_MS

export interface Host {
  readonly name: string
  readonly address: HostAddress
  /** Ready sessions, busy ones included. */
  readonly sessions: Set<ClientSession>
  /** Ready sessions without a mail; the last one used is on top, so that those that are too many grow old. */
  readonly idle: ClientSession[]
  connecting: number
  inFlight: number
  mails: number
  failures: number
  /** Mails in a row that were failed by a ready connection. */
  strikes: number
  /** It was such mails that brought it down: what is still open to it is of no use. */
  broken: boolean
  failedAt: number
  retryAt: number
  /** Connections with a larger number were begun after the last failure: only their success speaks against it. */
  failedNumber: number
  /** A connection has been made ready since the last failure; with `failures`, its first mail is waited for. */
  proven: boolean
  pipelining: boolean
  trouble: Reading | undefined
}

export interface HostPoolOptions {
  readonly connectionsPerHost: number
  readonly random: Random
  readonly log: Log
}

export class HostPool {
  readonly hosts: readonly Host[]
  readonly #connectionsPerHost: number
  readonly #random: Random
  readonly #log: Log
  /** Connections begun so far, over all hosts. */
  #opened = 0

  constructor(addresses: readonly HostAddress[], { connectionsPerHost, random, log }: HostPoolOptions) {
    assert(addresses.length > 0, 'a courier has at least one next hop')
    this.hosts = addresses.map(newHost)
    this.#connectionsPerHost = connectionsPerHost
    this.#random = random
    this.#log = log
  }

  /** Mails that can be on the way at once: two a connection where the second rides behind the first. At least one, for the probe. */
  capacity(): number {
    let capacity = 0
    for (const host of this.hosts) {
      const connections = host.failures > 0 ? (host.broken ? 0 : host.sessions.size) : this.#connectionsPerHost
      capacity += connections * (host.pipelining ? 2 : 1)
    }
    return Math.max(1, capacity)
  }

  /** The idle session of the least busy host. */
  takeIdle(fits: (session: ClientSession, host: Host) => boolean): ClientSession | undefined {
    let best: Host | undefined
    for (const host of this.hosts) {
      const top = host.idle.at(-1)
      if (top && fits(top, host) && (!best || isLessBusy(host, best))) best = host
    }
    return best?.idle.pop()
  }

  /** The least busy host that a connection may be opened to now. */
  toOpen(nowMs: number): Host | undefined {
    let best: Host | undefined
    for (const host of this.hosts) {
      if (this.#mayOpen(host, nowMs) && (!best || isLessBusy(host, best))) best = host
    }
    return best
  }

  /** A connection is being opened; the answer is its number. */
  opening(host: Host): number {
    host.connecting += 1
    this.#opened += 1
    return this.#opened
  }

  /** When nothing else is left: the host that is due first, unless one has just failed. */
  lastResort(nowMs: number): Host | undefined {
    const lastFailedAt = Math.max(...this.hosts.map(({ failedAt }) => failedAt))
    if (nowMs - lastFailedAt < LAST_RESORT_MS) return undefined
    return this.hosts.reduce((first, host) => (host.retryAt < first.retryAt ? host : first))
  }

  hasSessions(): boolean {
    return this.hosts.some((host) => host.sessions.size > 0)
  }

  /** True while some host has a ready connection, or may be asked for one. */
  works(nowMs: number): boolean {
    return this.hosts.some((host) => !isDown(host, nowMs) || (host.sessions.size > 0 && !host.broken))
  }

  /** The latest trouble: what a mail is told when no host is left. */
  trouble(): Reading | undefined {
    let last: Host | undefined
    for (const host of this.hosts) if (host.trouble && (!last || host.failedAt > last.failedAt)) last = host
    return last?.trouble
  }

  /** A ready connection failed a mail. */
  struck(host: Host, trouble: Reading, nowMs: number): void {
    host.strikes += 1
    if (host.strikes < STRIKES_MAX) return
    host.broken = true
    this.failed(host, trouble, nowMs)
  }

  /** A connection could not be made ready. */
  failed(host: Host, trouble: Reading, nowMs: number): void {
    const wasDown = isDown(host, nowMs)
    // Noted in any case, or the last resort would be tried again and again.
    host.failedAt = nowMs
    host.trouble = trouble
    // Many connections fail together; that is one failure.
    if (wasDown) return
    host.failures += 1
    host.retryAt = nowMs + backoffMs(HOST_BACKOFF, host.failures, this.#random.next())
    host.failedNumber = this.#opened
    host.proven = false
    if (host.failures === 1) this.#log.warn('nextHopDown', { host: host.name, reason: reasonOf(trouble) })
  }

  /** A connection is ready. Whether the host works, its first mail will show. */
  ready(host: Host, session: ClientSession): void {
    host.sessions.add(session)
    host.pipelining = session.options.capabilities.pipelining
    if (session.options.number <= host.failedNumber) return
    host.proven = true
    // On probation: one more failed mail is enough.
    if (host.broken) host.strikes = STRIKES_MAX - 1
    host.broken = false
  }

  /** A mail was answered on this session. */
  succeeded(host: Host, session: ClientSession): void {
    host.strikes = 0
    if (host.failures === 0 || session.options.number <= host.failedNumber) return
    host.failures = 0
    host.retryAt = 0
    host.trouble = undefined
    this.#log.info('nextHopUp', { host: host.name })
  }

  gone(host: Host, session: ClientSession): void {
    host.sessions.delete(session)
    // A probe that was not given a mail has proved nothing.
    if (host.failures > 0 && session.options.number > host.failedNumber) host.proven = false
    const at = host.idle.indexOf(session)
    if (at >= 0) host.idle.splice(at, 1)
  }

  status(nowMs: number): HostStatus[] {
    return this.hosts.map((host) => ({
      name: host.name,
      state: isDown(host, nowMs) ? 'down' : 'up',
      failures: host.failures,
      ...(isDown(host, nowMs) && { retryAt: host.retryAt }),
      ...(host.trouble && { reason: reasonOf(host.trouble) }),
      connections: host.sessions.size,
      inFlight: host.inFlight,
      mails: host.mails,
    }))
  }

  #mayOpen(host: Host, nowMs: number): boolean {
    if (isDown(host, nowMs) || (host.failures > 0 && host.proven)) return false
    // Until one connection was made ready, a second would only fail like it, and wrong passwords lock accounts.
    const limit = host.proven ? this.#connectionsPerHost : host.sessions.size + 1
    return host.sessions.size + host.connecting < Math.min(limit, this.#connectionsPerHost)
  }
}

function isDown(host: Host, nowMs: number): boolean {
  return host.failures > 0 && nowMs < host.retryAt
}

/** True when a host that was down may be asked, and is not being asked. */
export function isDue(host: Host, nowMs: number): boolean {
  return host.failures > 0 && !host.proven && host.connecting === 0 && !isDown(host, nowMs)
}

function reasonOf({ outcome }: Reading): string {
  return outcome.kind === 'delivered' ? 'unexpectedReply' : outcome.reason
}

/** All hosts have as many slots, so mails in flight compare them; among equals the one that was given less. */
function isLessBusy(a: Host, b: Host): boolean {
  const [busyA, busyB] = [a.inFlight + a.connecting, b.inFlight + b.connecting]
  return busyA === busyB ? a.mails < b.mails : busyA < busyB
}

function newHost(address: HostAddress): Host {
  return {
    name: `${address.host}:${address.port}`,
    address,
    sessions: new Set(),
    idle: [],
    connecting: 0,
    inFlight: 0,
    mails: 0,
    failures: 0,
    strikes: 0,
    broken: false,
    failedAt: Number.NEGATIVE_INFINITY,
    retryAt: 0,
    failedNumber: 0,
    proven: false,
    pipelining: false,
    trouble: undefined,
  }
}
