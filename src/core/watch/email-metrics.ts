// The three metrics that alarms, pages and CloudWatch know by the same names (F4, W5): shares from 0 to 1, by sending domain.
// Rule: what is not known is not there. A share of nothing is missing data, never 0, and missing data is no alarm here;
// that nothing comes any more is an alarm of its own (W4).
import { counted, type Counted, type FigureCell } from '../base/figures.ts'
import { fraction, type Fraction } from './fraction.ts'

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
  EmailSendSuccess: { bad: 'below', limit: fraction(0.95) },
  EmailBounceRate: { bad: 'above', limit: fraction(0.05) },
  EmailComplaintRate: { bad: 'above', limit: fraction(0.001) },
}

/** Whether a value passes its limit; a missing one does not. */
export function isBad(name: EmailMetric, value: Fraction | undefined): boolean {
  const { bad, limit } = EMAIL_LIMITS[name]
  if (value === undefined) return false
  return bad === 'above' ? value > limit : value < limit
}

/** The metrics of a cell that are known. */
export function emailMetrics(domain: string, cell: FigureCell): readonly EmailDatum[] {
  return EMAIL_METRICS.flatMap((name) => {
    const value = RATES[name](cell)
    return value === undefined ? [] : [{ name, unit: UNIT, dimensions: { Domain: domain }, value }]
  })
}

export const RATES: Readonly<Record<EmailMetric, (cell: FigureCell) => Fraction | undefined>> = {
  EmailSendSuccess: sendSuccess,
  EmailBounceRate: bounceRate,
  EmailComplaintRate: complaintRate,
}

/** What becomes of a mail that a route has; with one of these words a recipient is done. */
const RECEIVERS: readonly Counted[] = ['delivered', 'hardBounced', 'softBounced']
/** While fewer outcomes than this share of what was sent have been told, they say nothing of the others. */
const TOLD_MIN = 0.5

/**
 * Of all outcomes those that we and the route could help: (delivered + hardBounced + softBounced) over the same + refused.
 * A refusal by the receiver is its own decision and has a metric of its own; were it in here, success over 99.5 % and
 * bounces up to 5 % could not both hold (section 10.18). What was suppressed was not to be sent, and is no outcome.
 */
function sendSuccess(cell: FigureCell): Fraction | undefined {
  const done = sum(cell, RECEIVERS)
  const outcomes = done + counted(cell, 'refused')
  if (outcomes === 0 || outcomes < TOLD_MIN * counted(cell, 'sent')) return undefined
  return fraction(done / outcomes)
}

/**
 * Hard bounces over what was sent. What the next hop refused at once was never `sent` but is an outcome, so the larger of
 * both is what they are a share of. A hit on the account's suppression list is `suppressed` and not in it; one on the global
 * list is a hard bounce and in it, as SES reckons its own rate (facts 5.19, 6.5, 6.9; C26).
 */
function bounceRate(cell: FigureCell): Fraction | undefined {
  return shareOfSent(cell, 'hardBounced')
}

/** Complaints over what was sent. Those of an earlier hour's mails count now, so a quiet hour may have more than it sent. */
function complaintRate(cell: FigureCell): Fraction | undefined {
  return shareOfSent(cell, 'complained')
}

function shareOfSent(cell: FigureCell, what: Counted): Fraction | undefined {
  const sent = counted(cell, 'sent')
  const told = sum(cell, RECEIVERS)
  const all = Math.max(sent, told)
  const bad = counted(cell, what)
  if (all === 0 || (bad === 0 && told < TOLD_MIN * sent)) return undefined
  return fraction(Math.min(1, bad / all))
}

function sum(cell: FigureCell, words: readonly Counted[]): number {
  return words.reduce((total, word) => total + counted(cell, word), 0)
}
