// What a decision leaves behind in the robot's memory. Pure.
import { never } from '../base/assert.ts'
import type { Decision } from './decision.ts'
import { HOLD_BACK_LONGEST_MS, type ShiftPolicy } from './policy.ts'
import type { HeldBack, RobotState } from './robot-state.ts'

/** Domains that are remembered after they were tried again. */
const REMEMBERED_MAX = 100

export interface Before {
  readonly state: RobotState
  readonly percent: number
  readonly nowMs: number
}

export function afterDecision({ state, percent, nowMs }: Before, decision: Decision, policy: ShiftPolicy): RobotState {
  switch (decision.kind) {
    case 'rollBack': {
      // A stage that a ceiling cut counts as the planned one it was on the way to.
      const planned = String(policy.stages.find((stage) => stage.percent >= percent)?.percent ?? percent)
      const failures = { ...state.failures, [planned]: (state.failures[planned] ?? 0) + 1 }
      const { started, ...rest } = state
      const { percent: to, reason, message } = decision
      const rolledBack = { at: nowMs, from: percent, to, reason, message }
      const goesOn = decision.percent > 0 && started !== undefined ? { started } : {}
      return { ...rest, ...goesOn, failures, coolDownUntil: nowMs + policy.coolDownMs, rolledBack }
    }
    case 'holdBack':
      return { ...state, heldBack: withHeldBack(state, decision, { nowMs, firstMs: policy.holdBackMs }) }
    case 'release': {
      const heldBack = state.heldBack.map((one) => (one.domain === decision.domain ? { ...one, active: false } : one))
      return { ...state, heldBack }
    }
    case 'ceiling':
      return decision.percent > percent ? withoutRollBack(state) : state
    case 'advance':
      return withoutRollBack(state)
    case 'hold':
      return state
    default:
      return never(decision)
  }
}

function withoutRollBack(state: RobotState): RobotState {
  const { rolledBack: _, ...rest } = state
  return rest
}

function withHeldBack(
  { heldBack }: RobotState,
  { domain, reason }: Extract<Decision, { kind: 'holdBack' }>,
  { nowMs, firstMs }: { readonly nowMs: number; readonly firstMs: number },
): readonly HeldBack[] {
  const times = (heldBack.find((one) => one.domain === domain)?.times ?? 0) + 1
  const until = nowMs + Math.min(HOLD_BACK_LONGEST_MS, firstMs * 2 ** (times - 1))
  const others = heldBack.filter((one) => one.domain !== domain)
  return [...others, { domain, at: nowMs, until, times, reason, active: true }].slice(-REMEMBERED_MAX)
}

/** The domains that stay on legacy now. */
export function heldDomains({ heldBack }: RobotState): readonly string[] {
  return heldBack.filter(({ active }) => active).map(({ domain }) => domain)
}
