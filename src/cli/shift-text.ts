// How the robot shows on a terminal: what it would do and why, every gate with its value, its bounds and its limit.
import { never } from '../core/base/assert.ts'
import type { DecisionLine, ShiftStatus } from '../core/shift/desk.ts'
import type { Decision, DecisionRecord } from '../core/shift/decision.ts'
import type { GateReading } from '../core/shift/gates.ts'
import { facts, grouped, localTime, table } from './output.ts'

export function shiftText(status: ShiftStatus): string {
  const { stage, decision, wouldBe, lock, started, coolDownUntil } = status
  const rows: [string, string][] = [
    ['Robot', MODES[status.mode]],
    ['Stage', `${stage.percent} % since ${stage.changedAt === 0 ? 'the beginning' : localTime(stage.changedAt)}`],
    ['Stages', status.stages.map((percent) => `${percent} %`).join(', ')],
    ['Now', sentence(decision)],
    ...(wouldBe === undefined ? [] : [['Would', sentence(wouldBe)] as [string, string]]),
    ...(status.mode === 'advise' && decision.kind !== 'hold' ? [['But', 'it only advises'] as [string, string]] : []),
    ...(lock === undefined ? [] : [['Locked', lockText(lock)] as [string, string]]),
    ...(started === undefined ? [] : [['Started', `by ${started.by}: ${started.reason}`] as [string, string]]),
    ...(coolDownUntil === undefined ? [] : [['Cool-down', `until ${localTime(coolDownUntil)}`] as [string, string]]),
    ...status.heldBack.map(({ domain, until, reason }): [string, string] => [
      'Held back',
      `${domain} until ${localTime(until)} for ${reason}`,
    ]),
    ...status.ceilings.map(({ percent, reason, message }): [string, string] => [
      'Ceiling',
      `${percent} % by ${reason}: ${message}`,
    ]),
  ]
  const alone = status.comparable
    ? ''
    : '\nNothing is known of how the old hosts do (no log of theirs is read, or no mail went there): only the limits hold.\n'
  return `${facts(rows)}\n${gateTable(status.gates)}${alone}`
}

const MODES: Readonly<Record<ShiftStatus['mode'], string>> = {
  off: 'off: it looks at nothing',
  advise: 'advises: it decides and records, and changes nothing',
  rollBack: 'goes down by itself, and up only when a person says so',
  on: 'goes up and down by itself',
}

function lockText({ by, reason, until }: NonNullable<ShiftStatus['lock']>): string {
  return `by ${by}${until === undefined ? '' : ` until ${localTime(until)}`}: ${reason}`
}

function sentence(decision: Decision): string {
  switch (decision.kind) {
    case 'hold':
      return `holds (${decision.reason}): ${decision.message}`
    case 'advance':
      return `goes up to ${decision.percent} %: ${decision.message}`
    case 'rollBack':
      return `goes back to ${decision.percent} % (${decision.reason}): ${decision.message}`
    case 'ceiling':
      return `goes to ${decision.percent} % (${decision.reason}): ${decision.message}`
    case 'holdBack':
      return `holds ${decision.domain} back (${decision.reason}): ${decision.message}`
    case 'release':
      return decision.message
    default:
      return never(decision)
  }
}

export function gateTable(readings: readonly GateReading[]): string {
  return table(
    ['GATE', 'SAYS', 'SES', 'LEGACY', 'BETWEEN', 'OVER', 'RECEIVERS'],
    readings.map((reading) => [
      reading.gate,
      reading.verdict,
      shareText(reading.ses),
      shareText(reading.legacy),
      `${percent(reading.lower)} .. ${percent(reading.upper)}`,
      reading.window,
      reading.receivers.length === 0 ? '-' : reading.receivers.slice(0, 2).join(', '),
    ]),
  )
}

function shareText({ bad, of }: GateReading['ses']): string {
  return of === 0 ? '-' : `${percent(bad / of)} of ${grouped(of)}`
}

const percent = (rate: number): string => `${(rate * 100).toFixed(rate < 0.001 ? 3 : 2)} %`

/** What follows for a stage that a person has just set; '' when the robot leaves it there. */
export function robotNote({ mode, lock, ceilings }: ShiftStatus, percent: number): string {
  const [lowest] = ceilings
  const moves = mode === 'on' || mode === 'rollBack'
  if (!moves || lock !== undefined || lowest === undefined || lowest.percent >= percent) return ''
  return `\nThe robot will take it to ${lowest.percent} %, by ${lowest.reason}: ${lowest.message}\nTo keep it: watari shift lock --reason "..."\n`
}

export function decisionTable(lines: readonly DecisionLine[]): string {
  return table(
    ['WHEN', 'DECISION', 'OUTCOME', 'DID', 'WHY'],
    lines.map(({ id, at, decision, outcome }) => [localTime(at), id, outcome, decision.kind, decision.message]),
  )
}

/** One decision with what it was made on. */
export function explanation({ id, at, decision, outcome, readings, observation }: DecisionRecord): string {
  const { ses, pipeline, stage, month } = observation
  const head = facts([
    ['Decision', `${id} at ${localTime(at)}`],
    ['Says', sentence(decision)],
    ['Outcome', outcome],
    ['Stage', `${stage.percent} %, set by ${stage.changedBy}`],
    ['SES route', ses.reason === '' ? ses.route : `${ses.route} (${ses.reason})`],
    ['Events', `${grouped(pipeline.sentSinceEvent)} recipients sent since the last one`],
    ['This month', `${grouped(month.sent)} recipients by SES`],
  ])
  const worst = readings.filter(({ verdict }) => verdict === 'bad' || verdict === 'suspect')
  return `${head}\n${gateTable(worst.length > 0 ? worst : readings.slice(-4))}`
}
