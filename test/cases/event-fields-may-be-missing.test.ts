// C23: fields that every sample shows are optional; a missing one neither crashes the reader nor loses the event.
import { expect, test } from 'vitest'
import { readFeedback } from '../../src/adapters/ses/events.ts'
import { notesOf } from '../../src/core/feedback/recipient-state.ts'
import { MESSAGE_ID, RECIPIENT, sesBounce, sesMail } from '../support/feedback-events.ts'

const read = (value: unknown) => readFeedback(JSON.stringify(value))
function eventOf(value: unknown) {
  const record = read(value)
  if (record.kind !== 'event') throw new Error(`${record.kind}: ${JSON.stringify(record)}`)
  return record.event
}

test('a bounce that names its recipient only still changes its state', () => {
  const bounce = { bounceType: 'Permanent', bouncedRecipients: [{ emailAddress: RECIPIENT }] }
  const event = eventOf({
    eventType: 'Bounce',
    mail: { messageId: MESSAGE_ID, timestamp: '2026-11-25T03:00:00.000Z' },
    bounce,
  })
  expect(event).toEqual({
    kind: 'bounce',
    at: Date.UTC(2026, 10, 25, 3),
    bounceType: 'Permanent',
    bounceSubType: 'Undetermined',
    recipients: [{ address: RECIPIENT }],
    mail: { sesMessageId: MESSAGE_ID, sentAt: Date.UTC(2026, 10, 25, 3), sender: '', destinations: [] },
  })
  expect(notesOf(event)).toMatchObject([{ recipient: { address: RECIPIENT }, fact: 'hardBounce' }])
})

test('mail without headers, common headers and tags is matched by the id of SES', () => {
  const { headers: _, commonHeaders: __, tags: ___, ...bare } = sesMail()
  const { mail } = eventOf(sesBounce(bare))
  expect(mail.sesMessageId).toBe(MESSAGE_ID)
  expect(mail.mailId).toBeUndefined()
  expect(mail.messageIdField).toBeUndefined()
})

test('headers that were cut off take nothing else with them', () => {
  expect(eventOf(sesBounce(sesMail({ headersTruncated: true, headers: [] }))).mail.mailId).toBe('0123456789ABC')
})

test('a complaint may say nothing but who', () => {
  expect(
    eventOf({
      eventType: 'Complaint',
      mail: sesMail(),
      complaint: { complainedRecipients: [{ emailAddress: RECIPIENT }] },
    }),
  ).toMatchObject({ kind: 'complaint', recipients: [{ address: RECIPIENT }] })
})

test('null and wrong kinds are as good as missing', () => {
  const complaint = {
    complainedRecipients: [{ emailAddress: RECIPIENT }, { emailAddress: 7 }, null, 'x'.repeat(2_000)],
    complaintSubType: null,
    complaintFeedbackType: null,
    userAgent: { a: 1 },
    arrivalDate: 'soon',
    timestamp: 'never',
  }
  const event = eventOf({
    eventType: 'Complaint',
    mail: sesMail({ tags: { 'watari-mail': [], 'watari-part': ['x'] } }),
    complaint,
  })
  expect(event).toMatchObject({
    kind: 'complaint',
    recipients: [{ address: RECIPIENT }],
    at: Date.UTC(2026, 10, 25, 3),
  })
  expect(Object.keys(event).sort()).toEqual(['at', 'kind', 'mail', 'recipients'])
  expect(event.mail.part).toBeUndefined()
})

test.each([
  ['the id of SES', sesBounce(sesMail({ messageId: undefined })), 'noMessageId'],
  ['an id that could be a path', sesBounce(sesMail({ messageId: '../../etc' })), 'noMessageId'],
  ['any recipient', { ...sesBounce(), bounce: { bounceType: 'Permanent' } }, 'noRecipient'],
  ['any time', { eventType: 'Send', mail: { messageId: MESSAGE_ID, destination: [RECIPIENT] } }, 'noTime'],
  ['the whole mail', { eventType: 'Send' }, 'noMessageId'],
])('an event without %s is kept as unreadable', (_, value, reason) => {
  expect(read(value)).toMatchObject({ kind: 'unreadable', reason })
})

test('the envelope sender of our tag goes before what SES says', () => {
  const tags = { 'watari-sender': [Buffer.from('bounce+7@goo.ne.jp').toString('base64url')] }
  expect(eventOf(sesBounce(sesMail({ tags }))).mail.sender).toBe('bounce+7@goo.ne.jp')
})

test('a destination with a display name is the address in it', () => {
  expect(eventOf(sesBounce(sesMail({ destination: ['"Taro" <r@example.com>'] }))).mail.destinations).toEqual([
    RECIPIENT,
  ])
})

test.each<readonly [string, unknown, number]>([
  ['of a wrong kind', [{ emailAddress: RECIPIENT }, { emailAddress: 7 }, {}], 1],
  ['more than SES takes', Array.from({ length: 10_000 }, (_, i) => ({ emailAddress: `p${i}@example.jp` })), 50],
])(
  'recipients %s are kept with the whole record, and the others get their state',
  (_what, bouncedRecipients, count) => {
    const bounce = { bounceType: 'Permanent', timestamp: '2026-11-25T03:00:00.000Z', bouncedRecipients }
    const record = read({ eventType: 'Bounce', mail: sesMail(), bounce })
    expect(record).toMatchObject({ kind: 'event', rest: { kind: 'unreadable', reason: 'recipientsLost' } })
    expect(record.kind === 'event' ? notesOf(record.event) : []).toHaveLength(count)
  },
)

test.each([
  ['Reject', { reject: { reason: 'Bad content' } }],
  ['Rendering Failure', { failure: {} }],
  ['Send', { send: {} }],
])('a %s of nobody is kept, because it changes nothing', (eventType, detail) => {
  expect(read({ eventType, mail: sesMail({ destination: undefined }), ...detail })).toMatchObject({
    kind: 'unreadable',
    reason: 'noRecipient',
  })
})
