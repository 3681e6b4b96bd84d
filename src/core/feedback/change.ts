// What an event changed: the facts of one recipient before and after. Only changes are counted and told, so that an event
// that comes twice counts once.
import type { Counted } from '../base/figures.ts'
import type { EventRecipient, FeedbackEvent } from './event.ts'
import { FACTS, isComplaint, isSoftBounce, type FactName, type Facts, type Note } from './recipient-state.ts'

export interface Change extends Note {
  readonly before: Facts
  readonly after: Facts
}

/** What one event changed, and for whom. */
export interface EventChange {
  readonly event: FeedbackEvent
  readonly changes: readonly Change[]
}

/**
 * What the figures of F4 gain by a change, each word once for each recipient. Nothing is ever taken back, so a quiet bounce,
 * which may turn out to be an automatic answer, counts nowhere. `sent` is counted where SES is spoken to.
 */
export function countsGained({ before, after }: Pick<Change, 'before' | 'after'>): readonly Counted[] {
  const had = countsOf(before)
  return [...countsOf(after)].filter((what) => !had.has(what))
}

function countsOf(facts: Facts): ReadonlySet<Counted> {
  const counts = new Set<Counted>()
  for (const fact of FACTS) {
    const what = COUNTED_AS[fact]
    if (what !== undefined && facts[fact] !== undefined) counts.add(what)
  }
  return counts
}

const COUNTED_AS: Readonly<Partial<Record<FactName, Counted>>> = {
  delayed: 'delayed',
  delivered: 'delivered',
  softBounce: 'softBounced',
  hardBounce: 'hardBounced',
  // C26: a hit of SES's global list stands in SES's bounce rate, one of the account's list does not.
  onGlobalList: 'hardBounced',
  onAccountList: 'suppressed',
  complaint: 'complained',
  possibleComplaint: 'complained',
  refused: 'refused',
}

/**
 * return: the sender must hear that a mail was not delivered, or that somebody complained.
 * suppress: the suppression list must hear of an address that is dead, unwilling, or on the account's list already.
 */
export type News = 'return' | 'suppress'

/** The recipients of whom there is such news. */
export function newsOf({ changes }: EventChange, news: News): readonly EventRecipient[] {
  const isNews = news === 'return' ? isForSender : isForSuppression
  return changes.filter(isNews).map(({ recipient }) => recipient)
}

export function isNews(change: EventChange): boolean {
  return newsOf(change, 'return').length > 0 || newsOf(change, 'suppress').length > 0
}

function isForSender(change: Change): boolean {
  return isNew(change, isUndelivered) || isForSuppression(change)
}

function isForSuppression(change: Change): boolean {
  return [isHardBounce, isComplaint, isOnAccountList].some((has) => isNew(change, has))
}

function isNew({ before, after }: Change, has: (facts: Facts) => boolean): boolean {
  return has(after) && !has(before)
}

const isHardBounce = ({ hardBounce }: Facts) => hardBounce !== undefined
const isOnAccountList = ({ onAccountList }: Facts) => onAccountList !== undefined

function isUndelivered(facts: Facts): boolean {
  const { hardBounce, onAccountList, onGlobalList, refused } = facts
  return [hardBounce, onAccountList, onGlobalList, refused].some((at) => at !== undefined) || isSoftBounce(facts)
}
