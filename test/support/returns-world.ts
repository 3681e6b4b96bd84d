// Builders of what SES tells, with defaults, so that a test shows only what matters.
import type { EventRecipient, FeedbackMail } from '../../src/core/feedback/event.ts'
import type { BounceEvent, ComplaintEvent } from '../../src/core/feedback/failures.ts'
import { returns, type Returns, type ReturnsOptions } from '../../src/core/feedback/returns.ts'
import { memoryQueue, recordedLog, recordedMeter, testHash, type MemoryQueue } from './fakes.ts'

export const SENT_AT = Date.UTC(2026, 10, 25, 3, 0, 0)
export const BOUNCED_AT = Date.UTC(2026, 10, 25, 3, 4, 5)
export const NOW = Date.UTC(2026, 10, 25, 3, 4, 6)
export const VERP = 'bounce+u=example.net-77@example.com'

export function aFeedbackMail(overrides: Partial<FeedbackMail> = {}): FeedbackMail {
  return {
    sesMessageId: '0106019ab0000000-11111111-2222-3333-4444-555555555555-000000',
    sentAt: SENT_AT,
    sender: VERP,
    destinations: ['u@example.net'],
    mailId: '07QZ0000G0001',
    part: 1,
    messageIdField: '<original-1@example.com>',
    ...overrides,
  }
}

export const NO_SUCH_USER: EventRecipient = {
  address: 'u@example.net',
  action: 'failed',
  status: '5.1.1',
  diagnosticCode: 'smtp; 550 5.1.1 <u@example.net>: Recipient address rejected: User unknown',
}

export function aBounce(overrides: Partial<BounceEvent> = {}): BounceEvent {
  return {
    kind: 'bounce',
    at: BOUNCED_AT,
    mail: aFeedbackMail(),
    bounceType: 'Permanent',
    bounceSubType: 'General',
    recipients: [NO_SUCH_USER],
    feedbackId: '0106019ab0000001-aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee-000000',
    reportingMta: 'dns; a1-1.smtp-out.ap-northeast-1.amazonses.com',
    ...overrides,
  }
}

export function aComplaint(overrides: Partial<ComplaintEvent> = {}): ComplaintEvent {
  return {
    kind: 'complaint',
    at: BOUNCED_AT,
    mail: aFeedbackMail(),
    recipients: [{ address: 'u@example.net' }],
    feedbackType: 'abuse',
    feedbackId: '0106019ab0000002-aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee-000000',
    userAgent: 'Example FBL 1.0',
    arrivalAt: Date.UTC(2026, 10, 25, 3, 0, 2),
    ...overrides,
  }
}

export interface ReturnsWorld {
  readonly returns: Returns
  readonly queue: MemoryQueue
  readonly log: ReturnType<typeof recordedLog>
  readonly meter: ReturnType<typeof recordedMeter>
  /** The wire form of the reports in the queue, in order of their ids. */
  readonly texts: () => Promise<readonly string[]>
  now: number
}

export function returnsWorld(overrides: Partial<ReturnsOptions> = {}): ReturnsWorld {
  const queue = memoryQueue()
  const log = recordedLog()
  const meter = recordedMeter()
  const world = {
    queue,
    log,
    meter,
    now: NOW,
    async texts() {
      const contents = await Promise.all(queue.parts().map(({ mailId }) => queue.contentOf(mailId)))
      return contents.map((content) => Buffer.concat(content?.chunks ?? []).toString('latin1'))
    },
  }
  const made = returns({
    mode: 'watari',
    queue,
    now: () => world.now,
    hash: testHash().hash32,
    hostname: 'gw.example.com',
    version: '0.1.0',
    senderDomains: ['example.com'],
    limits: { perMinute: 6_000, perDomainPerMinute: 6_000 },
    log,
    meter,
    ...overrides,
  })
  return Object.assign(world, { returns: made })
}
