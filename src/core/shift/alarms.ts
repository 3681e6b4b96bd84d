// What people have to hear of the robot: that it went back, what it holds back, and what it would do if it might. Pure; whether
// and how anybody is told is the watch's business.
import { ROBOT } from './decide.ts'
import type { Decision } from './decision.ts'
import { percentSince } from './observation.ts'
import { FAILURES_MAX, type RobotMode } from './policy.ts'
import type { RolledBack } from './robot-state.ts'
import { heldDomains } from './after-decision.ts'
import type { LookReport } from './tick.ts'

export interface ShiftAlarms {
  /** Until it may go up again, or a person has taken the stage in hand. */
  readonly rolledBack?: RolledBack
  readonly heldBack: readonly { readonly domain: string; readonly reason: string }[]
  /** It wants to go back, and a person's lock or the plan keeps it. */
  readonly kept?: { readonly reason: string; readonly message: string; readonly by: string }
}

export function shiftAlarms(report: LookReport, mode: RobotMode): ShiftAlarms {
  const { observation } = report
  const { state } = observation
  const rolledBack = lasting(report)
  const kept = keptBack(report, mode)
  const held = new Set(heldDomains(state))
  return {
    ...(rolledBack === undefined ? {} : { rolledBack }),
    heldBack: state.heldBack
      .filter(({ domain, active }) => active && held.has(domain))
      .map(({ domain, reason }) => ({ domain, reason })),
    ...(kept === undefined ? {} : { kept }),
  }
}

function lasting({ observation }: LookReport): RolledBack | undefined {
  const { state, nowMs, stage } = observation
  const { rolledBack } = state
  if (rolledBack === undefined) return undefined
  const since = percentSince(observation)
  if (since.at > rolledBack.at && since.by !== ROBOT) return undefined
  if (stage.percent === 0) return rolledBack
  const waits = state.coolDownUntil > nowMs || Object.values(state.failures).some((times) => times >= FAILURES_MAX)
  return waits ? rolledBack : undefined
}

const isBack = ({ kind }: Decision): boolean => kind === 'rollBack' || kind === 'holdBack'

function keptBack({ decision, wouldBe, outcome }: LookReport, mode: RobotMode): ShiftAlarms['kept'] {
  if (wouldBe !== undefined && isBack(wouldBe)) {
    return { reason: wouldBe.reason, message: wouldBe.message, by: decision.message }
  }
  if (outcome !== 'advised' || !isBack(decision)) return undefined
  return { reason: decision.reason, message: decision.message, by: `shift.robot: ${mode}` }
}
