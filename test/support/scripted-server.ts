// A next hop that says what a test tells it to: a polite SMTP server by default, with an answer of the test's choice at any
// place. It writes down every byte it is sent, apart for what came in the clear and what came over TLS.
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net'
import { createSecureContext, TLSSocket } from 'node:tls'

/** What the server is asked at one moment. */
export interface Question {
  /** 'connect', the command's verb ('MAIL', 'RCPT', …), or 'content' at the final dot. */
  readonly verb: string
  /** The whole command line; the envelope's sender for 'content'. */
  readonly line: string
  /** Which connection, from 1. */
  readonly connection: number
  /** Which MAIL of this connection, from 1. */
  readonly mail: number
  readonly peer: Peer
}

/** Nothing is said, and nothing more is read from this peer until the test says something to it. */
export const SILENCE = { silence: true } as const

/** A text is said as it is, with CRLF added when it has none; undefined is the polite answer. */
export type Answer = string | Raw | Cut | typeof SILENCE | undefined

/** Said without a line end of ours. */
export interface Raw {
  readonly raw: string
}

export interface Cut {
  readonly say?: string
  readonly cut: 'close' | 'reset'
}

export interface ReceivedMail {
  readonly connection: number
  readonly sender: string
  readonly recipients: readonly string[]
  /** In wire form, without the final dot. */
  readonly content: Buffer
}

export interface Peer {
  readonly number: number
  /** Command lines, as they came. */
  readonly commands: string[]
  /** Everything that came before TLS, and everything behind it. */
  clear: string
  secret: string
  closed: boolean
  /** Says something, and ends a silence. */
  write(text: string): void
  close(): void
  reset(): void
}

export interface ScriptedOptions {
  /** Keywords after EHLO; the default offers PIPELINING, SIZE and 8BITMIME. */
  readonly offers?: readonly string[]
  /** Keywords when TLS is on; the default is `offers` without STARTTLS. */
  readonly offersInTls?: readonly string[]
  readonly answer?: (question: Question) => Answer
  readonly tls?: {
    readonly key: string
    readonly cert: string
    readonly wrapper?: boolean
    readonly maxVersion?: 'TLSv1.1'
  }
}

export interface ScriptedServer {
  readonly port: number
  readonly address: { readonly host: string; readonly port: number }
  readonly name: string
  readonly peers: Peer[]
  readonly mails: ReceivedMail[]
  /** Commands of all connections, in order of arrival. */
  readonly commands: string[]
  /** Resolves when the condition holds; looked at whenever something arrives or closes. */
  until(condition: () => boolean): Promise<void>
  stop(): Promise<void>
}

const CRLF = '\r\n'
const POLITE = ['PIPELINING', 'SIZE 52428800', '8BITMIME']

