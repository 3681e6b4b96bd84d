// A fault of SES at full rate, 200 recipients a second on SES: back within 60 seconds of virtual time, and the record says
// why in one sentence. That nothing is sent twice is judged with real sockets in test/scenarios.
import { describe, expect, test } from 'vitest'
import { BEGIN, DAY, GOO, HOUR } from './goo.ts'
import { world, type SesState, type World } from './month.ts'
import { busyness, chance, traffic, type Trouble } from './traffic.ts'

const LOOK_MS = 15_000
/** Wednesday 11:00 in Tokyo. */
const FAULT_AT = BEGIN + DAY + 2 * HOUR
/** Half of this goes to SES at 50 %: 200 a second in that hour. */
const MAILS_PER_DAY = (400 * 86_400) / busyness(FAULT_AT)

async function atFiftyPercent(trouble: Partial<Trouble>): Promise<World> {
  const troubles = [{ fromMs: FAULT_AT, toMs: FAULT_AT + DAY, lanes: 'ses' as const, ...trouble }]
  const flow = traffic({ random: chance(2_026), mailsPerDay: MAILS_PER_DAY, troubles, sesFactor: 1 })
  const policy = { ...GOO, stages: [{ percent: 10, leastMs: HOUR, leastMails: 1 }, ...GOO.stages.slice(1)] }
  const sim = world({ policy, traffic: flow, fromMs: FAULT_AT - 3 * HOUR })
  sim.ses.condition = { ...sim.ses.condition, max24Hours: 100_000_000, maxPerSecond: 1_000 }
  await sim.start()
  await sim.run(FAULT_AT, LOOK_MS)
  expect(sim.stage().percent).toBe(50)
  return sim
}

interface Told {
  readonly seconds: number
  readonly percent: number
  readonly why: string
}

async function back(sim: World): Promise<Told> {
  await sim.run(FAULT_AT + 120_000, LOOK_MS)
  const first = sim.done.find(({ at }) => at > FAULT_AT)!
  const record = sim.records().find(({ at, decision }) => at === first.at && decision.kind === 'rollBack')!
  // Kept with everything it was made on.
  expect(record.observation.stage.percent).toBe(50)
  return { seconds: (first.at - FAULT_AT) / 1_000, percent: sim.stage().percent, why: sim.stage().reason }
}

describe('at full rate', () => {
  test('three times the bounces', async () => {
    const told = await back(await atFiftyPercent({ hardTimes: 3 }))
    expect(told.seconds).toBeLessThanOrEqual(60)
    expect(told.percent).toBe(10)
    expect(told.why).toMatch(
      /^bounce: hard bounces on SES \d+ of \d+ \([34]\.\d\d %\), on legacy \d+ of \d+ \(1\.\d\d %\) \(the last minute\): surely more than 1\.5 times legacy plus 0\.30 % in the same time/,
    )
  })

  test('complaints at half a percent', async () => {
    const told = await back(await atFiftyPercent({ complaintAdd: 0.005 }))
    expect(told.seconds).toBeLessThanOrEqual(60)
    expect(told.percent).toBe(10)
    expect(told.why).toMatch(/^complaint: complaints on SES .*: surely over the limit of 0\.10 %/)
  })

  test('a third of the sendings take two minutes', async () => {
    const told = await back(await atFiftyPercent({ slowAdd: 0.33 }))
    expect(told.seconds).toBeLessThanOrEqual(60)
    expect(told.why).toMatch(/^latency: sendings over the latency limit on SES /)
  })

  const ses = async (change: (state: SesState) => void): Promise<Told> => {
    const sim = await atFiftyPercent({})
    change(sim.ses)
    return back(sim)
  }

  test('a dead pipeline of events', async () => {
    const told = await ses((state) => {
      state.events = false
    })
    expect(told.seconds).toBeLessThanOrEqual(60)
    expect(told.percent).toBe(10)
    expect(told.why).toMatch(/^eventsSilent: SES took \d+ recipients in \d+ s and not one event came/)
  })

  test('SES pauses the account', async () => {
    const told = await ses((state) => {
      state.condition = { ...state.condition, sendingEnabled: false }
    })
    expect(told.seconds).toBeLessThanOrEqual(15)
    expect(told.percent).toBe(0)
    expect(told.why).toMatch(
      /^sendingPaused: SES has paused sending of the account: nothing can go this way until AWS lets it go on \(d-\w+\)$/,
    )
  })

  test('Gmail alone defers half: Gmail goes back to legacy, and the stage stays', async () => {
    const sim = await atFiftyPercent({ domain: 'gmail.com', softAdd: 0.5 })
    await sim.run(FAULT_AT + 120_000, LOOK_MS)
    const first = sim.done.find(({ at }) => at > FAULT_AT)!
    expect((first.at - FAULT_AT) / 1_000).toBeLessThanOrEqual(60)
    expect(sim.stage()).toMatchObject({ percent: 50, heldBack: ['gmail.com'] })
  })
})
