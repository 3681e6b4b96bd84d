// The reconciler of one domain (D3): look, decide, take one step, write down why; again until there is nothing to do but wait.
// Nothing but this changes a key. One run at a time.
import { MINUTE_MS, type Clock } from '../base/clock.ts'
import type { Log } from '../base/log.ts'
import { act } from './act.ts'
import { alertChanges, alertNotice, overNotice, tell } from './alerts.ts'
import { decide, type Decision } from './decide.ts'
import type { Hands } from './hands.ts'
import { observe, rememberingEyes, type DkimObservation } from './observation.ts'
import { POLL_TROUBLE_MS, RETRY_HELD_MS, type DkimPolicy } from './policy.ts'
import { emptyRecord, type HistoryEntry, type KeyRecord } from './record.ts'
import type { Alert, Verdict } from './step.ts'

/** From nothing to a published request takes about ten steps; more in one run would be a circle. */
const STEPS_MAX = 40

export interface Taken {
  readonly step: string
  readonly selector?: string
  readonly message: string
}

export interface TickReport {
  readonly taken: readonly Taken[]
  readonly observation: DkimObservation
  readonly decision: Decision
  /** A step that could not be taken now. */
  readonly later?: string
  readonly lookAt: number
}

export interface TickOrder {
  readonly by: string
  /** The next key is to sign now. */
  readonly rotate?: boolean
  /** Look and decide, and take nothing. */
  readonly dryRun?: boolean
}

export interface Reconciler {
  tick(order: TickOrder): Promise<TickReport>
  /** What the last run saw, whoever ordered it; undefined before the first. */
  last(): TickReport | undefined
  history(limit: number): Promise<readonly HistoryEntry[]>
}

export interface ReconcilerOptions {
  readonly hands: Hands
  readonly policy: DkimPolicy
  readonly log: Log
}

export function reconciler(options: ReconcilerOptions): Reconciler {
  // Two runs at once would make the same key twice and ask twice.
  let before: Promise<unknown> = Promise.resolve()
  let last: TickReport | undefined
  const run = async (order: TickOrder): Promise<TickReport> => (last = await runTick(options, order))
  return {
    tick(order) {
      const turn = before.then(() => run(order))
      before = turn.catch(() => undefined)
      return turn
    },
    last: () => last,
    history: (limit) => options.hands.store.history(limit),
  }
}

async function runTick({ hands, policy, log }: ReconcilerOptions, order: TickOrder): Promise<TickReport> {
  let record = (await hands.store.load()) ?? emptyRecord(policy.domain)
  if (record.domain !== policy.domain) {
    throw new Error(
      `the record of keys is that of ${record.domain}, and the plan is for ${policy.domain}: use another data folder`,
    )
  }
  let ordered = order.rotate === true
  const taken: Taken[] = []
  const alerts: Alert[] = []
  const { eyes, forget } = rememberingEyes(hands)
  for (let steps = 0; ; steps += 1) {
    const observation = await observe(eyes, policy, { record, nowMs: hands.now() })
    const decision = decide(observation, policy, ordered)
    const { next } = decision
    // A finding that is mended by its step is told too; what only waits is judged by the last look.
    alerts.push(...(next === undefined ? decision.alerts : (next.alerts ?? [])))
    const report = { taken, observation, decision, lookAt: decision.lookAt }
    if (order.dryRun === true) return report
    if (next === undefined) {
      const after = await settleAlerts({ hands, policy, log }, record, { alerts, partial: decision.partial })
      return { ...report, observation: { ...observation, record: after } }
    }
    if (steps >= STEPS_MAX)
      throw new Error(`${STEPS_MAX} steps in one run, the last ${next.step.kind}: this is a circle`)
    const acted = await act(hands, { observation, policy, verdict: next, by: order.by })
    record = acted.record
    forget(next.step)
    // The order is fulfilled when the switch is written down; what follows happens by itself.
    if (next.step.kind === 'beginSwitch') ordered = false
    if (acted.kind === 'later') return await stuck({ hands, policy, log }, { report, record, alerts, acted })
    taken.push(takenOf(next))
    log.info('dkim', { step: next.step.kind, why: next.check, ...selectorOf(next) })
  }
}

interface Stuck {
  readonly report: TickReport
  readonly record: KeyRecord
  readonly alerts: readonly Alert[]
  readonly acted: Extract<Awaited<ReturnType<typeof act>>, { kind: 'later' }>
}

