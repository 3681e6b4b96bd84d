// A ready connection and the mails that go over it, one behind the other; with PIPELINING (RFC 2920) the envelope of the
// next mail rides behind the final dot of this one. Its rule: every reply belongs to the oldest command without one, and
// whatever ends a session gives each of its mails either an outcome or back.
import { SECOND_MS } from '../../core/base/clock.ts'
import type { Delivery, Reading, Reply, ReplyStage } from '../../core/mail/outcome.ts'
import type { ClientConnection } from './client-connection.ts'
import { DATA_COMMAND, FINAL_DOT, mailCommand, QUIT_COMMAND, rcptCommand, RESET_COMMAND } from './client-envelope.ts'
import { BLOCK_OCTETS_MAX, streamContent } from './client-content.ts'
import { unreachable } from './client-login.ts'
import { isPositive, replyOf, type WireReply } from './client-replies.ts'
import type { SessionOptions, SessionOwner } from './client-session-owner.ts'
import { HEALTHY, isHostsFault, Transaction, unclear, type Job } from './client-transaction.ts'
import { endsSession, isClosing, isStaleConnection } from './outcomes.ts'

export class ClientSession {
  readonly options: SessionOptions
  /** Transactions that were begun and came to an end here. */
  used = 0
  idleSince: number
  readonly #connection: ClientConnection
  readonly #owner: SessionOwner<ClientSession>
  #current: Transaction | undefined
  /** Its envelope is written, behind the final dot of `#current`. */
  #next: Transaction | undefined
  #mustReset = false
  /** The connection had been left alone before this mail, so its peer may have given it up. */
  #reused = false
  #over = false

  constructor(connection: ClientConnection, owner: SessionOwner<ClientSession>, options: SessionOptions) {
    this.options = options
    this.idleSince = options.openedAt
    this.#connection = connection
    this.#owner = owner
    connection.ready = true
    connection.onReply = (reply) => this.#hear(reply)
    connection.onLost = (reason) => this.#lose(reason)
  }

  /** True while it has just been opened: its peer cannot have given it up. */
  get fresh(): boolean {
    return this.used === 0 && this.options.now() - this.options.openedAt < FRESH_MS
  }

  /** Begins a mail on an idle session. */
  start(job: Job): void {
    this.#reused = !this.fresh
    const transaction = new Transaction(job, this.#mustReset ? 'reset' : 'sender')
    this.#current = transaction
    this.#connection.write((this.#mustReset ? RESET_COMMAND : '') + this.#opening(job))
    this.#mustReset = false
    this.#wait()
  }

  /** Says goodbye on an idle session. */
  quit(): void {
    if (this.#over) return
    this.#over = true
    this.#connection.deadlineAt = this.options.now() + this.options.quitMs
    this.#connection.leave(QUIT_COMMAND)
    this.#owner.over(this)
  }

  /** What is written to begin a mail: all of the envelope, or its first command where the host wants one at a time. */
  #opening(job: Job): string {
    const { capabilities } = this.options
    const mail = mailCommand(job.sender, job.content, capabilities)
    if (!capabilities.pipelining) return mail
    let text = mail
    for (const recipient of job.recipients) text += rcptCommand(recipient)
    return text + DATA_COMMAND
  }

  #hear(wire: WireReply): void {
    const transaction = this.#current
    // A host that speaks while nothing was asked says that it closes (421), or is out of step.
    if (!transaction) return this.#end()
    switch (transaction.phase) {
      case 'reset':
        return this.#heardReset(transaction, wire)
      case 'sender':
        return this.#heardSender(transaction, wire)
      case 'recipient':
        return this.#heardRecipient(transaction, wire)
      case 'data':
        return this.#heardData(transaction, wire)
      case 'streaming':
        return this.#heardTooEarly(transaction, wire)
      case 'content':
        return this.#heardContent(transaction, wire)
      case 'loneDot':
        this.#finish(transaction.delivery(NOBODY))
        return isClosing(wire.code) ? this.#end() : undefined
    }
  }

