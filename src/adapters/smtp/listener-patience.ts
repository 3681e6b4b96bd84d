// How long a connection may let us wait. One look a second for all of them, instead of a timer for each command.
// Pure: it is told the time and what goes on.
import { never } from '../../core/base/assert.ts'
import { SECOND_MS } from '../../core/base/clock.ts'
import type { ListenerLimits } from './session-limits.ts'

/** What a connection is in the middle of; `us`: an answer of our own is awaited, which is never the client's fault. */
export type Waiting = 'proxyHeader' | 'tlsHello' | 'tlsHandshake' | 'command' | 'line' | 'content' | 'us' | 'closing'

export interface View {
  readonly waiting: Waiting
  /** Changes whenever something went on. */
  readonly progress: number
  /** Octets of the content that is coming in. */
  readonly contentOctets: number
  /** Octets of replies that the client has not read. */
  readonly unreadOctets: number
}

/** What has lasted too long. */
export type Overdue = 'proxyHeader' | 'tlsHello' | 'tlsHandshake' | 'command' | 'content' | 'reading' | 'closing'

export class Patience {
  readonly #limits: ListenerLimits
  #waiting: Waiting | undefined
  #progress = 0
  #since = 0
  #octets = 0
  #unreadSince: number | undefined

  constructor(limits: ListenerLimits) {
    this.#limits = limits
  }

  /** Waits are counted from the first look that saw them. */
  look(nowMs: number, view: View): Overdue | undefined {
    if (this.#isNotRead(nowMs, view.unreadOctets)) return 'reading'
    if (view.waiting !== this.#waiting || view.progress !== this.#progress) {
      this.#restart(nowMs, view)
      return undefined
    }
    const waitedMs = nowMs - this.#since
    const limits = this.#limits
    switch (view.waiting) {
      case 'proxyHeader':
        return waitedMs >= limits.proxyHeaderMs ? 'proxyHeader' : undefined
      case 'tlsHello':
        return waitedMs >= limits.tlsHandshakeMs ? 'tlsHello' : undefined
      case 'tlsHandshake':
        return waitedMs >= limits.tlsHandshakeMs ? 'tlsHandshake' : undefined
      case 'command':
        return waitedMs >= limits.idleMs ? 'command' : undefined
      case 'line':
        return waitedMs >= limits.lineMs ? 'command' : undefined
      case 'content':
        return this.#isSlow(nowMs, waitedMs, view) ? 'content' : undefined
      case 'closing':
        return waitedMs >= limits.closingMs ? 'closing' : undefined
      case 'us':
        return undefined
      default:
        return never(view.waiting)
    }
  }

  #isSlow(nowMs: number, waitedMs: number, view: View): boolean {
    if (waitedMs < this.#limits.contentWindowMs) return false
    const octets = view.contentOctets - this.#octets
    if (octets < (this.#limits.contentOctetsPerSecond * waitedMs) / SECOND_MS) return true
    this.#restart(nowMs, view)
    return false
  }

  #restart(nowMs: number, view: View): void {
    this.#waiting = view.waiting
    this.#progress = view.progress
    this.#since = nowMs
    this.#octets = view.contentOctets
  }

  #isNotRead(nowMs: number, unreadOctets: number): boolean {
    if (unreadOctets === 0) {
      this.#unreadSince = undefined
      return false
    }
    this.#unreadSince ??= nowMs
    return nowMs - this.#unreadSince >= this.#limits.unreadReplyMs
  }
}
