// What a person may ask of the suppression list: the words behind the control channel and the command line. Every change
// says who made it and why. Nothing here masks; whoever prints does.
import type { Log } from '../base/log.ts'
import { canonical, parseMailbox } from '../mail/address.ts'
import type { Order } from '../mail/operations.ts'
import {
  listed,
  unlisted,
  type SuppressionEntry,
  type SuppressionReason,
  type SuppressionRecord,
} from './suppression.ts'
import { importBatch, type ImportBatch, type ImportReport } from './import-batch.ts'
import type { Reconciliation, ReconcileOrder, ReconcileState } from './reconcile-loop.ts'
import type { AccountList, SuppressionCounts, SuppressionList } from './suppression-list.ts'

export interface SuppressionOperations {
  status(): SuppressionStatus
  show(address: string): SuppressionAnswer<{ readonly record: SuppressionRecord }>
  /** Entries in order of address, or what persons took off. A page may hold fewer than `limit` and still not be the last. */
  list(query: SuppressionQuery): SuppressionPage
  add(order: Order & { readonly address: string }): Promise<SuppressionAnswer>
  remove(order: Order & { readonly address: string }): Promise<SuppressionAnswer<{ readonly account: AccountEnd }>>
  /** Takes addresses of a file; the last batch of a file is not told apart. */
  import(batch: ImportBatch): Promise<ImportReport>
  /** Brings our list and the account's together now. */
  reconcile(order: ReconcileOrder & { readonly by: string }): Promise<ReconcileState>
}

export interface SuppressionStatus extends SuppressionCounts {
  readonly reconciliation: ReconcileState
  /** Begin of the last finished look at the account's list, and of the last that saw all of it. */
  readonly lookedAt?: number
  readonly lookedWholeAt?: number
}

export type SuppressionRefusal =
  | 'noAddress' // what was given is no mail address
  | 'notListed' // it is not on the list
  | 'sameValue' // a person put it there before

export type SuppressionAnswer<T = object> =
  | ({ readonly kind: 'done' } & T)
  | { readonly kind: 'refused'; readonly reason: SuppressionRefusal; readonly message: string }

export interface SuppressionQuery {
  readonly reason?: SuppressionReason | 'removed'
  readonly after?: string
  readonly limit: number
}

export interface SuppressionPage {
  readonly records: readonly SuppressionRecord[]
  readonly next?: string
}

/** What became of it on the account's list: taken off, not there, or left to the next reconciliation. */
export type AccountEnd = 'removed' | 'notThere' | 'later'

export interface SuppressionDeskOptions {
  readonly list: SuppressionList
  readonly account: Pick<AccountList, 'remove'>
  readonly reconciliation: Pick<Reconciliation, 'ask' | 'state'>
  readonly toAscii: (domain: string) => string
  readonly now: () => number
  readonly log: Log
}

/** Records looked at for one page when a reason is asked for; so that a rare one does not hold up everything else. */
const LOOKED_AT_MAX = 5_000

export function suppressionDesk(options: SuppressionDeskOptions): SuppressionOperations {
  const { list, toAscii, now, log } = options
  const canonical = (text: string) => canonicalOf(text, toAscii)
  return {
    status() {
      const { look: _, ...looked } = list.memory()
      return { ...list.counts(), ...looked, reconciliation: options.reconciliation.state() }
    },
    show(text) {
      const address = canonicalOf(text, toAscii)
      if (address === undefined) return NO_ADDRESS
      const record = list.find(address)
      if (record?.entry === undefined && record?.removal === undefined) return NOT_LISTED
      return { kind: 'done', record }
    },
    list: (query) => pageOf(list, query),
    async add({ address: text, by, reason: note }) {
      const address = canonicalOf(text, toAscii)
      if (address === undefined) return NO_ADDRESS
      const nowMs = now()
      const evidence = { word: 'byHand', count: 1, firstAt: nowMs, lastAt: nowMs }
      const finding = { address, spelling: text, reason: 'operator' as const, evidence, by, note }
      let changed = false
      await list.change([address], (record) => {
        const after = listed(record, finding, nowMs)
        changed = after !== undefined
        return after
      })
      if (!changed) return SAME_VALUE
      log.info('suppressionAdded', { by, reason: 'operator' })
      return { kind: 'done' }
    },
    remove: (order) => remove(options, order),
    async import(batch) {
      const report = await importBatch({ list, canonical, now }, batch)
      const { added, widened } = report
      if (!batch.dryRun && added + widened > 0) log.info('suppressionImported', { by: batch.by, added, widened })
      return report
    },
    reconcile({ by, ...order }) {
      log.info('reconcileOrdered', { by, ...order })
      return options.reconciliation.ask(order)
    },
  }
}

