// C24: an out-of-office answer comes as a bounce of a mail that was delivered.
import { afterEach, beforeEach, expect, test } from 'vitest'
import { anEvent } from '../support/feedback-events.ts'
import { feedbackWorld, type FeedbackWorld } from '../support/feedback-world.ts'

let world: FeedbackWorld
beforeEach(async () => {
  world = await feedbackWorld()
})
afterEach(() => world.remove())

test.each([
  ['Transient/General', 'Transient'],
  ['Undetermined/Undetermined', 'Undetermined'],
])('a %s bounce without status after a delivery is an answer: no bounce, no suppression', async (_, type) => {
  await world.take(anEvent.send(), anEvent.delivery(), anEvent.quietBounce(3_000, type))
  expect(await world.statesOf()).toEqual(['delivered auto-replied'])
  expect(world.figures).toEqual({ 'delivered example.com goo.ne.jp': 1 })
  expect(world.told).toEqual([])
})

test('it is one as well when it comes before the delivery', async () => {
  await world.take(anEvent.quietBounce())
  expect(await world.statesOf()).toEqual(['softBounced'])
  expect(world.figures).toEqual({})
  await world.take(anEvent.delivery())
  expect(await world.statesOf()).toEqual(['delivered auto-replied'])
  expect(world.figures).toEqual({ 'delivered example.com goo.ne.jp': 1 })
  expect(world.told.filter(([news]) => news === 'suppress')).toEqual([])
})

test('a bounce that names a status is one, though the mail was delivered', async () => {
  await world.take(anEvent.delivery(), anEvent.bounce())
  expect(await world.statesOf()).toEqual(['hardBounced'])
  expect(world.told).toEqual([
    ['suppress', 'bounce', 'r@example.com'],
    ['return', 'bounce', 'r@example.com'],
  ])
})
