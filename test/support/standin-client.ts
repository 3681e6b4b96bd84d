// What tests of the stand-in share: a bare SMTP client that says one line and reads one reply, a receiver of events,
// and a stand-in with one verified domain. No product code.
import { createServer, type IncomingHttpHeaders } from 'node:http'
import { connect, type AddressInfo, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import { startStandin, type Standin, type StandinOptions } from '../../src/standin/standin.ts'

export interface SmtpClient {
  /** Sends a line and resolves to the whole reply, lines joined by \n; rejects when the connection ends first. */
  say(line: string): Promise<string>
  /** The reply that comes unasked: the greeting, a timeout. */
  reply(): Promise<string>
  /** Octets as they are. */
  write(octets: Buffer | string): void
  startTls(): Promise<void>
  /** Resolves when the other side has closed. */
  closed(): Promise<void>
  close(): void
}

export async function smtpClient(port: number, options: { readonly tls?: boolean } = {}): Promise<SmtpClient> {
  let socket: Socket = options.tls
    ? connectTls({ port, host: '127.0.0.1', rejectUnauthorized: false })
    : connect(port, '127.0.0.1')
  let text = ''
  let ended = false
  let wake = (): void => undefined
  const attach = (): void => {
    socket.on('data', (chunk) => {
      text += chunk.toString('latin1')
      wake()
    })
    for (const event of ['close', 'error', 'end']) {
      socket.on(event, () => {
        ended = true
        wake()
      })
    }
  }
  attach()
  const changed = (): Promise<void> => new Promise((resolve) => (wake = resolve))
  const reply = async (): Promise<string> => {
    for (;;) {
      const whole = /^(?:\d{3}-[^\n]*\r\n)*\d{3}(?: [^\n]*)?\r\n/.exec(text)
      if (whole) {
        text = text.slice(whole[0].length)
        return whole[0].trimEnd().replaceAll('\r\n', '\n')
      }
      if (ended) throw new Error('connection ended without a reply')
      await changed()
    }
  }
  return {
    reply,
    async say(line) {
      socket.write(`${line}\r\n`)
      return reply()
    },
    write: (octets) => void socket.write(octets),
    async startTls() {
      const plain = socket.removeAllListeners()
      socket = connectTls({ socket: plain, rejectUnauthorized: false })
      attach()
      await new Promise<void>((resolve, reject) => {
        socket.once('secureConnect', resolve).once('error', reject)
      })
    },
    async closed() {
      while (!ended) await changed()
    },
    close: () => void socket.destroy(),
  }
}

/** A client that is through STARTTLS and AUTH. */
export async function loggedIn(standin: Standin): Promise<SmtpClient> {
  const client = await smtpClient(standin.smtpPort)
  await client.reply()
  await client.say('EHLO test')
  await client.say('STARTTLS')
  await client.startTls()
  await client.say('EHLO test')
  const { accessKeyId, smtpPassword } = standin.credentials
  const login = await client.say(`AUTH PLAIN ${base64(`\0${accessKeyId}\0${smtpPassword}`)}`)
  if (!login.startsWith('235')) throw new Error(login)
  return client
}

export const base64 = (text: string): string => Buffer.from(text).toString('base64')

export interface Letter {
  readonly from?: string
  readonly to?: readonly string[]
  /** Header lines with CRLF; a From, To and Subject when not given. */
  readonly header?: string
  readonly body?: string
}

/** One transaction; the reply to the final dot, or the first that is no success. */
export async function sendMail(client: SmtpClient, letter: Letter = {}): Promise<string> {
  const { from = 'a@example.com', to = ['b@receiver.example'], body = 'Hello\r\n' } = letter
  const header = letter.header ?? `From: a@example.com\r\nTo: ${to[0]}\r\nSubject: hello\r\n`
  for (const line of [`MAIL FROM:<${from}>`, ...to.map((address) => `RCPT TO:<${address}>`), 'DATA']) {
    const reply = await client.say(line)
    if (!/^[23]/.test(reply)) {
      await client.say('RSET')
      return reply
    }
  }
  return client.say(`${header}\r\n${body}.`)
}

export const DOMAIN = 'example.com'
export const SET = 'watari'
export const BUS = 'arn:aws:events:ap-northeast-1:123456789012:event-bus/default'

/** example.com verified by BYODKIM through the small DNS, a configuration set, no control-call limit. */
export function standinForTest(options: StandinOptions = {}): Promise<Standin> {
  return startStandin({
    seed: { domain: DOMAIN, selector: 's1', mailFromDomain: `bounce.${DOMAIN}`, configurationSet: SET },
    ...options,
    settings: { controlCallsPerSecond: 0, deliveryMs: 0, complaintMs: 0, ...options.settings },
  })
}

export interface Receiver {
  readonly url: string
  readonly got: { readonly headers: IncomingHttpHeaders; readonly body: Record<string, unknown> }[]
  /** Resolves when so many have come. */
  count(count: number): Promise<void>
  /** The status of the answers from now on. */
  answer(status: number): void
  stop(): Promise<void>
}

export async function eventReceiver(): Promise<Receiver> {
  const got: Receiver['got'] = []
  let status = 200
  let wake = (): void => undefined
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      got.push({ headers: request.headers, body: JSON.parse(Buffer.concat(chunks).toString()) })
      response.writeHead(status).end()
      wake()
    })
  })
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/events`,
    got,
    async count(count) {
      while (got.length < count) await new Promise<void>((resolve) => (wake = resolve))
    },
    answer: (to) => void (status = to),
    async stop() {
      server.closeAllConnections()
      await new Promise<void>((resolve) => void server.close(() => resolve()))
    },
  }
}
