// The plan's limits, which people write in percent, as the fractions that alerts compare with (W4).
import type { GatesPlan } from '../core/plan/design.ts'
import type { Plan } from '../core/plan/plan.ts'
import { DESIGN_THRESHOLDS, type Thresholds } from '../core/watch/thresholds.ts'

/** Which key of `gates` a limit comes from. */
export const GATE_OF_THRESHOLD: Readonly<Partial<Record<keyof Thresholds, keyof GatesPlan>>> = {
  bounce: 'bouncePercentMax',
  complaint: 'complaintPercentMax',
  success: 'successPercentRollBack',
  quota: 'quotaPercentMax',
}

const PER_CENT = 100

export function thresholdsOf({ gates, dkim }: Pick<Plan, 'gates' | 'dkim'>): Thresholds {
  return {
    bounce: gates.bouncePercentMax / PER_CENT,
    complaint: gates.complaintPercentMax / PER_CENT,
    success: gates.successPercentRollBack / PER_CENT,
    quota: gates.quotaPercentMax / PER_CENT,
    functionErrors: DESIGN_THRESHOLDS.functionErrors,
    keyDays: dkim?.warnDays ?? DESIGN_THRESHOLDS.keyDays,
  }
}
