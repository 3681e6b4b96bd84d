// Money as whole numbers: amounts are millionths of a millionth of a dollar, so that a price of 0.0000166667 and a bill of
// 20,690 dollars are both exact. Rounded only when shown.

/** 1e-12 of a US dollar. */
export type Picodollars = bigint

const PICO_DIGITS = 12
const PICO_PER_DOLLAR = 1_000_000_000_000n
/** Rates and shares are taken to a millionth; finer ones nobody quotes. */
const MILLION = 1_000_000

/** An amount from its decimal form, as price lists print it: '0.0000166667'. Throws a RangeError for what is none. */
export function dollars(text: string): Picodollars {
  const match = /^(\d{1,9})(?:\.(\d{1,12}))?$/.exec(text)
  if (match === null) throw new RangeError(`${text} is no amount of dollars with at most ${PICO_DIGITS} decimals`)
  return BigInt(match[1]!) * PICO_PER_DOLLAR + BigInt((match[2] ?? '').padEnd(PICO_DIGITS, '0'))
}

/** A share of a count, in percent, as a whole count: half and more is rounded up. */
export function percentOf(count: bigint, percent: number): bigint {
  return rounded(count * millionths(percent), 100n * BigInt(MILLION))
}

/** An amount in yen, whole: half a yen and more is rounded up. */
export function yenOf(amount: Picodollars, yenPerDollar: number): number {
  return Number(rounded(amount * millionths(yenPerDollar), PICO_PER_DOLLAR * BigInt(MILLION)))
}

/** Dollars as a number, exact to a millionth: for JSON and for people, never for sums. */
export function dollarNumber(amount: Picodollars): number {
  return Number(rounded(amount, BigInt(MILLION))) / MILLION
}

/** '15,900.00': to the cent, half a cent and more is rounded up. */
export function dollarText(amount: Picodollars): string {
  const sign = amount < 0n ? '-' : ''
  const cents = rounded(amount < 0n ? -amount : amount, PICO_PER_DOLLAR / 100n)
  const whole = String(cents / 100n).replaceAll(/\B(?=(\d{3})+$)/g, ',')
  return `${sign}${whole}.${String(cents % 100n).padStart(2, '0')}`
}

/** `numerator / divisor`, half and more away from zero. */
export function rounded(numerator: bigint, divisor: bigint): bigint {
  const half = divisor / 2n
  return numerator < 0n ? -((half - numerator) / divisor) : (numerator + half) / divisor
}

function millionths(value: number): bigint {
  return BigInt(Math.round(value * MILLION))
}
