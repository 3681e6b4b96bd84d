// C45: a large carrier takes refused mail with 250 in the middle of the move. Both lanes see it, so it is no gain of SES,
// no fault of SES, and no reason to move.
import { expect, test } from 'vitest'
import { readGate } from '../../src/core/shift/gates.ts'
import { EMPTY_LANE } from '../../src/core/shift/lanes.ts'
import { BEGIN, DAY, GATES, GOO, HOUR } from './goo.ts'
import { world } from './month.ts'
import { chance, traffic } from './traffic.ts'

test("the carrier's change moves nothing, on whichever day of the move it comes", async () => {
  const change = { domain: 'docomo.ne.jp', atMs: BEGIN + 30 * HOUR, hard: 0.0005 }
  const flow = traffic({ random: chance(45), mailsPerDay: 5_300_000, troubles: [], change, sesFactor: 1 })
  const stages = [
    { percent: 10, leastMs: DAY, leastMails: 100_000 },
    { percent: 50, leastMs: 90 * DAY, leastMails: 1 },
  ]
  const sim = world({ policy: { ...GOO, stages }, traffic: flow, fromMs: BEGIN })
  await sim.start()
  await sim.run(BEGIN + 3 * DAY, 300_000)
  expect(sim.done.map(({ decision }) => decision.kind)).toEqual(['advance', 'advance'])
}, 300_000)

test('no bounce in a hundred mails is not taken for better than one in a thousand', () => {
  const bounce = GATES.find(({ name }) => name === 'bounce')!
  const reading = readGate(bounce, {
    name: 'this stage',
    fromMs: 0,
    toMs: 1,
    domains: [
      {
        domain: 'carrier.example',
        ses: { ...EMPTY_LANE, delivered: 100 },
        legacy: { ...EMPTY_LANE, delivered: 999, hardBounced: 1 },
      },
    ],
  })
  // Its upper bound reaches 4.5 %, so it neither helps nor harms.
  expect(reading.upper).toBeCloseTo(0.045, 3)
  expect(reading.natsOverLegacy).toBe(0)
})
