// The port that events come in by. 200 means that they are on disk; 4xx that the sender is nobody we know; 5xx that it is to
// come again. What a message is, and who may bring it, the door knows.
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'
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

/** On node:http itself: thousands of small requests a second make the objects of a web framework the larger part of the work. */
export function feedbackHandler(options: FeedbackPortOptions): RequestListener {
  const { log, meter } = options
  let working = 0
  const storage = { failing: false }
  const judged = async (request: IncomingMessage): Promise<Said> => {
    if (working >= options.requestsMax) return refusal(meter, { status: 503, reason: 'tooMany' })
    working += 1
    try {
      const body = await bodyOf(request)
      if (body === undefined) return refusal(meter, { status: 413, reason: 'tooLong' })
      const [path = ''] = (request.url ?? '').split('?')
      return await answered(options, await options.door({ path, body, header: headerOf(request) }), storage)
    } catch (error) {
      log.warn('feedbackFailed', { ...describeError(error) })
      return refusal(meter, { status: 503, reason: 'failed' })
    } finally {
      working -= 1
    }
  }
  return (request, response) => {
    if (request.method !== 'POST') say(response, { status: 405, reason: 'notPost' })
    else void judged(request).then((said) => say(response, said))
  }
}

function headerOf({ headers }: IncomingMessage): (name: string) => string | undefined {
  return (name) => {
    const value = headers[name]
    return typeof value === 'string' ? value : undefined
  }
}

async function answered(
  { intake, log, meter }: FeedbackPortOptions,
  answer: DoorAnswer,
  storage: { failing: boolean },
): Promise<Said> {
  switch (answer.kind) {
    case 'record':
      try {
        await intake.take(answer.record)
        storage.failing = false
        return { status: 200, reason: 'taken' }
      } catch (error) {
        if (!storage.failing) log.alarm('feedbackStorageFailed', { ...describeError(error) })
        storage.failing = true
        return refusal(meter, { status: 503, reason: 'storageFailed' })
      }
    case 'confirmed':
      log.info('feedbackTopicConfirmed', { topic: answer.topicArn })
      return { status: 200, reason: 'confirmed' }
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

function refusal(meter: Meter, { status, reason }: Said): Said {
  meter.count('watari_feedback_refused_total', { reason })
  return { status, reason }
}

function say(response: ServerResponse, { status, reason }: Said): void {
  const text = `${reason}\n`
  response.writeHead(status, {
    'content-type': 'text/plain',
    'content-length': text.length,
    ...(status === 503 ? { 'retry-after': RETRY_SECONDS } : {}),
    // The rest of a body that is too long is not waited for.
    ...(status === 413 ? { connection: 'close' } : {}),
  })
  response.end(text)
}

/** Undefined when it is too long. Rejects when the sender breaks off. */
function bodyOf(request: IncomingMessage): Promise<string | undefined> {
  if (Number(request.headers['content-length'] ?? 0) > BODY_OCTETS_MAX) return Promise.resolve(undefined)
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    let octets = 0
    request.on('data', (chunk: Buffer) => {
      octets += chunk.length
      if (octets > BODY_OCTETS_MAX) resolve(undefined)
      else chunks.push(chunk)
    })
    request.once('end', () => resolve(Buffer.concat(chunks).toString('utf8')))
    request.once('error', reject)
    request.once('close', () => reject(new Error('the sender broke off')))
  })
}
