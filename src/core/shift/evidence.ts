// How sure a count makes us. A rate at low volume says little, so every gate is judged by bounds on counts, never by the
// bare ratio (S2). The bounds are Chernoff's (the Kullback-Leibler form): they hold for any number of mails, a handful or
// a million, and for a mixture of domains of which each has a rate of its own.

/** How many of how many. */
export interface Share {
  readonly bad: number
  readonly of: number
}

/** Bisection steps: each halves the interval, and 40 of them are finer than a mail in a trillion. */
const BISECTIONS = 40

/** The bare ratio, for showing beside the bounds; undefined when there is nothing to divide by. */
export function rateOf({ bad, of }: Share): number | undefined {
  return of <= 0 ? undefined : Math.min(1, bad / of)
}

/**
 * How hard it is to believe that the true rate is `rate` or less, in nats: the chance of seeing this much or more is at
 * most e to the minus that. 0 when the count does not even exceed the rate. 18 nats: once in 65 million looks.
 */
export function natsAbove({ bad, of }: Share, rate: number): number {
  if (of <= 0) return 0
  const seen = Math.min(1, bad / of)
  return seen <= rate ? 0 : of * divergence(seen, rate)
}

/** The smallest rate that these counts leave believable at so many nats. */
export function lowerBound(share: Share, nats: number): number {
  const seen = rateOf(share)
  if (seen === undefined) return 0
  return bisect({ from: 0, to: seen }, (rate) => share.of * divergence(seen, rate) > nats)
}

/** The largest rate that these counts leave believable at so many nats; 1 when nothing was seen. */
export function upperBound(share: Share, nats: number): number {
  const seen = rateOf(share)
  if (seen === undefined) return 1
  return bisect({ from: seen, to: 1 }, (rate) => share.of * divergence(seen, rate) <= nats)
}

/** The place where `below` turns from true to false. */
function bisect({ from, to }: { from: number; to: number }, below: (rate: number) => boolean): number {
  let [low, high] = [from, to]
  for (let step = 0; step < BISECTIONS; step += 1) {
    const middle = (low + high) / 2
    if (below(middle)) low = middle
    else high = middle
  }
  return (low + high) / 2
}

/** Kullback-Leibler divergence of two coins, in nats. */
function divergence(a: number, b: number): number {
  return term(a, b) + term(1 - a, 1 - b)
}

function term(a: number, b: number): number {
  if (a <= 0) return 0
  return b <= 0 ? Number.POSITIVE_INFINITY : a * Math.log(a / b)
}
