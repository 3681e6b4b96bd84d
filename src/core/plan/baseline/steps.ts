// Days on which a receiving domain began to answer differently. A carrier that from one day on takes what it refused before
// makes all later bounce rates look better, on every route alike: such a day must be known before anything is compared.
import { DAY_MS } from '../../base/clock.ts'
import { dsnText } from '../../base/legacy-outcome.ts'

export interface StepChange {
  readonly domain: string
  readonly what: 'bounces' | 'deferrals'
  /** The status code of the bounces that came or went; '' for deferrals. */
  readonly code: string
  /** The first day of the new behaviour, '2025-03-13', in the zone of the baseline. */
  readonly day: string
  readonly before: Rate
  readonly after: Rate
}

export interface Rate {
  readonly count: number
  readonly of: number
}

export interface DomainDays {
  readonly days: ReadonlyMap<number, readonly [delivered: number, deferred: number, bounced: number]>
  readonly codes: ReadonlyMap<number, ReadonlyMap<number, number>>
}

/** Fewer events can change by chance. */
const EVENTS_LEAST = 15
/** Recipients on each side of the step. */
const OF_LEAST = 200
const DAYS_LEAST = 3
/** Less than this factor is the weather of a week. */
const FACTOR = 3
/** Less than this share of the recipients changes no comparison. */
const SHARE_LEAST = 0.005
/** Twice the gain in log likelihood. With some hundred domains and days tried, 25 comes by chance less than once in a thousand logs. */
const EVIDENCE_LEAST = 25

/** The strongest step of each kind, for one receiving domain. */
export function stepChangesOf(domain: string, { days, codes }: DomainDays): readonly StepChange[] {
  if (days.size < 2 * DAYS_LEAST) return []
  const order = [...days.keys()].toSorted((a, b) => a - b)
  const of = (day: number, withDeferred: boolean) => {
    const [delivered, deferred, bounced] = days.get(day) ?? [0, 0, 0]
    return delivered + bounced + (withDeferred ? deferred : 0)
  }
  const found: StepChange[] = []
  for (const [code, counts] of codes) {
    const series = order.map((day) => ({ day, count: counts.get(day) ?? 0, of: of(day, false) }))
    const step = stepIn(series)
    if (step !== undefined) found.push({ domain, what: 'bounces', code: dsnText(code), ...step })
  }
  const deferrals = order.map((day) => ({ day, count: days.get(day)?.[1] ?? 0, of: of(day, true) }))
  const step = stepIn(deferrals)
  if (step !== undefined) found.push({ domain, what: 'deferrals', code: '', ...step })
  return found
}

interface DayCount extends Rate {
  readonly day: number
}

function stepIn(series: readonly DayCount[]): Pick<StepChange, 'day' | 'before' | 'after'> | undefined {
  const all = sumOf(series)
  if (all.count < EVENTS_LEAST || series.length < 2 * DAYS_LEAST) return undefined
  let best: { readonly at: number; readonly before: Rate; readonly after: Rate } | undefined
  let evidence = EVIDENCE_LEAST
  let before: Rate = sumOf(series.slice(0, DAYS_LEAST - 1))
  for (let at = DAYS_LEAST; at <= series.length - DAYS_LEAST; at += 1) {
    before = plus(before, series[at - 1]!)
    const after = { count: all.count - before.count, of: all.of - before.of }
    const gain = 2 * (likelihood(before) + likelihood(after) - likelihood(all))
    if (gain <= evidence || !isLarge(before, after)) continue
    evidence = gain
    best = { at, before, after }
  }
  if (best === undefined) return undefined
  return { day: dayText(series[best.at]!.day), before: best.before, after: best.after }
}

function isLarge(before: Rate, after: Rate): boolean {
  if (before.of < OF_LEAST || after.of < OF_LEAST) return false
  const [a, b] = [before.count / before.of, after.count / after.of]
  return Math.abs(a - b) >= SHARE_LEAST && (a >= FACTOR * b || b >= FACTOR * a)
}

function sumOf(series: readonly Rate[]): Rate {
  return series.reduce<Rate>(plus, { count: 0, of: 0 })
}

function plus(a: Rate, b: Rate): Rate {
  return { count: a.count + b.count, of: a.of + b.of }
}

/** Of so many events among so many, at their own rate (binomial, without the constant). */
function likelihood({ count, of }: Rate): number {
  const share = of === 0 ? 0 : count / of
  if (share <= 0 || share >= 1) return 0
  return count * Math.log(share) + (of - count) * Math.log(1 - share)
}

/** '2025-03-13' of a day of 1970. */
export function dayText(day: number): string {
  return new Date(day * DAY_MS).toISOString().slice(0, 10)
}
