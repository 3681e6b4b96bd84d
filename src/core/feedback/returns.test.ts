import { describe, expect, test } from 'vitest'
import { readMultipart } from '../../../test/support/mime.ts'
import {
  aBounce,
  aComplaint,
  aFeedbackMail,
  BOUNCED_AT,
  NO_SUCH_USER,
  NOW,
  returnsWorld,
  VERP,
} from '../../../test/support/returns-world.ts'
import { mailIds } from '../mail/mail-id.ts'
import type { EventRecipient } from './event.ts'
import type { BounceEvent } from './failures.ts'

async function statusOf(event: BounceEvent, recipients: readonly EventRecipient[] = event.recipients): Promise<string> {
  const world = returnsWorld()
  await world.returns.bounce(event, recipients)
  const [text = ''] = await world.texts()
  return readMultipart(text).parts[1]?.body ?? ''
}

const typed = (bounceType: string, bounceSubType: string, recipient: Partial<EventRecipient> = {}): BounceEvent =>
  aBounce({ bounceType, bounceSubType, recipients: [{ address: 'u@example.net', ...recipient }] })

describe('a hard bounce', () => {
  test('is returned to the envelope sender by legacy with a null reverse-path', async () => {
    const world = returnsWorld()
    const answer = await world.returns.bounce(aBounce(), [NO_SUCH_USER])
    expect(answer).toMatchObject({ kind: 'returned', recipients: 1, dueAt: NOW + 5_000 })
    expect(world.queue.parts()).toMatchObject([
      { route: 'legacy', sender: '', recipients: [VERP], state: 'waiting', stream: 'bounce', dueAt: NOW + 5_000 },
    ])
  })

  test('is told as RFC 3464 has it, with SES as the reporter and us as the gateway', async () => {
    expect(await statusOf(aBounce())).toBe(
      [
        'Reporting-MTA: dns; a1-1.smtp-out.ap-northeast-1.amazonses.com',
        'DSN-Gateway: dns; gw.example.com',
        'Received-From-MTA: dns; gw.example.com',
        'Arrival-Date: Wed, 25 Nov 2026 03:00:00 +0000',
        'X-Watari-Mail-Id: 07QZ0000G0001',
        'X-SES-Message-ID: 0106019ab0000000-11111111-2222-3333-4444-555555555555-000000',
        '',
        'Final-Recipient: rfc822; u@example.net',
        'Action: failed',
        'Status: 5.1.1',
        'Diagnostic-Code: smtp; 550 5.1.1 <u@example.net>: Recipient address rejected: User unknown',
        'Last-Attempt-Date: Wed, 25 Nov 2026 03:04:05 +0000',
        '',
      ].join('\r\n'),
    )
  })

  test('returns the Message-ID that the client wrote, and says why in two languages', async () => {
    const world = returnsWorld()
    await world.returns.bounce(aBounce(), [NO_SUCH_USER])
    const { headers, parts } = readMultipart((await world.texts())[0]!)
    expect(headers['auto-submitted']).toBe('auto-replied')
    expect(headers['content-type']).toMatch(/^multipart\/report; report-type=delivery-status; boundary=/)
    expect(parts[2]!.body).toBe('Message-ID: <original-1@example.com>\r\nX-Watari-Mail-Id: 07QZ0000G0001\r\n')
    const text = Buffer.from(parts[0]!.body, 'base64').toString('utf8')
    expect(text).toContain('宛先のアドレスは存在しません。')
    expect(text).toContain('There is no such address.')
  })

  test('of several recipients is one report', async () => {
    const destinations = ['a@example.net', 'b@example.org']
    const recipients = destinations.map((address) => ({ ...NO_SUCH_USER, address }))
    const world = returnsWorld()
    await world.returns.bounce(aBounce({ mail: aFeedbackMail({ destinations }), recipients }), recipients)
    const texts = await world.texts()
    expect(texts).toHaveLength(1)
    expect(texts[0]!.match(/^Final-Recipient: .*$/gm)).toEqual([
      'Final-Recipient: rfc822; a@example.net',
      'Final-Recipient: rfc822; b@example.org',
    ])
  })

  test('with every field missing that SES may leave out is told all the same', async () => {
    const {
      reportingMta: _r,
      feedbackId: _f,
      ...bare
    } = aBounce({
      mail: { sesMessageId: 'ses-1', sender: VERP, destinations: [] },
      recipients: [{ address: 'r@example.com' }],
    })
    expect(await statusOf(bare)).toBe(
      [
        'Reporting-MTA: dns; amazonses.com',
        'DSN-Gateway: dns; gw.example.com',
        'Received-From-MTA: dns; gw.example.com',
        'X-SES-Message-ID: ses-1',
        '',
        'Final-Recipient: rfc822; r@example.com',
        'Action: failed',
        'Status: 5.0.0',
        'Diagnostic-Code: X-SES; Permanent/General',
        'Last-Attempt-Date: Wed, 25 Nov 2026 03:04:05 +0000',
        '',
      ].join('\r\n'),
    )
  })
})

