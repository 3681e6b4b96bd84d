// How the robot shows on a terminal. Times are left out by a pattern, because they are this machine's.
import { expect, test } from 'vitest'
import type { ShiftStatus } from '../core/shift/desk.ts'
import type { GateReading } from '../core/shift/gates.ts'
import { decisionTable, explanation, robotNote, shiftText } from './shift-text.ts'
import { aDecision } from '../../test/contracts/robot-store.contract.ts'

const TIME = /\d{4}-\d\d-\d\d \d\d:\d\d:\d\d [+-]\d\d:\d\d/g

const BOUNCE: GateReading = {
  gate: 'bounce',
  window: 'the last 10 minutes',
  verdict: 'suspect',
  ses: { bad: 350, of: 5_950 },
  legacy: { bad: 110, of: 8_010 },
  lower: 0.05,
  upper: 0.0678,
  natsOverLimit: 0,
  natsOverLegacy: 9,
  receivers: ['docomo.ne.jp'],
}

const STATUS: ShiftStatus = {
  mode: 'on',
  stage: { percent: 10, changedAt: 1_764_000_000_000, changedBy: 'watari', reason: '' },
  stages: [10, 50, 100],
  lookedAt: 1_764_000_000_000,
  decision: { kind: 'hold', reason: 'locked', message: 'locked by sato: year end' },
  wouldBe: { kind: 'rollBack', percent: 0, reason: 'bounce', message: 'hard bounces on SES are too many' },
  outcome: 'held',
  lock: { by: 'sato', reason: 'year end', at: 1, until: 1_764_100_000_000 },
  started: { by: 'sato', reason: 'we begin', at: 1 },
  coolDownUntil: 1_764_100_000_000,
  heldBack: [{ domain: 'docomo.ne.jp', until: 1_764_100_000_000, reason: 'failure' }],
  gates: [BOUNCE],
  comparable: true,
  ceilings: [{ percent: 20, reason: 'budget', message: '500,000 yen for 31.0 days' }],
}

test('status says what it does, what it would do, who keeps it from it, and each gate with its bounds', () => {
  expect(shiftText(STATUS).replaceAll(TIME, 'TIME')).toBe(
    [
      'Robot:     goes up and down by itself',
      'Stage:     10 % since TIME',
      'Stages:    10 %, 50 %, 100 %',
      'Now:       holds (locked): locked by sato: year end',
      'Would:     goes back to 0 % (bounce): hard bounces on SES are too many',
      'Locked:    by sato until TIME: year end',
      'Started:   by sato: we begin',
      'Cool-down: until TIME',
      'Held back: docomo.ne.jp until TIME for failure',
      'Ceiling:   20 % by budget: 500,000 yen for 31.0 days',
      '',
      'GATE    SAYS     SES              LEGACY           BETWEEN           OVER                 RECEIVERS',
      'bounce  suspect  5.88 % of 5,950  1.37 % of 8,010  5.00 % .. 6.78 %  the last 10 minutes  docomo.ne.jp',
      '',
    ].join('\n'),
  )
})

test('a robot that only advises says so beside what it would do', () => {
  const advised: ShiftStatus = {
    ...STATUS,
    mode: 'advise',
    decision: { kind: 'advance', percent: 50, reason: 'gatesPassed', message: 'all gates passed' },
  }
  expect(shiftText(advised)).toContain('Now:       goes up to 50 %: all gates passed\n')
  expect(shiftText(advised)).toContain('But:       it only advises\n')
})

test('status says when there is nothing to compare SES with', () => {
  expect(shiftText({ ...STATUS, comparable: false })).toContain(
    '\nNothing is known of how the old hosts do (no log of theirs is read, or no mail went there): only the limits hold.\n',
  )
})

test('the history has a line a decision', () => {
  expect(decisionTable([aDecision(1_764_000_000_000)]).replaceAll(TIME, 'TIME')).toMatch(
    /WHEN +DECISION +OUTCOME +DID +WHY\nTIME +d-1764000000000 +held +hold +look 1764000000000\n/,
  )
})

test('one decision is explained with what it was made on', () => {
  const text = explanation({ ...aDecision(1), readings: [BOUNCE] })
  expect(text).toContain('Says:       holds (leastTime): look 1\n')
  expect(text).toContain('Events:     0 recipients sent since the last one\n')
  expect(text).toContain('bounce  suspect')
})

test('who sets a stage over a ceiling is told at once what the robot will do, and how to keep it from that', () => {
  const { lock: _lock, ...unlocked } = STATUS
  expect(robotNote(unlocked, 50)).toBe(
    '\nThe robot will take it to 20 %, by budget: 500,000 yen for 31.0 days\nTo keep it: watari shift lock --reason "..."\n',
  )
  expect(robotNote(unlocked, 20)).toBe('')
  expect(robotNote(STATUS, 50)).toBe('')
  expect(robotNote({ ...unlocked, mode: 'advise' }, 50)).toBe('')
})