const NO_ADDRESS = { kind: 'refused', reason: 'noAddress', message: 'that is no mail address' } as const
const NOT_LISTED = {
  kind: 'refused',
  reason: 'notListed',
  message: 'the address is not on the suppression list',
} as const
const SAME_VALUE = {
  kind: 'refused',
  reason: 'sameValue',
  message: 'a person has put the address on the suppression list already',
} as const

/** The one spelling of a recipient, or undefined for what is no address. */
export function canonicalOf(text: string, toAscii: (domain: string) => string): string | undefined {
  const mailbox = parseMailbox(text, toAscii)
  return typeof mailbox === 'string' ? undefined : canonical(mailbox)
}

function pageOf(list: SuppressionList, { reason, after, limit }: SuppressionQuery): SuppressionPage {
  const wanted = ({ entry, removal }: SuppressionRecord): boolean => {
    if (reason === 'removed') return removal !== undefined
    return entry !== undefined && (reason === undefined || entry.reason === reason)
  }
  const found: SuppressionRecord[] = []
  const page = list.page({ limit: LOOKED_AT_MAX, ...(after === undefined ? {} : { after }) })
  for (const record of page.records) {
    if (!wanted(record)) continue
    if (found.length === limit) return { records: found, next: found.at(-1)!.address }
    found.push(record)
  }
  return { records: found, ...(page.next === undefined ? {} : { next: page.next }) }
}

async function remove(
  { list, account, toAscii, now, log }: SuppressionDeskOptions,
  { address: text, by, reason: note }: Order & { readonly address: string },
): Promise<SuppressionAnswer<{ readonly account: AccountEnd }>> {
  const address = canonicalOf(text, toAscii)
  if (address === undefined) return NO_ADDRESS
  let before: SuppressionRecord | undefined
  await list.change([address], (record) => {
    before = record
    return unlisted(record, { at: now(), by, note })
  })
  if (before?.entry === undefined) return NOT_LISTED
  log.info('suppressionRemoved', { by, reason: before.entry.reason })
  return { kind: 'done', account: await takeOffAccount({ list, account }, before, before.entry) }
}

/** SES finds only its own spelling (facts 6.6), so all that may be it are tried; the reconciliation knows it for sure. */
async function takeOffAccount(
  { list, account }: Pick<SuppressionDeskOptions, 'list' | 'account'>,
  before: SuppressionRecord,
  entry: SuppressionEntry,
): Promise<AccountEnd> {
  // Taking off while its pages are read could make SES skip others; the same run takes it off when it has read them.
  if (list.memory().look !== undefined) return 'later'
  const spellings = [before.account?.spelling, entry.spelling, before.address].filter((text) => text !== undefined)
  for (const spelling of new Set(spellings)) {
    const answer = await account.remove(spelling)
    if (answer.kind !== 'done') return 'later'
    if (answer.found === false) continue
    await list.change([before.address], (record) => {
      if (record === undefined) return undefined
      const { account: _gone, ...rest } = record
      return rest
    })
    return 'removed'
  }
  return 'notThere'
}
