// The SMTP server as a machine over octets (RFC 5321): bytes in, replies and mails out, without socket or timer.
// Its rules: a command line ends in CRLF and nothing else; the same octets give the same replies however TCP cuts them;
// while an answer is awaited nothing further is read, so replies keep their order and memory its bounds.
import type { Intake } from '../../core/mail/ports.ts'
import { refuse, type Refusal } from '../../core/mail/refusal.ts'
import { describeError } from '../../core/watch/describe-error.ts'
import * as replies from './replies.ts'
import { Dialogue } from './session-dialogue.ts'
import { LineReader } from './session-line.ts'
import { Reception } from './session-reception.ts'
import type { SessionEnd, SessionPeer, SessionRules, SessionWire } from './session-rules.ts'

type Answer = Awaited<ReturnType<Intake['accept']>>

// command: a command line comes next. content: octets of a mail. login: a line of an AUTH dialogue.
// waiting: the core or the credentials have to answer first. tls: the handshake. over: the last reply is said.
type Phase = 'command' | 'content' | 'login' | 'waiting' | 'tls' | 'over'

const NO_ROOM = refuse('queueFull', 'too much mail is coming in at once')
const STORAGE_FAILED = refuse('storageFailed', 'the mail could not be stored, try again later')

export class Session {
  /** Grows with each command and mail: while it stands still, somebody is being waited for. */
  progress = 0
  readonly #rules: SessionRules
  readonly #wire: SessionWire
  readonly #peer: SessionPeer
  readonly #dialogue: Dialogue
  readonly #lines: LineReader
  #phase: Phase = 'command'
  #reception: Reception | undefined
  /** Octets that came while an answer was awaited, or the beginning of a line. */
  #kept: Buffer | undefined
  #out = ''
  #end: SessionEnd | undefined
  #errors = 0
  #stopping = false
  #inputEnded = false
  #startsTls = false

  constructor(rules: SessionRules, wire: SessionWire, peer: SessionPeer & { readonly secure: boolean }) {
    this.#rules = rules
    this.#wire = wire
    this.#peer = peer
    this.#dialogue = new Dialogue(rules, peer, peer.secure)
    this.#lines = new LineReader(rules.limits.lineOctets)
  }

  /** Octets of the content that is coming in. */
  get contentOctets(): number {
    return this.#reception?.octets ?? 0
  }

  /** Whom a standstill is to be blamed on. `us`: the core or the credentials have not answered yet. */
  get waitsFor(): 'command' | 'line' | 'content' | 'us' {
    if (this.#phase === 'content') return 'content'
    if (this.#phase === 'waiting') return 'us'
    return this.#kept === undefined ? 'command' : 'line'
  }

  /** An answer is awaited and the client has sent on: it should wait too. */
  get keepsInput(): boolean {
    return this.#phase === 'waiting' && this.#kept !== undefined
  }

  greet(): void {
    this.#out += replies.greeting(this.#rules.hostname)
    this.#flush()
  }

  /** Octets from the client, in any pieces. */
  feed(bytes: Buffer): void {
    const all = this.#kept === undefined ? bytes : Buffer.concat([this.#kept, bytes])
    this.#kept = undefined
    if (this.#phase === 'waiting') this.#kept = all
    else this.#guarded(all)
  }

  /** The handshake is done. */
  secured(): void {
    this.#phase = 'command'
    this.#dialogue.secured()
    this.#flush()
  }

  /** The client sends no more, but may still read. */
  inputEnded(): void {
    this.#inputEnded = true
    this.#flush()
  }

  /** Ends at the next command boundary: a mail that is coming in is finished first. */
  stop(): void {
    this.#stopping = true
    this.#flush()
  }

  /** Says a last reply, whatever the client was about to say. */
  cut(reply: string, end: SessionEnd): void {
    if (this.#phase === 'over') return
    this.#out += reply
    this.#finish(end)
    this.#flush()
  }

  /** The connection is gone. A mail that the core has been given stays with the core. */
  lost(): void {
    if (this.#phase !== 'waiting') this.#reception?.release()
    this.#phase = 'over'
    this.#end = undefined
    this.#kept = undefined
  }

  /** What the core throws is a mistake in this program: it costs one session, not the gateway. */
  #guarded(bytes: Buffer | undefined): void {
    try {
      if (bytes !== undefined) this.#consume(bytes)
    } catch (error) {
      this.#rules.log.alarm('sessionBroken', { session: this.#peer.id, ...describeError(error) })
      this.#out += replies.BROKEN
      this.#finish('internalError')
    }
    this.#flush()
  }

  #consume(bytes: Buffer): void {
    let at = 0
    while (at < bytes.length) {
      const phase = this.#phase
      if (phase === 'content') at = this.#readContent(bytes, at)
      else if ((phase === 'command' || phase === 'login') && !this.#stopping) {
        at = this.#lines.read(bytes, at)
        if (this.#lines.found === 'nothing') {
          // A copy, because a few octets of a line must not hold a large piece of input.
          if (at < bytes.length) this.#kept = Buffer.from(bytes.subarray(at))
          return
        }
        this.progress += 1
        this.#takeLine(phase)
      } else {
        // What comes behind STARTTLS in the clear, or behind the last reply, is thrown away.
        if (phase === 'waiting') this.#kept = bytes.subarray(at)
        return
      }
    }
  }

  #takeLine(phase: 'command' | 'login'): void {
    const { found, text } = this.#lines
    if (found === 'fault') {
      this.#phase = 'command'
      this.#say(text)
      return
    }
    const dialogue = this.#dialogue
    const reply = phase === 'command' ? dialogue.take(text) : dialogue.takeLogin(text)
    switch (dialogue.next) {
      case 'content':
        return this.#beginContent(reply)
      case 'check':
        return this.#awaitLogin(dialogue.check!)
      case 'end':
        this.#out += reply
        return this.#finish('quit')
      case 'command':
      case 'login':
      case 'tls':
        this.#phase = dialogue.next
        this.#startsTls = dialogue.next === 'tls'
        this.#say(reply)
    }
  }

  #awaitLogin(check: Promise<string>): void {
    this.#phase = 'waiting'
    const answered = (reply: string): void => {
      if (this.#phase === 'over') return
      this.#dialogue.checked()
      this.#goOn(reply)
    }
    void check.then(answered)
  }

  #beginContent(reply: string): void {
    const { budget, limits } = this.#rules
    this.#phase = 'command'
    if (budget.used >= budget.octetsMax) return this.#refuse(NO_ROOM)
    this.#reception = new Reception(limits.messageOctets, budget)
    this.#phase = 'content'
    this.#out += reply
  }

  #readContent(bytes: Buffer, at: number): number {
    const reception = this.#reception!
    const end = reception.feed(bytes, at)
    if (end < 0) return bytes.length
    this.progress += 1
    const fault = reception.fault()
    if (fault === undefined) this.#accept(reception)
    else {
      this.#endMail(reception, false)
      this.#phase = 'command'
      this.#refuse(fault)
    }
    return end
  }

