// Answers as receivers were seen to give them; reply-table.ts names the sources.
import { describe, expect, test } from 'vitest'
import fc from 'fast-check'
import { classify } from './classify.ts'

type Row = readonly [string, string, string]

const meaningOf = (address: string, diagnosticCode: string, status?: string): string => {
  const meaning = classify({ address, diagnosticCode, ...(status === undefined ? {} : { status }) })
  if (meaning.kind === 'unknown') return 'unknown'
  const doubt = meaning.kind === 'hard' && meaning.doubtful === true ? ', doubtful' : ''
  return `${meaning.kind} ${meaning.reason}${doubt}`
}

describe('a carrier in Japan', () => {
  test.each<Row>([
    ['a@docomo.ne.jp', 'smtp; 550 Unknown user a@docomo.ne.jp', 'hard noSuchUser, doubtful'],
    ['a@docomo.ne.jp', 'smtp; 552 Too much mail data a@docomo.ne.jp', 'soft mailboxFull'],
    ['a@docomo.ne.jp', 'smtp; 552 Too many recipients', 'soft throttled'],
    ['a@docomo.ne.jp', 'smtp; 500 Line Too Long', 'soft contentRefused'],
    ['a@ezweb.ne.jp', 'smtp; 550 <a@ezweb.ne.jp>: User unknown', 'hard noSuchUser, doubtful'],
    ['a@ezweb.ne.jp', 'smtp; 550 : User unknown', 'soft contentRefused'],
    ['a@au.com', 'smtp; 550 <a@au.com>: User unknown', 'hard noSuchUser, doubtful'],
    ['a@biz.ezweb.ne.jp', 'smtp; 550 user unknown', 'soft contentRefused'],
    ['a!b@ezweb.ne.jp', 'smtp; 554 <a!b@ezweb.ne.jp>: Relay access denied', 'hard noSuchUser'],
    ['a@i.softbank.jp', 'smtp; 550 Invalid recipient: <a@i.softbank.jp>', 'hard noSuchUser'],
    ['a@k.vodafone.ne.jp', 'smtp; 550 Invalid recipient: <a@k.vodafone.ne.jp>', 'hard noSuchUser'],
    ['a@ymobile.ne.jp', 'smtp; 550 Invalid recipient: <a@ymobile.ne.jp>', 'hard noSuchUser'],
    ['a@softbank.ne.jp', 'smtp; 553 mail.example.com does not exist', 'soft reputation'],
    [
      'a@yahoo.co.jp',
      "smtp; 554 delivery error: dd This user doesn't have a yahoo.co.jp account (a@yahoo.co.jp) [-5] - mta7149.mail.djm.ynwp.yahoo.co.jp",
      'hard noSuchUser',
    ],
    [
      'a@yahoo.co.jp',
      'smtp; 554 delivery error: dd Sorry your message to a@yahoo.co.jp cannot be delivered. This account has been disabled or discontinued [#102].',
      'hard inactive',
    ],
    [
      'a@ocn.ne.jp',
      'smtp; 550 5.1.1 <a@ocn.ne.jp>: Recipient address rejected: User unknown in virtual mailbox table',
      'hard noSuchUser',
    ],
    ['a@example.iij.ad.jp', 'smtp; 550 5.1.1 <a@example.iij.ad.jp>... User unknown', 'hard noSuchUser'],
    ['a@rakuten.jp', 'smtp; 552 5.2.2 <a@rakuten.jp>: Recipient address rejected: Mailbox full', 'soft mailboxFull'],
  ])('%s: %s means %s', (address, said, expected) => {
    expect(meaningOf(address, said)).toBe(expected)
  })
})

