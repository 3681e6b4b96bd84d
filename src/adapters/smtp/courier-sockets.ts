// Every socket that a courier has, from the first packet to the last, and the one timer that looks at their deadlines.
// Its rule: no timer of its own for any command, because that would be most of what a mail costs.
import { SECOND_MS, type Clock } from '../../core/base/clock.ts'
import type { ClientConnection } from './client-connection.ts'

/** How often deadlines are looked at; they are minutes long. */
const SWEEP_MS = SECOND_MS

export interface SocketsOptions {
  readonly clock: Clock
  /** Called at each sweep, after the deadlines. */
  readonly onSweep: (nowMs: number) => void
  /** Called when the last socket has gone. */
  readonly onEmpty: () => void
}

export class CourierSockets {
  readonly #options: SocketsOptions
  readonly #connections = new Set<ClientConnection>()
  #sleep = new AbortController()
  #sweeping = false
  /** Whatever is open then is closed. */
  #endsAt = Number.POSITIVE_INFINITY

  constructor(options: SocketsOptions) {
    this.#options = options
  }

  get size(): number {
    return this.#connections.size
  }

  add(connection: ClientConnection): void {
    this.#connections.add(connection)
    connection.onGone = () => {
      this.#connections.delete(connection)
      if (this.#connections.size === 0) this.#options.onEmpty()
    }
    if (!this.#sweeping) void this.#sweepWhileOpen()
  }

  /** Ends what is still being opened. */
  failUnready(reason: string): void {
    for (const connection of this.#connections) if (!connection.ready) connection.fail(reason)
  }

  endAt(atMs: number): void {
    this.#endsAt = atMs
  }

  /** No sweep shall keep a process that has nothing left to do. */
  close(): void {
    this.#sleep.abort()
  }

  async #sweepWhileOpen(): Promise<void> {
    const { clock, onSweep } = this.#options
    this.#sweeping = true
    while (this.#connections.size > 0) {
      this.#sleep = new AbortController()
      await clock.sleep(SWEEP_MS, this.#sleep.signal)
      const nowMs = clock.now()
      for (const connection of this.#connections) {
        if (connection.deadlineAt > nowMs && this.#endsAt > nowMs) continue
        if (connection.lost) connection.destroy()
        else connection.fail('timeout')
      }
      onSweep(nowMs)
    }
    this.#sweeping = false
  }
}
