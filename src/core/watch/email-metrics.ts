// The three metrics that alarms, pages and CloudWatch know by the same names (F4, W5): shares from 0 to 1, by sending domain.
// Rule: what is not known is not there. A share of nothing is missing data, never 0, and missing data is no alarm here;
// that nothing comes any more is an alarm of its own (W4).
import { addCells, counted, EMPTY_CELL, type FigureCell } from '../base/figures.ts'
import { bounceShare, complaintShare, rateOf, successShare, type Share } from '../base/shares.ts'
import { fraction, type Fraction } from './fraction.ts'
import { DESIGN_THRESHOLDS } from './thresholds.ts'

export const EMAIL_METRICS = ['EmailSendSuccess', 'EmailBounceRate', 'EmailComplaintRate'] as const
export type EmailMetric = (typeof EMAIL_METRICS)[number]

/** CloudWatch has no unit for a share of 1; `Percent` would promise 0 to 100. As of `Reputation.BounceRate`. */
const UNIT = 'None'

export interface EmailDatum {
  readonly name: EmailMetric
  readonly unit: typeof UNIT
  /** The sending domain. */
  readonly dimensions: { readonly Domain: string }
  readonly value: Fraction
}

/** §8.2, Critical: each with the side on which it is bad. */
export const EMAIL_LIMITS: Readonly<
  Record<EmailMetric, { readonly bad: 'above' | 'below'; readonly limit: Fraction }>
> = {
  EmailSendSuccess: { bad: 'below', limit: fraction(DESIGN_THRESHOLDS.success) },
  EmailBounceRate: { bad: 'above', limit: fraction(DESIGN_THRESHOLDS.bounce) },
  EmailComplaintRate: { bad: 'above', limit: fraction(DESIGN_THRESHOLDS.complaint) },
}

/** Whether a value passes its limit; a missing one does not. */
export function isBad(name: EmailMetric, value: Fraction | undefined): boolean {
  const { bad, limit } = EMAIL_LIMITS[name]
  if (value === undefined) return false
  return bad === 'above' ? value > limit : value < limit
}

/** The metrics of a sending domain that are known, over the routes whose cells these are. */
export function emailMetrics(domain: string, routes: readonly FigureCell[]): readonly EmailDatum[] {
  const cell = routes.filter(isTold).reduce<FigureCell>(addCells, EMPTY_CELL)
  return EMAIL_METRICS.flatMap((name) => {
    const value = emailRate(name, cell)
    return value === undefined ? [] : [{ name, unit: UNIT, dimensions: { Domain: domain }, value }]
  })
}

/** One of the three for one route; undefined when it is not known. */
export function emailRate(name: EmailMetric, cell: FigureCell): Fraction | undefined {
  const rate = isTold(cell) ? rateOf(SHARES[name](cell)) : undefined
  return rate === undefined ? undefined : fraction(rate)
}

/**
 * What is a share of what is said once for all, in base/shares. A hit on the account's suppression list is counted as
 * `suppressed` and is in none of them; one on the global list is a hard bounce and in the bounce rate, as SES reckons its
 * own (facts 5.19, 6.5, 6.9; C26).
 */
const SHARES: Readonly<Record<EmailMetric, (cell: FigureCell) => Share>> = {
  EmailSendSuccess: successShare,
  EmailBounceRate: bounceShare,
  EmailComplaintRate: complaintShare,
}

/** Fewer ends than this share of what was sent, and not one delivery among them: nobody tells. */
const TOLD_MIN = 0.5

/**
 * Whether the ends of this cell's mails are told at all. Of the legacy route without its logs only those few are known that
 * a host refused at once, and they would look like all there is.
 */
function isTold(cell: FigureCell): boolean {
  const { of: ends } = bounceShare(cell)
  return counted(cell, 'delivered') > 0 || ends >= TOLD_MIN * counted(cell, 'sent')
}
