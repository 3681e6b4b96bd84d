// Reads what SES tells us in any wrapper it travels in: SNS envelope, SQS body with one, raw delivery, EventBridge, and the
// old identity notifications. A wrapper is known by its own fields, never by the fact that something parses (C22).
import type { FeedbackEvent } from '../../core/feedback/event.ts'
import type { FeedbackRecord, UnreadableRecord } from '../../core/feedback/record.ts'
import { count, instant, mailOf, object, present, recipients, tag, text, unreadRecipients } from './event-fields.ts'
import { isObject, limitedJson, type Json } from './limited-json.ts'

/** What is kept of a record that nobody understood. */
const KEPT_CHARACTERS = 65_536
/** `Successfully validated SNS topic for Amazon SES event publishing.`, and the same for a stream. */
const VALIDATED = /^Successfully validated /i

type KindReader = (detail: Json) => DistributiveOmit<FeedbackEvent, 'at' | 'mail' | 'configurationSet'>
type DistributiveOmit<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never

interface Kind {
  /** The sub-object that holds what is special to the type. */
  readonly object: string
  /** Where in it the recipients stand; an event without such a list is about all recipients of the mail. */
  readonly names?: string
  readonly read: KindReader
}

const other =
  (eventType: string): KindReader =>
  () => ({ kind: 'other', eventType })

/** By `eventType` of SNS and `notificationType` of old notifications (AWS guide, event-publishing-retrieving-sns-contents). */
const KINDS: Readonly<Record<string, Kind>> = {
  Send: { object: 'send', read: () => ({ kind: 'send' }) },
  Delivery: { object: 'delivery', names: 'recipients', read: delivery },
  Bounce: { object: 'bounce', names: 'bouncedRecipients', read: bounce },
  Complaint: { object: 'complaint', names: 'complainedRecipients', read: complaint },
  Reject: { object: 'reject', read: (detail) => ({ kind: 'reject', reason: text(detail, 'reason') ?? 'unknown' }) },
  'Rendering Failure': { object: 'failure', read: renderingFailure },
  DeliveryDelay: { object: 'deliveryDelay', names: 'delayedRecipients', read: deliveryDelay },
  Open: { object: 'open', read: other('Open') },
  Click: { object: 'click', read: other('Click') },
  Subscription: { object: 'subscription', read: other('Subscription') },
}

/** EventBridge says it in the past tense (AWS EventBridge events reference, "Amazon Simple Email Service events"). */
const DETAIL_TYPES: Readonly<Record<string, string>> = {
  'Email Sent': 'Send',
  'Email Delivered': 'Delivery',
  'Email Bounced': 'Bounce',
  'Email Complaint Received': 'Complaint',
  'Email Rejected': 'Reject',
  'Email Rendering Failed': 'Rendering Failure',
  'Email Delivery Delayed': 'DeliveryDelay',
  'Email Opened': 'Open',
  'Email Clicked': 'Click',
  'Email Subscribed': 'Subscription',
}

/** What a text is. Never throws; what no event is made of is a value too. */
export function readFeedback(source: string): FeedbackRecord {
  const reading = limitedJson(source)
  if (reading.kind === 'value' && isObject(reading.value)) return readObject(reading.value, source)
  if (VALIDATED.test(source)) return { kind: 'notice', message: source.slice(0, KEPT_CHARACTERS) }
  return reading.kind === 'fault'
    ? unreadable(reading.reason, reading.message, source)
    : unreadable('noObject', 'is JSON, but no object', source)
}

/** The same for JSON that was read already. `source` is what to keep of it. */
export function readObject(json: Json, source: string): FeedbackRecord {
  if (isSnsEnvelope(json)) return readEnvelope(json, source)
  const detailType = text(json, 'detail-type')
  if (detailType !== undefined && isObject(json['detail'])) return readEventBridge(json, detailType, source)
  const eventType = text(json, 'eventType') ?? text(json, 'notificationType')
  if (eventType === undefined) return unreadable('noType', 'has neither eventType nor notificationType', source)
  return readEvent(json, { eventType, source })
}

/** SNS guide, "sns-message-and-json-formats": the three fields that every message of a topic has. */
export function isSnsEnvelope(json: Json): boolean {
  return ['Type', 'TopicArn', 'MessageId'].every((name) => typeof json[name] === 'string')
}

function readEnvelope(json: Json, source: string): FeedbackRecord {
  const message = json['Message']
  switch (json['Type']) {
    case 'SubscriptionConfirmation':
      return {
        kind: 'confirmation',
        topicArn: text(json, 'TopicArn') ?? '',
        subscribeUrl: text(json, 'SubscribeURL') ?? '',
      }
    case 'UnsubscribeConfirmation':
      return { kind: 'notice', message: 'the subscription of this topic was ended' }
    case 'Notification':
      if (typeof message !== 'string') return unreadable('noMessage', 'is a notification without a Message', source)
      return readMessage(message)
    default:
      return unreadable('unknownEnvelope', 'is an SNS message of an unknown Type', source)
  }
}