  #accept(reception: Reception): void {
    this.#phase = 'waiting'
    const { client, envelope } = this.#dialogue
    const answered = (answer: Answer): void => {
      const isAccepted = answer.kind === 'accepted'
      this.#endMail(reception, isAccepted)
      if (this.#phase === 'over') return
      this.#goOn(isAccepted ? replies.queued(answer.id) : replies.refusalReply(answer))
    }
    this.#rules.intake.accept(client, envelope, reception.content()).then(answered, () => {
      // Intake never rejects; if it ever does, nothing may be promised.
      this.#rules.log.alarm('intakeFailed', { session: this.#peer.id })
      answered(STORAGE_FAILED)
    })
  }

  #endMail(reception: Reception, accepted: boolean): void {
    reception.release()
    this.#reception = undefined
    this.#dialogue.mailEnded(accepted)
    if (accepted) this.#errors = 0
  }

  #refuse(refusal: Refusal): void {
    this.#rules.meter.count('watari_refusals_total', { reason: refusal.reason })
    this.#say(replies.refusalReply(refusal))
  }

  /** An awaited answer has come: says it, then reads what has come meanwhile. */
  #goOn(reply: string): void {
    this.progress += 1
    this.#phase = 'command'
    this.#say(reply)
    const kept = this.#kept
    this.#kept = undefined
    this.#guarded(kept)
  }

  #say(reply: string): void {
    this.#out += reply
    if (!replies.isNegative(reply)) return
    if (replies.closesSession(reply)) this.#finish('refused')
    else if (replies.isProtocolError(reply)) {
      this.#errors += 1
      if (this.#errors <= this.#rules.limits.errors) return
      this.#out += replies.TOO_MANY_ERRORS
      this.#finish('refused')
    }
  }

  #finish(end: SessionEnd): void {
    this.#reception?.release()
    this.#phase = 'over'
    this.#end = end
  }

  #flush(): void {
    const isAtBoundary = this.#phase === 'command' || this.#phase === 'login'
    if (this.#stopping && isAtBoundary) {
      this.#out += replies.STOPPING
      this.#finish('stopping')
    } else if (this.#inputEnded && this.#phase !== 'waiting' && this.#phase !== 'over') this.#finish('closed')
    if (this.#out !== '') {
      const out = this.#out
      this.#out = ''
      this.#wire.send(out)
    }
    if (this.#startsTls) {
      this.#startsTls = false
      this.#wire.startTls()
    } else if (this.#end !== undefined) {
      const end = this.#end
      this.#end = undefined
      this.#wire.end(end)
    }
  }
}
