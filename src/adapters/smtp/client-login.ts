// From a new connection to one that takes mails: greeting, EHLO, STARTTLS, AUTH, one question at a time.
// Its rule: where TLS is required nothing secret crosses the wire without it, and every way this can fail is an OpenTrouble.
import type { Reading, ReadReply, ReplyStage } from '../../core/mail/outcome.ts'
import { capabilitiesIn, NO_CAPABILITIES, type Capabilities } from './client-capabilities.ts'
import type { ClientConnection, TlsTrust } from './client-connection.ts'
import { isPositive, replyOf, type WireReply } from './client-replies.ts'

/** `never`: in the clear. `opportunistic`: when offered. `required`: by STARTTLS or not at all. `wrapper`: from the first byte. */
export type TlsMode = 'never' | 'opportunistic' | 'required' | 'wrapper'

export interface Credentials {
  readonly user: string
  readonly password: string
}

export interface LoginOptions {
  readonly hostName: string
  readonly helo: string
  readonly tls: TlsMode
  readonly trust: TlsTrust
  readonly credentials: Credentials | undefined
  /** Only where someone chose a wire without TLS: a fall-back to the clear must not take the password with it. */
  readonly passwordInClear: boolean
  readonly readReply: ReadReply
  /** Epoch milliseconds after which no more is waited for the answer to what is asked now. */
  readonly deadline: (stage: 'greeting' | 'command') => number
}

/** Where it failed: at a reply, in the TLS handshake, or before anything, for want of a secret. */
export type OpenStage = ReplyStage | 'tls' | 'secret'

/** Why a connection could not be made ready. */
export class OpenTrouble extends Error {
  /** What it means for a mail that would have gone this way: deferred, not counted. */
  readonly reading: Reading
  readonly stage: OpenStage
  /** What the platform calls it, for the log: 'CERT_HAS_EXPIRED'. */
  readonly detail: string

  constructor(reading: Reading, stage: OpenStage, detail = '') {
    super(reading.outcome.kind === 'delivered' ? 'unexpectedReply' : reading.outcome.reason)
    this.reading = reading
    this.stage = stage
    this.detail = detail
  }
}

export function unreachable(reason: string): Reading {
  return { outcome: { kind: 'deferred', reason }, signal: { kind: 'unreachable', reason }, counts: false }
}

export function misconfigured(reason: string): Reading {
  return { outcome: { kind: 'deferred', reason }, signal: { kind: 'misconfigured', reason }, counts: false }
}

/** Makes a connection ready for mails and answers what the host offers; rejects with OpenTrouble. */
export async function logIn(connection: ClientConnection, options: LoginOptions): Promise<Capabilities> {
  const dialogue = new Dialogue(connection, options)
  await dialogue.expect(undefined, 'connect')
  const offered = await hello(dialogue, options)
  const capabilities = await secured(dialogue, offered, options)
  if (options.credentials) await authenticate(dialogue, capabilities, options)
  connection.deadlineAt = Number.POSITIVE_INFINITY
  return capabilities
}

class Dialogue {
  readonly connection: ClientConnection
  readonly #options: LoginOptions
  #stage: OpenStage = 'connect'
  #answer: ((reply: WireReply) => void) | undefined
  #fail: (trouble: OpenTrouble) => void = () => undefined

  constructor(connection: ClientConnection, options: LoginOptions) {
    this.connection = connection
    this.#options = options
    connection.deadlineAt = options.deadline('greeting')
    connection.onReply = (reply) => {
      const answer = this.#answer
      this.#answer = undefined
      answer?.(reply)
    }
    connection.onLost = (reason) => {
      // A certificate that is not trusted is for a person to mend; a handshake that was cut may be the network's doing.
      const reading = reason === 'tlsFailed' ? misconfigured(reason) : unreachable(reason)
      this.#fail(new OpenTrouble(reading, this.#stage, connection.lossCode))
    }
  }

  /** Sends a command (or just waits, for the greeting) and resolves to the reply, whatever it is. */
  ask(command: string | undefined, stage: ReplyStage, beforeRest?: () => void): Promise<WireReply> {
    return this.#wait(stage, (resolve) => {
      this.#answer = (reply) => {
        beforeRest?.()
        resolve(reply)
      }
      if (command !== undefined) this.connection.write(`${command}\r\n`)
    })
  }

  /** Like `ask`, and rejects when the reply is not 2xx. */
  async expect(command: string | undefined, stage: ReplyStage): Promise<WireReply> {
    const reply = await this.ask(command, stage)
    if (!isPositive(reply)) throw this.refused(reply, stage, command ?? 'connect')
    return reply
  }

  handshake(): Promise<void> {
    return this.#wait('tls', (resolve) => this.connection.encrypt(this.#options.trust, () => resolve(undefined)))
  }

  refused(wire: WireReply, stage: ReplyStage, command: string): OpenTrouble {
    const reply = replyOf(wire, this.#options.hostName, command)
    const reading = this.#options.readReply(withoutSecrets(reply, this.#options.credentials), stage)
    // Nothing that is said before MAIL is about a mail, whoever reads it.
    return new OpenTrouble(
      reading.outcome.kind === 'deferred' ? { ...reading, counts: false } : unreachable('hostRefuses'),
      stage,
    )
  }

  #wait<T>(stage: OpenStage, begin: (resolve: (value: T) => void) => void): Promise<T> {
    this.#stage = stage
    if (this.connection.lost) return Promise.reject(new OpenTrouble(unreachable('connectionClosed'), stage))
    if (stage !== 'connect') this.connection.deadlineAt = this.#options.deadline('command')
    return new Promise((resolve, reject) => {
      this.#fail = reject
      begin(resolve)
    })
  }
}