/** One envelope, not one in another: SNS does not nest them, and who does wants something else. */
function readMessage(message: string): FeedbackRecord {
  const reading = limitedJson(message)
  if (reading.kind === 'value' && isObject(reading.value) && isSnsEnvelope(reading.value)) {
    return unreadable('nestedEnvelope', 'is an envelope inside an envelope', message)
  }
  return readFeedback(message)
}

function readEventBridge(json: Json, detailType: string, source: string): FeedbackRecord {
  const eventType = Object.hasOwn(DETAIL_TYPES, detailType) ? DETAIL_TYPES[detailType] : undefined
  // `Sending Status Disabled` and the advisor's notices come by the same bus.
  if (eventType === undefined) return { kind: 'unknown', eventType: detailType, text: kept(source) }
  return readEvent(object(json, 'detail'), { eventType, source, envelopeAt: instant(json, 'time') })
}

interface Circumstances {
  readonly eventType: string
  readonly source: string
  /** When the envelope says that it happened; the event itself knows better. */
  readonly envelopeAt?: number | undefined
}

function readEvent(json: Json, { eventType, source, envelopeAt }: Circumstances): FeedbackRecord {
  const kind = Object.hasOwn(KINDS, eventType) ? KINDS[eventType] : undefined
  if (kind === undefined) return { kind: 'unknown', eventType: eventType.slice(0, 100), text: kept(source) }
  const mailJson = object(json, 'mail')
  const mail = mailOf(mailJson)
  if (mail === undefined) return unreadable('noMessageId', 'names no mail: mail.messageId is missing', source)
  const detail = object(json, kind.object)
  const at = instant(detail, 'timestamp') ?? envelopeAt ?? mail.sentAt
  if (at === undefined) return unreadable('noTime', 'says nowhere when it happened', source)
  const known = kind.read(detail)
  const concerned = 'recipients' in known ? known.recipients : mail.destinations
  if (known.kind !== 'other' && concerned.length === 0) return unreadable('noRecipient', 'names no recipient', source)
  const configurationSet = tag(object(mailJson, 'tags'), 'ses:configuration-set')
  const event: FeedbackEvent = { at, mail, ...(configurationSet === undefined ? {} : { configurationSet }), ...known }
  const [list, name] = kind.names === undefined ? [mailJson, 'destination'] : [detail, kind.names]
  const lost = known.kind === 'other' ? 0 : unreadRecipients(list, name)
  if (lost === 0) return { kind: 'event', event }
  return { kind: 'event', event, rest: unreadable('recipientsLost', `names ${lost} more that cannot be read`, source) }
}

function delivery(detail: Json): ReturnType<KindReader> {
  return {
    kind: 'delivery',
    recipients: recipients(detail, 'recipients'),
    ...present({
      smtpResponse: text(detail, 'smtpResponse'),
      reportingMta: text(detail, 'reportingMTA'),
      processingMs: count(detail, 'processingTimeMillis'),
    }),
  }
}

function bounce(detail: Json): ReturnType<KindReader> {
  return {
    kind: 'bounce',
    bounceType: text(detail, 'bounceType') ?? 'Undetermined',
    bounceSubType: text(detail, 'bounceSubType') ?? 'Undetermined',
    recipients: recipients(detail, 'bouncedRecipients'),
    ...present({ feedbackId: text(detail, 'feedbackId'), reportingMta: text(detail, 'reportingMTA') }),
  }
}

function complaint(detail: Json): ReturnType<KindReader> {
  return {
    kind: 'complaint',
    recipients: recipients(detail, 'complainedRecipients'),
    ...present({
      subType: text(detail, 'complaintSubType'),
      feedbackType: text(detail, 'complaintFeedbackType'),
      feedbackId: text(detail, 'feedbackId'),
      userAgent: text(detail, 'userAgent'),
      arrivalAt: instant(detail, 'arrivalDate'),
    }),
  }
}

function renderingFailure(detail: Json): ReturnType<KindReader> {
  return {
    kind: 'renderingFailure',
    ...present({ templateName: text(detail, 'templateName'), message: text(detail, 'errorMessage') }),
  }
}

function deliveryDelay(detail: Json): ReturnType<KindReader> {
  return {
    kind: 'deliveryDelay',
    delayType: text(detail, 'delayType') ?? 'Undetermined',
    recipients: recipients(detail, 'delayedRecipients'),
    ...present({ expiresAt: instant(detail, 'expirationTime'), reportingMta: text(detail, 'reportingMTA') }),
  }
}

function unreadable(reason: string, message: string, source: string): UnreadableRecord {
  return { kind: 'unreadable', reason, message, text: kept(source) }
}

function kept(source: string): string {
  return source.slice(0, KEPT_CHARACTERS)
}
