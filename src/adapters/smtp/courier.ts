// The courier over SMTP: a pool of next hops over which mails leave (M10). Mails wait in one line; whichever connection is
// free takes the first. Its rule: every mail that comes in gets exactly one delivery, whatever hosts and networks do, and
// nothing is tried twice whose final dot was written.
import { SECOND_MS } from '../../core/base/clock.ts'
import type { ClaimedPart } from '../../core/mail/mail.ts'
import { allOf, type Delivery, type Reading, type RouteSignal } from '../../core/mail/outcome.ts'
import type { Courier } from '../../core/mail/ports.ts'
import type { ClientConnection } from './client-connection.ts'
import { OpenTrouble, unreachable } from './client-login.ts'
import { ClientSession } from './client-session.ts'
import type { Interruption, SessionOwner } from './client-session-owner.ts'
import { HEALTHY, type Job } from './client-transaction.ts'
import { jobFor } from './courier-job.ts'
import { MailLine } from './courier-line.ts'
import { open, type Opened } from './courier-open.ts'
import { CourierSockets } from './courier-sockets.ts'
import { SMTP_COURIER_LIMITS, type SmtpCourierLimits, type SmtpCourierOptions } from './courier-options.ts'
import { HostPool, isDue, type Host, type HostStatus } from './host-pool.ts'

/** For the answer to QUIT; nobody waits for it. */
const QUIT_MS = 5 * SECOND_MS
/** A mail that was passed on so often without an answer goes back to the queue, uncounted. */
const MOVES_MAX = 8

/** Makes the courier; connections are opened when there are mails. */
export function smtpCourier(options: SmtpCourierOptions): Courier & { hosts(): HostStatus[] } {
  return new SmtpCourier(options)
}

class SmtpCourier implements Courier, SessionOwner<ClientSession> {
  readonly #options: SmtpCourierOptions
  readonly #limits: SmtpCourierLimits
  readonly #pool: HostPool
  readonly #line = new MailLine()
  readonly #sockets: CourierSockets
  readonly #hostOf = new WeakMap<ClientSession, Host>()
  #connecting = 0
  #inFlight = 0
  /** Set when the courier is told to stop; called when it has. */
  #stopped: (() => void) | undefined
  #stopping: Promise<void> | undefined

