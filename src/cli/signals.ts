// How a running program is told to stop: the first SIGTERM or SIGINT stops it in order, the second at once.
import type { Running } from '../wiring/run.ts'

const SIGNALS = ['SIGTERM', 'SIGINT'] as const

/** Resolves when the program stopped as it was told; rejects when it could not go on. */
export async function untilStopped(running: Running): Promise<void> {
  const reopen = () => running.reopenLog()
  let asked = false
  const stop = (signal: NodeJS.Signals) => {
    if (asked) {
      // Nothing is lost: what was accepted is on disk, and what was under way is unclear, as after a crash.
      forget()
      process.kill(process.pid, signal)
      return
    }
    asked = true
    // A stop that fails rejects `stopped` too, which is awaited below.
    running.stop().catch(() => {})
  }
  const forget = () => {
    for (const signal of SIGNALS) process.off(signal, stop)
    process.off('SIGHUP', reopen)
  }
  for (const signal of SIGNALS) process.on(signal, stop)
  process.on('SIGHUP', reopen)
  try {
    await running.stopped
  } finally {
    forget()
  }
}
