// The dispatcher of one route: claims what is due while there is room, and gives each part its attempt.
// The attempt is on disk before the courier sees the part (the queue's claim sees to that). Nothing here knows a protocol.
import { attempt, type AttemptOptions } from './attempt.ts'
import { afterSignal, allowance, closed, RUNNING, type Breaker } from './breaker.ts'
import type { ClaimedPart } from './mail.ts'
import type { Delivery } from './outcome.ts'

/** One claim is one commit; more than this at once would make a long pause in everything else. */
const CLAIM_MAX = 256
/** Parts claimed beyond the courier's room, so that it never waits for the disk. After a crash they are in doubt, so: few. */
const AHEAD_MAX = 256
/** How far ahead of the pacer parts are claimed: enough for a commit, too little to matter when the stage changes. */
const PACE_AHEAD_MS = 100
/** The loop looks around at least this often, so that no lost wake-up can stop a route for good. */
const IDLE_MS = 1_000
/** A queue that cannot write is asked again after this time; the queue has raised its alarm meanwhile. */
const STORAGE_PAUSE_MS = 1_000

export interface DispatcherOptions extends AttemptOptions {
  /** Whether the route's quota has room, and when to ask again if not. */
  readonly quota?: () => { readonly allowed: boolean; readonly askAgainAt: number }
  /** Why the route begins held; see `hold`. */
  readonly held?: string
}

export class Dispatcher {
  readonly #options: DispatcherOptions
  #breaker: Breaker = RUNNING
  #held: string | undefined
  #inFlight = 0
  #drained: (() => void)[] = []
  #stopping = false
  #finished: Promise<void> | undefined
  /** Set by `wake` while the loop is busy, so that no wake-up between a look and a pause is lost. */
  #woken = false
  #wakeUp: (() => void) | undefined
  /** When the one pending sleep ends: a pause that ends later needs no sleep of its own. */
  #sleepEndsAt = Number.POSITIVE_INFINITY

  constructor(options: DispatcherOptions) {
    this.#options = options
    this.#held = options.held
    options.queue.onReady((route) => {
      if (route === options.route) this.wake()
    })
  }

  get breaker(): Breaker {
    return this.#breaker
  }

  /** Why nothing begins, while the route is held. */
  get held(): string | undefined {
    return this.#held
  }

  get inFlight(): number {
    return this.#inFlight
  }

  /** Runs until `stop`; resolves when the last part in flight is settled. */
  run(): Promise<void> {
    this.#finished ??= this.#loop()
    return this.#finished
  }

  async stop(): Promise<void> {
    this.#stopping = true
    this.wake()
    await this.#finished
  }

  /** Looks at the queue now. */
  wake(): void {
    this.#woken = true
    this.#wakeUp?.()
  }

  /**
   * Nothing new begins until `release`; resolves when what is in flight has ended. Apart from the breaker, because a person
   * who resumes the route must not undo it: while a key is changed nobody knows what SES signs with.
   */
  async hold(reason: string): Promise<void> {
    this.#held = reason
    if (this.#inFlight > 0) await new Promise<void>((resolve) => this.#drained.push(resolve))
  }

  release(): void {
    this.#held = undefined
    this.wake()
  }

  /** A person closes the route: what is in flight ends, nothing new begins. */
  close(): void {
    this.#breaker = closed(this.#options.clock.now())
  }

  /** A person opens the route again, whatever closed or stopped it. */
  resume(): void {
    this.#breaker = RUNNING
    this.wake()
  }

  async #loop(): Promise<void> {
    const { clock } = this.#options
    while (!this.#stopping) {
      this.#woken = false
      const nowMs = clock.now()
      const free = Math.min(this.#room(nowMs), CLAIM_MAX)
      const parts = free > 0 ? await this.#claim(nowMs, free) : []
      for (const part of parts) {
        this.#inFlight += 1
        void this.#attempt(part)
      }
      if (parts.length === 0) await this.#pause(nowMs)
    }
    while (this.#inFlight > 0) await this.#untilWoken()
  }

  async #claim(nowMs: number, limit: number): Promise<readonly ClaimedPart[]> {
    try {
      return await this.#options.queue.claim(this.#options.route, nowMs, limit)
    } catch {
      // The disk refuses to write the attempts, so nothing may be sent.
      await this.#options.clock.sleep(STORAGE_PAUSE_MS)
      this.#woken = true
      return []
    }
  }

  async #attempt(part: ClaimedPart): Promise<void> {
    try {
      await attempt(part, this.#options, (delivery) => this.#hear(delivery))
    } finally {
      this.#inFlight -= 1
      if (this.#inFlight === 0) for (const drained of this.#drained.splice(0)) drained()
      this.wake()
    }
  }

  #hear({ signal }: Delivery): void {
    if (signal.kind === 'healthy' && this.#breaker === RUNNING) return
    const { clock, random, log, route } = this.#options
    const before = this.#breaker
    const { breaker, alarm } = afterSignal(before, signal, clock.now(), random.next())
    this.#breaker = breaker
    const facts = { route, condition: breaker.condition, reason: breaker.reason }
    if (breaker.condition !== before.condition || breaker.reason !== before.reason) log.warn('route', facts)
    if (alarm) log.alarm('routeTrouble', facts)
  }

  /** How many parts may be claimed now. */
  #room(nowMs: number): number {
    const { courier, pacer, quota } = this.#options
    if (this.#held !== undefined) return 0
    if (quota && !quota().allowed) return 0
    if (pacer && pacer.nextAt > nowMs + PACE_AHEAD_MS) return 0
    const allowed = allowance(this.#breaker, nowMs)
    const capacity = courier.capacity()
    // A paced route needs no parts ahead: at its rate the disk is never late.
    const ahead = capacity > 0 && pacer?.recipientsPerSecond === undefined ? AHEAD_MAX : 0
    return Math.min(capacity + ahead, allowed) - this.#inFlight
  }

  async #pause(nowMs: number): Promise<void> {
    if (this.#woken) return
    const { queue, route, pacer, quota } = this.#options
    const paused = this.#breaker.condition === 'running' ? undefined : this.#breaker.until
    const asked = quota?.()
    const times = [
      queue.nextDueAt(route),
      paused,
      pacer && pacer.nextAt - PACE_AHEAD_MS,
      asked?.allowed === false ? asked.askAgainAt : undefined,
    ]
    const future = times.filter((at): at is number => at !== undefined && at > nowMs)
    const endsAt = Math.min(nowMs + IDLE_MS, ...future)
    if (endsAt < this.#sleepEndsAt) void this.#wakeAt(endsAt, endsAt - nowMs)
    await this.#untilWoken()
  }

  async #wakeAt(endsAt: number, waitMs: number): Promise<void> {
    this.#sleepEndsAt = endsAt
    await this.#options.clock.sleep(waitMs)
    if (this.#sleepEndsAt === endsAt) this.#sleepEndsAt = Number.POSITIVE_INFINITY
    this.wake()
  }

  #untilWoken(): Promise<void> {
    return new Promise((resolve) => {
      this.#wakeUp = resolve
    })
  }
}
