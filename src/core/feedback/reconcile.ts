// Our suppression list and the account's, decided record by record: what one becomes when the other says something. Pure.
// Rules for conflicts, with the reasons, are in docs/suppression.md.
import { HOUR_MS } from '../base/clock.ts'
import {
  accountReasonOf,
  listed,
  spellingOf,
  unlisted,
  type AccountReason,
  type SuppressionRecord,
} from './suppression.ts'
import type { AccountItem } from './suppression-list.ts'

/**
 * SES writes its list some time after the bounce, by its own clock. An entry there that is younger than our removal by less
 * than this is still the old one; a really new bounce is told by its event as well, and that puts it back here.
 */
const REMOVAL_GRACE_MS = HOUR_MS

/** The account has it, and a person took it off here before: it must go there too (usesend/useSend#324). */
export function mustLeaveAccount(record: SuppressionRecord | undefined, item: AccountItem): boolean {
  if (record?.entry !== undefined || record?.removal === undefined) return false
  return item.updatedAt <= record.removal.at + REMOVAL_GRACE_MS
}

/** What a record becomes when the account's list was seen to hold it. */
export function seenOnAccount(
  record: SuppressionRecord | undefined,
  item: AccountItem & { readonly address: string },
  seenAt: number,
): SuppressionRecord {
  const { address, spelling, reason, updatedAt } = item
  const evidence = {
    word: reason === 'COMPLAINT' ? 'complaint' : 'bounce',
    count: 1,
    firstAt: updatedAt,
    lastAt: updatedAt,
  }
  const finding = { address, spelling, reason: 'accountList' as const, evidence, by: 'watari' }
  const after = mustLeaveAccount(record, item) ? record! : (listed(record, finding, seenAt) ?? record ?? { address })
  return { ...after, account: { spelling, reason, seenAt } }
}

/** What the account is still to be asked for a record, if anything. */
export type AccountStep =
  | { readonly kind: 'put'; readonly spelling: string; readonly reason: AccountReason }
  | { readonly kind: 'remove'; readonly spelling: string }

export function accountStep(record: SuppressionRecord): AccountStep | undefined {
  const { entry, account } = record
  if (entry === undefined) return account === undefined ? undefined : { kind: 'remove', spelling: account.spelling }
  // What came from there is put back by nobody: either it is still there, or somebody took it off.
  if (account !== undefined || entry.reason === 'accountList') return undefined
  return { kind: 'put', spelling: spellingOf(record), reason: accountReasonOf(entry) }
}

/** Whether a look at the whole list, begun then, should have seen the record and did not. */
export function isGone({ entry, account }: SuppressionRecord, lookedAt: number): boolean {
  if (account !== undefined) return account.seenAt < lookedAt
  return entry?.reason === 'accountList' && entry.addedAt < lookedAt
}

/**
 * What a record becomes that is gone from the account's list. An entry that was only there because of it goes too; one with
 * evidence of its own stays, and is put back there.
 */
export function goneFromAccount(record: SuppressionRecord, lookedAt: number): SuppressionRecord {
  const { account: _gone, ...rest } = record
  if (rest.entry?.reason !== 'accountList') return rest
  // So long before the look that what is put there from then on is new, and is not taken off again.
  const at = lookedAt - REMOVAL_GRACE_MS
  return unlisted(rest, { at, by: 'watari', note: 'gone from the account’s list' }) ?? rest
}

/** This many may go at once whatever their share: a person cleaned up. */
const GONE_ALWAYS = 100
/** A larger share of what the account had is no cleaning: AWS empties the list of a paused account (facts 6.11). */
const GONE_SHARE_MAX = 0.1

/** Whether so many being gone at once means that the account's list was emptied, and ours must not follow. */
export function wasEmptied(gone: number, known: number): boolean {
  return gone > GONE_ALWAYS && gone > known * GONE_SHARE_MAX
}

/** How SES keeps a spelling: the case of the local part stays, the domain is lower-cased (facts 6.6). */
export function asStored(spelling: string): string {
  const at = spelling.lastIndexOf('@')
  return spelling.slice(0, at) + spelling.slice(at).toLowerCase()
}
