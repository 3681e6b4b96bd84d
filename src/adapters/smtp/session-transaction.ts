// One mail transaction from MAIL to DATA (RFC 5321 3.3): what was said, and what is answered to it.
// Its rule: nothing about an address is decided here but who may send at all; the rest is core's (Intake).
import { refuse } from '../../core/mail/refusal.ts'
import type { Client, Envelope, Intake } from '../../core/mail/ports.ts'
import { readMailParameters, readPath } from './command.ts'
import * as replies from './replies.ts'
import type { SessionLimits } from './session-limits.ts'

// A space in front of the colon is in no RFC, and one behind it is tolerated by readPath.
const MAIL = /^MAIL FROM:/i
const RCPT = /^RCPT TO:/i
const MAIL_PATH_AT = 'MAIL FROM:'.length
const RCPT_PATH_AT = 'RCPT TO:'.length

export interface TransactionOptions {
  readonly intake: Intake
  readonly limits: SessionLimits
  readonly onRefusal: (reason: string) => void
}

export class Transaction {
  readonly #options: TransactionOptions
  #sender: string | undefined
  #recipients: string[] = []
  #recipientCommands = 0
  /** MAIL was refused: what was pipelined behind it fails too, and is no error of the client (RFC 2920 3.1). */
  #refused = false

  constructor(options: TransactionOptions) {
    this.#options = options
  }

  reset(): void {
    this.#sender = undefined
    this.#recipients = []
    this.#recipientCommands = 0
    this.#refused = false
  }

  get isOpen(): boolean {
    return this.#sender !== undefined
  }

  get envelope(): Envelope {
    return { sender: this.#sender ?? '', recipients: this.#recipients }
  }

  mail(line: string, client: Client): string {
    if (!MAIL.test(line)) return replies.BAD_SYNTAX
    if (this.#sender !== undefined) return replies.MAIL_ALREADY
    this.reset()
    this.#refused = true
    const path = readPath(line, MAIL_PATH_AT)
    if (path.kind !== 'path') return path.kind === 'sourceRoute' ? replies.SOURCE_ROUTE : replies.BAD_PATH
    const parameters = readMailParameters(path.parameters)
    if (parameters.kind !== 'parameters') {
      return parameters.kind === 'unknown' ? replies.UNKNOWN_PARAMETER : replies.BAD_SYNTAX
    }
    // The core refuses this too; an open relay is worth two locks (M1, C04).
    if (!client.allowed && client.user === undefined) return this.#refuseStranger()
    const refusal = this.#options.intake.sender(client, path.address, parameters.size)
    if (refusal !== undefined) return replies.refusalReply(refusal)
    this.#refused = false
    this.#sender = path.address
    return replies.SENDER_OK
  }

  #refuseStranger(): string {
    this.#options.onRefusal('authenticationRequired')
    return replies.refusalReply(
      refuse('authenticationRequired', 'authenticate first, or have this address put on the allow-list'),
    )
  }

  recipient(line: string, client: Client): string {
    if (!RCPT.test(line)) return replies.BAD_SYNTAX
    if (this.#sender === undefined) return this.#withoutMail()
    const { limits, intake } = this.#options
    this.#recipientCommands += 1
    if (this.#recipientCommands > limits.recipientCommands) return replies.TOO_MANY_ERRORS
    if (this.#recipients.length >= limits.recipients) return this.#refuseMoreRecipients()
    const path = readPath(line, RCPT_PATH_AT)
    if (path.kind !== 'path') return path.kind === 'sourceRoute' ? replies.SOURCE_ROUTE : replies.BAD_PATH
    // RCPT has parameters only with DSN (RFC 3461), which is not offered.
    if (path.parameters !== '') return replies.UNKNOWN_PARAMETER
    const answer = intake.recipient(client, path.address, this.#sender)
    if (answer.kind === 'refused') return replies.refusalReply(answer)
    this.#recipients.push(answer.recipient)
    return replies.RECIPIENT_OK
  }

  #refuseMoreRecipients(): string {
    this.#options.onRefusal('tooManyRecipients')
    const most = this.#options.limits.recipients
    return replies.refusalReply(
      refuse('tooManyRecipients', `a mail may have ${most} recipients, send the rest in another`),
    )
  }

  /** What is wrong with a DATA now, or undefined. */
  dataFault(): string | undefined {
    if (this.#sender === undefined) return this.#withoutMail()
    return this.#recipients.length === 0 ? replies.RECIPIENT_FIRST : undefined
  }

  #withoutMail(): string {
    return this.#refused ? replies.MAIL_WAS_REFUSED : replies.MAIL_FIRST
  }
}
