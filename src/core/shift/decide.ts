// The robot's one decision a look (S2, S3): go down, hold, or go up. Pure: the same observation and policy give the same
// answer, today and when the record is judged again. Ways down come first; the way up asks every question.
import { OTHER_LABEL } from '../base/figures.ts'
import { faultNow } from './check-faults.ts'
import { ceilings, type Ceiling } from './ceilings.ts'
import type { Decision, HoldReason } from './decision.ts'
import { natsAbove } from './evidence.ts'
import { NATS_SUSPECT, readGate, type GateReading } from './gates.ts'
import { gateSentence } from './gate-sentence.ts'
import { percentSince, settlesAt, type ShiftObservation } from './observation.ts'
import { BUDGET_SLACK, CEILING_STEP_PERCENT, FAILURES_MAX, type PlannedStage, type ShiftPolicy } from './policy.ts'
import { lockNow } from './robot-state.ts'
import { REST } from './lanes.ts'

export interface Decided {
  readonly decision: Decision
  readonly readings: readonly GateReading[]
  /** While a person's lock holds: what the robot would have done, for the alarm. */
  readonly wouldBe?: Decision
}

export function decide(observation: ShiftObservation, policy: ShiftPolicy): Decided {
  const readings = observation.windows.flatMap((window) => policy.gates.map((gate) => readGate(gate, window)))
  const question = { observation, policy, readings }
  const decision = down(question) ?? blind(question) ?? toCeiling(question) ?? released(question) ?? up(question)
  const lock = lockNow(observation.state, observation.nowMs)
  if (lock === undefined) return { decision, readings }
  const message = `locked by ${lock.by}: ${lock.reason}`
  const locked: Decided = { decision: { kind: 'hold', reason: 'locked', message }, readings }
  return decision.kind === 'hold' ? locked : { ...locked, wouldBe: decision }
}

interface Question {
  readonly observation: ShiftObservation
  readonly policy: ShiftPolicy
  readonly readings: readonly GateReading[]
}

function down({ observation, policy, readings }: Question): Decision | undefined {
  const { stage } = observation
  if (stage.percent === 0) return undefined
  const fault = faultNow(observation)
  if (fault !== undefined) {
    const percent = fault.to === 'zero' ? 0 : stageBelow(policy, stage.percent)
    return { kind: 'rollBack', percent, reason: fault.reason, message: fault.message }
  }
  // What was sent before the stage went down still comes back after it, in the proportion of the old share.
  if (observation.nowMs < settlesAt(observation)) return undefined
  const bad = readings.find(({ verdict }) => verdict === 'bad')
  if (bad === undefined) return undefined
  const message = gateSentence(bad, gateOf(policy, bad))
  if (isOneDomain(bad)) return { kind: 'holdBack', domain: bad.worst.domain, reason: bad.gate, message }
  return { kind: 'rollBack', percent: stageBelow(policy, stage.percent), reason: bad.gate, message }
}

function isOneDomain(
  reading: GateReading,
): reading is GateReading & { readonly worst: { readonly domain: string; readonly alone: boolean } } {
  return (
    reading.worst !== undefined &&
    reading.worst.alone &&
    !NO_DOMAIN.has(reading.worst.domain) &&
    reading.natsOverLegacy >= NATS_SUSPECT
  )
}

/** Sums of small domains: no mail is addressed to them. */
const NO_DOMAIN: ReadonlySet<string> = new Set([REST, OTHER_LABEL])

/** A way back on facts needs no figures; everything else does. */
function blind({ observation }: Question): Decision | undefined {
  if (observation.figuresFailed === undefined) return undefined
  return hold('figuresUnreadable', 'figures cannot be read, so nothing is known of bounces, complaints and volume')
}

/** Only where the robot may go up: in the other modes a person decides what goes to SES again. */
function released({ observation: { stage, state, nowMs }, policy }: Question): Decision | undefined {
  if (policy.mode !== 'on') return undefined
  const forgotten = stage.heldBack?.find((domain) => !state.heldBack.some((one) => one.active && one.domain === domain))
  if (forgotten !== undefined) {
    // A crash between writing that it is tried again and doing so.
    return { kind: 'release', domain: forgotten, reason: 'triedAgain', message: `${forgotten} is tried again` }
  }
  const due = state.heldBack.find(({ active, until }) => active && until <= nowMs)
  if (due === undefined) return undefined
  const message = `${due.domain} was held back for ${due.reason}; it is tried again`
  return { kind: 'release', domain: due.domain, reason: 'triedAgain', message }
}

function toCeiling({ observation, policy }: Question): Decision | undefined {
  const lowest = ceilings(observation, policy)[0]
  if (lowest === undefined || lowest.percent >= observation.stage.percent) return undefined
  // Down at once for the quota: what is over it would wait. For money a whole step, because it moves with every mail.
  const slack =
    lowest.reason === 'budget' ? Math.max(CEILING_STEP_PERCENT, observation.stage.percent * BUDGET_SLACK) : 0
  if (lowest.percent > 0 && observation.stage.percent - lowest.percent <= slack) return undefined
  return { kind: 'ceiling', percent: lowest.percent, reason: lowest.reason, message: lowest.message }
}

