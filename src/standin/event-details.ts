// The part of an event that differs by type: bounce, complaint, delivery and the others, for one recipient each.
import { randomUUID } from 'node:crypto'
import { isoTime, type Json } from './event-shapes.ts'
import type { Bounce } from './fates.ts'
import { domainOf } from './addresses.ts'

/** How long SES tries: 14 hours (API reference, MaxDeliverySeconds). */
const EXPIRES_AFTER_MS = 50_400_000
const REMOTE_ADDRESS = '127.0.0.1'

export interface Moment {
  readonly recipient: string
  readonly at: number
  readonly acceptedAt: number
  readonly region: string
}

export function deliveryDetail({ recipient, at, acceptedAt, region }: Moment): Json {
  return {
    timestamp: isoTime(at),
    processingTimeMillis: at - acceptedAt,
    recipients: [recipient],
    smtpResponse: `250 2.0.0 OK: queued by ${domainOf(recipient)}`,
    reportingMTA: reportingMta(region),
    remoteMtaIp: REMOTE_ADDRESS,
  }
}

export function bounceDetail({ recipient, at, region }: Moment, bounce: Bounce): Json {
  const { status, diagnostic } = bounce
  return {
    feedbackId: newFeedbackId(at),
    bounceType: bounce.type,
    bounceSubType: bounce.subType,
    bouncedRecipients: [
      {
        emailAddress: recipient,
        ...(status === undefined ? {} : { action: 'failed', status }),
        ...(diagnostic === undefined ? {} : { diagnosticCode: diagnostic }),
      },
    ],
    timestamp: isoTime(at),
    // Only with a DSN of the receiver.
    ...(status === undefined ? {} : { reportingMTA: `dns; ${reportingMta(region)}` }),
  }
}

/** An address on the account's list with reason BOUNCE. */
export function suppressedBounceDetail(moment: Moment): Json {
  const diagnostic =
    'Amazon SES did not send the message to this address because it is on the suppression list for your account.'
  const { reportingMTA: _none, ...detail } = bounceDetail(moment, {
    type: 'Permanent',
    subType: 'OnAccountSuppressionList',
    status: '5.1.1',
    diagnostic,
  })
  return { ...detail, reportingMTA: 'dns; amazonses.com' }
}

export function complaintDetail({ recipient, at, acceptedAt }: Moment, feedbackType: string): Json {
  return {
    feedbackId: newFeedbackId(at),
    complaintSubType: null,
    complainedRecipients: [{ emailAddress: recipient }],
    timestamp: isoTime(at),
    userAgent: 'Watari stand-in',
    complaintFeedbackType: feedbackType,
    arrivalDate: isoTime(acceptedAt),
  }
}

/** An address on the account's list with reason COMPLAINT. */
export function suppressedComplaintDetail({ recipient, at }: Moment): Json {
  return {
    feedbackId: newFeedbackId(at),
    complaintSubType: 'OnAccountSuppressionList',
    complainedRecipients: [{ emailAddress: recipient }],
    timestamp: isoTime(at),
  }
}

export function delayDetail({ recipient, at, acceptedAt, region }: Moment, delayType: string): Json {
  const diagnosticCode = 'smtp; 451 4.4.1 try again later'
  return {
    delayType,
    delayedRecipients: [{ emailAddress: recipient, status: '4.4.1', diagnosticCode }],
    expirationTime: isoTime(acceptedAt + EXPIRES_AFTER_MS),
    reportingMTA: reportingMta(region),
    timestamp: isoTime(at),
  }
}

export const REJECT_DETAIL: Json = { reason: 'Bad content' }

export const FAILURE_DETAIL: Json = {
  errorMessage: "Attribute 'name' is not present in the rendering data.",
  templateName: 'standin',
}

const reportingMta = (region: string): string => `a1-1.smtp-out.${region}.amazonses.com`
const newFeedbackId = (at: number): string => `0106${at.toString(16).padStart(12, '0')}-${randomUUID()}-000000`
