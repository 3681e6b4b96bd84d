// What a reconciliation is given and what it answers, and how it reads our list: a page at a time, so that others get their turn.
import type { Clock } from '../base/clock.ts'
import type { Log } from '../base/log.ts'
import type { SuppressionRecord } from './suppression.ts'
import type { AccountList, AccountTrouble, SuppressionList } from './suppression-list.ts'

export interface ReconcileOptions {
  readonly list: SuppressionList
  readonly account: AccountList
  readonly clock: Clock
  readonly log: Log
  /** The one spelling of a recipient, or undefined for what is no address. */
  readonly canonical: (text: string) => string | undefined
  /** Addresses that one run puts there one by one; more go by import jobs. */
  readonly putsMax: number
  readonly stopping: () => boolean
}

export interface ReconcileReport {
  readonly startedAt: number
  readonly dryRun: boolean
  /** Whether the whole list was looked at, or only what is new on it. */
  readonly whole: boolean
  readonly seen: number
  /** Seen, and no address as we know them: left alone there. */
  readonly unreadable: number
  /** New here. */
  readonly added: number
  /** Off here, because they are gone there. */
  readonly gone: number
  /** Gone there, so many that they stay here: the account's list was emptied. */
  readonly keptThoughGone: number
  /** Taken off there, because a person took them off here. */
  readonly removed: number
  /** Put there. */
  readonly put: number
  /** Not put yet: they wait for the next run, or for an import job. */
  readonly waiting: number
  /** SES did not take them. */
  readonly refused: number
  /** What ended the run before its end. */
  readonly trouble?: { readonly reason: string; readonly message: string }
}

/** A report while it is made. */
export type Counts = { -readonly [K in keyof ReconcileReport]: ReconcileReport[K] }

export const STOPPED: AccountTrouble = { kind: 'again', reason: 'stopped', message: 'the gateway is stopping' }

/** Records read at once; some milliseconds. */
const PAGE = 2_000

export async function* pagesOf(
  list: SuppressionList,
  clock: Clock,
): AsyncGenerator<readonly SuppressionRecord[], void, undefined> {
  for (let after: string | undefined; ;) {
    const page = list.page({ limit: PAGE, ...(after === undefined ? {} : { after }) })
    yield page.records
    if (page.next === undefined) return
    after = page.next
    await clock.sleep(0)
  }
}