async function stuck(options: ReconcilerOptions, { report, record, alerts, acted }: Stuck): Promise<TickReport> {
  options.log.warn('dkimLater', { step: report.decision.next?.step.kind, why: acted.message })
  const all = acted.alert === undefined ? alerts : [...alerts, acted.alert]
  const after = await settleAlerts(options, record, { alerts: all, partial: true })
  // While traffic waits for a switch, so does whoever wrote the mail.
  const wait = record.switching === undefined ? POLL_TROUBLE_MS : RETRY_HELD_MS
  const observation = { ...report.observation, record: after }
  return { ...report, observation, later: acted.message, lookAt: Math.min(report.lookAt, options.hands.now() + wait) }
}

async function settleAlerts(
  { hands, policy, log }: ReconcilerOptions,
  record: KeyRecord,
  { alerts, partial }: { readonly alerts: readonly Alert[]; readonly partial: boolean },
): Promise<KeyRecord> {
  const at = hands.now()
  const once = [...new Map(alerts.map((alert) => [alert.id, alert])).values()]
  const { say, over, open } = alertChanges(record, { alerts: once, partial, nowMs: at })
  if (say.length === 0 && over.length === 0) return record
  // Written first: what is said twice after a crash is a nuisance, what is said every minute is noise nobody reads.
  const entries = [
    ...say.map((alert) => entry(at, 'alert', `${alert.level}: ${alert.message}`, alert.id)),
    ...over.map((alert) => entry(at, 'alertOver', alert.message, alert.id)),
  ]
  const after = { ...record, alerts: open }
  for (const one of entries) await hands.store.save(after, one)
  for (const alert of say) {
    if (alert.level === 'critical') log.alarm('dkimAlert', { id: alert.id, what: alert.message })
    else log.warn('dkimAlert', { id: alert.id, level: alert.level, what: alert.message })
    await told(alertNotice(alert, policy.domain))
  }
  for (const alert of over) {
    log.info('dkimAlertOver', { id: alert.id })
    await told(overNotice(alert, policy.domain))
  }
  return after

  async function told(notice: ReturnType<typeof alertNotice>): Promise<void> {
    for (const failure of await tell(hands.operators, notice))
      log.warn('noticeFailed', { what: notice.id, why: failure })
  }
}

function entry(at: number, step: string, message: string, reason: string): HistoryEntry {
  return { at, step, reason, message, by: 'watari' }
}

function takenOf(verdict: Verdict & { readonly step: { readonly kind: string } }): Taken {
  return { step: verdict.step.kind, message: verdict.message, ...selectorOf(verdict) }
}

function selectorOf({ step }: Verdict): { selector?: string } {
  return step !== undefined && 'selector' in step ? { selector: step.selector } : {}
}

export interface LoopOptions {
  readonly reconciler: Reconciler
  readonly clock: Clock
  readonly log: Log
}

export interface Loop {
  /** Runs until stopped. */
  run(): Promise<void>
  /** Looks now instead of at its time. */
  wake(): void
  stop(): Promise<void>
}

/** The shortest pause between two runs, whatever is asked: a clock that jumps must not make a storm. */
const PAUSE_MIN_MS = 1_000

/** Runs the reconciler whenever it wants to look, for as long as the program runs. */
export function dkimLoop({ reconciler: keys, clock, log }: LoopOptions): Loop {
  let stopped = false
  let wakeUp: (() => void) | undefined
  let running: Promise<void> | undefined
  let woken = false
  const pause = (ms: number): Promise<void> =>
    new Promise((resolve) => {
      wakeUp = resolve
      void clock.sleep(ms).then(resolve)
    })
  const untilWanted = async (at: number): Promise<void> => {
    woken = false
    for (let left = at - clock.now(); left > 0 && !stopped && !woken; left = at - clock.now()) {
      await pause(Math.min(left, SLEEP_MAX_MS))
    }
  }
  const loop = async (): Promise<void> => {
    while (!stopped) {
      let lookAt = clock.now() + POLL_TROUBLE_MS
      try {
        const report = await keys.tick({ by: 'watari' })
        lookAt = Math.max(clock.now() + PAUSE_MIN_MS, report.lookAt)
      } catch (error) {
        // A store that cannot be read or written: nothing was concluded, and a person must look.
        log.alarm('dkimFailed', { why: error instanceof Error ? error.message : 'unknown' })
      }
      await untilWanted(lookAt)
    }
  }
  const wake = (): void => {
    woken = true
    wakeUp?.()
  }
  return {
    run: () => (running ??= loop()),
    wake,
    async stop() {
      stopped = true
      wake()
      await running
    },
  }
}

/** Platforms keep timers in 32 bits, and a machine that was asleep is to notice. */
const SLEEP_MAX_MS = 60 * MINUTE_MS
