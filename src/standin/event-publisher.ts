// Brings events to the addresses set for topics and for the default bus: late, twice, out of order when a knob says so,
// again when the receiver is down, and in the end not at all, but counted. A receiver never slows the sending down.
import { Agent, request } from 'node:http'
import { eventBody, eventBridgeEnvelope, snsEnvelope, type Json, type SesEvent } from './event-shapes.ts'
import type { SnsSigner } from './sns-signer.ts'
import type { Account, ConfigurationSet, EventDestination } from './state.ts'

/** A receiver that needs longer is down for this event. */
const POST_TIMEOUT_MS = 5_000
const POSTS_AT_ONCE = 32
const ATTEMPTS_MAX = 5
const FIRST_RETRY_MS = 1_000
/** Events that wait for a receiver; above it new ones are dropped and counted, as memory is bounded. */
const UNDELIVERED_MAX = 200_000
/** For looking at; the newest stay. */
const KEPT_EVENTS_MAX = 10_000

export interface Disorder {
  /** Share of events that come `lateMs` later. */
  readonly lateShare: number
  readonly lateMs: number
  /** Share of events that come twice. */
  readonly twiceShare: number
  /** Every event waits a random time up to this: neighbours change places. */
  readonly shuffleMs: number
  readonly seed: number
}

export const IN_ORDER: Disorder = { lateShare: 0, lateMs: 0, twiceShare: 0, shuffleMs: 0, seed: 1 }

export interface PublishedEvent {
  readonly destination: string
  readonly body: Json
}

export interface EventPublisher {
  /** To every enabled destination of the set that wants this type. */
  publish(set: ConfigurationSet, event: SesEvent, extraTags?: Json): void
  /** `arn` of a topic or of the default bus; undefined takes it away. */
  route(arn: string, url: string | undefined): void
  disorder(to: Partial<Disorder>): void
  /** The newest last; also those that no address is set for. */
  recent(): readonly PublishedEvent[]
  readonly counts: { published: number; delivered: number; failed: number; dropped: number; unrouted: number }
  stop(): void
}

export function createEventPublisher(account: Account, signer: SnsSigner): EventPublisher {
  const agent = new Agent({ keepAlive: true, maxSockets: POSTS_AT_ONCE })
  const routes = new Map<string, string>()
  const recent: PublishedEvent[] = []
  const counts = { published: 0, delivered: 0, failed: 0, dropped: 0, unrouted: 0 }
  let disorder = IN_ORDER
  let random = seeded(disorder.seed)
  let undelivered = 0

  const deliver = async (url: string, post: Post, attempt: number): Promise<void> => {
    const ok = await send(agent, url, await signedPost(signer, account, post))
    if (!ok && attempt < ATTEMPTS_MAX) {
      const again = account.clock.now() + FIRST_RETRY_MS * 2 ** (attempt - 1)
      account.clock.at(again, () => deliver(url, post, attempt + 1))
      return
    }
    undelivered -= 1
    counts[ok ? 'delivered' : 'failed'] += 1
  }
  const hand = (arn: string, post: Post): void => {
    counts.published += 1
    recent.push({ destination: arn, body: post.body })
    if (recent.length > KEPT_EVENTS_MAX * 2) recent.splice(0, KEPT_EVENTS_MAX)
    const url = routes.get(arn)
    if (url === undefined) return void (counts.unrouted += 1)
    const copies = random() < disorder.twiceShare ? 2 : 1
    for (let copy = 0; copy < copies; copy += 1) {
      if (undelivered >= UNDELIVERED_MAX) return void (counts.dropped += 1)
      undelivered += 1
      const late = random() < disorder.lateShare ? disorder.lateMs : 0
      const wait = late + random() * disorder.shuffleMs
      if (wait === 0) void deliver(url, post, 1)
      else account.clock.at(account.clock.now() + wait, () => deliver(url, post, 1))
    }
  }
  return {
    counts,
    publish(set, event, extraTags) {
      const body = eventBody(event, extraTags)
      for (const destination of set.eventDestinations.values()) {
        if (!destination.Enabled || !destination.MatchingEventTypes.includes(event.type)) continue
        for (const { arn, post } of postsTo(destination, account, event, body)) hand(arn, post)
      }
    },
    route(arn, url) {
      if (url === undefined) routes.delete(arn)
      else routes.set(arn, url)
    },
    disorder(to) {
      disorder = { ...disorder, ...to }
      random = seeded(disorder.seed)
    },
    recent: () => recent.slice(-KEPT_EVENTS_MAX),
    stop: () => agent.destroy(),
  }
}

function postsTo(
  { SnsDestination: sns, EventBridgeDestination: bus }: EventDestination,
  account: Account,
  event: SesEvent,
  body: Json,
): readonly { readonly arn: string; readonly post: Post }[] {
  const { region, clock } = account
  const bridged = () => ({ body: eventBridgeEnvelope(account, event, body), headers: JSON_HEADERS })
  return [
    ...(sns ? [{ arn: sns.TopicArn, post: snsPost(snsEnvelope(body, sns.TopicArn, region, clock.now())) }] : []),
    ...(bus ? [{ arn: bus.EventBusArn, post: bridged() }] : []),
  ]
}

interface Post {
  readonly body: Json
  readonly headers: Readonly<Record<string, string>>
}

/** Signed when it leaves, so that what nobody receives costs nothing. Only SNS signs. */
async function signedPost(signer: SnsSigner, { settings }: Account, post: Post): Promise<Post> {
  if (post.body['Type'] === undefined) return post
  return { ...post, body: await signer.signed(post.body, settings.snsSignatureVersion) }
}

const JSON_HEADERS = { 'content-type': 'application/json' }

/** The headers of an SNS delivery to an HTTP subscriber (SNS guide, "sns-http-https-endpoint-as-subscriber"). */
function snsPost(body: Json): Post {
  return {
    body,
    headers: {
      'content-type': 'text/plain; charset=UTF-8',
      'x-amz-sns-message-type': 'Notification',
      'x-amz-sns-message-id': String(body['MessageId']),
      'x-amz-sns-topic-arn': String(body['TopicArn']),
    },
  }
}

/** True when the receiver said 2xx. */
function send(agent: Agent, url: string, { body, headers }: Post): Promise<boolean> {
  const text = JSON.stringify(body)
  return new Promise((resolve) => {
    const length = { 'content-length': Buffer.byteLength(text) }
    const call = request(url, { method: 'POST', agent, timeout: POST_TIMEOUT_MS, headers: { ...headers, ...length } })
    call.on('response', (response) => {
      response.resume()
      response.on('close', () => resolve(response.complete && Math.floor((response.statusCode ?? 0) / 100) === 2))
    })
    call.on('timeout', () => call.destroy(new Error('timeout')))
    call.on('error', () => resolve(false))
    call.end(text)
  })
}

/** mulberry32: small, and the same for one seed everywhere. */
export function seeded(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}
