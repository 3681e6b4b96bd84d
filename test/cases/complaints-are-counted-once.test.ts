// C25: SES guesses who complained, and some complaints say the opposite.
import { afterEach, beforeEach, expect, test } from 'vitest'
import { anEvent, MESSAGE_ID } from '../support/feedback-events.ts'
import { feedbackWorld, type FeedbackWorld } from '../support/feedback-world.ts'

let world: FeedbackWorld
beforeEach(async () => {
  world = await feedbackWorld()
})
afterEach(() => world.remove())

test('(a) a complaint that names two people is one complaint, and both are marked as possible', async () => {
  const recipients = [{ address: 'p@isp.example' }, { address: 'q@isp.example' }]
  await world.take(
    anEvent.delivery(1_000, ['p@isp.example', 'q@isp.example', 'r@example.com']),
    anEvent.complaint(4_000, { recipients }),
    anEvent.complaint(4_000, { recipients }),
  )
  expect(world.figures['complained isp.example goo.ne.jp']).toBe(1)
  const rows = await world.ledger.find({ sesMessageId: MESSAGE_ID }, 10)
  expect(rows.map(({ facts }) => Object.keys(facts).toSorted()).toSorted()).toEqual([
    ['delivered'],
    ['delivered', 'possibleComplaint'],
    ['delivered', 'possibleComplaint'],
  ])
  expect(await world.statesOf('q@isp.example')).toEqual(['complained'])
  expect(await world.statesOf('r@example.com')).toEqual(['delivered'])
  expect(world.told).toEqual([
    ['suppress', 'complaint', 'p@isp.example', 'q@isp.example'],
    ['return', 'complaint', 'p@isp.example', 'q@isp.example'],
  ])
})

test('(b) not-spam is told to nobody and counts nowhere', async () => {
  await world.take(anEvent.delivery(), anEvent.complaint(4_000, { feedbackType: 'not-spam' }))
  expect(await world.statesOf()).toEqual(['delivered'])
  expect(world.told).toEqual([])
  expect(world.figures).toEqual({ 'delivered example.com goo.ne.jp': 1 })
})

test('(b) not-spam takes no complaint back', async () => {
  await world.take(anEvent.complaint(4_000), anEvent.complaint(5_000, { feedbackType: 'not-spam' }))
  expect(await world.statesOf()).toEqual(['complained'])
})

test.each([
  ['(c) of a type of tomorrow', { feedbackType: 'some-new-type' }],
  ['(d) of no type', {}],
])('a complaint %s is one', async (_, values) => {
  await world.take(anEvent.complaint(4_000, values))
  expect(await world.statesOf()).toEqual(['complained'])
  expect(world.figures).toEqual({ 'complained example.com goo.ne.jp': 1 })
})
