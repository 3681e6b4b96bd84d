// C46: local stand-ins are kinder than SES or leave out events and SMTP, so faults show only in production.
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Standin } from '../../src/standin/standin.ts'
import {
  eventReceiver,
  loggedIn,
  sendMail,
  SET,
  smtpClient,
  standinForTest,
  type Receiver,
} from '../support/standin-client.ts'

let standin: Standin
let events: Receiver
const tagged = `From: a@example.com\r\nTo: x@receiver.example\r\nSubject: s\r\nX-SES-CONFIGURATION-SET: ${SET}\r\n`

beforeEach(async () => {
  events = await eventReceiver()
  standin = await standinForTest({
    seed: {
      domain: 'example.com',
      selector: 's1',
      configurationSet: SET,
      events: { kind: 'eventBridge', url: events.url },
    },
  })
})
afterEach(async () => {
  await standin.stop()
  await events.stop()
})

interface Seen {
  readonly type: string
  readonly recipients: readonly string[]
}

function seen({ body }: Receiver['got'][number]): Seen {
  const detail = body['detail'] as Record<string, Record<string, unknown>> & { mail: { destination: string[] } }
  const list = (object: unknown, name: string): string[] =>
    ((object as Record<string, { emailAddress: string }[]> | undefined)?.[name] ?? []).map(
      ({ emailAddress }) => emailAddress,
    )
  const bounced = list(detail['bounce'], 'bouncedRecipients')
  const complained = list(detail['complaint'], 'complainedRecipients')
  const delivered = (detail['delivery'] as { recipients?: string[] } | undefined)?.recipients ?? []
  return { type: String(body['detail-type']), recipients: [...bounced, ...complained, ...delivered] }
}

describe('simulator addresses', () => {
  test.each([
    ['success', [{ type: 'Email Delivered', recipients: ['success@simulator.amazonses.com'] }]],
    ['bounce', [{ type: 'Email Bounced', recipients: ['bounce@simulator.amazonses.com'] }]],
    ['suppressionlist', [{ type: 'Email Bounced', recipients: ['suppressionlist@simulator.amazonses.com'] }]],
    [
      'complaint',
      [
        { type: 'Email Delivered', recipients: ['complaint@simulator.amazonses.com'] },
        { type: 'Email Complaint Received', recipients: ['complaint@simulator.amazonses.com'] },
      ],
    ],
  ])('%s@ gives Send and its own events, for the address that caused them', async (name, expected) => {
    const client = await loggedIn(standin)
    expect(await sendMail(client, { to: [`${name}@simulator.amazonses.com`], header: tagged })).toMatch(
      /^250 Ok [0-9a-f-]+$/,
    )
    await events.count(1 + expected.length)
    const all = events.got.map(seen)
    expect(all.map(({ type }) => type)).toContain('Email Sent')
    expect(all.filter(({ type }) => type !== 'Email Sent')).toEqual(expected)
    client.close()
  })

  test('two of them in one mail are two events, each with the one that it is about', async () => {
    const client = await loggedIn(standin)
    const to = ['success@simulator.amazonses.com', 'bounce@simulator.amazonses.com']
    await sendMail(client, { to, header: tagged })
    await events.count(3)
    const others = events.got.map(seen).filter(({ type }) => type !== 'Email Sent')
    expect(others).toEqual(
      expect.arrayContaining([
        { type: 'Email Delivered', recipients: ['success@simulator.amazonses.com'] },
        { type: 'Email Bounced', recipients: ['bounce@simulator.amazonses.com'] },
      ]),
    )
    client.close()
  })
})

test('one suppressed and one normal recipient: taken with an id, one delivered, one bounced as suppressed', async () => {
  standin.knobs.account.suppression.put({
    address: 'old@receiver.example',
    reason: 'BOUNCE',
    updatedAt: standin.knobs.account.clock.now(),
  })
  const client = await loggedIn(standin)
  const reply = await sendMail(client, { to: ['old@receiver.example', 'new@receiver.example'], header: tagged })
  expect(reply).toMatch(/^250 Ok /)
  await events.count(3)
  expect(standin.mails().flatMap(({ recipients }) => recipients)).toEqual(['new@receiver.example'])
  const bounce = events.got.find(({ body }) => body['detail-type'] === 'Email Bounced')!.body['detail'] as {
    bounce: { bounceType: string; bounceSubType: string }
  }
  expect(bounce.bounce).toMatchObject({ bounceType: 'Permanent', bounceSubType: 'OnAccountSuppressionList' })
  client.close()
})

test('454 comes at the final dot, in the words of SES, and only for the rate that was really exceeded', async () => {
  standin.knobs.account.settings.maxSendRate = 1
  const client = await loggedIn(standin)
  const replies: string[] = []
  for (let i = 0; i < 4; i += 1) replies.push(await sendMail(client))
  expect(replies[0]).toMatch(/^250 Ok /)
  expect(replies).toContain('454 Throttling failure: Maximum sending rate exceeded.')
  client.close()
})

test('before TLS nothing is taken but STARTTLS', async () => {
  const client = await smtpClient(standin.smtpPort)
  await client.reply()
  expect(await client.say('EHLO test')).toContain('STARTTLS')
  expect(await client.say('MAIL FROM:<a@example.com>')).toMatch(/^530 /)
  client.close()
})
