// The command lines of one session: what each is answered, and what comes next on the wire.
// Its rule: it sees complete lines only, and nothing of octets, sockets or contents.
import type { Client, Envelope } from '../../core/mail/ports.ts'
import * as replies from './replies.ts'
import { SessionLogin, type LoginAnswer } from './session-login.ts'
import type { SessionPeer, SessionRules } from './session-rules.ts'
import { Transaction } from './session-transaction.ts'

/** What the client sends next; with `check` the reply comes later, and with `end` nothing does. */
export type Next = 'command' | 'content' | 'login' | 'tls' | 'check' | 'end'

/** HTTP, as a browser can be made to send it to any port; and BDAT, whose content must not be read as commands. */
const NOT_SMTP = new Set(['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'OPTIONS', 'CONNECT', 'PATCH', 'BDAT'])

export class Dialogue {
  /** After `take`: what comes next. */
  next: Next = 'command'
  /** With `check`: resolves to the reply. */
  check: Promise<string> | undefined
  client: Client
  readonly #rules: SessionRules
  readonly #peer: SessionPeer
  readonly #transaction: Transaction
  #login: SessionLogin
  #secure: boolean
  #helo = ''
  #idleCommands = 0

  constructor(rules: SessionRules, peer: SessionPeer, secure: boolean) {
    this.#rules = rules
    this.#peer = peer
    this.#secure = secure
    this.#transaction = new Transaction({
      intake: rules.intake,
      limits: rules.limits,
      onRefusal: (reason) => rules.meter.count('watari_refusals_total', { reason }),
    })
    this.#login = new SessionLogin(rules, peer)
    this.client = this.#newClient()
  }

  get envelope(): Envelope {
    return this.#transaction.envelope
  }

  /** The reply to a command line; '' while it has to be waited for. */
  take(line: string): string {
    this.next = 'command'
    const space = line.indexOf(' ')
    const verb = (space < 0 ? line : line.slice(0, space)).toUpperCase()
    switch (verb) {
      case 'MAIL':
        return this.#helo === '' ? replies.HELLO_FIRST : this.#transaction.mail(line, this.client)
      case 'RCPT':
        return this.#transaction.recipient(line, this.client)
      case 'DATA':
        return this.#data(line)
      case 'QUIT':
        this.next = 'end'
        return replies.BYE
    }
    this.#idleCommands += 1
    if (this.#idleCommands > this.#rules.limits.idleCommands) return replies.TOO_MANY_COMMANDS
    return this.#otherCommand(verb, line)
  }

  /** The reply to a line of an AUTH dialogue. */
  takeLogin(line: string): string {
    return this.#loginAnswer(this.#login.next(line))
  }

  /** After the handshake nothing that was said in the clear counts any more (RFC 3207 4.2). */
  secured(): void {
    this.#secure = true
    this.#helo = ''
    this.#login = new SessionLogin(this.#rules, this.#peer)
    this.#transaction.reset()
    this.client = this.#newClient()
  }

  /** A login was checked. */
  checked(): void {
    this.next = 'command'
    this.check = undefined
    this.client = this.#newClient()
  }

  /** The mail is answered, and with it the transaction over. */
  mailEnded(accepted: boolean): void {
    this.#transaction.reset()
    if (accepted) this.#idleCommands = 0
  }

  #otherCommand(verb: string, line: string): string {
    switch (verb) {
      case 'EHLO':
      case 'HELO':
        return this.#hello(verb, line.slice('EHLO '.length).trim())
      case 'RSET':
        this.#transaction.reset()
        return replies.OK
      case 'NOOP':
        return replies.OK
      case 'STARTTLS':
        return this.#startTls(line)
      case 'AUTH':
        return this.#auth(line)
      case 'VRFY':
        return replies.CANNOT_VERIFY
      case 'HELP':
        return replies.HELP
      case 'EXPN':
        return replies.NOT_OFFERED
      default:
        return NOT_SMTP.has(verb) ? replies.NOT_SMTP : replies.UNKNOWN_COMMAND
    }
  }

  #hello(verb: 'EHLO' | 'HELO', name: string): string {
    if (name === '') return replies.BAD_SYNTAX
    this.#helo = name
    this.client = this.#newClient()
    // RFC 5321 4.1.4: EHLO clears the state as RSET does.
    this.#transaction.reset()
    if (verb === 'HELO') return replies.heloReply(this.#rules.hostname)
    return this.#secure ? this.#rules.ehlo.secure : this.#rules.ehlo.plain
  }

  #startTls(line: string): string {
    if (!this.#rules.tlsOffered) return replies.NOT_OFFERED
    if (this.#secure) return replies.TLS_ALREADY
    // RFC 3207 4: STARTTLS has no parameters.
    if (line.trimEnd().length > 'STARTTLS'.length) return replies.BAD_SYNTAX
    this.next = 'tls'
    return replies.START_TLS
  }

  #auth(line: string): string {
    if (this.#helo === '') return replies.HELLO_FIRST
    return this.#loginAnswer(this.#login.begin(line, { secure: this.#secure, inTransaction: this.#transaction.isOpen }))
  }

  #loginAnswer(answer: LoginAnswer): string {
    if (answer.kind === 'check') {
      this.next = 'check'
      this.check = answer.reply
      return ''
    }
    this.next = answer.kind === 'ask' ? 'login' : 'command'
    return answer.reply
  }

  #data(line: string): string {
    if (line.trimEnd().length > 'DATA'.length) return replies.BAD_SYNTAX
    const fault = this.#transaction.dataFault()
    if (fault !== undefined) return fault
    this.next = 'content'
    return replies.SEND_CONTENT
  }

  #newClient(): Client {
    const { address, allowed } = this.#peer
    const { user } = this.#login
    return { address, helo: this.#helo, tls: this.#secure, allowed, ...(user === undefined ? {} : { user }) }
  }
}