export async function scriptedServer(options: ScriptedOptions = {}): Promise<ScriptedServer> {
  const peers: Peer[] = []
  const mails: ReceivedMail[] = []
  const commands: string[] = []
  const sockets = new Set<Socket>()
  let waiting: { readonly condition: () => boolean; readonly resolve: () => void }[] = []
  const look = (): void => {
    const done = waiting.filter(({ condition }) => condition())
    waiting = waiting.filter((other) => !done.includes(other))
    for (const { resolve } of done) resolve()
  }
  const server: Server = createServer({ noDelay: true }, (socket) => {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
    converse(socket, { options, peers, mails, commands, look })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    port,
    address: { host: '127.0.0.1', port },
    name: `127.0.0.1:${port}`,
    peers,
    mails,
    commands,
    until: (condition) =>
      new Promise((resolve) => {
        waiting.push({ condition, resolve })
        look()
      }),
    stop: () =>
      new Promise((resolve) => {
        for (const socket of sockets) socket.destroy()
        server.close(() => resolve())
      }),
  }
}

interface Stage {
  readonly options: ScriptedOptions
  readonly peers: Peer[]
  readonly mails: ReceivedMail[]
  readonly commands: string[]
  readonly look: () => void
}

function converse(plain: Socket, { options, peers, mails, commands, look }: Stage): void {
  let socket: Socket = plain
  let secure = false
  let buffer = ''
  let inContent = false
  let sender = ''
  let recipients: string[] = []
  let mail = 0
  let senderTaken = false
  let silent = false
  /** What was said in reply to a partial AUTH. */
  let authSteps = 0
  const peer: Peer = {
    number: peers.length + 1,
    commands: [],
    clear: '',
    secret: '',
    closed: false,
    write(text) {
      socket.write(text.endsWith('\n') ? text : text + CRLF, 'latin1')
      if (!silent) return
      silent = false
      setImmediate(read)
    },
    close: () => void socket.end(),
    reset: () => void plain.resetAndDestroy(),
  }
  peers.push(peer)

  /** Says the test's answer, or the polite one; the answer is what was said. */
  const reply = (verb: string, line: string, polite: string): string => {
    const answer = options.answer?.({ verb, line, connection: peer.number, mail, peer })
    if (typeof answer === 'object' && 'silence' in answer) {
      silent = true
      return ''
    }
    if (typeof answer === 'object' && 'raw' in answer) {
      socket.write(answer.raw, 'latin1')
      return answer.raw
    }
    if (typeof answer === 'object') {
      if (answer.say !== undefined) peer.write(answer.say)
      inContent = false
      if (answer.cut === 'reset') peer.reset()
      else socket.end()
      return ''
    }
    const text = answer ?? polite
    if (text !== '') peer.write(text)
    return text
  }
  const offers = (): string => {
    const plainOffers = options.offers ?? POLITE
    const list = secure ? (options.offersInTls ?? plainOffers.filter((word) => word !== 'STARTTLS')) : plainOffers
    const lines = ['scripted.example', ...list]
    return lines.map((line, i) => `250${i === lines.length - 1 ? ' ' : '-'}${line}`).join(CRLF)
  }
  const upgrade = (): void => {
    if (!options.tls) throw new Error('the test told no certificate')
    secure = true
    buffer = ''
    plain.removeAllListeners('data')
    attach(new TLSSocket(plain, { isServer: true, secureContext: createSecureContext(options.tls) }))
  }
  const hear: Record<string, (line: string) => void> = {
    EHLO: (line) => void reply('EHLO', line, offers()),
    HELO: (line) => void reply('HELO', line, '250 scripted.example'),
    STARTTLS: (line) => {
      if (reply('STARTTLS', line, '220 2.0.0 go ahead').startsWith('2')) upgrade()
    },
    AUTH: (line) => {
      const login = line.toUpperCase() === 'AUTH LOGIN'
      authSteps = login ? 2 : 0
      void reply('AUTH', line, login ? '334 VXNlcm5hbWU6' : '235 2.7.0 ok')
    },
    MAIL: (line) => {
      mail += 1
      recipients = []
      sender = /<(.*)>/.exec(line)?.[1] ?? ''
      senderTaken = reply('MAIL', line, '250 2.1.0 Ok').startsWith('2')
    },
    RCPT: (line) => {
      const polite = senderTaken ? '250 2.1.5 Ok' : '503 5.5.1 Error: need MAIL command'
      if (reply('RCPT', line, polite).startsWith('2')) recipients.push(/<(.*)>/.exec(line)?.[1] ?? '')
    },
    DATA: (line) => {
      const polite = recipients.length > 0 ? '354 go ahead' : '554 5.5.1 Error: no valid recipients'
      inContent = reply('DATA', line, polite).startsWith('354')
    },
    RSET: (line) => void reply('RSET', line, '250 2.0.0 Ok'),
    QUIT: (line) => {
      if (reply('QUIT', line, '221 2.0.0 Bye').startsWith('2')) socket.end()
    },
  }
  const take = (): boolean => {
    if (inContent) {
      const end = buffer.startsWith(`.${CRLF}`) ? 0 : buffer.indexOf(`${CRLF}.${CRLF}`) + 2
      if (end === 1) return false
      const content = Buffer.from(buffer.slice(0, end), 'latin1')
      buffer = buffer.slice(end + 3)
      inContent = false
      mails.push({ connection: peer.number, sender, recipients: [...recipients], content })
      void reply('content', sender, `250 2.0.0 Ok: queued as Q${mails.length}`)
      return true
    }
    const end = buffer.indexOf('\n')
    if (end < 0) return false
    const line = buffer.slice(0, end).replace(/\r$/, '')
    buffer = buffer.slice(end + 1)
    peer.commands.push(line)
    commands.push(line)
    if (authSteps > 0) {
      authSteps -= 1
      void reply('AUTH', line, authSteps > 0 ? '334 UGFzc3dvcmQ6' : '235 2.7.0 ok')
      return true
    }
    const verb = line.split(' ')[0]!.toUpperCase()
    const known = hear[verb]
    if (known) known(line)
    else void reply(verb, line, '500 5.5.2 unknown command')
    return true
  }
  const read = (): void => {
    while (!silent && take());
    look()
  }
  const attach = (next: Socket): void => {
    socket = next
    next.on('data', (chunk: Buffer) => {
      const text = chunk.toString('latin1')
      if (secure) peer.secret += text
      else peer.clear += text
      buffer += text
      read()
    })
    next.on('error', () => undefined)
    next.on('close', () => {
      peer.closed = true
      look()
    })
  }
  plain.on('error', () => undefined)
  if (options.tls?.wrapper === true) {
    upgrade()
    // 'secure' is the server's word for a handshake that is done.
    socket.once('secure', () => void reply('connect', '', '220 scripted.example ESMTP'))
  } else {
    attach(plain)
    void reply('connect', '', '220 scripted.example ESMTP')
  }
  look()
}