  constructor(options: SmtpCourierOptions) {
    this.#options = options
    this.#limits = { ...SMTP_COURIER_LIMITS, ...options.limits }
    this.#sockets = new CourierSockets({
      clock: options.clock,
      onSweep: (nowMs) => this.#sweep(nowMs),
      onEmpty: () => this.#tellStopped(),
    })
    this.#pool = new HostPool(options.hosts, {
      connectionsPerHost: this.#limits.connectionsPerHost,
      random: options.random,
      log: options.log,
    })
  }

  capacity(): number {
    return this.#pool.capacity()
  }

  hosts(): HostStatus[] {
    return this.#pool.status(this.#now())
  }

  deliver(part: ClaimedPart): Promise<Delivery> {
    return new Promise((resolve) => {
      if (this.#isStopping) return resolve(deliveryOf(part, unreachable('stopping')))
      const job = jobFor(part, this.#options, resolve)
      if (job) this.#give(job)
      return undefined
    })
  }

  stop(): Promise<void> {
    this.#stopping ??= new Promise((resolve) => {
      this.#stopped = resolve
      this.#sockets.endAt(this.#now() + this.#limits.stopMs)
      for (const job of this.#line.takeAll()) job.resolve(deliveryOf(job.part, unreachable('stopping')))
      for (const host of this.#pool.hosts) this.#closeIdle(host)
      this.#sockets.failUnready('stopping')
      this.#tellStopped()
    })
    return this.#stopping
  }

  get #isStopping(): boolean {
    return this.#stopped !== undefined
  }

  // --- What sessions ask and tell.

  next(session: ClientSession): Job | undefined {
    return this.#isWornOut(session, 1) ? undefined : this.#take(session)
  }

  finished(session: ClientSession, job: Job, delivery: Delivery): void {
    const host = this.#left(session)
    if (delivery.signal.kind === 'unreachable') this.#struck(host, delivery)
    else this.#pool.succeeded(host, session)
    job.resolve({ ...delivery, signal: this.#forRoute(delivery.signal) })
    this.#tellStopped()
  }

  interrupted(session: ClientSession, job: Job, { delivery, stale }: Interruption): void {
    const host = this.#left(session)
    if (!stale) this.#struck(host, delivery)
    const elsewhere = stale || this.#pool.works(this.#now())
    if (!this.#isStopping && elsewhere && job.moves < MOVES_MAX) {
      job.failedOn = host.name
      this.#again(job)
    } else job.resolve({ ...delivery, signal: this.#forRoute(delivery.signal) })
    this.#tellStopped()
  }

  returned(session: ClientSession, job: Job): void {
    this.#left(session)
    if (!this.#isStopping && job.moves < MOVES_MAX) this.#again(job)
    else job.resolve({ ...deliveryOf(job.part, unreachable('connectionClosed')), signal: HEALTHY })
  }

  idle(session: ClientSession): void {
    const host = this.#host(session)
    if (this.#isStopping || host.broken || this.#isWornOut(session, 0)) return session.quit()
    const job = this.#take(session)
    if (job) return session.start(job)
    host.idle.push(session)
    return undefined
  }

  over(session: ClientSession): void {
    this.#pool.gone(this.#host(session), session)
    this.#arrange()
  }

  // --- Mails.

  #give(job: Job): void {
    const session = this.#pool.takeIdle(() => true)
    if (session) {
      this.#underWay(this.#host(session))
      return session.start(job)
    }
    this.#line.add(job)
    return this.#arrange()
  }

  #take(session: ClientSession): Job | undefined {
    const host = this.#host(session)
    if (this.#isStopping || host.broken) return undefined
    const job = this.#line.take((job) => fits(job, session, host))
    if (job) this.#underWay(host)
    return job
  }

  #again(job: Job): void {
    job.moves += 1
    this.#line.addFirst(job)
    // A connection that is idle at another host need not wait to be asked.
    const session = this.#pool.takeIdle((session, host) => fits(job, session, host))
    if (session) this.idle(session)
    this.#arrange()
  }

  /** Opens what the waiting mails need; when there is nothing left to wait for, they go back. */
  #arrange(): void {
    if (this.#isStopping) return
    const nowMs = this.#now()
    while (this.#connecting < this.#line.length) {
      const host = this.#pool.toOpen(nowMs) ?? this.#lastResort(nowMs)
      if (!host) break
      void this.#open(host)
    }
    if (this.#line.length === 0 || this.#connecting > 0) return
    if (this.#pool.hasSessions()) return this.#relax()
    const trouble = this.#pool.trouble() ?? unreachable('noHost')
    for (const job of this.#line.takeAll()) job.resolve(deliveryOf(job.part, trouble))
  }

  /** No fresh connection can be had now, so what waits for one takes any that is there. */
  #relax(): void {
    this.#line.relax()
    for (let session = this.#pool.takeIdle(() => true); session; session = this.#pool.takeIdle(() => true)) {
      this.idle(session)
      if (this.#line.length === 0) return
    }
  }

  #lastResort(nowMs: number): Host | undefined {
    return this.#connecting > 0 || this.#pool.hasSessions() ? undefined : this.#pool.lastResort(nowMs)
  }

  // --- Connections.

  async #open(host: Host): Promise<void> {
    this.#connecting += 1
    const number = this.#pool.opening(host)
    const unwanted = (): boolean => this.#isStopping
    const begun = (connection: ClientConnection): void => this.#sockets.add(connection)
    try {
      this.#ready(host, number, await open({ host, options: this.#options, limits: this.#limits, begun, unwanted }))
    } catch (error) {
      const trouble = error instanceof OpenTrouble ? error : new OpenTrouble(unreachable('internalError'), 'connect')
      this.#options.log.debug('nextHopNotOpened', { host: host.name, stage: trouble.stage, detail: trouble.detail })
      this.#failed(host, trouble.reading)
    } finally {
      this.#connecting -= 1
      host.connecting -= 1
    }
    this.#arrange()
  }

  #ready(host: Host, number: number, { connection, capabilities }: Opened): void {
    if (connection.lost) return this.#failed(host, unreachable('connectionClosed'))
    const session = new ClientSession(connection, this, {
      hostName: host.name,
      number,
      openedAt: this.#now(),
      capabilities,
      readReply: this.#options.readReply,
      now: () => this.#options.clock.now(),
      commandMs: this.#limits.commandMs,
      contentMs: this.#limits.contentMs,
      quitMs: QUIT_MS,
    })
    this.#hostOf.set(session, host)
    this.#pool.ready(host, session)
    return this.idle(session)
  }

  #sweep(nowMs: number): void {
    for (const host of this.#pool.hosts) {
      const old = (session: ClientSession): boolean =>
        nowMs - session.idleSince >= this.#limits.idleMs || this.#isWornOut(session, 0)
      for (const session of host.idle.filter(old)) session.quit()
      // A host that is due is asked even when the others carry all: it shall be back before it is needed.
      if (isDue(host, nowMs) && !this.#isStopping) void this.#open(host)
    }
  }

  #closeIdle(host: Host): void {
    for (const session of host.idle.splice(0)) session.quit()
  }

  #isWornOut(session: ClientSession, ahead: number): boolean {
    if (session.used + ahead >= this.#limits.mailsPerConnection) return true
    return this.#now() - session.options.openedAt >= this.#limits.lifeMs
  }

  // --- Health and figures.

  #failed(host: Host, trouble: Reading): void {
    if (!this.#isStopping) this.#pool.failed(host, trouble, this.#now())
  }

  #struck(host: Host, { outcomes, signal }: Delivery): void {
    if (!this.#isStopping) this.#pool.struck(host, { outcome: outcomes[0]!, signal, counts: false }, this.#now())
    if (host.broken) this.#closeIdle(host)
  }

  /** One host of many is no trouble of the route. */
  #forRoute(signal: RouteSignal): RouteSignal {
    return signal.kind === 'unreachable' && this.#pool.works(this.#now()) ? HEALTHY : signal
  }

  #underWay(host: Host): void {
    this.#inFlight += 1
    host.inFlight += 1
    host.mails += 1
  }

  #left(session: ClientSession): Host {
    const host = this.#host(session)
    this.#inFlight -= 1
    host.inFlight -= 1
    return host
  }

  #host(session: ClientSession): Host {
    return this.#hostOf.get(session)!
  }

  #now(): number {
    return this.#options.clock.now()
  }

  #tellStopped(): void {
    if (!this.#stopped || this.#inFlight > 0 || this.#sockets.size > 0) return
    this.#stopped()
    this.#sockets.close()
  }
}

function fits(job: Job, session: ClientSession, host: Host): boolean {
  return job.failedOn !== host.name || session.fresh
}

function deliveryOf(part: ClaimedPart, { outcome, signal, counts }: Reading): Delivery {
  return { outcomes: allOf(part.recipients, outcome), signal, counts }
}
