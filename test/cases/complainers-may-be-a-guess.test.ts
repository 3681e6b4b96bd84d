// C25: SES names everybody who may have complained, and some "complaints" say the opposite.
import { expect, test } from 'vitest'
import { aComplaint, aFeedbackMail, returnsWorld } from '../support/returns-world.ts'
import { readMultipart } from '../support/mime.ts'

const DESTINATIONS = ['p@isp.example', 'q@isp.example', 'r@example.com']

test('two possible complainers are one report that names both, and says that it is a guess', async () => {
  const world = returnsWorld()
  const recipients = [{ address: 'p@isp.example' }, { address: 'q@isp.example' }]
  const event = aComplaint({ mail: aFeedbackMail({ destinations: DESTINATIONS }), recipients })
  await world.returns.complaint(event, recipients)
  const texts = await world.texts()
  expect(texts).toHaveLength(1)
  const { parts } = readMultipart(texts[0]!)
  expect(parts[1]!.body.match(/^Original-Rcpt-To: .*$/gm)).toEqual([
    'Original-Rcpt-To: <p@isp.example>',
    'Original-Rcpt-To: <q@isp.example>',
  ])
  expect(Buffer.from(parts[0]!.body, 'base64').toString('utf8')).toContain('every recipient that it may be is listed')
})

test('"not-spam" is no complaint, and nobody is struck off a list for it', async () => {
  const world = returnsWorld()
  const event = aComplaint({ feedbackType: 'not-spam' })
  expect(await world.returns.complaint(event, event.recipients)).toEqual({ kind: 'notReturned', reason: 'notSpam' })
})

test.each([
  ['some-new-type', 'other'],
  ['auth-failure', 'other'],
  ['fraud', 'fraud'],
])('a complaint of type %s is reported as %s', async (feedbackType, reported) => {
  const world = returnsWorld()
  const event = aComplaint({ feedbackType })
  await world.returns.complaint(event, event.recipients)
  const [text] = await world.texts()
  expect(text).toContain(`\r\nFeedback-Type: ${reported}\r\n`)
  expect(text).toContain(`\r\nX-SES-Feedback-Type: ${feedbackType}\r\n`)
})