  #heardReset(transaction: Transaction, wire: WireReply): void {
    if (!isPositive(wire)) return this.#interrupt(this.#reading(wire, 'sender', 'RSET'), true)
    transaction.phase = 'sender'
    return this.#wait()
  }

  #heardSender(transaction: Transaction, wire: WireReply): void {
    transaction.phase = 'recipient'
    const { job } = transaction
    if (isPositive(wire)) return this.#lockStep(rcptCommand(job.recipients[0]!))
    const reading = this.#reading(wire, 'sender', 'MAIL FROM')
    const stale = this.#reused && isStaleConnection(wire.code)
    if (stale || endsSession(wire.code) || isHostsFault(reading)) return this.#interrupt(reading, stale)
    transaction.senderRefused = reading
    if (!this.options.capabilities.pipelining) return this.#finish(transaction.delivery(reading))
    return this.#wait()
  }

  #heardRecipient(transaction: Transaction, wire: WireReply): void {
    if (isPositive(wire)) transaction.acceptRecipient()
    else {
      const reading = this.#reading(wire, 'recipient', 'RCPT TO')
      if (endsSession(wire.code)) return this.#interrupt(reading, false)
      transaction.refuseRecipient(reading)
    }
    const { recipients } = transaction.job
    if (transaction.answered < recipients.length) return this.#lockStep(rcptCommand(recipients[transaction.answered]!))
    const hostsFault = transaction.hostsFault()
    if (hostsFault) return this.#giveBack(hostsFault, false)
    transaction.phase = 'data'
    if (transaction.accepted > 0 || this.options.capabilities.pipelining) return this.#lockStep(DATA_COMMAND)
    this.#mustReset = true
    return this.#finish(transaction.delivery(NOBODY))
  }

  #heardData(transaction: Transaction, wire: WireReply): void {
    const refused = transaction.senderRefused !== undefined || transaction.accepted === 0
    if (wire.code === 354) {
      if (!refused) return this.#sendContent(transaction)
      // A host that refused the sender and took a recipient is beyond understanding: a final dot might send an empty mail.
      if (transaction.accepted > 0) return this.#finishAndEnd(transaction.delivery(NOBODY))
      transaction.phase = 'loneDot'
      this.#connection.write(FINAL_DOT)
      return this.#wait()
    }
    const reading = refused ? NOBODY : this.#reading(wire, 'data', 'DATA')
    if (isClosing(wire.code) && !refused) return this.#interrupt(reading, false)
    this.#mustReset = true
    // 2xx here means that replies and commands are out of step.
    if (isPositive(wire) || endsSession(wire.code)) return this.#finishAndEnd(transaction.delivery(reading))
    return this.#finish(transaction.delivery(reading))
  }

  /** The content as it is (M4), the final dot, and behind it the next envelope. */
  #sendContent(transaction: Transaction): void {
    const { content } = transaction.job
    if (content.wireSize > BLOCK_OCTETS_MAX) {
      transaction.phase = 'streaming'
      return streamContent(this.#connection, content.chunks, {
        current: () => this.#current === transaction,
        // RFC 5321 4.5.3.2.5: the host has its time for each block.
        onBlock: () => this.#wait(),
        done: () => this.#close(transaction, []),
      })
    }
    return this.#close(transaction, content.chunks)
  }

  #close(transaction: Transaction, chunks: readonly Uint8Array[]): void {
    // Even partly written, from here on nobody can say that the host did not take it.
    transaction.phase = 'content'
    transaction.dotSerial = this.#connection.readSerial
    const job = this.options.capabilities.pipelining ? this.#owner.next(this) : undefined
    if (job) this.#next = new Transaction(job, 'sender')
    this.#connection.writeTogether(chunks, job ? FINAL_DOT + this.#opening(job) : FINAL_DOT)
    this.#wait(this.options.contentMs)
  }

  /** An answer before the final dot: the host has seen enough, and where its reading stopped nobody knows. */
  #heardTooEarly(transaction: Transaction, wire: WireReply): void {
    const reading = this.#reading(wire, 'content', 'content')
    // Nothing was taken: RFC 5321 4.1.1.4 makes the final dot the moment of acceptance.
    this.#finishAndEnd(transaction.delivery(reading.outcome.kind === 'delivered' ? OUT_OF_STEP : reading))
  }

  #heardContent(transaction: Transaction, wire: WireReply): void {
    // An answer that came in one piece with the 354 was written before the content was read.
    if (transaction.dotSerial === this.#connection.readSerial) {
      return this.#finishAndEnd(transaction.delivery(unclear('answerBeforeContent')))
    }
    const delivery = transaction.delivery(this.#reading(wire, 'content', 'end of DATA'))
    return endsSession(wire.code) ? this.#finishAndEnd(delivery) : this.#finish(delivery)
  }

  /** Reads a reply; whatever the reader says, nothing is delivered without 2xx to the final dot. */
  #reading(wire: WireReply, stage: ReplyStage, command: string): Reading {
    const reply: Reply = replyOf(wire, this.options.hostName, command)
    const reading = this.options.readReply(reply, stage)
    if (reading.outcome.kind !== 'delivered' || (stage === 'content' && isPositive(wire))) return reading
    return { outcome: { kind: 'deferred', reason: 'unexpectedReply', reply }, signal: HEALTHY, counts: true }
  }

  /** Goes on to the next command where the host wants one at a time; otherwise it is on its way already. */
  #lockStep(command: string): void {
    if (!this.options.capabilities.pipelining) this.#connection.write(command)
    this.#wait()
  }

  #wait(ms: number = this.options.commandMs): void {
    this.#connection.deadlineAt = this.options.now() + ms
  }

  #finish(delivery: Delivery): void {
    const transaction = this.#advance()
    if (transaction) this.#owner.finished(this, transaction.job, delivery)
    if (this.#over || this.#current) return
    this.#connection.deadlineAt = Number.POSITIVE_INFINITY
    this.idleSince = this.options.now()
    this.#owner.idle(this)
  }

  #finishAndEnd(delivery: Delivery): void {
    const transaction = this.#advance()
    // Ended first: the owner must not count this connection among those that work when it judges the route.
    this.#end()
    if (transaction) this.#owner.finished(this, transaction.job, delivery)
  }

  #advance(): Transaction | undefined {
    const transaction = this.#current
    this.#current = this.#next
    this.#next = undefined
    this.used += 1
    this.#reused = true
    if (this.#current) this.#wait()
    return transaction
  }

  #interrupt(reading: Reading, stale: boolean): void {
    const transaction = this.#current
    // What is known for all recipients stands, whatever became of the connection since.
    if (transaction?.isDecided()) return this.#finishAndEnd(transaction.delivery(NOBODY))
    return this.#giveBack(reading, stale)
  }

  #giveBack(reading: Reading, stale: boolean): void {
    const transaction = this.#current
    this.#current = undefined
    this.#end()
    if (transaction) this.#owner.interrupted(this, transaction.job, { delivery: transaction.delivery(reading), stale })
  }

  /** The connection is gone, or its time is up. */
  #lose(reason: string): void {
    const transaction = this.#current
    if (transaction?.phase === 'content') return this.#finishAndEnd(transaction.delivery(unclear(reason)))
    if (transaction?.phase === 'loneDot') return this.#finishAndEnd(transaction.delivery(NOBODY))
    return this.#interrupt(unreachable(reason), this.#reused && GIVEN_UP.has(reason))
  }

  /** No more mails here: closes, and gives back what had not been looked at. */
  #end(): void {
    if (this.#over) return
    this.#over = true
    const waiting = [this.#current, this.#next]
    this.#current = undefined
    this.#next = undefined
    this.#connection.destroy()
    this.#owner.over(this)
    for (const transaction of waiting) if (transaction) this.#owner.returned(this, transaction.job)
  }
}

/** No peer gives up a connection so soon. */
const FRESH_MS = SECOND_MS
/** How a peer that closed an idle connection looks to the next command. */
const GIVEN_UP: ReadonlySet<string> = new Set(['connectionClosed', 'connectionLost'])
/** For recipients when all have an answer of their own. */
const NOBODY: Reading = { outcome: { kind: 'deferred', reason: 'noRecipients' }, signal: HEALTHY, counts: true }
const OUT_OF_STEP: Reading = {
  outcome: { kind: 'deferred', reason: 'answerBeforeContent' },
  signal: HEALTHY,
  counts: true,
}
