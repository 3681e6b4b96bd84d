// The shift by itself, on a virtual clock, with goo.ne.jp's own numbers: where it ends is the budget's word.
import { expect, test } from 'vitest'
import { BEGIN, DAY, GOO, HOUR } from './goo.ts'
import { withoutLock } from '../../src/core/shift/desk.ts'
import type { ShiftPolicy } from '../../src/core/shift/policy.ts'
import { readPlan } from '../../src/wiring/config.ts'
import { shiftPolicy } from '../../src/wiring/shift.ts'
import { world } from './month.ts'
import { chance, traffic } from './traffic.ts'

const FIVE_MINUTES = 300_000

/** The shipped plan, with another budget where a test wants one. */
function planned(yenPerMonth?: number): ShiftPolicy {
  const reading = readPlan('plans/goo.ne.jp.yaml')
  if (reading.kind === 'faulty') throw new Error(reading.faults.join('\n'))
  const { plan } = reading
  return shiftPolicy(yenPerMonth === undefined ? plan : { ...plan, budget: { ...plan.budget, yenPerMonth } })
}

async function shift(policy: ShiftPolicy, days: number): Promise<readonly string[]> {
  const flow = traffic({ random: chance(7), mailsPerDay: 5_300_000, troubles: [], sesFactor: 1 })
  const sim = world({ policy, traffic: flow, fromMs: BEGIN })
  await sim.start()
  await sim.run(BEGIN + days * DAY, FIVE_MINUTES)
  return sim.done.map(({ at, from, decision }) => {
    const to = 'percent' in decision ? decision.percent : from
    return `day ${((at - BEGIN) / DAY).toFixed(1)}: ${from} % to ${to} %, ${decision.reason}`
  })
}

test('with the budget of the design it ends where the money does, about a fifth of the mail', async () => {
  const steps = await shift(planned(), 16)
  expect(steps.slice(0, 2)).toEqual(['day 0.0: 0 % to 10 %, gatesPassed', 'day 1.0: 10 % to 20 %, budget'])
  // And there it stays, whatever the weekday.
  expect(steps.slice(2)).toEqual([])
}, 300_000)

test('with a budget that pays for it, it ends at 100 percent', async () => {
  expect(await shift(planned(3_000_000), 12)).toEqual([
    'day 0.0: 0 % to 10 %, gatesPassed',
    'day 1.0: 10 % to 50 %, gatesPassed',
    'day 4.0: 50 % to 100 %, gatesPassed',
  ])
}, 300_000)

test('a person at the wheel is not fought: the robot waits a day before it goes on, and not at all behind a lock', async () => {
  const flow = traffic({ random: chance(8), mailsPerDay: 5_300_000, troubles: [], sesFactor: 1 })
  const sim = world({ policy: GOO, traffic: flow, fromMs: BEGIN })
  await sim.start()
  await sim.run(BEGIN + 20 * HOUR, FIVE_MINUTES)
  await sim.robot.change((state) => ({ ...state, lock: { by: 'sato', reason: 'freeze', at: sim.now() } }))
  await sim.run(BEGIN + 3 * DAY, FIVE_MINUTES)
  expect(sim.stage().percent).toBe(10)
  await sim.robot.change(withoutLock)
  await sim.run(BEGIN + 3 * DAY + HOUR, FIVE_MINUTES)
  expect(sim.stage().percent).toBe(50)
}, 300_000)
