// Shares as SES and CloudWatch tell them: numbers from 0 to 1. A threshold of 5 for "5 %" can never be passed, and nobody
// notices until it should have been (C40); so a threshold has a type of its own.

declare const isFraction: unique symbol
/** A number from 0 to 1. */
export type Fraction = number & { readonly [isFraction]: true }

/** Throws a RangeError for what is no share. */
export function fraction(value: number): Fraction {
  if (value >= 0 && value <= 1) return value as Fraction
  throw new RangeError(`${value} is no share from 0 to 1: 5 percent is 0.05`)
}
