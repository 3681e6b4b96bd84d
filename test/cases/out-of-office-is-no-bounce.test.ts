// C24: an auto-reply comes as a bounce for a mail that was delivered. Its sender must hear of no failure.
import { expect, test } from 'vitest'
import { aBounce, returnsWorld } from '../support/returns-world.ts'

test.each([
  ['Transient', 'General'],
  ['Undetermined', 'Undetermined'],
])('%s/%s without status and diagnostic text is returned to nobody', async (bounceType, bounceSubType) => {
  const world = returnsWorld()
  const event = aBounce({ bounceType, bounceSubType, recipients: [{ address: 'r@example.com' }] })
  expect(await world.returns.bounce(event, event.recipients)).toEqual({ kind: 'notReturned', reason: 'autoReply' })
  expect(world.queue.parts()).toEqual([])
})

test('the same type with the words of a mail server is a failure', async () => {
  const world = returnsWorld()
  const recipients = [{ address: 'r@example.com', status: '4.4.7', diagnosticCode: 'smtp; 554 4.4.7 Message expired' }]
  const event = aBounce({ bounceType: 'Transient', bounceSubType: 'General', recipients })
  expect(await world.returns.bounce(event, recipients)).toMatchObject({ kind: 'returned' })
})

test('one auto-reply among failures is left out of their report', async () => {
  const world = returnsWorld()
  const recipients = [{ address: 'away@example.com' }, { address: 'gone@example.com', status: '4.2.2' }]
  const event = aBounce({ bounceType: 'Transient', bounceSubType: 'General', recipients })
  await world.returns.bounce(event, recipients)
  const [text] = await world.texts()
  expect(text!.match(/^Final-Recipient: .*$/gm)).toEqual(['Final-Recipient: rfc822; gone@example.com'])
})
