// The JSON of SES events (AWS guide, "event-publishing-retrieving-sns-contents") and the two envelopes it travels in.
// Names differ by channel; the table is here and nowhere else.
import { randomUUID } from 'node:crypto'
import { mailboxesIn } from './addresses.ts'
import { fieldNamed, textOf, type Field } from './message.ts'
import type { Account, EventType, Identity } from './state.ts'
import { isSteering, type Submission } from './submission.ts'

/** `eventType` of the SNS message, its sub-object, and EventBridge's `detail-type`. */
export const EVENT_NAMES: Readonly<
  Record<EventType, { readonly eventType: string; readonly object: string; readonly detailType: string }>
> = {
  SEND: { eventType: 'Send', object: 'send', detailType: 'Email Sent' },
  DELIVERY: { eventType: 'Delivery', object: 'delivery', detailType: 'Email Delivered' },
  BOUNCE: { eventType: 'Bounce', object: 'bounce', detailType: 'Email Bounced' },
  COMPLAINT: { eventType: 'Complaint', object: 'complaint', detailType: 'Email Complaint Received' },
  REJECT: { eventType: 'Reject', object: 'reject', detailType: 'Email Rejected' },
  DELIVERY_DELAY: { eventType: 'DeliveryDelay', object: 'deliveryDelay', detailType: 'Email Delivery Delayed' },
  RENDERING_FAILURE: { eventType: 'Rendering Failure', object: 'failure', detailType: 'Email Rendering Failed' },
  OPEN: { eventType: 'Open', object: 'open', detailType: 'Email Opened' },
  CLICK: { eventType: 'Click', object: 'click', detailType: 'Email Clicked' },
  SUBSCRIPTION: { eventType: 'Subscription', object: 'subscription', detailType: 'Email Subscribed' },
}

export type Json = Readonly<Record<string, unknown>>

export interface SesEvent {
  readonly type: EventType
  readonly at: number
  readonly mail: Json
  readonly detail: Json
}

export interface AcceptedMail {
  readonly id: string
  readonly acceptedAt: number
  readonly submission: Submission
  readonly identity: Identity
  readonly tags: Readonly<Record<string, readonly string[]>>
}

/** The header section of an event's `mail` is cut at 10 KB. */
const HEADERS_OCTETS_MAX = 10 * 1024

export function isoTime(atMs: number): string {
  return new Date(atMs).toISOString()
}

/** The `mail` object that every event of one mail carries. */
export function mailObject(account: Account, mail: AcceptedMail): Json {
  const { message, source, recipients } = mail.submission
  const shown = message.fields.filter(({ key }) => !isSteering(key) && key !== 'bcc')
  const kept = firstOctets(shown, HEADERS_OCTETS_MAX)
  return {
    timestamp: isoTime(mail.acceptedAt),
    source,
    sourceArn: identityArn(account, mail.identity),
    sendingAccountId: account.id,
    messageId: mail.id,
    destination: recipients,
    headersTruncated: kept.length < shown.length,
    headers: kept.map((field) => ({ name: field.name, value: textOf(field) })),
    commonHeaders: commonHeaders(mail),
    tags: mail.tags,
  }
}

function firstOctets(fields: readonly Field[], max: number): readonly Field[] {
  let octets = 0
  return fields.filter((field) => (octets += field.raw.length) <= max)
}

function commonHeaders({ id, submission: { message, source } }: AcceptedMail): Json {
  const text = (key: string): string | undefined => {
    const field = fieldNamed(message, key)
    return field && textOf(field)
  }
  const list = (key: string): string[] | undefined => {
    const value = text(key)
    return value === undefined ? undefined : mailboxesIn(value).map(({ shown }) => shown)
  }
  const all = {
    returnPath: source,
    from: list('from'),
    sender: text('sender'),
    replyTo: list('reply-to'),
    to: list('to'),
    cc: list('cc'),
    date: text('date'),
    messageId: id,
    subject: text('subject'),
  }
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined))
}

export function identityArn(account: Account, identity: Identity): string {
  return `arn:aws:ses:${account.region}:${account.id}:identity/${identity.name}`
}

/** What SNS carries as `Message`, and EventBridge as `detail`. */
export function eventBody(event: SesEvent, extraTags: Json = {}): Json {
  const { eventType, object } = EVENT_NAMES[event.type]
  const mail = { ...event.mail, tags: { ...(event.mail['tags'] as Json), ...extraTags } }
  return { eventType, mail, [object]: event.detail }
}

/** An SNS notification, to be signed (sns-signer.ts). */
export function snsEnvelope(body: Json, topicArn: string, region: string, at: number): Json {
  const host = `https://sns.${region}.amazonaws.com`
  const subscription = `${topicArn}:${randomUUID()}`
  return {
    Type: 'Notification',
    MessageId: randomUUID(),
    TopicArn: topicArn,
    Subject: 'Amazon SES Email Event Notification',
    Message: JSON.stringify(body),
    Timestamp: isoTime(at),
    UnsubscribeURL: `${host}/?Action=Unsubscribe&SubscriptionArn=${subscription}`,
  }
}

/** An EventBridge event of the default bus (AWS guide, "monitoring-eventbridge"). */
export function eventBridgeEnvelope(account: Account, event: SesEvent, body: Json): Json {
  return {
    version: '0',
    id: randomUUID(),
    'detail-type': EVENT_NAMES[event.type].detailType,
    source: 'aws.ses',
    account: account.id,
    // Whole seconds, as EventBridge writes them.
    time: isoTime(event.at).replace(/\.\d{3}Z$/, 'Z'),
    region: account.region,
    resources: [event.mail['sourceArn']],
    detail: body,
  }
}
