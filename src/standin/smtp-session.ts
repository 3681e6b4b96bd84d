// The SMTP interface of SES, as transcripts of the real one show it: no PIPELINING, SIZE, DSN or enhanced codes,
// AUTH only under TLS, and nothing about identities or quota before the end of DATA.
import { randomBytes } from 'node:crypto'
import type { Socket } from 'node:net'
import type { SecureContext } from 'node:tls'
import { addressFault, hasOnlyDotFault } from './addresses.ts'
import type { FaultAction, Faults, FaultStage } from './faults.ts'
import { parseMessage } from './message.ts'
import { MESSAGE_OCTETS_MAX, RECIPIENTS_MAX, smtpReply } from './refusals.ts'
import type { Sending } from './sending.ts'
import { SmtpWire, type WireHandler } from './smtp-wire.ts'
import type { Account } from './state.ts'
import { configurationSetHeader, tagsHeader } from './submission.ts'

export interface SmtpParts {
  readonly account: Account
  readonly sending: Sending
  readonly faults: Faults
  readonly secureContext: SecureContext
  /** Open connections, this one included. */
  readonly connections: () => number
  readonly counts: SmtpCounts
}

export interface SmtpCounts {
  connections: number
  mails: number
  refused: number
  /** Commands sent before the answer to the one before: SES does not offer PIPELINING, so a client must not. */
  pipelinedCommands: number
}

const HOST = 'email-smtp.amazonaws.com'
/** Past the limit a sender is refused for good; the list must not grow with it. */
const RECIPIENTS_KEPT_MAX = RECIPIENTS_MAX * 20
const [USERNAME, PASSWORD] = ['VXNlcm5hbWU6', 'UGFzc3dvcmQ6']
const BAD_LOGIN = '535 Authentication Credentials Invalid'

type AuthStep =
  | { readonly want: 'plain' }
  | { readonly want: 'user' }
  | { readonly want: 'password'; readonly user: string }

/** Serves one connection until it ends. */
export class SmtpSession implements WireHandler {
  private readonly parts: SmtpParts
  private readonly wire: SmtpWire
  private greeted = false
  private user: string | undefined
  private auth: AuthStep | undefined
  private sender: string | undefined
  private recipients: string[] = []
  private mails = 0

  constructor(parts: SmtpParts, socket: Socket) {
    this.parts = parts
    this.wire = new SmtpWire(socket, this, parts.account.settings.smtpIdleMs)
    parts.counts.connections += 1
    socket.on('close', () => (parts.counts.pipelinedCommands += this.wire.pipelined))
    if (parts.connections() > parts.account.settings.maxConnections) {
      this.wire.end('421 Too many concurrent SMTP connections')
    } else {
      void this.withFault('connect', () =>
        this.wire.reply(`220 ${HOST} ESMTP SimpleEmailService-d-STANDIN01 ${randomBytes(10).toString('hex')}`),
      )
    }
  }

  line(line: string): void | Promise<void> {
    if (this.auth) return this.continueAuth(this.auth, line)
    const [, verb = '', rest = ''] = /^([A-Za-z]*)\s*(.*?)\s*$/s.exec(line) ?? []
    switch (verb.toUpperCase()) {
      case 'EHLO':
      case 'HELO':
        return this.withFault('ehlo', () => this.hello(verb.toUpperCase(), rest))
      case 'STARTTLS':
        return this.startTls()
      case 'AUTH':
        return this.withFault('auth', () => this.startAuth(rest))
      case 'MAIL':
        return this.withFault('mail', () => this.mail(rest))
      case 'RCPT':
        return this.withFault('rcpt', () => this.recipient(rest))
      case 'DATA':
        return this.withFault('data', () => this.data())
      case 'RSET':
        this.reset()
        return this.wire.reply('250 Ok')
      case 'NOOP':
        return this.wire.reply('250 Ok')
      case 'QUIT':
        return this.wire.end('221 Bye')
      default:
        return this.wire.reply('502 Error: command not implemented')
    }
  }

  idle(): void {
    this.wire.end('451 4.4.2 Timeout waiting for data from client.')
  }

  lineTooLong(): void {
    this.wire.reply('500 Error: line too long')
  }

