import { domainToASCII } from 'node:url'
import { describe, expect, test } from 'vitest'
import type { FeedbackEvent } from './event.ts'
import { canonicalOf } from './suppression-desk.ts'
import { suppressFor } from './suppression-events.ts'

const canonical = (address: string) => canonicalOf(address, domainToASCII)
const mail = { sesMessageId: '0106-m1', sender: 'news@goo.ne.jp', destinations: ['reader@example.com'] }
const one = [{ address: 'Reader@Example.COM', status: '5.1.1', diagnosticCode: 'smtp; 550 5.1.1 user unknown' }]
const two = [{ address: 'p@isp.example' }, { address: 'q@isp.example' }]

const bounce = (bounceType: string, bounceSubType: string, recipients = one): FeedbackEvent => ({
  kind: 'bounce',
  at: 7,
  mail,
  bounceType,
  bounceSubType,
  recipients,
})
const complaint = (
  more: { subType?: string; feedbackType?: string } = {},
  recipients: readonly { address: string }[] = [{ address: 'Reader@Example.COM' }],
): FeedbackEvent => ({ kind: 'complaint', at: 7, mail, recipients, ...more })

describe('a hard bounce by the receiver', () => {
  test.each(['General', 'NoEmail'])('Permanent/%s speaks for suppressing the canonical address', (subType) => {
    expect(suppressFor(bounce('Permanent', subType), canonical)).toEqual([
      {
        address: 'reader@example.com',
        spelling: 'Reader@Example.COM',
        reason: 'hardBounce',
        evidence: { word: 'bounce', status: '5.1.1', count: 1, firstAt: 7, lastAt: 7, source: '0106-m1' },
        by: 'watari',
      },
    ])
  })
})

describe('nothing is suppressed', () => {
  test.each<[string, FeedbackEvent]>([
    ['by a full mailbox', bounce('Transient', 'MailboxFull')],
    ['by an auto-reply (C24)', bounce('Transient', 'General', [{ ...one[0]!, status: '' }])],
    ['by a bounce that nobody could read', bounce('Undetermined', 'Undetermined')],
    ['by a hit on the global list, which forgets by itself (C26)', bounce('Permanent', 'Suppressed')],
    ['by a validation that doubts old carrier addresses', bounce('Permanent', 'EmailValidationSuppressed')],
    ['by another tenant’s list', bounce('Permanent', 'OnTenantSuppressionList')],
    ['by a word of tomorrow', bounce('Permanent', 'SomethingNew')],
    ['by "not spam" (C25 b)', complaint({ feedbackType: 'not-spam' })],
    ['by a complaint that another list made', complaint({ subType: 'OnTenantSuppressionList' })],
    ['by a delivery', { kind: 'delivery', at: 7, mail, recipients: one }],
    ['by a delay', { kind: 'deliveryDelay', at: 7, mail, delayType: 'General', recipients: one }],
    ['by a rejected mail', { kind: 'reject', at: 7, mail, reason: 'Bad content' }],
    ['by a send', { kind: 'send', at: 7, mail }],
    ['by a rendering failure', { kind: 'renderingFailure', at: 7, mail }],
    ['by an event of tomorrow', { kind: 'other', at: 7, mail, eventType: 'Teleport' }],
    ['for what is no address', bounce('Permanent', 'General', [{ ...one[0]!, address: 'nobody' }])],
  ])('%s', (_, event) => {
    expect(suppressFor(event, canonical)).toEqual([])
  })
})

// C25.
describe('a complaint', () => {
  test.each([{}, { feedbackType: 'abuse' }, { feedbackType: 'some-new-type' }])('counts with %j', (more) => {
    expect(suppressFor(complaint(more), canonical)).toMatchObject([
      { address: 'reader@example.com', reason: 'complaint', evidence: { word: 'complaint', lastAt: 7 } },
    ])
  })
  test('that names all of a provider is possible for each, and suppresses each', () => {
    expect(suppressFor(complaint({ feedbackType: 'abuse' }, two), canonical)).toMatchObject([
      { address: 'p@isp.example', reason: 'complaint', evidence: { word: 'possibleComplaint' } },
      { address: 'q@isp.example', reason: 'complaint', evidence: { word: 'possibleComplaint' } },
    ])
  })
})

// C26.
describe('a hit on the account’s list', () => {
  test.each([
    ['bounce', bounce('Permanent', 'OnAccountSuppressionList')],
    ['complaint', complaint({ subType: 'OnAccountSuppressionList' })],
  ])('in a %s is known from there, without a date of its own', (word, event) => {
    expect(suppressFor(event, canonical)).toEqual([
      {
        address: 'reader@example.com',
        spelling: 'Reader@Example.COM',
        reason: 'accountList',
        evidence: { word, count: 1 },
        by: 'watari',
      },
    ])
  })
})
