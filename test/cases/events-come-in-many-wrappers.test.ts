// C22: SNS, raw delivery, SQS, EventBridge and old notifications wrap the same event; a topic's test text is no event.
import { describe, expect, test } from 'vitest'
import { readFeedback } from '../../src/adapters/ses/events.ts'
import { MESSAGE_ID, RECIPIENT, SENT_AT, sesBounce, sesMail, snsEnvelope } from '../support/feedback-events.ts'

const read = (value: unknown) => readFeedback(JSON.stringify(value))
const bounced = {
  kind: 'event',
  event: {
    kind: 'bounce',
    at: SENT_AT + 2_000,
    configurationSet: 'goo-events',
    mail: {
      sesMessageId: MESSAGE_ID,
      sentAt: SENT_AT,
      sender: 'news@goo.ne.jp',
      destinations: [RECIPIENT],
      mailId: '0123456789ABC',
      part: 1,
      messageIdField: '<client-1@goo.ne.jp>',
    },
    bounceType: 'Permanent',
    bounceSubType: 'General',
    feedbackId: '0106-feedback-000000',
    reportingMta: 'dns; a1-1.smtp-out.ap-northeast-1.amazonses.com',
    recipients: [
      { address: RECIPIENT, action: 'failed', status: '5.1.1', diagnosticCode: 'smtp; 550 5.1.1 user unknown' },
    ],
  },
}

test('(1) the text by which SES tries a topic is a notice, and nothing else is taken for one', () => {
  const message = 'Successfully validated SNS topic for Amazon SES event publishing.'
  expect(read(snsEnvelope(message))).toEqual({ kind: 'notice', message })
  expect(readFeedback(message)).toEqual({ kind: 'notice', message })
  expect(read(snsEnvelope('Buy cheap watches'))).toMatchObject({ kind: 'unreadable', reason: 'noJson' })
})

describe('one bounce is the same event', () => {
  const { eventType, ...untyped } = sesBounce()
  test.each([
    ['(2) as an old notification', { notificationType: eventType, ...untyped }],
    ['(3)(5) as the event itself, delivered raw or in an SQS body', sesBounce()],
    ['(4) in an SNS envelope, by HTTP or in an SQS body', snsEnvelope(JSON.stringify(sesBounce()))],
    ['(4) in an envelope without a signature', { ...snsEnvelope(JSON.stringify(sesBounce())), Signature: undefined }],
    [
      '(7) from EventBridge, by its name there',
      { version: '0', source: 'aws.ses', 'detail-type': 'Email Bounced', detail: sesBounce() },
    ],
  ])('%s', (_, wrapped) => {
    expect(read(wrapped)).toEqual(bounced)
  })
})

describe('(6)(7) names are mapped as they are written', () => {
  test.each([
    ['Send', 'send', {}, 'send'],
    ['Delivery', 'delivery', { recipients: [RECIPIENT] }, 'delivery'],
    ['Complaint', 'complaint', { complainedRecipients: [{ emailAddress: RECIPIENT }] }, 'complaint'],
    ['Reject', 'reject', { reason: 'Bad content' }, 'reject'],
    ['Rendering Failure', 'failure', { templateName: 't', errorMessage: 'e' }, 'renderingFailure'],
    ['DeliveryDelay', 'deliveryDelay', { delayedRecipients: [{ emailAddress: RECIPIENT }] }, 'deliveryDelay'],
    ['Open', 'open', { ipAddress: '192.0.2.1' }, 'other'],
    ['Click', 'click', { link: 'https://example.jp' }, 'other'],
    ['Subscription', 'subscription', { contactList: 'c' }, 'other'],
  ])('%s', (eventType, name, detail, kind) => {
    expect(read({ eventType, mail: sesMail(), [name]: detail })).toMatchObject({ kind: 'event', event: { kind } })
  })

  test.each([
    ['Email Sent', 'send'],
    ['Email Delivered', 'delivery'],
    ['Email Bounced', 'bounce'],
    ['Email Complaint Received', 'complaint'],
    ['Email Rejected', 'reject'],
    ['Email Delivery Delayed', 'deliveryDelay'],
    ['Email Rendering Failed', 'renderingFailure'],
    ['Email Opened', 'other'],
    ['Email Clicked', 'other'],
    ['Email Subscribed', 'other'],
  ])('%s on the bus', (detailType, kind) => {
    const detail = {
      mail: sesMail(),
      delivery: { recipients: [RECIPIENT] },
      bounce: { bouncedRecipients: [{ emailAddress: RECIPIENT }] },
      complaint: { complainedRecipients: [{ emailAddress: RECIPIENT }] },
      deliveryDelay: { delayedRecipients: [{ emailAddress: RECIPIENT }] },
    }
    expect(read({ 'detail-type': detailType, detail })).toMatchObject({ kind: 'event', event: { kind } })
  })

  test('RenderingFailure without its space is the name of a metric, and of no event', () => {
    expect(read({ eventType: 'RenderingFailure', mail: sesMail() })).toMatchObject({ kind: 'unknown' })
  })
})

test('(8) a type of tomorrow is kept as unknown', () => {
  const foo = { eventType: 'Foo', mail: sesMail(), foo: {} }
  expect(read(foo)).toEqual({ kind: 'unknown', eventType: 'Foo', text: JSON.stringify(foo) })
  expect(read(snsEnvelope(JSON.stringify({ eventType: '__proto__' })))).toMatchObject({ kind: 'unknown' })
  expect(read({ 'detail-type': 'Sending Status Disabled', detail: {} })).toMatchObject({ kind: 'unknown' })
})

test('a wrapper is known by Type, TopicArn and MessageId together', () => {
  const { TopicArn: _, ...halfAnEnvelope } = snsEnvelope(JSON.stringify(sesBounce()))
  expect(read(halfAnEnvelope)).toMatchObject({ kind: 'unreadable', reason: 'noType' })
  expect(read(snsEnvelope(JSON.stringify(snsEnvelope('{}'))))).toMatchObject({ reason: 'nestedEnvelope' })
})

test.each([
  ['nothing', '', 'noJson'],
  ['a list', '[]', 'noObject'],
  ['a number', '1', 'noObject'],
  ['ten thousand brackets', '['.repeat(10_000), 'tooDeep'],
  ['ten thousand brackets in a message', JSON.stringify(snsEnvelope('['.repeat(10_000))), 'tooDeep'],
  ['brackets that only stand in a string are none', JSON.stringify({ a: '\\"['.repeat(100) }), 'noType'],
  ['two megabytes', `"${'x'.repeat(2_000_000)}"`, 'tooLong'],
])('%s is unreadable, and kept', (_, text, reason) => {
  expect(readFeedback(text)).toMatchObject({ kind: 'unreadable', reason })
})
