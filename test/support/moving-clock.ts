// A clock that runs like the machine's and can be moved on: for scenarios whose programs are real and whose weeks are not.
import type { AbortSignalLike, Clock } from '../../src/core/base/clock.ts'

export interface MovingClock extends Clock {
  /** Time goes on by so much at once, and every sleep that ends in it ends. */
  advance(ms: number): void
}

export function movingClock(): MovingClock {
  let offset = 0
  const sleepers = new Set<{ readonly endsAt: number; readonly wake: () => void }>()
  const now = () => Date.now() + offset
  return {
    now,
    sleep: (ms: number, signal?: AbortSignalLike) =>
      new Promise<void>((resolve) => {
        if (ms <= 0 || signal?.aborted) return resolve()
        const sleeper = { endsAt: now() + ms, wake }
        // Node's timers hold 31 bits of milliseconds.
        const timer = setTimeout(wake, Math.min(ms, 2_000_000_000))
        timer.unref()
        function wake(): void {
          clearTimeout(timer)
          sleepers.delete(sleeper)
          signal?.removeEventListener('abort', wake)
          resolve()
        }
        sleepers.add(sleeper)
        signal?.addEventListener('abort', wake, { once: true })
        return undefined
      }),
    advance(ms) {
      offset += ms
      for (const sleeper of sleepers) if (sleeper.endsAt <= now()) sleeper.wake()
    },
  }
}
