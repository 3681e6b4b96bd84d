// The port that events come in by. 200 means that they are on disk; 4xx that the sender is nobody we know; 5xx that it is to
// come again. What a message is, and who may bring it, the door knows.
import { never } from '../core/base/assert.ts'
import type { Log } from '../core/base/log.ts'
import type { DoorAnswer, FeedbackDoor } from '../core/feedback/door.ts'
import type { FeedbackIntake } from '../core/feedback/intake.ts'
import { describeError } from '../core/watch/describe-error.ts'
import type { Meter } from '../core/watch/metrics.ts'

export interface FeedbackPortOptions {
  readonly door: FeedbackDoor
  readonly intake: Pick<FeedbackIntake, 'take'>
  /** Requests worked on at once; more are told to come again. */
  readonly requestsMax: number
  readonly log: Log
  readonly meter: Meter
}

/** SNS carries 256 KB, EventBridge 1 MB at most (service quotas). */
const BODY_OCTETS_MAX = 1_048_576
const RETRY_SECONDS = '5'

interface Said {
  readonly status: 200 | 400 | 403 | 404 | 405 | 413 | 503
  readonly reason: string
}

export function feedbackApp(options: FeedbackPortOptions): (request: Request) => Promise<Response> {
  const { log, meter } = options
  let working = 0
  const storage = { failing: false }
  return async (request) => {
    if (request.method !== 'POST') return said({ status: 405, reason: 'notPost' })
    if (working >= options.requestsMax) return refusal(meter, { status: 503, reason: 'tooMany' })
    working += 1
    try {
      const body = await bodyOf(request)
      if (body === undefined) return refusal(meter, { status: 413, reason: 'tooLong' })
      const path = new URL(request.url).pathname
      const answer = await options.door({ path, body, header: (name) => request.headers.get(name) ?? undefined })
      return await answered(options, answer, storage)
    } catch (error) {
      log.warn('feedbackFailed', { ...describeError(error) })
      return refusal(meter, { status: 503, reason: 'failed' })
    } finally {
      working -= 1
    }
  }
}

async function answered(
  { intake, log, meter }: FeedbackPortOptions,
  answer: DoorAnswer,
  storage: { failing: boolean },
): Promise<Response> {
  switch (answer.kind) {
    case 'record':
      try {
        await intake.take(answer.record)
        storage.failing = false
        return said({ status: 200, reason: 'taken' })
      } catch (error) {
        if (!storage.failing) log.alarm('feedbackStorageFailed', { ...describeError(error) })
        storage.failing = true
        return refusal(meter, { status: 503, reason: 'storageFailed' })
      }
    case 'confirmed':
      log.info('feedbackTopicConfirmed', { topic: answer.topicArn })
      return said({ status: 200, reason: 'confirmed' })
    case 'refused':
      log.warn('feedbackRefused', { reason: answer.reason, message: answer.message })
      return refusal(meter, answer)
    case 'later':
      log.warn('feedbackLater', { reason: answer.reason, message: answer.message })
      return refusal(meter, { status: 503, reason: answer.reason })
    default:
      return never(answer)
  }
}

function refusal(meter: Meter, { status, reason }: Said): Response {
  meter.count('watari_feedback_refused_total', { reason })
  return said({ status, reason })
}

function said({ status, reason }: Said): Response {
  const headers = status === 503 ? { 'retry-after': RETRY_SECONDS } : {}
  return new Response(`${reason}\n`, { status, headers: { 'content-type': 'text/plain', ...headers } })
}

/** Undefined when it is too long. The header is believed as far as it refuses; the octets are counted all the same. */
async function bodyOf(request: Request): Promise<string | undefined> {
  const length = Number(request.headers.get('content-length') ?? Number.NaN)
  if (length > BODY_OCTETS_MAX) return undefined
  if (Number.isFinite(length)) return request.text()
  const chunks: Uint8Array[] = []
  let octets = 0
  for await (const chunk of request.body ?? []) {
    octets += chunk.length
    if (octets > BODY_OCTETS_MAX) return undefined
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}
