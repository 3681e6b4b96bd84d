// A client that sends exactly the octets it is told to, for tests of the SMTP listener over a real socket.
import { connect, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'

export interface WireClient {
  readonly socket: Socket
  write(octets: string | Buffer): void
  /** The next complete replies: resolves when their last lines have come; rejects when the connection ends first. */
  replies(count?: number): Promise<readonly string[]>
  /** Sends, then waits for the replies. */
  say(octets: string, count?: number): Promise<readonly string[]>
  /** Everything that has come and was not asked for. */
  pending(): string
  /** Resolves when the connection is closed, with what was still to be read. */
  closed(): Promise<string>
  /** Ends our side only. */
  end(): void
  destroy(): void
}

export function wireClient(port: number, host = '127.0.0.1'): Promise<WireClient> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host, noDelay: true, allowHalfOpen: true })
    socket.once('error', reject)
    socket.once('connect', () => {
      socket.off('error', reject)
      resolve(clientOver(socket))
    })
  })
}

/** TLS over a connection that has been told 220, or from its first octet. */
export function overTls(client: WireClient, ca?: string): Promise<WireClient> {
  client.socket.removeAllListeners('data')
  return new Promise((resolve, reject) => {
    const socket = connectTls({
      socket: client.socket,
      ...(ca === undefined ? { rejectUnauthorized: false } : { ca, servername: 'gw.example' }),
    })
    socket.once('error', reject)
    socket.once('secureConnect', () => {
      socket.off('error', reject)
      resolve(clientOver(socket))
    })
  })
}

function clientOver(socket: Socket): WireClient {
  let heard = ''
  let isClosed = false
  let wake = () => {}
  socket.on('data', (bytes: Buffer) => {
    heard += bytes.toString('latin1')
    wake()
  })
  socket.on('error', () => {})
  socket.on('end', () => socket.end())
  socket.on('close', () => {
    isClosed = true
    wake()
  })
  const more = () =>
    new Promise<void>((resolve) => {
      wake = resolve
    })
  const replies = async (count = 1) => {
    for (;;) {
      const taken = takeReplies(heard, count)
      if (taken !== undefined) {
        heard = heard.slice(taken.length)
        return taken.split('\r\n').slice(0, -1)
      }
      if (isClosed) throw new Error(`the connection ended after ${JSON.stringify(heard)}`)
      await more()
    }
  }
  return {
    socket,
    replies,
    write: (octets) => void socket.write(typeof octets === 'string' ? Buffer.from(octets, 'latin1') : octets),
    say: (octets, count) => {
      socket.write(Buffer.from(octets, 'latin1'))
      return replies(count)
    },
    pending: () => heard,
    closed: async () => {
      while (!isClosed) await more()
      return heard
    },
    end: () => void socket.end(),
    destroy: () => void socket.destroy(),
  }
}

/** The text of `count` replies (RFC 5321 4.2.1: a dash marks a line that is not the last), or undefined. */
function takeReplies(text: string, count: number): string | undefined {
  let found = 0
  let at = 0
  while (found < count) {
    const end = text.indexOf('\r\n', at)
    if (end < 0) return undefined
    if (text[at + 3] !== '-') found += 1
    at = end + 2
  }
  return text.slice(0, at)
}
