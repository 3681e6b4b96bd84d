// Which key plays which part: next, current, retiring. The circle has three places; a selector in it never has two keys at a time.
import { DAY_MS } from '../base/clock.ts'
import { addMonths } from '../base/zoned-time.ts'
import { KEYS_IN_CIRCLE, REUSE_MS, type DkimPolicy } from './policy.ts'
import { stateOf, type KeyLife, type KeyRecord } from './record.ts'

export type KeyRole = 'next' | 'spare' | 'current' | 'retiring' | 'revoked'

export interface Circle {
  readonly current?: KeyLife
  /** Keys that have not signed yet, in the order in which they will. */
  readonly coming: readonly KeyLife[]
  readonly retiring: readonly KeyLife[]
  readonly revoked: readonly KeyLife[]
}

export function circleOf({ keys }: KeyRecord): Circle {
  const current = keys.find((key) => stateOf(key) === 'current')
  const coming = keys.filter((key) => key.activatedAt === undefined && key.revokedAt === undefined)
  return {
    ...(current === undefined ? {} : { current }),
    coming: [...coming].sort((a, b) => a.madeAt - b.madeAt || compare(a.selector, b.selector)),
    retiring: keys.filter((key) => stateOf(key) === 'retiring'),
    revoked: keys.filter((key) => stateOf(key) === 'revoked'),
  }
}

/** By length first, so that watari10 comes after watari9. */
function compare(a: string, b: string): number {
  if (a.length !== b.length) return a.length - b.length
  if (a === b) return 0
  return a < b ? -1 : 1
}

export function roleOf(life: KeyLife, record: KeyRecord): KeyRole {
  const state = stateOf(life)
  if (state === 'current' || state === 'retiring' || state === 'revoked') return state
  return circleOf(record).coming[0]?.selector === life.selector ? 'next' : 'spare'
}

/** The next key: the first of those coming that is proven; without one, nothing can be switched to. */
export function provenNext(record: KeyRecord): KeyLife | undefined {
  return circleOf(record).coming.find((key) => key.provenAt !== undefined)
}

/** The selector for a new key, or undefined while the circle is full or its free place must still rest. */
export function freeSelector(record: KeyRecord, policy: DkimPolicy, nowMs: number): string | undefined {
  const living = record.keys.filter((key) => key.revokedAt === undefined)
  if (living.length >= KEYS_IN_CIRCLE) return undefined
  if (publishingOf(record, policy) === 'txt') {
    // A selector is never used again where its record is entered by hand: caches and people remember the old one.
    return `${policy.selectorPrefix}${record.lastNumber + 1}`
  }
  for (let place = 1; place <= KEYS_IN_CIRCLE; place += 1) {
    const selector = `${policy.selectorPrefix}${place}`
    const there = record.keys.find((key) => key.selector === selector)
    if (there === undefined) return selector
    if (there.revokedAt === undefined) continue
    // A key that never signed left no mail behind.
    if (there.activatedAt === undefined || nowMs - there.revokedAt >= REUSE_MS) return selector
  }
  return undefined
}

/** What is done, which is TXT from the moment that SES was seen not to follow the alias. */
export function publishingOf(record: KeyRecord, policy: DkimPolicy): DkimPolicy['publishing'] {
  return record.cnameRefusedAt === undefined ? policy.publishing : 'txt'
}

/** A DKIM key does not end by itself: its life is the plan's choice (D4), counted from the first signature. */
export function endsAt({ activatedAt }: KeyLife, { keyLifeMonths, timeZone }: DkimPolicy): number | undefined {
  return activatedAt === undefined ? undefined : addMonths(activatedAt, keyLifeMonths, timeZone)
}

export function warnsAt(life: KeyLife, policy: DkimPolicy): number | undefined {
  const end = endsAt(life, policy)
  return end === undefined ? undefined : end - policy.warnDays * DAY_MS
}
