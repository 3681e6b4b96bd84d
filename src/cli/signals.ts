// How a running program is told to stop: the first SIGTERM or SIGINT stops it in order, the second at once.
import type { Running } from '../wiring/run.ts'

const SIGNALS = ['SIGTERM', 'SIGINT'] as const

/** Resolves when the program stopped as it was told; rejects when it could not go on, or could not stop. */
export function untilStopped(running: Running): Promise<void> {
  const reopen = () => running.reopenLog()
  let asked = false
  return new Promise<void>((resolve, reject) => {
    const stop = (signal: NodeJS.Signals) => {
      if (asked) {
        // Nothing is lost: what was accepted is on disk, and what was under way is unclear, as after a crash.
        forget()
        process.kill(process.pid, signal)
        return
      }
      asked = true
      running.stop().catch(end(reject))
    }
    const forget = () => {
      for (const signal of SIGNALS) process.off(signal, stop)
      process.off('SIGHUP', reopen)
    }
    const end =
      <T>(settle: (value: T) => void) =>
      (value: T) => {
        forget()
        settle(value)
      }
    for (const signal of SIGNALS) process.on(signal, stop)
    process.on('SIGHUP', reopen)
    running.stopped.then(end(resolve), end(reject))
  })
}
