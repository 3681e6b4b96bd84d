// Who may bring events, and by which way: SNS by HTTP with a signature that is verified, SNS by raw delivery where the plan
// allows it, EventBridge with a shared secret. A topic must be ours before anything else is looked at (C28).
import { createHash, timingSafeEqual, type KeyObject } from 'node:crypto'
import type { DoorAnswer, FeedbackDoor, FeedbackRequest } from '../../core/feedback/door.ts'
import { isSnsEnvelope, readFeedback, readObject } from './events.ts'
import { isObject, limitedJson, type Json } from './limited-json.ts'
import { certificateUrl, isSignedBy, subscribeUrl } from './sns-signature.ts'
import { snsKeys, type SnsKeys, type SnsWeb } from './sns-certificates.ts'

export const SNS_PATH = '/sns'
export const EVENT_BRIDGE_PATH = '/eventbridge'
/** The header in which an API destination of EventBridge brings the secret; its connection names header and value. */
const TOKEN_HEADER = 'x-watari-token'

export interface FeedbackDoorOptions {
  readonly topics: readonly AllowedTopic[]
  /** Without it EventBridge is not let in. */
  readonly eventBridgeToken?: string
  readonly web: SnsWeb
  readonly now: () => number
}

export interface AllowedTopic {
  readonly arn: string
  /** Raw delivery has no signature: whoever reaches the port is believed. */
  readonly rawDelivery: boolean
}

export function feedbackDoor(options: FeedbackDoorOptions): FeedbackDoor {
  const topics = new Map(options.topics.map((topic) => [topic.arn, topic]))
  const parts: Parts = { topics, keys: snsKeys(options.web, options.now), web: options.web }
  return async (request) => {
    switch (request.path) {
      case SNS_PATH:
        return fromSns(parts, request)
      case EVENT_BRIDGE_PATH:
        return fromEventBridge(options.eventBridgeToken, request)
      default:
        return refused(404, 'noSuchPath', `there is ${SNS_PATH} and ${EVENT_BRIDGE_PATH}`)
    }
  }
}

interface Parts {
  readonly topics: ReadonlyMap<string, AllowedTopic>
  readonly keys: SnsKeys
  readonly web: SnsWeb
}

async function fromSns(parts: Parts, request: FeedbackRequest): Promise<DoorAnswer> {
  if (request.header('x-amz-sns-rawdelivery') === 'true') return fromRawDelivery(parts, request)
  const reading = limitedJson(request.body)
  if (reading.kind === 'fault') return refused(400, reading.reason, `the message ${reading.message}`)
  const json = reading.value
  if (!isObject(json) || !isSnsEnvelope(json)) return refused(400, 'noEnvelope', 'the message is no message of SNS')
  const topicArn = String(json['TopicArn'])
  if (!parts.topics.has(topicArn)) return refused(403, 'foreignTopic', 'the topic is none of the plan’s')
  const unproven = await whyUnproven(parts.keys, json, topicArn)
  if (unproven !== undefined) return unproven
  const record = readObject(json, request.body)
  return record.kind === 'confirmation' ? confirm(parts.web, record) : { kind: 'record', record }
}

/** SNS guide, "sns-large-payload-raw-message-delivery": the topic stands in a header, and nothing proves it. */
function fromRawDelivery({ topics }: Parts, { header, body }: FeedbackRequest): DoorAnswer {
  const topic = topics.get(header('x-amz-sns-topic-arn') ?? '')
  if (topic === undefined) return refused(403, 'foreignTopic', 'the topic is none of the plan’s')
  if (!topic.rawDelivery) return refused(403, 'rawDelivery', 'the plan does not allow raw delivery for this topic')
  return { kind: 'record', record: readFeedback(body) }
}

async function whyUnproven(keys: SnsKeys, json: Json, topicArn: string): Promise<DoorAnswer | undefined> {
  const url = certificateUrl(json['SigningCertURL'], topicArn)
  if (url === undefined) return refused(403, 'foreignCertificate', 'the certificate is not where SNS has its own')
  let key: KeyObject
  try {
    key = await keys.keyOf(url)
  } catch (error) {
    const why = error instanceof Error ? error.message : 'unknown'
    return { kind: 'later', reason: 'noCertificate', message: `the certificate of SNS cannot be had: ${why}` }
  }
  const isSigned = await isSignedBy(json, key)
  return isSigned ? undefined : refused(403, 'badSignature', 'the signature is not that of SNS')
}

async function confirm(
  web: SnsWeb,
  { topicArn, subscribeUrl: asked }: { readonly topicArn: string; readonly subscribeUrl: string },
): Promise<DoorAnswer> {
  const url = subscribeUrl(asked, topicArn)
  if (url === undefined) return refused(403, 'foreignSubscribeUrl', 'the confirmation would not go to SNS')
  try {
    await web.confirm(url)
    return { kind: 'confirmed', topicArn }
  } catch (error) {
    const why = error instanceof Error ? error.message : 'unknown'
    return { kind: 'later', reason: 'notConfirmed', message: `SNS did not take the confirmation: ${why}` }
  }
}

function fromEventBridge(token: string | undefined, { header, body }: FeedbackRequest): DoorAnswer {
  if (token === undefined) return refused(403, 'noToken', 'the plan names no secret for EventBridge')
  if (!isSame(header(TOKEN_HEADER) ?? '', token)) return refused(403, 'badToken', `${TOKEN_HEADER} is not the secret`)
  const record = readFeedback(body)
  // By this way nothing comes that asks to be confirmed.
  return record.kind === 'confirmation'
    ? refused(400, 'noEvent', 'a confirmation of SNS does not come by EventBridge')
    : { kind: 'record', record }
}

/** Digests have one length, so that the time says nothing of either text. */
function isSame(a: string, b: string): boolean {
  return timingSafeEqual(digest(a), digest(b))
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}

function refused(status: 400 | 403 | 404, reason: string, message: string): DoorAnswer {
  return { kind: 'refused', status, reason, message }
}