async function hello(dialogue: Dialogue, options: LoginOptions): Promise<Capabilities> {
  const reply = await dialogue.ask(`EHLO ${options.helo}`, 'hello')
  if (isPositive(reply)) return capabilitiesIn(reply.lines)
  // RFC 5321 3.2: a host that knows no EHLO gets HELO; but such a host has no TLS and no AUTH either.
  const helloWillDo = !needsStartTls(options) && options.credentials === undefined
  if (!helloWillDo || reply.code < 500) throw helloRefused(dialogue, reply, options)
  await dialogue.expect(`HELO ${options.helo}`, 'hello')
  return NO_CAPABILITIES
}

function helloRefused(dialogue: Dialogue, reply: WireReply, options: LoginOptions): OpenTrouble {
  const permanent = reply.code >= 500 && reply.code <= 599
  if (permanent && needsStartTls(options)) return new OpenTrouble(misconfigured('tlsNotOffered'), 'hello')
  return dialogue.refused(reply, 'hello', 'EHLO')
}

function needsStartTls({ tls }: LoginOptions): boolean {
  return tls === 'required'
}

/** RFC 3207: TLS, and then everything that was known of the host is forgotten and asked again. */
async function secured(dialogue: Dialogue, offered: Capabilities, options: LoginOptions): Promise<Capabilities> {
  const { tls } = options
  if (tls === 'never' || tls === 'wrapper') return offered
  if (!offered.startTls) {
    if (tls === 'required') throw new OpenTrouble(misconfigured('tlsNotOffered'), 'tls')
    return offered
  }
  const reply = await dialogue.ask('STARTTLS', 'hello', () => dialogue.connection.stopReading())
  if (!isPositive(reply)) {
    // After a refusal nothing is read any more: whoever wants it in the clear begins again.
    throw new OpenTrouble(dialogue.refused(reply, 'hello', 'STARTTLS').reading, 'tls')
  }
  await dialogue.handshake()
  return capabilitiesIn((await dialogue.expect(`EHLO ${options.helo}`, 'hello')).lines)
}

async function authenticate(dialogue: Dialogue, capabilities: Capabilities, options: LoginOptions): Promise<void> {
  const { credentials, passwordInClear } = options
  if (!credentials) return
  if (!passwordInClear && !dialogue.connection.encrypted) throw new OpenTrouble(misconfigured('tlsNotOffered'), 'tls')
  if (/[\0\r\n]/.test(credentials.user + credentials.password))
    throw new OpenTrouble(misconfigured('credentials'), 'auth')
  if (capabilities.auth.has('PLAIN')) return authPlain(dialogue, credentials)
  if (capabilities.auth.has('LOGIN')) return authLogin(dialogue, credentials)
  throw new OpenTrouble(misconfigured('authenticationNotOffered'), 'auth')
}

const base64 = (text: string): string => Buffer.from(text, 'utf8').toString('base64')

/** RFC 4616, with the initial response of RFC 4954 4. */
async function authPlain(dialogue: Dialogue, { user, password }: Credentials): Promise<void> {
  const reply = await dialogue.ask(`AUTH PLAIN ${base64(`\0${user}\0${password}`)}`, 'auth')
  if (!isPositive(reply)) throw dialogue.refused(reply, 'auth', 'AUTH')
}

async function authLogin(dialogue: Dialogue, { user, password }: Credentials): Promise<void> {
  for (const line of ['AUTH LOGIN', base64(user)]) {
    const reply = await dialogue.ask(line, 'auth')
    if (reply.code !== 334) throw dialogue.refused(reply, 'auth', 'AUTH')
  }
  const reply = await dialogue.ask(base64(password), 'auth')
  if (!isPositive(reply)) throw dialogue.refused(reply, 'auth', 'AUTH')
}

/** A host may repeat what it was told; a reply is kept and logged, so secrets are taken out of it first. */
function withoutSecrets<R extends { readonly text: string }>(reply: R, credentials: Credentials | undefined): R {
  if (!credentials) return reply
  const { user, password } = credentials
  const secrets = [base64(`\0${user}\0${password}`), base64(password), password, base64(user), user]
  return {
    ...reply,
    text: secrets.filter(Boolean).reduce((text, secret) => text.replaceAll(secret, '***'), reply.text),
  }
}
