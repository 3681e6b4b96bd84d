import { describe, expect, test } from 'vitest'
import { aBounce, aComplaint, aFeedbackMail } from '../../../test/support/returns-world.ts'
import { archivedEvent, pseudonymous } from './archived-event.ts'
import type { FeedbackEvent } from './event.ts'

const CANARY = 'canary.person'
const mail = aFeedbackMail({
  sender: `bounce+${CANARY}@example.com`,
  destinations: [`${CANARY}@example.net`],
  messageIdField: `<${CANARY}@example.com>`,
})
const recipients = [
  { address: `${CANARY}@example.net`, status: '5.1.1', diagnosticCode: `smtp; 550 Unknown user ${CANARY}@example.net` },
]
const EVENTS: readonly FeedbackEvent[] = [
  { kind: 'send', at: 0, mail },
  { kind: 'delivery', at: 0, mail, recipients, smtpResponse: `250 ok ${CANARY}@example.net` },
  aBounce({ mail, recipients }),
  aComplaint({ mail, recipients, userAgent: `FBL for ${CANARY}@example.net` }),
  { kind: 'reject', at: 0, mail, reason: `bad ${CANARY}@example.net` },
  { kind: 'renderingFailure', at: 0, mail, message: `no ${CANARY}@example.net` },
  { kind: 'deliveryDelay', at: 0, mail, delayType: 'MailboxFull', recipients },
  { kind: 'other', at: 0, mail, eventType: 'Open' },
]

describe.each(EVENTS)('an event $kind', (event) => {
  test('is archived without anybody being named', () => {
    const line = JSON.stringify(archivedEvent(event))
    expect(line).not.toContain(CANARY)
    expect(line).not.toContain('example.net')
    expect(archivedEvent(event)).toMatchObject({ event: event.kind, mail: '07QZ0000G0001', ses: mail.sesMessageId })
  })
})

test('a bounce keeps what the receiver said', () => {
  expect(archivedEvent(aBounce({ mail, recipients }))).toMatchObject({
    at: '2026-11-25T03:04:05.000Z',
    sender: 'bou***@***.***',
    bounceType: 'Permanent',
    recipients: [
      { address: 'can***@***.***', status: '5.1.1', diagnosticCode: 'smtp; 550 Unknown user can***@***.***' },
    ],
  })
})

test('a pseudonym is the same for every spelling of an address, and for no other', () => {
  const write = pseudonymous((text) => `<${text.length} ${text.slice(0, 1)}>`)
  expect(write('"taro..x"@docomo.ne.jp')).toBe(write('Taro..X@DOCOMO.ne.jp'))
  expect(write('a@example.net')).not.toBe(write('ab@example.net'))
  expect(write('')).toBe('<>')
  expect(archivedEvent(aBounce({ mail, recipients }), write)).toMatchObject({ recipients: [{ address: '<25 c>' }] })
})
