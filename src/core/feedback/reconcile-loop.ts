// When the two lists are reconciled: by itself every few hours, and when a person asks. Never two at once.
import { MINUTE_MS, SECOND_MS, type Clock } from '../base/clock.ts'
import type { Log } from '../base/log.ts'
import type { ReconcileReport } from './reconcile-report.ts'

export interface Reconciliation {
  /** Reconciles until stopped. */
  run(): Promise<void>
  /** Now; answers when it is done, or what is known when that takes longer than a command waits. */
  ask(order: ReconcileOrder): Promise<ReconcileState>
  state(): ReconcileState
  stop(): Promise<void>
}

export interface ReconcileOrder {
  readonly dryRun: boolean
  readonly whole: boolean
}

export interface ReconcileState {
  readonly running: boolean
  /** When it runs next by itself; undefined when it never does. */
  readonly nextAt?: number
  /** The last that ended. */
  readonly last?: ReconcileReport
}

export interface LoopOptions {
  readonly reconcile: (order: ReconcileOrder) => Promise<ReconcileReport>
  /** 0: only when a person asks. */
  readonly everyMs: number
  readonly clock: Clock
  readonly log: Log
}

/** After the start, so that a gateway that is restarted again and again asks SES nothing. */
const FIRST_MS = 2 * MINUTE_MS
/** A command does not wait longer; a list of a million takes twenty minutes. */
const WAIT_MS = 20 * SECOND_MS
/** Platforms keep timers in 32 bits, and a machine that was asleep is to notice. */
const SLEEP_MAX_MS = 60 * MINUTE_MS

export function reconciliation({ reconcile, everyMs, clock, log }: LoopOptions): Reconciliation {
  const runner = oneAtATime(reconcile, log)
  let stopped = false
  let nextAt: number | undefined
  let wakeUp: (() => void) | undefined
  let looping: Promise<void> | undefined

  const pause = (ms: number): Promise<void> =>
    new Promise((resolve) => {
      wakeUp = resolve
      void clock.sleep(ms).then(resolve)
    })
  const loop = async (): Promise<void> => {
    nextAt = clock.now() + FIRST_MS
    while (!stopped) {
      const left = nextAt - clock.now()
      if (left > 0) await pause(Math.min(left, SLEEP_MAX_MS))
      else {
        await runner.start({ dryRun: false, whole: false })
        nextAt = clock.now() + everyMs
      }
    }
  }
  const state = (): ReconcileState => ({ ...runner.state(), ...(nextAt === undefined ? {} : { nextAt }) })
  return {
    state,
    async run() {
      if (everyMs > 0) await (looping ??= loop())
    },
    async ask(order) {
      // One that is under way already answers another question.
      if (!runner.state().running) await Promise.race([runner.start(order), clock.sleep(WAIT_MS)])
      return state()
    },
    async stop() {
      stopped = true
      wakeUp?.()
      await looping
      await runner.ended()
    },
  }
}

/** Runs, and tells the log; never two at once, and never rejects. */
function oneAtATime(reconcile: LoopOptions['reconcile'], log: Log) {
  let current: Promise<void> | undefined
  let last: ReconcileReport | undefined
  let failing = false
  /** One alarm while it lasts; a stop is no trouble. */
  const note = (trouble: string | undefined): void => {
    const fails = trouble !== undefined && trouble !== 'stopped'
    if (fails && !failing) log.alarm('reconcileFailed', { reason: trouble })
    failing = fails
  }
  const once = async (order: ReconcileOrder): Promise<void> => {
    try {
      last = await reconcile(order)
      const { dryRun, whole, seen, added, removed, put, waiting, gone } = last
      log.info('reconciled', { dryRun, whole, seen, added, removed, put, waiting, gone })
      note(last.trouble?.reason)
    } catch {
      // Our own list could not be written; what was not written is decided again next time.
      note('storageFailed')
    }
    current = undefined
  }
  return {
    start: (order: ReconcileOrder): Promise<void> => (current ??= once(order)),
    ended: async (): Promise<void> => current,
    state: () => ({ running: current !== undefined, ...(last === undefined ? {} : { last }) }),
  }
}
