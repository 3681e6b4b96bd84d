// Events as values and as the JSON of SES, for tests: builders that show only what matters.
import type { FeedbackEvent, FeedbackMail } from '../../src/core/feedback/event.ts'

export const SENT_AT = Date.UTC(2026, 10, 25, 3, 0, 0)
export const MESSAGE_ID = '0106018f3a5d0c11-11111111-2222-3333-4444-555555555555-000000'
export const RECIPIENT = 'r@example.com'

export function aFeedbackMail(values: Partial<FeedbackMail> = {}): FeedbackMail {
  return {
    sesMessageId: MESSAGE_ID,
    sentAt: SENT_AT,
    sender: 'news@goo.ne.jp',
    destinations: [RECIPIENT],
    mailId: '0123456789ABC',
    part: 1,
    ...values,
  }
}

type Of<K extends FeedbackEvent['kind']> = Extract<FeedbackEvent, { kind: K }>

const base = (at: number, mail: Partial<FeedbackMail>) => ({ at: SENT_AT + at, mail: aFeedbackMail(mail) })

/** Each is told `at` milliseconds after the mail was sent, for RECIPIENT when nobody else is named. */
export const anEvent = {
  send: (at = 0, mail: Partial<FeedbackMail> = {}): Of<'send'> => ({ kind: 'send', ...base(at, mail) }),
  delivery: (at = 1_000, to: readonly string[] = [RECIPIENT], mail: Partial<FeedbackMail> = {}): Of<'delivery'> => ({
    kind: 'delivery',
    recipients: to.map((address) => ({ address })),
    ...base(at, { destinations: to, ...mail }),
  }),
  delay: (at = 500): Of<'deliveryDelay'> => ({
    kind: 'deliveryDelay',
    delayType: 'MailboxFull',
    recipients: [{ address: RECIPIENT }],
    ...base(at, {}),
  }),
  bounce: (at = 2_000, values: Partial<Of<'bounce'>> = {}, mail: Partial<FeedbackMail> = {}): Of<'bounce'> => ({
    kind: 'bounce',
    bounceType: 'Permanent',
    bounceSubType: 'General',
    feedbackId: 'feedback-1',
    recipients: [{ address: RECIPIENT, status: '5.1.1', diagnosticCode: 'smtp; 550 5.1.1 user unknown' }],
    ...base(at, mail),
    ...values,
  }),
  quietBounce: (at = 3_000, bounceType = 'Transient'): Of<'bounce'> => ({
    kind: 'bounce',
    bounceType,
    bounceSubType: bounceType === 'Transient' ? 'General' : 'Undetermined',
    recipients: [{ address: RECIPIENT }],
    ...base(at, {}),
  }),
  complaint: (at = 4_000, values: Partial<Of<'complaint'>> = {}): Of<'complaint'> => ({
    kind: 'complaint',
    feedbackId: 'feedback-2',
    recipients: [{ address: RECIPIENT }],
    ...base(at, {}),
    ...values,
  }),
  reject: (at = 100): Of<'reject'> => ({ kind: 'reject', reason: 'Bad content', ...base(at, {}) }),
}

/** `mail` as SES writes it. */
export function sesMail(values: Readonly<Record<string, unknown>> = {}): Record<string, unknown> {
  return {
    timestamp: '2026-11-25T03:00:00.000Z',
    messageId: MESSAGE_ID,
    source: 'news@goo.ne.jp',
    sourceArn: 'arn:aws:ses:ap-northeast-1:123456789012:identity/goo.ne.jp',
    sendingAccountId: '123456789012',
    destination: [RECIPIENT],
    headersTruncated: false,
    headers: [
      { name: 'From', value: 'news@goo.ne.jp' },
      { name: 'Message-ID', value: '<client-1@goo.ne.jp>' },
    ],
    commonHeaders: { from: ['news@goo.ne.jp'], to: [RECIPIENT], messageId: MESSAGE_ID, subject: 'news' },
    tags: {
      'ses:configuration-set': ['goo-events'],
      'watari-mail': ['0123456789ABC'],
      'watari-part': ['1'],
    },
    ...values,
  }
}

/** A hard bounce as SES writes it. */
export function sesBounce(mail: Readonly<Record<string, unknown>> = sesMail()): Record<string, unknown> {
  return {
    eventType: 'Bounce',
    mail,
    bounce: {
      feedbackId: '0106-feedback-000000',
      bounceType: 'Permanent',
      bounceSubType: 'General',
      bouncedRecipients: [
        { emailAddress: RECIPIENT, action: 'failed', status: '5.1.1', diagnosticCode: 'smtp; 550 5.1.1 user unknown' },
      ],
      timestamp: '2026-11-25T03:00:02.000Z',
      reportingMTA: 'dns; a1-1.smtp-out.ap-northeast-1.amazonses.com',
    },
  }
}

export const TOPIC_ARN = 'arn:aws:sns:ap-northeast-1:123456789012:goo-events'

/** What SNS puts around a message; not signed. */
export function snsEnvelope(message: string, values: Readonly<Record<string, unknown>> = {}): Record<string, unknown> {
  return {
    Type: 'Notification',
    MessageId: '22b80b92-fdea-4c2c-8f9d-bdfb0c7bf324',
    TopicArn: TOPIC_ARN,
    Message: message,
    Timestamp: '2026-11-25T03:00:03.000Z',
    SignatureVersion: '1',
    Signature: 'bm90IHNpZ25lZA==',
    SigningCertURL:
      'https://sns.ap-northeast-1.amazonaws.com/SimpleNotificationService-0000000000000000000000000000000a.pem',
    UnsubscribeURL: 'https://sns.ap-northeast-1.amazonaws.com/?Action=Unsubscribe',
    ...values,
  }
}
