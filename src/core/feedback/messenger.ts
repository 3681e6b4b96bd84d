// Brings news to whoever must hear them, after the ledger has them and apart from the answer to SNS: a slow listener holds
// nobody up. What was not told stays owed in the ledger, and is told again in a while and after a start.
import { MINUTE_MS, type Clock } from '../base/clock.ts'
import type { Log } from '../base/log.ts'
import { describeError } from '../watch/describe-error.ts'
import { newsOf, type News } from './change.ts'
import type { FeedbackListeners } from './listeners.ts'
import type { FeedbackLedger, OwedChange } from './ports.ts'

/** News told at once; each may write a mail. */
const AT_ONCE = 50
/** News waiting in memory. Above it they wait in the ledger only. */
const WAITING_MAX = 10_000
const AGAIN_MS = MINUTE_MS

export interface MessengerOptions {
  readonly ledger: Pick<FeedbackLedger, 'owed' | 'settle'>
  readonly listeners: FeedbackListeners
  readonly clock: Clock
  readonly log: Log
}

export interface Messenger {
  /** Never rejects and never waits. */
  tell(changes: readonly OwedChange[]): void
  /** Tells what the ledger owes, again and again, until stopped. */
  run(): Promise<void>
  /** News that are being told or wait for it in memory. */
  readonly waiting: () => number
  stop(): Promise<void>
}

export function messenger(options: MessengerOptions): Messenger {
  const { ledger, clock, log } = options
  const waiting: OwedChange[] = []
  /** Receipts that wait or are being told, so that nothing is told twice at once. */
  const known = new Set<string>()
  let telling: Promise<void> | undefined
  let stopped = false
  let failing = false

  const tell = (changes: readonly OwedChange[]): void => {
    for (const change of changes) {
      const { receipt } = change
      if (receipt === undefined || known.has(receipt) || known.size >= WAITING_MAX) continue
      known.add(receipt)
      waiting.push(change)
    }
    telling ??= waiting.length === 0 ? undefined : work()
  }
  const work = async (): Promise<void> => {
    while (waiting.length > 0 && !stopped) {
      const some = waiting.splice(0, AT_ONCE)
      const told = await Promise.all(some.map((change) => isTold(options.listeners, change)))
      const failed = told.find((one) => one !== true)
      if (failed !== undefined && !failing) log.alarm('feedbackNewsNotTold', { ...describeError(failed) })
      failing = failed !== undefined
      await settled(
        some.filter((_, i) => told[i] === true),
        some,
      )
    }
    telling = undefined
  }
  const settled = async (done: readonly OwedChange[], some: readonly OwedChange[]): Promise<void> => {
    try {
      await ledger.settle(done)
    } catch (error) {
      // They are told once more: listeners bear that.
      log.warn('feedbackNotSettled', { ...describeError(error) })
    }
    for (const { receipt } of some) known.delete(receipt!)
  }
  return {
    tell,
    waiting: () => known.size,
    async run() {
      while (!stopped) {
        try {
          tell(await ledger.owed(WAITING_MAX))
        } catch (error) {
          log.warn('feedbackLedgerNotRead', { ...describeError(error) })
        }
        await clock.sleep(AGAIN_MS)
      }
    },
    async stop() {
      stopped = true
      await telling
    },
  }
}

/** The list first: it is quicker, and what it has cannot be sent to again. */
const ALL_NEWS: readonly News[] = ['suppress', 'return']

/** True, or what a listener rejected with. */
async function isTold(listeners: FeedbackListeners, change: OwedChange): Promise<unknown> {
  try {
    for (const news of ALL_NEWS) {
      const recipients = newsOf(change, news)
      if (recipients.length > 0) await listeners[news]?.(change.event, recipients)
    }
    return true
  } catch (error) {
    return error ?? new Error('a listener failed')
  }
}