describe('the recipient keeps the spelling it was given with', () => {
  test.each([
    ['READER@EXAMPLE.NET', ['Reader@example.net'], 'Reader@example.net'],
    ['"taro..x"@docomo.ne.jp', ['"taro..x"@docomo.ne.jp'], 'taro..x@docomo.ne.jp'],
    ['"Taro" <taro.@ezweb.ne.jp>', ['"taro."@ezweb.ne.jp'], 'taro.@ezweb.ne.jp'],
    ['"a b"@example.net', ['"a b"@example.net'], '"a b"@example.net'],
    ['unheard@example.net', ['other@example.net'], 'unheard@example.net'],
  ])('%s of %j is %s', async (address, destinations, expected) => {
    const event = aBounce({ mail: aFeedbackMail({ destinations }), recipients: [{ ...NO_SUCH_USER, address }] })
    expect(await statusOf(event)).toContain(`Final-Recipient: rfc822; ${expected}\r\n`)
  })
})

describe('the final status', () => {
  test.each<readonly [string, BounceEvent, string]>([
    ['the receiver said 5', typed('Permanent', 'General', { status: '5.7.1' }), '5.7.1'],
    [
      'its words hold the closer code',
      typed('Permanent', 'General', { status: '5.3.0', diagnosticCode: 'smtp; 550 5.1.1 x' }),
      '5.1.1',
    ],
    ['SES calls a 4 permanent', typed('Permanent', 'General', { status: '4.1.1' }), '5.1.1'],
    ['SES gave up a soft bounce', typed('Transient', 'MailboxFull', { status: '4.2.2' }), '4.2.2'],
    ['a soft bounce was a 5 of the receiver', typed('Transient', 'MailboxFull', { status: '5.2.2' }), '5.2.2'],
    ['nothing is known but full', typed('Transient', 'MailboxFull'), '4.2.2'],
    ['nothing is known but too large', typed('Transient', 'MessageTooLarge'), '4.3.4'],
    ['nothing is known but time', typed('Transient', 'CustomTimeoutExceeded'), '4.4.7'],
    ['no such mailbox', typed('Permanent', 'NoEmail'), '5.1.1'],
    ['a word of tomorrow', typed('Permanent', 'Eaten'), '5.0.0'],
    ['a prototype word', typed('Permanent', 'constructor'), '5.0.0'],
  ])('when %s', async (_when, event, status) => {
    expect(await statusOf(event)).toContain(`\r\nAction: failed\r\nStatus: ${status}\r\n`)
  })
})

test('a recipient on a suppression list is told as not sent', async () => {
  const world = returnsWorld()
  const event = typed('Permanent', 'OnAccountSuppressionList', {
    status: '5.1.1',
    diagnosticCode: 'Amazon SES did not send the message to this address because it is on the suppression list.',
  })
  await world.returns.bounce(event, event.recipients)
  const { parts } = readMultipart((await world.texts())[0]!)
  expect(parts[1]!.body).toContain('Diagnostic-Code: X-SES; Amazon SES did not send the message')
  expect(Buffer.from(parts[0]!.body, 'base64').toString('utf8')).toContain(
    'Not sent: the address is on a suppression list',
  )
})

describe('nobody is answered', () => {
  test.each<readonly [string, BounceEvent, string]>([
    ['when the mail had no sender', aBounce({ mail: aFeedbackMail({ sender: '' }) }), 'nullSender'],
    [
      'when the sender is not ours',
      aBounce({ mail: aFeedbackMail({ sender: 'x@elsewhere.example' }) }),
      'senderNotOurs',
    ],
    [
      'when the sender is no address',
      aBounce({ mail: aFeedbackMail({ sender: 'x@example.com>\r\nBcc: y' }) }),
      'senderNotOurs',
    ],
    ['when a mailer daemon sent it', aBounce({ mail: aFeedbackMail({ sender: 'MAILER-DAEMON@example.com' }) }), 'loop'],
    [
      'when it was a report of ours',
      aBounce({ mail: aFeedbackMail({ messageIdField: '<07QZ0000G0009@gw.example.com>' }) }),
      'loop',
    ],
    ['when nothing changed', aBounce({ recipients: [] }), 'noRecipients'],
  ])('%s', async (_when, event, reason) => {
    const world = returnsWorld()
    expect(await world.returns.bounce(event, event.recipients)).toEqual({ kind: 'notReturned', reason })
    expect(world.queue.parts()).toEqual([])
    expect(world.meter.total('watari_returns_total', reason)).toBe(1)
  })

  test.each(['ses', 'none'] as const)('when the plan says %s', async (mode) => {
    const world = returnsWorld({ mode })
    expect(await world.returns.bounce(aBounce(), [NO_SUCH_USER])).toEqual({
      kind: 'notReturned',
      reason: 'switchedOff',
    })
    expect(await world.returns.complaint(aComplaint(), aComplaint().recipients)).toMatchObject({ kind: 'notReturned' })
    expect(world.queue.parts()).toEqual([])
  })
})

