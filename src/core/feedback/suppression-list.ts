// What suppression needs from the world: the list itself, on disk, and the list of the SES account. Adapters implement them,
// and all adapters of one port pass the same contract suite (test/contracts).
import type { AccountReason, SuppressionReason, SuppressionRecord } from './suppression.ts'

export interface SuppressionList {
  /** By canonical address, from memory: every recipient of every mail for SES is looked up. */
  find(address: string): SuppressionRecord | undefined
  /**
   * Asks `decide` for each address, with the record as it is at that moment; undefined leaves it so. All changes of one call
   * become durable together, with `memory` when it is given, and before the promise resolves. An address may come twice.
   */
  change(addresses: readonly string[], decide: Decide, memory?: ReconcileMemory): Promise<void>
  /** In order of address, a page at a time; never more than `limit` are looked at. */
  page(query: RecordQuery): RecordPage
  counts(): SuppressionCounts
  /** What the reconciliation wrote down last. */
  memory(): ReconcileMemory
}

export type Decide = (record: SuppressionRecord | undefined, index: number) => SuppressionRecord | undefined

export interface RecordQuery {
  /** Only behind this address. */
  readonly after?: string
  readonly limit: number
}

export interface RecordPage {
  readonly records: readonly SuppressionRecord[]
  /** For the next page's `after`; undefined on the last one. */
  readonly next?: string
}

export interface SuppressionCounts {
  readonly entries: Readonly<Record<SuppressionReason, number>>
  /** Addresses that a person took off. */
  readonly removals: number
}

/** Where the reconciliation stands; survives a crash. */
export interface ReconcileMemory {
  /** A look at the account's list that is not finished. */
  readonly look?: AccountLook
  /** Begin of the last finished look, and of the last that saw the whole list. */
  readonly lookedAt?: number
  readonly lookedWholeAt?: number
}

export interface AccountLook {
  readonly startedAt: number
  readonly whole: boolean
  /** Where the next page begins; undefined for the first. */
  readonly token?: string
  readonly seen: number
}

/** The suppression list of the SES account. One call a second, for all of us together. */
export interface AccountList {
  /** A page of what changed since an instant, or of all. */
  page(query: { readonly since?: number; readonly token?: string }): Promise<AccountPage>
  /** Puts an address there, in the spelling given. */
  put(spelling: string, reason: AccountReason): Promise<AccountAnswer>
  /** Takes it off; done too when it was not there in exactly this spelling: `found` tells. */
  remove(spelling: string): Promise<AccountAnswer & { readonly found?: boolean }>
}

export interface AccountItem {
  readonly spelling: string
  readonly reason: AccountReason
  readonly updatedAt: number
}

export type AccountPage =
  | { readonly kind: 'page'; readonly items: readonly AccountItem[]; readonly next?: string }
  /** The token is too old: begin anew. */
  | { readonly kind: 'expired' }
  | AccountTrouble

/** `refused`: a person must act first. `again`: the same call later. */
export interface AccountTrouble {
  readonly kind: 'again' | 'refused'
  readonly reason: string
  readonly message: string
}
export type AccountAnswer = { readonly kind: 'done' } | AccountTrouble
