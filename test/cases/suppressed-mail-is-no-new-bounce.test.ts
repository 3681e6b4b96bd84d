// C26: an event that says "not sent, on a list" is neither a new bounce nor a new complaint.
import { afterEach, beforeEach, expect, test } from 'vitest'
import { readFeedback } from '../../src/adapters/ses/events.ts'
import { anEvent, RECIPIENT, sesMail } from '../support/feedback-events.ts'
import { feedbackWorld, type FeedbackWorld } from '../support/feedback-world.ts'

let world: FeedbackWorld
beforeEach(async () => {
  world = await feedbackWorld()
})
afterEach(() => world.remove())

test.each(['OnAccountSuppressionList', 'OnTenantSuppressionList', 'EmailValidationSuppressed'])(
  'a hit of %s is not sent, and in no bounce rate',
  async (bounceSubType) => {
    await world.take(anEvent.send(), anEvent.bounce(1_000, { bounceSubType }))
    expect(await world.statesOf()).toEqual(['suppressed'])
    expect(world.figures).toEqual({ 'suppressed example.com goo.ne.jp': 1 })
  },
)

test('a hit of the global list is not sent either, and stands in the bounce rate, as it does in that of SES', async () => {
  await world.take(anEvent.send(), anEvent.bounce(1_000, { bounceSubType: 'Suppressed' }))
  expect(await world.statesOf()).toEqual(['suppressed'])
  expect(world.figures).toEqual({ 'hardBounced example.com goo.ne.jp': 1 })
  expect(world.told).toEqual([['return', 'bounce', RECIPIENT]])
})

test('a complaint of the account list, with null for a type, is no complaint', async () => {
  const complaint = {
    complaintSubType: 'OnAccountSuppressionList',
    complaintFeedbackType: null,
    complainedRecipients: [{ emailAddress: RECIPIENT }],
    timestamp: '2026-11-25T03:00:04.000Z',
  }
  const record = readFeedback(JSON.stringify({ eventType: 'Complaint', mail: sesMail(), complaint }))
  await world.intake.take(record)
  expect(await world.statesOf()).toEqual(['suppressed'])
  expect(world.figures).toEqual({ 'suppressed example.com goo.ne.jp': 1 })
})