function up(question: Question): Decision {
  const { observation, policy, readings } = question
  return (
    patience(question) ??
    evidence(observation, policy, readings) ??
    advance(observation, policy, ceilings(observation, policy)[0])
  )
}

const hold = (reason: HoldReason, message: string): Decision => ({ kind: 'hold', reason, message })

/** What only time or a person can change. */
function patience({ observation, policy }: Question): Decision | undefined {
  const { stage, state, nowMs } = observation
  const since = percentSince(observation)
  const next = stageAbove(policy, stage.percent)
  if (next === undefined) return hold('lastStage', `${stage.percent} % is the last stage of the plan`)
  // A start counts for the zero it was said at: whoever went back to 0 % since then had a reason.
  if (stage.percent === 0 && (state.started === undefined || state.started.at < since.at)) {
    return hold('notStarted', 'nothing goes to SES before a person says so: watari shift start --reason "..."')
  }
  if (observation.misaligned !== undefined) return hold('misaligned', observation.misaligned)
  if (observation.alignmentUnknown !== undefined) return hold('alignmentUnknown', observation.alignmentUnknown)
  const failures = state.failures[String(next.percent)] ?? 0
  if (failures >= FAILURES_MAX) {
    return hold(
      'failedTwice',
      `${next.percent} % was rolled back ${failures} times: mend the reason, then watari shift start --reason "..."`,
    )
  }
  if (state.coolDownUntil > nowMs) return hold('coolDown', `after a roll-back, until ${iso(state.coolDownUntil)}`)
  const byPerson = since.by !== ROBOT && stage.percent > 0
  const personUntil = since.at + policy.personMs
  if (byPerson && personUntil > nowMs) {
    return hold('personSet', `${since.by} set ${stage.percent} %: the robot goes up from ${iso(personUntil)} on`)
  }
  return notYet(observation, policy)
}

/** The name under which the robot changes the stage. */
export const ROBOT = 'watari'

function notYet({ stage, nowMs, sentInStage }: ShiftObservation, policy: ShiftPolicy): Decision | undefined {
  const planned = policy.stages.findLast(({ percent }) => percent <= stage.percent)
  if (planned === undefined) return undefined
  const until = stage.changedAt + planned.leastMs
  if (until > nowMs) return hold('leastTime', `${stage.percent} % lasts at least until ${iso(until)}`)
  if (sentInStage >= planned.leastMails) return undefined
  return hold('leastMails', `${sentInStage} of at least ${planned.leastMails} recipients went to SES in this stage`)
}

function evidence(
  { stage, dkim }: ShiftObservation,
  policy: ShiftPolicy,
  readings: readonly GateReading[],
): Decision | undefined {
  if (stage.percent === 0) return undefined
  const suspect = readings.find(({ verdict }) => verdict === 'suspect' || verdict === 'bad')
  if (suspect !== undefined) {
    const receivers = suspect.receivers.length > 0 && suspect.natsOverLegacy < NATS_SUSPECT
    const message = gateSentence(suspect, gateOf(policy, suspect))
    return hold(receivers ? 'receiverTrouble' : 'gateSuspect', message)
  }
  if (
    dkim !== undefined &&
    natsAbove({ bad: dkim.total - dkim.passed, of: dkim.total }, 1 - policy.dkimPassAbove) > 1
  ) {
    return hold('dkimFails', `receivers report ${dkim.passed} of ${dkim.total} with a passing DKIM signature`)
  }
  // One window that is long enough answers for each gate.
  const unknown = policy.gates.find((gate) => !readings.some((r) => r.gate === gate.name && r.verdict === 'good'))
  if (unknown === undefined) return undefined
  const longest = readings.findLast(({ gate }) => gate === unknown.name)
  const what = longest === undefined ? 'nothing was counted yet' : gateSentence(longest, unknown)
  return hold('gateUnknown', what)
}

function advance({ stage }: ShiftObservation, policy: ShiftPolicy, ceiling: Ceiling | undefined): Decision {
  const next = stageAbove(policy, stage.percent)!
  const percent = Math.min(next.percent, ceiling?.percent ?? 100)
  if (percent < stage.percent + CEILING_STEP_PERCENT) {
    return hold('ceiling', `${ceiling?.reason ?? 'budget'}: ${ceiling?.message ?? ''}`)
  }
  if (percent < next.percent) {
    return { kind: 'ceiling', percent, reason: ceiling!.reason, message: ceiling!.message }
  }
  const from = stage.percent === 0 ? 'started by a person' : 'all gates passed with their bounds'
  return { kind: 'advance', percent, reason: 'gatesPassed', message: `${from}: ${stage.percent} % to ${percent} %` }
}

function stageAbove({ stages }: ShiftPolicy, percent: number): PlannedStage | undefined {
  return stages.find((stage) => stage.percent > percent)
}

function stageBelow({ stages }: ShiftPolicy, percent: number): number {
  return stages.findLast((stage) => stage.percent < percent)?.percent ?? 0
}

function gateOf(policy: ShiftPolicy, { gate }: GateReading): ShiftPolicy['gates'][number] {
  return policy.gates.find(({ name }) => name === gate)!
}

const iso = (atMs: number): string => `${new Date(atMs).toISOString().slice(0, 16)}Z`