  async content(content: Buffer, tooLong: boolean): Promise<void> {
    const recipients = this.recipients
    const fault = this.parts.faults.take('content', { recipients })
    if (fault?.kind === 'cutBefore') return this.wire.cut()
    const reply = fault?.kind === 'reply' ? fault.reply : this.accept(content, tooLong)
    if (fault?.kind === 'cutAfter') return this.wire.cut()
    if (fault?.kind === 'delay') await machineTime(fault.delayMs)
    this.parts.counts[reply.startsWith('250') ? 'mails' : 'refused'] += 1
    this.mails += 1
    this.reset()
    this.say(reply)
  }

  private accept(content: Buffer, tooLong: boolean): string {
    const { account, sending } = this.parts
    if (tooLong) return smtpReply({ kind: 'tooLong' }, account.region)
    const message = parseMessage(content)
    const tags = tagsHeader(message)
    if ('fault' in tags) return smtpReply({ kind: 'invalid', text: tags.fault }, account.region)
    const configurationSetName = configurationSetHeader(message)
    const sent = sending.send({
      via: 'smtp',
      source: this.sender ?? '',
      recipients: this.recipients,
      message,
      senders: [],
      ...(configurationSetName === undefined ? {} : { configurationSetName }),
      tags,
      accessKeyId: this.user ?? '',
      sourceAddress: this.wire.remoteAddress,
    })
    return 'refusal' in sent ? smtpReply(sent.refusal, account.region) : `250 Ok ${sent.messageId}`
  }

  private hello(verb: string, name: string): void {
    if (name === '') return this.wire.reply(`501 Syntax: ${verb} hostname`)
    this.greeted = true
    this.reset()
    if (verb === 'HELO') return this.wire.reply(`250 ${HOST}`)
    const offers = ['8BITMIME', ...(this.wire.secure ? [] : ['STARTTLS']), 'AUTH PLAIN LOGIN']
    this.wire.reply([HOST, ...offers].map((line) => `250-${line}`).join('\r\n') + '\r\n250 Ok')
  }

  private startTls(): void {
    if (this.wire.secure) return this.wire.reply('454 TLS not available due to temporary reason')
    this.wire.reply('220 Ready to start TLS')
    this.greeted = false
    this.reset()
    this.wire.startTls(this.parts.secureContext)
  }

  private startAuth(rest: string): void | Promise<void> {
    if (!this.wire.secure) return this.wire.reply('530 Must issue a STARTTLS command first')
    if (!this.greeted) return this.wire.reply('503 Error: send HELO first')
    if (this.user !== undefined) return this.wire.reply('503 Error: already authenticated')
    const [mechanism = '', initial] = rest.split(/\s+/)
    const kind = mechanism.toUpperCase()
    if (kind !== 'PLAIN' && kind !== 'LOGIN') return this.wire.reply('504 Unrecognized authentication type')
    this.auth = kind === 'PLAIN' ? { want: 'plain' } : { want: 'user' }
    // RFC 4954 4: "=" is an empty initial response.
    if (initial !== undefined) return this.continueAuth(this.auth, initial === '=' ? '' : initial)
    return this.wire.reply(kind === 'PLAIN' ? '334 ' : `334 ${USERNAME}`)
  }

  private continueAuth(step: AuthStep, line: string): void {
    this.auth = undefined
    if (line === '*') return this.wire.reply('501 Authentication cancelled')
    const text = Buffer.from(line, 'base64').toString('utf8')
    switch (step.want) {
      case 'plain': {
        const [, user = '', password = ''] = text.split('\0')
        return this.logIn(user, password)
      }
      case 'user':
        this.auth = { want: 'password', user: text }
        return this.wire.reply(`334 ${PASSWORD}`)
      case 'password':
        return this.logIn(step.user, text)
    }
  }

  private logIn(user: string, password: string): void {
    if (!this.parts.account.credentials.smtpLogin(user, password)) return this.wire.reply(BAD_LOGIN)
    this.user = user
    return this.wire.reply('235 Authentication successful.')
  }

