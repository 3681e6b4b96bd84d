// The limits of §8.2 as what they are compared with: fractions from 0 to 1, and days. The design writes "Bounce > 5.0" where
// the metric is a fraction or a count, and such an alarm never fires, or always: a limit like that is refused (W4, C40).

export interface Thresholds {
  readonly bounce: number
  readonly complaint: number
  /** Success under this is Critical. */
  readonly success: number
  readonly quota: number
  readonly functionErrors: number
  readonly keyDays: number
}

/** §8.2. */
export const DESIGN_THRESHOLDS: Thresholds = {
  bounce: 0.05,
  complaint: 0.001,
  success: 0.95,
  quota: 0.8,
  functionErrors: 0.005,
  keyDays: 30,
}

/** Where SES may pause an account: an alert above it comes after the end. https://docs.aws.amazon.com/ses/latest/dg/faqs-enforcement.html */
const PAUSE_LINES = { bounce: 0.1, complaint: 0.005 } as const

const FRACTIONS = ['bounce', 'complaint', 'success', 'quota', 'functionErrors'] as const

export interface ThresholdFault {
  readonly name: keyof Thresholds
  readonly message: string
}

/** What is wrong with these limits; empty when each can fire and none always does. */
export function thresholdFaults(thresholds: Thresholds): readonly ThresholdFault[] {
  return FRACTIONS.flatMap((name) => {
    const value = thresholds[name]
    // Written so that a NaN is refused too.
    if (!(value > 0 && value < 1)) {
      return [{ name, message: `${name} is ${value}: a rate is a fraction, and its limit lies between 0 and 1` }]
    }
    const line = name === 'bounce' || name === 'complaint' ? PAUSE_LINES[name] : 1
    if (value < line) return []
    return [
      { name, message: `${name} is ${value}: SES may pause an account at ${line}, so this alert would come too late` },
    ]
  })
}