describe('a large provider', () => {
  test.each<Row>([
    [
      'a@gmail.com',
      "smtp; 550-5.1.1 The email account that you tried to reach does not exist. Please try 550-5.1.1 double-checking the recipient's email address",
      'hard noSuchUser',
    ],
    [
      'a@gmail.com',
      'smtp; 550 5.2.1 The email account that you tried to reach is disabled. Learn more at https://support.google.com/mail/?p=DisabledUser',
      'hard inactive',
    ],
    [
      'a@gmail.com',
      "smtp; 552-5.2.2 The recipient's inbox is out of storage space and inactive. Please 552-5.2.2 direct the recipient",
      'soft mailboxFull',
    ],
    ['a@gmail.com', 'smtp; 452-4.2.2 The email account that you tried to reach is over quota.', 'soft mailboxFull'],
    [
      'a@gmail.com',
      'smtp; 450-4.2.1 The user you are trying to contact is receiving email too quickly.',
      'soft throttled',
    ],
    [
      'a@gmail.com',
      'smtp; 421-4.7.28 Our system has detected an unusual rate of unsolicited mail originating from your IP address.',
      'soft throttled',
    ],
    [
      'a@gmail.com',
      'smtp; 550-5.7.26 This mail has been blocked because the sender is unauthenticated.',
      'soft reputation',
    ],
    [
      'a@example.org',
      'smtp; 552-5.7.0 This message was blocked because its content presents a potential security issue.',
      'soft contentRefused',
    ],
    [
      'a@yahoo.com',
      'smtp; 421 4.7.0 [TSS04] Messages from 192.0.2.25 temporarily deferred due to unexpected volume or user complaints - 4.16.55.1',
      'soft throttled',
    ],
    ['a@yahoo.com', 'smtp; 552 1 Requested mail action aborted, mailbox not found', 'hard noSuchUser'],
    [
      'a@aol.jp',
      'smtp; 554 30 Sorry, your message to a@aol.jp cannot be delivered. This mailbox is disabled (554.30)',
      'hard inactive',
    ],
    ['a@yahoo.com', 'smtp; 554 5.7.9 Message not accepted for policy reasons.', 'soft contentRefused'],
    ['a@hotmail.co.jp', 'smtp; 550 5.5.0 Requested action not taken: mailbox unavailable.', 'hard noSuchUser'],
    [
      'a@outlook.jp',
      "smtp; 550 5.7.1 Unfortunately, messages from [192.0.2.1] weren't sent. Please contact your Internet service provider since part of their network is on our block list (S3140).",
      'soft reputation',
    ],
    [
      'a@example.org',
      'smtp; 550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found by SMTP address lookup',
      'hard noSuchUser',
    ],
    [
      'a@example.org',
      'smtp; 550 5.2.3 RESOLVER.RST.RecipSizeLimit; message too large for this recipient',
      'soft tooLarge',
    ],
    ['a@icloud.com', 'smtp; 550 5.1.1 <a@icloud.com>: user does not exist', 'hard noSuchUser'],
    ['a@icloud.com', 'smtp; 550 5.1.1 <a@icloud.com>: inactive email address', 'hard inactive'],
    ['a@icloud.com', 'smtp; 552 5.2.2 <a@icloud.com>: user is over quota', 'soft mailboxFull'],
    ['a@icloud.com', 'smtp; 550 5.7.1 [CS01] Message rejected due to local policy.', 'soft contentRefused'],
    [
      'a@icloud.com',
      'smtp; 421 4.7.1 Messages to a@icloud.com deferred due to excessive volume. Try again later',
      'soft throttled',
    ],
  ])('%s: %s means %s', (address, said, expected) => {
    expect(meaningOf(address, said)).toBe(expected)
  })
})

describe('any mail server', () => {
  test.each<Row>([
    ['a@example.org', 'smtp; 450 4.2.0 <a@example.org>: Recipient address rejected: Greylisted', 'soft greylisted'],
    ['a@example.org', 'smtp; 451 4.7.1 Greylisting in action, please come back later', 'soft greylisted'],
    ['a@example.org', 'smtp; 552 sorry, mailbox a@example.org is over quota temporarily (#5.1.1)', 'soft mailboxFull'],
    ['a@example.org', 'smtp; 552 5.2.3 Message size exceeds fixed maximum message size (10485760)', 'soft tooLarge'],
    [
      'a@example.org',
      'smtp; 550 5.1.2 <a@example.org>... Host unknown (Name server: example.org: host not found)',
      'hard noSuchDomain',
    ],
    [
      'a@example.org',
      'smtp; 550 5.7.1 Service unavailable; Client host [192.0.2.1] blocked using zen.spamhaus.org',
      'soft reputation',
    ],
    [
      'a@example.org',
      'smtp; 525 5.7.13 <a@example.org>: Recipient address rejected: User account disabled.',
      'hard inactive',
    ],
    ['a@example.org', 'smtp; 554 5.7.1 Message content rejected, id=20025-09 - SPAM', 'soft contentRefused'],
  ])('%s: %s means %s', (address, said, expected) => {
    expect(meaningOf(address, said)).toBe(expected)
  })
})

describe('an answer without words that are known', () => {
  test.each<readonly [string, string | undefined, string]>([
    ['smtp; 550 5.1.1 nein', undefined, 'hard noSuchUser'],
    ['smtp; 550 nein', '5.1.2', 'hard noSuchDomain'],
    ['', '5.2.2', 'soft mailboxFull'],
    ['', '4.2.2', 'soft mailboxFull'],
    ['', '4.4.7', 'soft expired'],
    ['', '5.6.0', 'soft contentRefused'],
    ['', '4.1.1', 'unknown'],
    ['', '5.7.1', 'unknown'],
    ['', '5.0.0', 'unknown'],
    ['', undefined, 'unknown'],
    ['smtp; 550 nein, 5.1.1 maybe', undefined, 'unknown'],
    ['smtp; 550 192.0.2.1', undefined, 'unknown'],
    ['', 'constructor', 'unknown'],
  ])('%j with status %s means %s', (said, status, expected) => {
    expect(meaningOf('a@example.org', said, status)).toBe(expected)
  })
})

test('reads any text, and at once', () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 2_000 }), fc.string({ maxLength: 20 }), (text, status) => {
      const startedAt = performance.now()
      classify({ address: 'a@docomo.ne.jp', diagnosticCode: text, status })
      return performance.now() - startedAt < 200
    }),
  )
  const hostile = `smtp; 550 ${'<:'.repeat(200)} ${'mailbox '.repeat(100)}`
  const startedAt = performance.now()
  classify({ address: 'a@au.com', diagnosticCode: hostile })
  expect(performance.now() - startedAt).toBeLessThan(200)
})
