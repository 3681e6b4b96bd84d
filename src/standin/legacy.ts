// The legacy stand-in: a mail host that takes everything, keeps the last mails with their envelopes, and fails on demand.
// It stands where a Postfix of the old pool stands, so it offers PIPELINING, SIZE and 8BITMIME and answers as one does.
import { randomBytes } from 'node:crypto'
import type { Socket } from 'node:net'
import type { StandinClock } from './clock.ts'
import { createFaults, type FaultAction, type Faults, type FaultStage } from './faults.ts'
import { pathIn } from './smtp-session.ts'
import { listenSmtp } from './smtp-server.ts'
import { SmtpWire, type WireHandler } from './smtp-wire.ts'

const HOST = 'legacy.standin.test'
const SIZE_MAX = 60 * 1024 * 1024
/** RFC 5321 4.5.3.2.7. */
const IDLE_MS = 300_000
/** smtpd_recipient_limit of Postfix. */
const RECIPIENTS_MAX = 1_000
const KEPT_MAILS_MAX = 10_000
const KEPT_OCTETS_MAX = 64 * 1024 * 1024

export interface LegacyMail {
  readonly id: string
  readonly receivedAt: number
  /** `MAIL FROM` and `RCPT TO` as they were written between the brackets. */
  readonly sender: string
  readonly recipients: readonly string[]
  readonly helo: string
  readonly content: Buffer
}

export interface LegacyStandin {
  readonly port: number
  /** The newest first. */
  mails(): LegacyMail[]
  readonly counts: { connections: number; mails: number; recipients: number }
  readonly faults: Faults
  /** Cuts all open connections. */
  cutAll(): number
  clear(): void
  stop(): Promise<void>
}

export async function startLegacy(clock: StandinClock, port = 0): Promise<LegacyStandin> {
  const store = createStore()
  const faults = createFaults(() => false)
  const onConnection = (socket: Socket): void => void new LegacySession(socket, { clock, faults, store })
  const listener = await listenSmtp({ port, onConnection })
  return {
    port: listener.port,
    mails: () => [...store.kept].reverse(),
    counts: store.counts,
    faults,
    cutAll: () => listener.cutAll(),
    clear: () => store.clear(),
    stop: () => listener.stop(),
  }
}

interface Store {
  kept: LegacyMail[]
  readonly counts: LegacyStandin['counts']
  keep(mail: LegacyMail): void
  clear(): void
}

function createStore(): Store {
  let octets = 0
  const store: Store = {
    kept: [],
    counts: { connections: 0, mails: 0, recipients: 0 },
    keep(mail) {
      store.counts.mails += 1
      store.counts.recipients += mail.recipients.length
      store.kept.push(mail)
      octets += mail.content.length
      // Half goes at once, because taking one from the front of a long list each time is slow.
      while (store.kept.length > KEPT_MAILS_MAX * 2 || (octets > KEPT_OCTETS_MAX && store.kept.length > 1)) {
        const gone = store.kept.splice(0, Math.ceil(store.kept.length / 2))
        octets -= gone.reduce((sum, { content }) => sum + content.length, 0)
      }
    },
    clear() {
      store.kept = []
      octets = 0
    },
  }
  return store
}

interface LegacyParts {
  readonly clock: StandinClock
  readonly faults: Faults
  readonly store: Store
}

class LegacySession implements WireHandler {
  private readonly parts: LegacyParts
  private readonly wire: SmtpWire
  private helo = ''
  private sender: string | undefined
  private recipients: string[] = []

  constructor(socket: Socket, parts: LegacyParts) {
    this.parts = parts
    this.wire = new SmtpWire(socket, this, IDLE_MS)
    parts.store.counts.connections += 1
    void this.step('connect', () => `220 ${HOST} ESMTP stand-in`)
  }