describe('an event that comes again', () => {
  test('makes no second report, at once or after the first has left', async () => {
    const world = returnsWorld()
    const both = await Promise.all([
      world.returns.bounce(aBounce(), [NO_SUCH_USER]),
      world.returns.bounce(aBounce(), [NO_SUCH_USER]),
    ])
    expect(both.map(({ kind }) => kind)).toEqual(['returned', 'alreadyReturned'])
    const [part] = world.queue.parts()
    await world.queue.settle(part!, [])
    expect(await world.returns.bounce(aBounce(), [NO_SUCH_USER])).toEqual({ kind: 'alreadyReturned' })
    expect(world.queue.parts()).toEqual([])
  })

  test('after a restart is known by the id of its report', async () => {
    const before = returnsWorld()
    await before.returns.bounce(aBounce(), [NO_SUCH_USER])
    const after = returnsWorld({ queue: before.queue })
    expect(await after.returns.bounce(aBounce(), [NO_SUCH_USER])).toEqual({ kind: 'alreadyReturned' })
    expect(before.queue.parts()).toHaveLength(1)
  })

  test('after a kill before its event was settled finds its report still at rest', async () => {
    const before = returnsWorld()
    await before.returns.bounce(aBounce(), [NO_SUCH_USER])
    expect(await before.queue.claim('legacy', NOW + 4_999, 10)).toEqual([])
    const after = returnsWorld({ queue: before.queue })
    expect(await after.returns.bounce(aBounce(), [NO_SUCH_USER])).toEqual({ kind: 'alreadyReturned' })
    expect(await before.queue.claim('legacy', NOW + 5_000, 10)).toHaveLength(1)
  })

  test('finds its id taken by another mail, and takes the next', async () => {
    const before = returnsWorld()
    await before.returns.bounce(aBounce(), [NO_SUCH_USER])
    const { mailId } = before.queue.parts()[0]!
    const world = returnsWorld()
    const part = {
      route: 'ses',
      recipients: ['x@example.net'],
      state: 'waiting',
      dueAt: 0,
      attempts: 0,
      reason: '',
    } as const
    const content = (await before.queue.contentOf(mailId))!
    await world.queue.put({ id: mailId, acceptedAt: 0, sender: VERP, stream: 's', content, parts: [part] })
    expect(await world.returns.bounce(aBounce(), [NO_SUCH_USER])).toMatchObject({ kind: 'returned' })
    expect(new Set(world.queue.parts().map((each) => each.mailId)).size).toBe(2)
  })

  test('with another feedback id is another event', async () => {
    const world = returnsWorld()
    await world.returns.bounce(aBounce(), [NO_SUCH_USER])
    await world.returns.bounce(aBounce({ feedbackId: 'another' }), [NO_SUCH_USER])
    expect(world.queue.parts()).toHaveLength(2)
  })
})

test('a full disk is told, and the event may be handled again', async () => {
  const world = returnsWorld()
  world.queue.fail('put', 1)
  const both = await Promise.all([
    world.returns.bounce(aBounce(), [NO_SUCH_USER]),
    world.returns.bounce(aBounce(), [NO_SUCH_USER]),
  ])
  expect(both).toEqual([
    { kind: 'again', reason: 'storageFailed' },
    { kind: 'again', reason: 'storageFailed' },
  ])
  expect(world.log.lines.map(({ level, event }) => `${level} ${event}`)).toEqual(['alarm storageFailed'])
  expect(await world.returns.bounce(aBounce(), [NO_SUCH_USER])).toMatchObject({ kind: 'returned' })
})

test('too many reports to one domain leave later, and the log says so', async () => {
  const world = returnsWorld({ limits: { perMinute: 60, perDomainPerMinute: 6 } })
  for (let i = 0; i < 3; i += 1) {
    // oxlint-disable-next-line no-await-in-loop -- one event after another
    await world.returns.bounce(aBounce({ feedbackId: `f${i}`, mail: aFeedbackMail({ sender: `v${i}@example.com` }) }), [
      NO_SUCH_USER,
    ])
  }
  expect(world.queue.parts().map(({ dueAt }) => dueAt - NOW)).toEqual([5_000, 10_000, 20_000])
  expect(world.log.lines.map(({ fields }) => fields['delayedMs'])).toEqual([undefined, 10_000, 20_000])
})

