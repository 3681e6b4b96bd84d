import { readMultipart } from '../../../test/support/mime.ts'
import { describe, expect, test } from 'vitest'
import { bounceMail } from './bounce.ts'
import { latin1Text } from '../base/bytes.ts'
import { aContent, aReply } from '../../../test/support/fakes.ts'

const ORIGINAL =
  'From: a@example.com\r\nMessage-ID: <original-1@example.com>\r\nSubject: =?ISO-2022-JP?B?GyRCMnEwdxsoQg==?=\r\n\r\nsecret body\r\n'

function bounce(overrides: Partial<Parameters<typeof bounceMail>[0]> = {}) {
  const mail = bounceMail({
    id: '07QZ0000G0009',
    nowMs: Date.UTC(2026, 10, 25, 3, 4, 5),
    hostname: 'gw.example.com',
    original: {
      id: '07QZ0000G0001',
      sender: 'bounce+u=example.net-77@example.com',
      acceptedAt: Date.UTC(2026, 10, 24),
    },
    failures: [
      {
        recipient: 'taro..x@carrier.example',
        reason: 'recipientRefused',
        reply: { ...aReply(550, '5.1.1 <taro..x@carrier.example> no such user', 'RCPT TO'), enhanced: '5.1.1' },
      },
      { recipient: 'b@example.net', reason: 'lifetimeExceeded', reply: undefined },
    ],
    originalContent: aContent(ORIGINAL),
    ...overrides,
  })
  const text = mail.content.chunks.map((chunk) => latin1Text(chunk)).join('')
  return { mail, text, parsed: readMultipart(text) }
}

test('has the null reverse-path and goes by legacy to the envelope sender, whatever the headers say', () => {
  const { mail } = bounce()
  expect(mail.sender).toBe('')
  expect(mail.parts).toMatchObject([
    { route: 'legacy', recipients: ['bounce+u=example.net-77@example.com'], state: 'waiting' },
  ])
})

test('is a multipart/report of a text, a delivery status and the header of the original', () => {
  const { parsed } = bounce()
  expect(parsed.headers['content-type']).toBe(
    'multipart/report; report-type=delivery-status; boundary="watari-07QZ0000G0009"',
  )
  expect(parsed.headers['auto-submitted']).toBe('auto-replied')
  expect(parsed.parts.map((part) => part.headers['content-type'])).toEqual([
    'text/plain; charset=utf-8',
    'message/delivery-status',
    'text/rfc822-headers',
  ])
})

test('names each recipient in its own spelling with the status the receiver gave', () => {
  const status = bounce().parsed.parts[1]!.body
  expect(status).toBe(
    [
      'Reporting-MTA: dns; gw.example.com',
      'X-Watari-Mail-Id: 07QZ0000G0001',
      'Arrival-Date: Tue, 24 Nov 2026 00:00:00 +0000',
      '',
      'Final-Recipient: rfc822; taro..x@carrier.example',
      'Action: failed',
      'Status: 5.1.1',
      'Remote-MTA: dns; next.example',
      'Diagnostic-Code: smtp; 550 5.1.1 <taro..x@carrier.example> no such user',
      '',
      'Final-Recipient: rfc822; b@example.net',
      'Action: failed',
      'Status: 5.4.7',
      '',
    ].join('\r\n'),
  )
})

test('returns the header of the original and none of its body', () => {
  const { text, parsed } = bounce()
  expect(parsed.parts[2]!.body).toBe(ORIGINAL.slice(0, ORIGINAL.indexOf('\r\n\r\n') + 2))
  expect(text).not.toContain('secret body')
})

test('says the same in Japanese and in English', () => {
  const text = Buffer.from(bounce().parsed.parts[0]!.body, 'base64').toString('utf8')
  expect(text).toContain('次の宛先にはメールを届けることができませんでした。')
  expect(text).toContain('Your mail could not be delivered')
  expect(text).toContain('<taro..x@carrier.example>\n    next.example: 550 5.1.1')
})

describe('a receiver that sends odd bytes', () => {
  test('cannot add a header or a line to the notification', () => {
    const { parsed } = bounce({
      failures: [
        {
          recipient: 'a@example.net',
          reason: 'refused',
          reply: aReply(550, 'no\r\nBcc: evil@example.net\r\n\r\nhello \u001b[0m'),
        },
      ],
    })
    expect(parsed.headers['bcc']).toBeUndefined()
    expect(parsed.parts[1]!.body).toContain('Diagnostic-Code: smtp; 550 no?Bcc: evil@example.net?hello ?[0m')
  })
})

test('the measures of its content are right', () => {
  const { mail, text } = bounce()
  expect(mail.content.wireSize).toBe(text.length)
  expect(Math.max(...text.split('\r\n').map((line) => line.length))).toBe(mail.content.longestLine)
  expect(mail.content.eightBit).toBe(false)
})

test('a mail whose content is gone still has a notification', () => {
  expect(bounce({ originalContent: undefined }).parsed.parts).toHaveLength(3)
})

test('says of an address on our own list, in both languages, that it was not sent, and names no other host', () => {
  const reply = {
    ...aReply(550, '5.1.1 not sent: the address is on the suppression list', 'suppression list'),
    enhanced: '5.1.1',
  }
  const { parsed } = bounce({ failures: [{ recipient: 'b@example.net', reason: 'suppressed', reply }] })
  const text = Buffer.from(parsed.parts[0]!.body, 'base64').toString('utf8')
  expect(text).toContain('<b@example.net>\n    この宛先は送信停止リストに登録されているため、送信しませんでした。\n')
  expect(text).toContain('not sent: the address is on the suppression list')
  expect(parsed.parts[1]!.body).toContain('Status: 5.1.1\r\nDiagnostic-Code: smtp; 550 5.1.1 not sent')
  expect(parsed.parts[1]!.body).not.toContain('Remote-MTA')
})