  private mail(rest: string): void {
    const { settings } = this.parts.account
    if (this.user === undefined) return this.wire.reply(notYet(this.wire.secure))
    if (settings.mailsPerConnection > 0 && this.mails >= settings.mailsPerConnection) {
      return this.wire.end('421 Too many messages on this connection, please reconnect')
    }
    if (this.sender !== undefined) return this.wire.reply('503 Error: nested MAIL command')
    const address = pathIn(rest, 'FROM')
    if (address === undefined) return this.wire.reply('501 Syntax: MAIL FROM: <address>')
    if (hasUnknownParameter(rest)) return this.wire.reply(UNKNOWN_PARAMETER)
    if (hasOnlyDotFault(address) && settings.dotAddresses === 'refuse') {
      return this.wire.reply(`553 <${address}> Invalid email address`)
    }
    const allowedNull = address === '' && settings.nullSender === 'accept'
    if (!allowedNull && addressFault(address, settings.dotAddresses) !== undefined) {
      return this.wire.reply('501 Invalid MAIL FROM address provided')
    }
    this.sender = address
    return this.wire.reply('250 Ok')
  }

  private recipient(rest: string): void {
    const { settings, region } = this.parts.account
    if (this.user === undefined) return this.wire.reply(notYet(this.wire.secure))
    if (this.sender === undefined) return this.wire.reply('503 Error: need MAIL command')
    const address = pathIn(rest, 'TO')
    if (address === undefined) return this.wire.reply('501 Syntax: RCPT TO: <address>')
    if (hasUnknownParameter(rest)) return this.wire.reply(UNKNOWN_PARAMETER)
    if (addressFault(address, settings.dotAddresses) !== undefined) {
      return this.wire.reply(`553 <${address}> address unknown`)
    }
    const full = this.recipients.length >= RECIPIENTS_MAX && settings.recipientLimitAt === 'recipient'
    if (full || this.recipients.length >= RECIPIENTS_KEPT_MAX) {
      return this.wire.reply(smtpReply({ kind: 'tooManyRecipients' }, region))
    }
    this.recipients.push(address)
    return this.wire.reply('250 Ok')
  }

  private data(): void {
    if (this.user === undefined) return this.wire.reply(notYet(this.wire.secure))
    if (this.sender === undefined) return this.wire.reply('503 Error: need MAIL command')
    if (this.recipients.length === 0) return this.wire.reply('503 Error: need RCPT command')
    this.wire.reply('354 End data with <CR><LF>.<CR><LF>')
    return this.wire.expectContent(MESSAGE_OCTETS_MAX)
  }

  private reset(): void {
    this.sender = undefined
    this.recipients = []
  }

  /** 421 always ends the connection (RFC 5321 3.8). */
  private say(reply: string): void {
    if (reply.startsWith('421')) this.wire.end(reply)
    else this.wire.reply(reply)
  }

  private withFault(stage: FaultStage, go: () => void | Promise<void>): void | Promise<void> {
    const fault = this.parts.faults.take(stage, { recipients: this.recipients })
    return fault ? this.suffer(fault, go) : go()
  }

  private async suffer(fault: FaultAction, go: () => void | Promise<void>): Promise<void> {
    if (fault.kind === 'reply') return this.say(fault.reply)
    if (fault.kind === 'delay') await machineTime(fault.delayMs)
    if (fault.kind === 'cutBefore' || fault.kind === 'cutAfter') return this.wire.cut()
    await go()
  }
}

const notYet = (secure: boolean): string =>
  secure ? '530 Authentication required' : '530 Must issue a STARTTLS command first'

/** RFC 5321 4.1.1.11: a parameter of an extension that was not offered. SIZE and DSN are not. */
const UNKNOWN_PARAMETER = '555 Error: parameter not recognized'
function hasUnknownParameter(rest: string): boolean {
  const parameters = rest.slice(rest.lastIndexOf('>') + 1).split(/\s+/)
  return parameters.some((parameter) => parameter !== '' && !/^(BODY=(7BIT|8BITMIME)|AUTH=.*)$/i.test(parameter))
}

/** The path of MAIL or RCPT (RFC 5321 4.1.1.2), between its angle brackets. */
export function pathIn(rest: string, word: 'FROM' | 'TO'): string | undefined {
  const [, keyword, path] = /^([A-Za-z]+):\s*<((?:"(?:[^"\\]|\\.)*"|[^"<>])*)>/.exec(rest) ?? []
  return keyword?.toUpperCase() === word ? path : undefined
}

async function machineTime(ms: number): Promise<void> {
  await new Promise((resolve) => void setTimeout(resolve, ms).unref())
}
