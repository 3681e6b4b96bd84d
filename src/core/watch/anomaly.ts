// What is usual in an hour (W3): the same hour of the weeks before, and how far this one lies from them. Pure.
// Rule: too few is as bad as too many, and who knows too little says so instead of judging.

/** From fewer weeks nobody knows what is usual. */
export const WEEKS_LEAST = 3
export const WEEKS_MOST = 8
/** Under so many mails an hour a handful of mails is "twice as much". */
const LEAST_MAILS = 1_000
/** Half and twice of the median are always usual: a newsletter more or less is no incident. */
const FACTOR_LEAST = 2
/**
 * How many standard deviations are usual. Of 168 hours a week chance passes three of them once in two weeks or so, were
 * traffic normal; with the factor above as its floor it does so far less often.
 */
const DEVIATIONS = 3
/** The median deviation of a normal distribution is this part of the standard one. */
const DEVIATION_PER_MEDIAN = 1.4826

export type HourVerdict =
  /** Within what is usual. */
  | 'usual'
  | 'tooFew'
  | 'tooMany'
  /** Fewer than three weeks are known. */
  | 'tooYoung'
  /** So little mail that no shape can be seen, now and then. */
  | 'tooSmall'

export interface HourJudgement {
  readonly verdict: HourVerdict
  /** What is usual, in mails. */
  readonly low: number
  readonly high: number
  readonly median: number
  readonly weeks: number
}

/**
 * Judges a count against those of comparable hours. Robust: median and median absolute deviation, of logarithms, because
 * traffic grows and shrinks by factors; so one week of outage or campaign among them moves nothing. The same factor on all
 * weeks and on this hour changes no verdict.
 */
export function judgeHour(count: number, before: readonly number[]): HourJudgement {
  const middle = median(before)
  const logs = before.map((one) => Math.log(Math.max(1, one)))
  const center = median(logs)
  const deviation = DEVIATION_PER_MEDIAN * median(logs.map((one) => Math.abs(one - center)))
  const factor = Math.max(FACTOR_LEAST, Math.exp(DEVIATIONS * deviation))
  const known = {
    low: Math.floor(middle / factor),
    high: Math.ceil(middle * factor),
    median: middle,
    weeks: before.length,
  }
  return { verdict: verdictOf(count, known), ...known }
}

function verdictOf(count: number, { low, high, median: middle, weeks }: Omit<HourJudgement, 'verdict'>): HourVerdict {
  if (weeks < WEEKS_LEAST) return 'tooYoung'
  if (Math.max(count, middle) < LEAST_MAILS) return 'tooSmall'
  if (count > high) return 'tooMany'
  return count < low ? 'tooFew' : 'usual'
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = Math.floor(sorted.length / 2)
  if (sorted.length === 0) return 0
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2
}
