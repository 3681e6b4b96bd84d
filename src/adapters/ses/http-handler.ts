// The HTTP side of the API wire, for the SDK to use in place of its own: it knows how far each call has come.
// Its rule: a call whose body did not wholly leave was not taken; once it has left, no answer means `unclear`.
import * as http from 'node:http'
import * as https from 'node:https'

/** How far one call has come; the caller passes it in and looks at it when the call fails. */
export interface CallProgress {
  /** The whole request was given to the operating system: from here on SES may have it. */
  sent: boolean
  /** The status of an answer that was read to its end. */
  status: number | undefined
}

/** The network failed, as opposed to an answer that says no. */
export class WireFailure extends Error {
  override readonly name = 'WireFailure'
  readonly code: string

  constructor(code: string) {
    super(`no answer: ${code}`)
    this.code = code
  }
}

export interface HttpHandlerOptions {
  /** Connections to the endpoint at once. */
  readonly connections: number
  readonly connectTimeoutMs?: number
  readonly answerTimeoutMs?: number
}

/** TCP and TLS to a Region at home take under 100 ms; three lost SYNs are repeated within 7 s. */
const CONNECT_TIMEOUT_MS = 10_000
/** No octet in either direction for so long. SES answers within a second; giving up early makes mail unclear, so: late. */
const ANSWER_TIMEOUT_MS = 60_000
/**
 * An idle connection is closed by us before SES might close it: a call written into a connection that was just being
 * closed is `unclear`. SES publishes no idle time for the API; it closes idle SMTP sessions after about 10 s.
 */
const IDLE_CONNECTION_MS = 4_000
/** Answers of SES are a few hundred octets. */
const ANSWER_OCTETS_MAX = 1_048_576

/** The parts of the SDK's request that are used. */
interface SdkRequest {
  readonly protocol: string
  readonly hostname: string
  readonly port?: number
  readonly method: string
  readonly path: string
  readonly query?: Readonly<Record<string, string | readonly string[] | null>>
  readonly headers: Record<string, string>
  readonly body?: string | Uint8Array
}

interface SdkResponse {
  readonly statusCode: number
  readonly headers: Record<string, string>
  readonly body: Uint8Array
}

export interface SesHttpHandler {
  handle(request: SdkRequest, options?: { readonly progress?: CallProgress }): Promise<{ response: SdkResponse }>
  destroy(): void
}

/** Makes a request handler for an SDK client. */
export function sesHttpHandler(options: HttpHandlerOptions): SesHttpHandler {
  const agentOptions = {
    keepAlive: true,
    maxSockets: options.connections,
    maxFreeSockets: options.connections,
    timeout: IDLE_CONNECTION_MS,
  }
  const agents = { http: new http.Agent(agentOptions), https: new https.Agent(agentOptions) }
  return {
    async handle(request, { progress = { sent: false, status: undefined } } = {}) {
      return { response: await exchange(request, progress, { ...options, agents }) }
    },
    destroy() {
      agents.http.destroy()
      agents.https.destroy()
    },
  }
}

interface Wire extends HttpHandlerOptions {
  readonly agents: { readonly http: http.Agent; readonly https: https.Agent }
}

async function exchange(request: SdkRequest, progress: CallProgress, wire: Wire): Promise<SdkResponse> {
  const call = startCall(request, wire)
  const tls = request.protocol === 'https:'
  limitTimes(call, wire)
  noteWhenSent(call, tls, progress)
  try {
    const message = await answerTo(call, request.body)
    const body = await collect(message)
    progress.status = message.statusCode ?? 0
    return { statusCode: progress.status, headers: flat(message.headers), body }
  } catch (error) {
    call.destroy()
    throw new WireFailure((error as NodeJS.ErrnoException).code ?? 'unknown')
  }
}

/**
 * `finish` tells that the request was handed to its socket. A TLS socket takes it before the handshake, and holds it back
 * until the certificate is found good: what fails before that reached nobody who is SES.
 */
function noteWhenSent(call: http.ClientRequest, tls: boolean, progress: CallProgress): void {
  let [established, handedOver] = [false, false]
  const note = (news: { readonly established?: boolean; readonly handedOver?: boolean }) => {
    established ||= news.established === true
    handedOver ||= news.handedOver === true
    progress.sent = established && handedOver
  }
  call.once('finish', () => note({ handedOver: true }))
  call.once('socket', (socket) => {
    if (socket.connecting) socket.once(tls ? 'secureConnect' : 'connect', () => note({ established: true }))
    else note({ established: true })
  })
}

function answerTo(call: http.ClientRequest, body: string | Uint8Array | undefined): Promise<http.IncomingMessage> {
  return new Promise((resolve, reject) => {
    // Stays for errors after the answer has begun: its reader sees those, but without a listener they end the process.
    call.on('error', reject)
    call.once('response', resolve)
    call.end(body)
  })
}

function startCall(request: SdkRequest, { agents }: Wire): http.ClientRequest {
  const tls = request.protocol === 'https:'
  const query = new URLSearchParams()
  for (const [name, value] of Object.entries(request.query ?? {})) {
    for (const each of [value ?? ''].flat()) query.append(name, each)
  }
  return (tls ? https : http).request({
    agent: tls ? agents.https : agents.http,
    host: request.hostname.replace(/^\[|\]$/g, ''),
    ...(request.port !== undefined && { port: request.port }),
    method: request.method,
    path: query.size === 0 ? request.path : `${request.path}?${query.toString()}`,
    headers: request.headers,
  })
}

function limitTimes(call: http.ClientRequest, wire: Wire): void {
  const { connectTimeoutMs = CONNECT_TIMEOUT_MS, answerTimeoutMs = ANSWER_TIMEOUT_MS } = wire
  call.setTimeout(answerTimeoutMs, () => {
    // A new socket has the agent's idle time until it is connected; connecting has a limit of its own, below.
    if (call.socket?.connecting !== true) call.destroy(failure('ETIMEDOUT'))
  })
  call.once('socket', (socket) => {
    if (!socket.connecting) return
    const timer = setTimeout(() => call.destroy(failure('ECONNTIMEOUT')), connectTimeoutMs)
    const clear = () => clearTimeout(timer)
    socket.once(call.protocol === 'https:' ? 'secureConnect' : 'connect', clear)
    call.once('close', clear)
  })
}

function failure(code: string): NodeJS.ErrnoException {
  return Object.assign(new Error(code), { code })
}

async function collect(message: http.IncomingMessage): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  let octets = 0
  for await (const chunk of message as AsyncIterable<Uint8Array>) {
    octets += chunk.length
    if (octets > ANSWER_OCTETS_MAX) throw failure('EANSWERTOOLONG')
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

function flat(headers: http.IncomingHttpHeaders): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value ?? ''].flat().join(', ')]))
}
