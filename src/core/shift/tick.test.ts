// The robot's order of doing things, and what a failure on the way leaves behind. The months are in test/simulation.
import { describe, expect, test } from 'vitest'
import { BEGIN, DAY, GOO, HOUR } from '../../../test/simulation/goo.ts'
import { world, type World } from '../../../test/simulation/month.ts'
import { chance, traffic } from '../../../test/simulation/traffic.ts'
import { recordedLog } from '../../../test/support/fakes.ts'
import { shiftDesk } from './desk.ts'
import type { ShiftPolicy } from './policy.ts'
import { NEW_ROBOT, type RobotState } from './robot-state.ts'
import { robot, type RobotOptions } from './tick.ts'
import { decide } from './decide.ts'

const MINUTE = 60_000

function quick(mode: ShiftPolicy['mode'] = 'on'): World {
  const flow = traffic({ random: chance(3), mailsPerDay: 5_300_000, troubles: [], sesFactor: 1 })
  const stages = [
    { percent: 10, leastMs: HOUR, leastMails: 1 },
    { percent: 50, leastMs: HOUR, leastMails: 1 },
  ]
  return world({ policy: { ...GOO, mode, stages }, traffic: flow, fromMs: BEGIN })
}

describe('the modes', () => {
  test('advise decides and records, and moves nothing', async () => {
    const sim = quick('advise')
    await sim.start()
    await sim.run(BEGIN + 10 * MINUTE, MINUTE)
    expect(sim.stage().percent).toBe(0)
    expect(sim.records().map(({ decision, outcome }) => [decision.kind, outcome])).toEqual([['advance', 'advised']])
  })

  test('rollBack goes down and not up', async () => {
    const sim = quick('rollBack')
    await sim.start()
    await sim.run(BEGIN + 10 * MINUTE, MINUTE)
    expect(sim.stage().percent).toBe(0)
    expect(sim.done).toEqual([])
  })
})

describe('the record', () => {
  test('names the decision in the stage, so that each explains the other', async () => {
    const sim = quick()
    await sim.start()
    await sim.run(BEGIN + 2 * MINUTE, MINUTE)
    const [first] = sim.records()
    expect(sim.stage()).toMatchObject({ percent: 10, changedBy: 'watari' })
    expect(sim.stage().reason).toBe(`gatesPassed: started by a person: 0 % to 10 % (${first!.id})`)
  })

  test('says the same thing once, and again every six hours', async () => {
    const sim = quick()
    await sim.run(BEGIN + 13 * HOUR, 5 * MINUTE)
    expect(sim.records().map(({ at, decision }) => [(at - BEGIN) / HOUR, decision.reason])).toEqual([
      [1 / 12, 'notStarted'],
      [6 + 1 / 12, 'notStarted'],
      [12 + 1 / 12, 'notStarted'],
    ])
  })

  test('is judged again by the same rules to the same answer, and to another by others', async () => {
    const sim = quick()
    await sim.start()
    await sim.run(BEGIN + 3 * HOUR, 5 * MINUTE)
    const desk = (policy: ShiftPolicy) =>
      shiftDesk({
        robot: sim.robot,
        store: { decisions: async (limit) => sim.records().slice(-limit) },
        policy,
        now: () => sim.now(),
        told: () => {},
      })
    const stages = [
      { percent: 10, leastMs: HOUR, leastMails: 1 },
      { percent: 50, leastMs: HOUR, leastMails: 1 },
    ]
    const same = await desk({ ...GOO, stages }).replay(100)
    expect(same.judged).toBeGreaterThan(3)
    expect(same.differ).toEqual([])
    const others = await desk({ ...GOO, stages: [{ percent: 10, leastMs: DAY, leastMails: 1 }, stages[1]!] }).replay(
      100,
    )
    expect(others.differ.map(({ was, now }) => [was.kind, now.reason])).toContainEqual(['advance', 'leastTime'])
  })
})