test('a log line names nobody', async () => {
  const world = returnsWorld()
  await world.returns.bounce(aBounce(), [NO_SUCH_USER])
  expect(JSON.stringify(world.log.lines)).not.toMatch(/u@|example\.net|bounce\+/)
})

test('a stranger cannot add a line to a report', async () => {
  const event = aBounce({
    recipients: [
      {
        address: 'u@example.net',
        status: '5.1.1\r\nX: y',
        diagnosticCode: 'smtp; 550 no\r\nBcc: evil@example.net\r\n\r\n--x',
      },
    ],
    reportingMta: 'dns; a\r\nX-Evil: 1',
    mail: aFeedbackMail({ messageIdField: '<a@b>\r\nX-Evil: 1', sesMessageId: 'x\r\nX-Evil: 1' }),
  })
  const world = returnsWorld()
  await world.returns.bounce(event, event.recipients)
  const [text] = await world.texts()
  expect(text).not.toMatch(/^(X-Evil|Bcc|X):/m)
  expect(text).toContain('Status: 5.0.0\r\n')
})

describe('a complaint', () => {
  test('is a feedback report to the envelope sender', async () => {
    const world = returnsWorld()
    expect(await world.returns.complaint(aComplaint(), aComplaint().recipients)).toMatchObject({ kind: 'returned' })
    expect(world.queue.parts()).toMatchObject([
      { route: 'legacy', sender: '', recipients: [VERP], stream: 'complaint' },
    ])
    const { headers, parts } = readMultipart((await world.texts())[0]!)
    expect(headers['content-type']).toMatch(/^multipart\/report; report-type=feedback-report; /)
    expect(parts[1]!.body).toBe(
      [
        'Feedback-Type: abuse',
        'User-Agent: Watari/0.1.0',
        'Version: 1',
        'Original-Mail-From: <bounce+u=example.net-77@example.com>',
        'Original-Rcpt-To: <u@example.net>',
        'Arrival-Date: Wed, 25 Nov 2026 03:00:02 +0000',
        'Reporting-MTA: dns; gw.example.com',
        'Reported-Domain: example.com',
        'X-SES-Feedback-Type: abuse',
        'X-SES-User-Agent: Example FBL 1.0',
        'X-SES-Message-ID: 0106019ab0000000-11111111-2222-3333-4444-555555555555-000000',
        '',
      ].join('\r\n'),
    )
    expect(parts[2]!.body).toBe('Message-ID: <original-1@example.com>\r\nX-Watari-Mail-Id: 07QZ0000G0001\r\n')
  })

  test('without user agent, type and arrival date is one all the same', async () => {
    const { userAgent: _u, feedbackType: _t, arrivalAt: _a, feedbackId: _f, ...bare } = aComplaint()
    const world = returnsWorld()
    await world.returns.complaint(bare, bare.recipients)
    const { parts } = readMultipart((await world.texts())[0]!)
    expect(parts[1]!.body).toMatch(/^Feedback-Type: abuse\r\n/)
    expect(parts[1]!.body).toContain('Arrival-Date: Wed, 25 Nov 2026 03:00:00 +0000')
  })

  test('that says "not sent, complained before" is a delivery report', async () => {
    const world = returnsWorld()
    const event = aComplaint({ subType: 'OnAccountSuppressionList' })
    await world.returns.complaint(event, event.recipients)
    const { headers, parts } = readMultipart((await world.texts())[0]!)
    expect(headers['content-type']).toContain('report-type=delivery-status')
    expect(parts[1]!.body).toContain('Status: 5.7.1\r\nDiagnostic-Code: X-SES; Complaint/OnAccountSuppressionList')
  })
})

test('a mail with a virus, and one that could not be made, are returned as refused by SES', async () => {
  const world = returnsWorld()
  const { mail, at } = aBounce()
  const all = [{ address: 'u@example.net' }]
  await world.returns.refusal({ kind: 'reject', at, mail, reason: 'Bad content' }, all)
  await world.returns.refusal({ kind: 'renderingFailure', at, mail }, all)
  const fields = (await world.texts()).map((text) => readMultipart(text).parts[1]!.body)
  expect(fields[0]).toContain('Status: 5.7.0\r\nDiagnostic-Code: X-SES; Bad content\r\n')
  expect(fields[1]).toContain('Status: 5.6.0\r\nDiagnostic-Code: X-SES; the template could not be filled in\r\n')
})

test('an event from a clock ahead of ours has the id of now', async () => {
  const world = returnsWorld()
  await world.returns.bounce(aBounce({ at: BOUNCED_AT + 3_600_000 }), [NO_SUCH_USER])
  expect(world.queue.parts()[0]!.mailId < mailIds({ gateway: 0 })(NOW + 1)).toBe(true)
})
