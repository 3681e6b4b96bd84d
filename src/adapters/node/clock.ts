// The machine's clock.
import type { AbortSignalLike, Clock } from '../../core/base/clock.ts'

/** setTimeout fires at once for longer waits than this, so they are cut; sleepers look at the clock again anyway. */
const SLEEP_MAX_MS = 2_147_483_647

/** Sleeping keeps the process alive only when `keepAlive` is true: a gateway lives by its listener, not by its waits. */
export function systemClock(options: { readonly keepAlive?: boolean } = {}): Clock {
  return {
    now: () => Date.now(),
    sleep: (ms, signal) => sleep(ms, signal, options.keepAlive ?? true),
  }
}

function sleep(ms: number, signal: AbortSignalLike | undefined, keepAlive: boolean): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted) {
      resolve()
      return
    }
    const wake = () => {
      clearTimeout(timer)
      signal?.removeEventListener('abort', wake)
      resolve()
    }
    const timer = setTimeout(wake, Math.min(Math.max(ms, 0), SLEEP_MAX_MS))
    if (!keepAlive) timer.unref()
    signal?.addEventListener('abort', wake, { once: true })
  })
}
