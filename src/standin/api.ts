// The SESv2 REST API: routes, signature, control-plane limit, faults, and errors as the protocol has them.
import { randomUUID } from 'node:crypto'
import type { HttpBindings } from '@hono/node-server'
import { Hono, type Context, type MiddlewareHandler } from 'hono'
import { ApiError } from './api-errors.ts'
import { OPERATIONS, type Call, type Operation } from './api-operations.ts'
import type { FaultAction, Faults } from './faults.ts'
import type { IdentityParts } from './identities.ts'
import { sendEmail, submissionOf } from './send-email.ts'
import type { Sending } from './sending.ts'
import { checkSignature, claimedAccessKey } from './sigv4.ts'

export interface ApiParts extends IdentityParts {
  readonly sending: Sending
  readonly faults: Faults
}

interface Env {
  Bindings: HttpBindings
  Variables: { accessKeyId: string; body: Buffer; fault?: FaultAction | undefined }
}
export type ApiApp = Hono<Env>
type Ctx = Context<Env>

/** 40 MB of message are 56 MB in base64 and JSON. */
const BODY_OCTETS_MAX = 64 * 1024 * 1024

export function createApi(parts: ApiParts): ApiApp {
  const app: ApiApp = new Hono<Env>()
  app.use('/v2/*', requestHead(parts))
  for (const operation of OPERATIONS) app.on(operation.method, operation.path, controlHandler(parts, operation))
  app.post('/v2/email/outbound-emails', sendHandler(parts))
  app.notFound((c) => errorAnswer(c, new ApiError(UNKNOWN_OPERATION)))
  app.onError((error, c) => errorAnswer(c, error instanceof ApiError ? error : internalError(error)))
  return app
}

const UNKNOWN_OPERATION = { status: 404, type: 'UnknownOperationException', message: 'Unknown operation.' }

function errorAnswer(c: Ctx, fault: ApiError): Response {
  c.header('x-amzn-ErrorType', fault.type)
  c.header('x-amzn-RequestId', c.res.headers.get('x-amzn-RequestId') ?? randomUUID())
  return c.json({ message: fault.message }, fault.status as 400)
}

function internalError(error: unknown): ApiError {
  process.emitWarning(error instanceof Error ? error : String(error))
  return new ApiError({ status: 500, type: 'InternalFailure', message: 'Internal failure.' })
}

/** Reads the body, checks the signature, counts control calls. */
function requestHead({ account }: ApiParts): MiddlewareHandler<Env> {
  return async (c, next) => {
    c.header('x-amzn-RequestId', randomUUID())
    c.set('body', await bodyOf(c))
    const { headers, url: target = '/', method = 'GET' } = c.env.incoming
    if (account.settings.signatures === 'verify') {
      const where = { credentials: account.credentials, region: account.region, nowMs: Date.now() }
      const checked = checkSignature({ method, target, headers, body: c.get('body') }, where)
      if ('type' in checked) throw new ApiError(checked)
      c.set('accessKeyId', checked.accessKeyId)
    } else {
      c.set('accessKeyId', claimedAccessKey(headers.authorization) ?? 'anonymous')
    }
    await next()
  }
}

async function bodyOf(c: Ctx): Promise<Buffer> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of c.req.raw.body ?? []) {
    size += chunk.length
    if (size > BODY_OCTETS_MAX) {
      throw new ApiError({ status: 413, type: 'RequestEntityTooLargeException', message: 'Request is too large.' })
    }
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

function json(c: Ctx): unknown {
  const text = c.get('body').toString('utf8')
  if (text === '') return {}
  try {
    return JSON.parse(text)
  } catch {
    throw new ApiError({
      status: 400,
      type: 'SerializationException',
      message: 'Could not parse the request body as JSON.',
    })
  }
}

/** A control operation: limited, and open to faults by its name. */
function controlHandler({ account, faults, ...rest }: ApiParts, operation: Operation) {
  const parts = { account, ...rest }
  return async (c: Ctx): Promise<Response> => {
    const limited = account.settings.controlCallsPerSecond > 0
    if (limited && !account.controlCalls.take(account.clock.now(), 1)) {
      throw new ApiError({ status: 429, type: 'TooManyRequestsException', message: 'Rate exceeded' })
    }
    const call: Call = {
      parts,
      param: (name) => c.req.param(name) ?? '',
      query: c.req.query(),
      queries: (name) => c.req.queries(name) ?? [],
      body: () => json(c),
    }
    return suffer(c, faults.take('api', { operation: operation.name }), () => operation.run(call))
  }
}

/** SendEmail has its own limits, not that of the control calls (AWS guide, "quotas"). */
function sendHandler({ account, faults, sending }: ApiParts) {
  return async (c: Ctx): Promise<Response> => {
    const caller = { accessKeyId: c.get('accessKeyId'), sourceAddress: c.env.incoming.socket.remoteAddress ?? '' }
    const submission = submissionOf(account, json(c), caller)
    const fault = faults.take('api', { operation: 'SendEmail', recipients: submission.recipients })
    return suffer(c, fault, () => sendEmail(account, sending, submission))
  }
}

async function suffer(c: Ctx, fault: FaultAction | undefined, run: () => object | Promise<object>): Promise<Response> {
  if (fault?.kind === 'error') throw new ApiError(fault)
  if (fault?.kind === 'cutBefore') return cut(c)
  const answer = await run()
  if (fault?.kind === 'cutAfter') return cut(c)
  if (fault?.kind === 'delay') await new Promise((resolve) => void setTimeout(resolve, fault.delayMs).unref())
  return c.json(answer)
}

function cut(c: Ctx): Response {
  c.env.incoming.socket.destroy()
  return c.body(null)
}
