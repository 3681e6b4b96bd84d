// The look at the account's list, page by page. Each page is written here together with the place of the next one, so that a
// crash costs one page. Only a look at the whole list can say what is gone.
import { DAY_MS, HOUR_MS } from '../base/clock.ts'
import { goneFromAccount, isGone, mustLeaveAccount, seenOnAccount, wasEmptied } from './reconcile.ts'
import { pagesOf, STOPPED, type Counts, type ReconcileOptions } from './reconcile-report.ts'
import type { SuppressionRecord } from './suppression.ts'
import type { AccountItem, AccountLook, AccountTrouble } from './suppression-list.ts'

/** The whole list is looked at this often. A million addresses take a thousand calls, one a second. */
const WHOLE_EVERY_MS = 7 * DAY_MS
/** Looks overlap, because SES writes its list late and by its own clock. */
const OVERLAP_MS = HOUR_MS

/** The look that a crash cut, or a new one. */
export function lookFor({ list }: ReconcileOptions, startedAt: number, whole: boolean): AccountLook {
  const { look, lookedWholeAt } = list.memory()
  if (look !== undefined && (look.whole || !whole)) return look
  const isDue = lookedWholeAt === undefined || startedAt - lookedWholeAt >= WHOLE_EVERY_MS
  return { startedAt, whole: whole || isDue, seen: 0 }
}

/** From its first page on. */
const anew = ({ startedAt, whole }: AccountLook): AccountLook => ({ startedAt, whole, seen: 0 })

/** What a look finds out. */
export interface Findings {
  readonly counts: Counts
  /** Addresses seen, for a dry run alone; otherwise that stands in the records. */
  readonly seen: Set<string>
  /** Spellings that must leave the account, with the address of each. */
  readonly leaving: Map<string, string>
}

/** Looks to the end, or to the first trouble. A dry run begins at the first page and writes nothing. */
export async function lookAt(
  options: ReconcileOptions,
  first: AccountLook,
  findings: Findings,
): Promise<AccountTrouble | undefined> {
  const { account, list, canonical, stopping } = options
  const { counts, seen } = findings
  const { lookedAt } = list.memory()
  const since = first.whole || lookedAt === undefined ? {} : { since: lookedAt - OVERLAP_MS }
  for (let look = counts.dryRun ? anew(first) : first; ;) {
    if (stopping()) return STOPPED
    const page = await account.page({ ...since, ...(look.token === undefined ? {} : { token: look.token }) })
    if (page.kind === 'expired') {
      if (look.token === undefined) return { kind: 'again', reason: 'tokenRefused', message: 'SES gives no pages' }
      look = anew(look)
      continue
    }
    if (page.kind !== 'page') return page
    const next = { ...anew(look), seen: look.seen + page.items.length }
    const after: AccountLook = page.next === undefined ? next : { ...next, token: page.next }
    await takePage(options, page.items, { ...findings, look: after })
    if (counts.dryRun) for (const { spelling } of page.items) seen.add(canonical(spelling) ?? spelling)
    look = after
    if (page.next === undefined) break
  }
  if (first.whole) await afterWholeLook(options, first.startedAt, { counts, seen })
  if (!counts.dryRun) await remember(options, first)
  return undefined
}

/** Writes what one page says. Nothing is taken off there while pages are read: it could make SES skip others. */
async function takePage(
  { list, canonical }: ReconcileOptions,
  items: readonly AccountItem[],
  { counts, leaving, look }: Findings & { readonly look: AccountLook },
): Promise<void> {
  const known = items.flatMap((item) => {
    const address = canonical(item.spelling)
    return address === undefined ? [] : [{ ...item, address }]
  })
  counts.seen += items.length
  counts.unreadable += items.length - known.length
  for (const item of known) {
    const record = list.find(item.address)
    if (mustLeaveAccount(record, item)) leaving.set(item.spelling, item.address)
    else if (record?.entry === undefined) counts.added += 1
  }
  if (counts.dryRun) return
  const addresses = known.map(({ address }) => address)
  await list.change(addresses, (record, i) => seenOnAccount(record, known[i]!, look.startedAt), {
    ...list.memory(),
    look,
  })
}

/** What was not on the whole list is gone from there. */
async function afterWholeLook(
  options: ReconcileOptions,
  startedAt: number,
  { counts, seen }: { readonly counts: Counts; readonly seen: ReadonlySet<string> },
): Promise<void> {
  const { list, clock, log } = options
  const isMissing = (record: SuppressionRecord): boolean =>
    counts.dryRun ? record.account !== undefined && !seen.has(record.address) : isGone(record, startedAt)
  let known = 0
  let missing = 0
  let onlyFromThere = 0
  for await (const records of pagesOf(list, clock)) {
    known += records.filter(({ account, entry }) => account !== undefined || entry?.reason === 'accountList').length
    const gone = records.filter(isMissing)
    missing += gone.length
    onlyFromThere += gone.filter(({ entry }) => entry?.reason === 'accountList').length
  }
  if (wasEmptied(missing, known)) {
    counts.keptThoughGone = missing
    if (!counts.dryRun) log.alarm('accountListEmptied', { gone: missing, known })
    return
  }
  counts.gone = onlyFromThere
  if (!counts.dryRun && missing > 0) await dropGone(options, startedAt)
}

async function dropGone({ list, clock }: ReconcileOptions, lookedAt: number): Promise<void> {
  for await (const records of pagesOf(list, clock)) {
    const gone = records.filter((record) => isGone(record, lookedAt)).map(({ address }) => address)
    if (gone.length === 0) continue
    // As it is now: it may have been put there in between.
    await list.change(gone, (record) =>
      record !== undefined && isGone(record, lookedAt) ? goneFromAccount(record, lookedAt) : undefined,
    )
  }
}

async function remember({ list }: ReconcileOptions, { startedAt, whole }: AccountLook): Promise<void> {
  const wholeAt = whole ? startedAt : list.memory().lookedWholeAt
  await list.change([], () => undefined, {
    lookedAt: startedAt,
    ...(wholeAt === undefined ? {} : { lookedWholeAt: wholeAt }),
  })
}