describe('trouble on the way', () => {
  const failing = (change: Partial<RobotOptions>) => {
    const sim = quick()
    let state: RobotState = { ...NEW_ROBOT, started: { by: 'sato', reason: 'go', at: BEGIN } }
    const orders: number[] = []
    const options: RobotOptions = {
      policy: GOO,
      eyes: { look: async (moment) => ({ ...(await observationOf(sim)), ...moment }) },
      store: {
        load: async () => state,
        save: async (next) => {
          state = next
          return 'saved'
        },
        decisions: async () => [],
      },
      stages: { current: async () => sim.stage(), history: async () => [] },
      setStage: async ({ percent }) => {
        orders.push(percent)
        return { kind: 'done' }
      },
      now: () => BEGIN,
      log: recordedLog(),
      ...change,
    }
    return { one: robot(options), orders, state: () => state }
  }

  const observationOf = async (sim: World) => (await sim.robot.look()).observation

  test('a decision that cannot be written is not taken', async () => {
    const { one, orders } = failing({
      store: {
        load: async () => ({ ...NEW_ROBOT, started: { by: 'sato', reason: 'go', at: BEGIN } }),
        save: () => Promise.reject(new Error('disk full')),
        decisions: async () => [],
      },
    })
    await expect(one.look()).rejects.toThrow('disk full')
    expect(orders).toEqual([])
  })

  test('a stage that cannot be set is decided again at the next look', async () => {
    const asked: number[] = []
    const { one } = failing({
      setStage: async ({ percent }) => {
        asked.push(percent)
        return { kind: 'refused', reason: 'storageFailed', message: 'the disk is full' }
      },
    })
    expect((await one.look()).outcome).toBe('storageFailed: the disk is full')
    await one.look()
    expect(asked).toEqual([10, 10])
  })

  test('a way back that could not be gone counts as none', async () => {
    const sim = quick()
    sim.ses.condition = { ...sim.ses.condition, sendingEnabled: false }
    const stage = { percent: 50, changedAt: BEGIN - HOUR, changedBy: 'watari', reason: 'gatesPassed' }
    const { one, state } = failing({
      eyes: { look: async (moment) => ({ ...(await observationOf(sim)), ...moment }) },
      stages: { current: async () => stage, history: async () => [] },
      setStage: async () => ({ kind: 'refused', reason: 'storageFailed', message: 'the disk is full' }),
    })
    for (let look = 0; look < 3; look += 1) expect((await one.look()).outcome).toMatch(/^storageFailed/)
    expect(state()).toMatchObject({ failures: {}, coolDownUntil: 0 })
  })

  test('a person who set the stage while the robot looked has the word', async () => {
    const orders: (number | undefined)[] = []
    const { one } = failing({
      setStage: async ({ ifChangedAt }) => {
        orders.push(ifChangedAt)
        return { kind: 'refused', reason: 'changedMeanwhile', message: 'sato has set the stage since' }
      },
    })
    expect((await one.look()).outcome).toBe('changedMeanwhile: sato has set the stage since')
    expect(orders).toEqual([BEGIN])
  })

  test('the percent is as old as it is, whatever domains were held back since', async () => {
    const sim = quick()
    const at = (percent: number, changedAt: number, changedBy = 'watari') => ({
      percent,
      changedAt,
      changedBy,
      reason: '-',
    })
    const history = [
      at(10, BEGIN - 9),
      at(50, BEGIN - 8),
      at(10, BEGIN - 7, 'sato'),
      at(10, BEGIN - 6),
      at(10, BEGIN - 5),
    ]
    const { one } = failing({
      eyes: { look: async (moment) => ({ ...(await observationOf(sim)), ...moment }) },
      stages: { current: async () => history.at(-1)!, history: async () => history },
    })
    const { observation } = await one.look()
    expect(observation).toMatchObject({ percentBefore: 50, percentSince: { at: BEGIN - 7, by: 'sato' } })
  })
})

test('a robot that remembers an order of yesterday does not start at a zero of today', () => {
  const sim = quick()
  const observation = {
    ...sim.ses,
    nowMs: BEGIN,
    stage: { percent: 0, changedAt: BEGIN - HOUR, changedBy: 'watari', reason: 'sendingPaused' },
    state: { ...NEW_ROBOT, started: { by: 'sato', reason: 'go', at: BEGIN - DAY } },
    windows: [],
    ses: sim.ses.condition,
    pipeline: { sentSinceEvent: 0 },
    sentInStage: 0,
    volume: { days: 0 },
    month: { sent: 0, left: 1, days: 31 },
  }
  const { misaligned: _, ...rest } = observation
  expect(decide(rest, GOO).decision).toMatchObject({ kind: 'hold', reason: 'notStarted' })
})