  line(line: string): void | Promise<void> {
    const [, verb = '', rest = ''] = /^([A-Za-z]*)\s*(.*?)\s*$/s.exec(line) ?? []
    switch (verb.toUpperCase()) {
      case 'EHLO':
        return this.step('ehlo', () =>
          this.hello(rest, `250-${HOST}\r\n250-PIPELINING\r\n250-SIZE ${SIZE_MAX}\r\n250 8BITMIME`),
        )
      case 'HELO':
        return this.step('ehlo', () => this.hello(rest, `250 ${HOST}`))
      case 'MAIL':
        return this.step('mail', () => this.mail(rest))
      case 'RCPT':
        return this.step('rcpt', () => this.recipient(rest))
      case 'DATA':
        return this.step('data', () => this.data())
      case 'RSET':
        this.reset()
        return this.wire.reply('250 2.0.0 Ok')
      case 'NOOP':
        return this.wire.reply('250 2.0.0 Ok')
      case 'QUIT':
        return this.wire.end('221 2.0.0 Bye')
      default:
        return this.wire.reply('502 5.5.2 Error: command not recognized')
    }
  }

  idle(): void {
    this.wire.end(`421 4.4.2 ${HOST} Error: timeout exceeded`)
  }

  lineTooLong(): void {
    this.wire.reply('500 5.5.2 Error: line too long')
  }

  content(content: Buffer, tooLong: boolean): void | Promise<void> {
    const { sender = '', recipients, helo } = this
    this.reset()
    return this.step(
      'content',
      () => {
        if (tooLong) return '552 5.3.4 Message size exceeds fixed limit'
        const id = randomBytes(6).toString('hex').toUpperCase()
        this.parts.store.keep({ id, receivedAt: this.parts.clock.now(), sender, recipients, helo, content })
        return `250 2.0.0 Ok: queued as ${id}`
      },
      recipients,
    )
  }

  private hello(name: string, reply: string): string {
    this.helo = name
    this.reset()
    return reply
  }

  private mail(rest: string): string {
    const path = pathIn(rest, 'FROM')
    if (path === undefined) return '501 5.1.7 Bad sender address syntax'
    if (this.sender !== undefined) return '503 5.5.1 Error: nested MAIL command'
    const [, declared] = /\sSIZE=(\d+)/i.exec(rest) ?? []
    if (Number(declared ?? 0) > SIZE_MAX) return '552 5.3.4 Message size exceeds fixed limit'
    this.sender = path
    return '250 2.1.0 Ok'
  }

  private recipient(rest: string): string {
    const path = pathIn(rest, 'TO')
    if (this.sender === undefined) return '503 5.5.1 Error: need MAIL command'
    if (path === undefined || path === '') return '501 5.1.3 Bad recipient address syntax'
    if (this.recipients.length >= RECIPIENTS_MAX) return '452 4.5.3 Error: too many recipients'
    this.recipients.push(path)
    return '250 2.1.5 Ok'
  }

  private data(): string {
    if (this.sender === undefined) return '503 5.5.1 Error: need MAIL command'
    if (this.recipients.length === 0) return '554 5.5.1 Error: no valid recipients'
    this.wire.expectContent(SIZE_MAX)
    return '354 End data with <CR><LF>.<CR><LF>'
  }

  private reset(): void {
    this.sender = undefined
    this.recipients = []
  }

  /** The answer of a step, unless a fault has another. A reply that is no 250 to a fault at DATA keeps the content away. */
  private step(
    stage: FaultStage,
    answer: () => string,
    recipients: readonly string[] = this.recipients,
  ): void | Promise<void> {
    const fault = this.parts.faults.take(stage, { recipients })
    if (fault) return this.suffer(fault, answer)
    return this.wire.reply(answer())
  }

  private async suffer(fault: FaultAction, answer: () => string): Promise<void> {
    if (fault.kind === 'cutBefore') return this.wire.cut()
    const reply = fault.kind === 'reply' ? fault.reply : answer()
    if (fault.kind === 'cutAfter') return this.wire.cut()
    if (fault.kind === 'delay') await new Promise((resolve) => void setTimeout(resolve, fault.delayMs).unref())
    if (reply.startsWith('421')) this.wire.end(reply)
    else this.wire.reply(reply)
  }
}
