// Reads the log of Postfix hosts line by line out of octets: who wrote it, about which mail, and what it says. Nothing becomes
// a string that is not kept. Its rule: a line is counted as understood, as foreign, or as unknown; none is skipped in silence.
import type { LegacySink } from '../../core/base/legacy-outcome.ts'
import { Delivery } from './delivery.ts'
import { Heads, type Head } from './heads.ts'
import { LineCounts } from './line-counts.ts'
import { MailTracker } from './mail-tracker.ts'
import { AddressScan, Names, OTHER } from './names.ts'
import { CLOSE_BRACKET, COMMA, octetsOf, OPEN_BRACKET, seek, standsAt, ZERO } from './octets.ts'
import { QueueId } from './queue-ids.ts'
import { isComplaint, isQuiet } from './quiet-lines.ts'
import { StampClock, type StampOptions } from './stamp-clock.ts'
import { TlsMemory } from './tls-memory.ts'

const FROM = octetsOf('from=<')
const TO = octetsOf('to=<')
const SIZE = octetsOf(', size=')
const NRCPT = octetsOf(', nrcpt=')
const STATUS = octetsOf(', status=')
const EXPIRED = octetsOf('expired')
const FORCE_EXPIRED = octetsOf('force-expired')
const REMOVED = octetsOf('removed')
const CLIENT = octetsOf('client=')
const CONNECT = octetsOf('connect from ')
const DISCONNECT = octetsOf('disconnect from ')
const MESSAGE_ID = octetsOf('message-id=')
const UID = octetsOf('uid=')
const SENDER = octetsOf('sender=')
const NO_QUEUE = octetsOf('NOQUEUE: ')
const REQUEUED = octetsOf('requeued')
const ID_TAG = octetsOf('[ID ')
// First octets, which tell most lines apart.
const C = 0x63
const D = 0x64
const F = 0x66
const N = 0x4e
const R = 0x72
const T = 0x74
/** A header in a header is the most that a log driver makes. */
const NESTED_MAX = 3

const REJECTIONS = [
  ['reject:', 'rejected'],
  ['milter-reject:', 'rejected'],
  ['reject_warning:', 'rejectWarnings'],
  ['warning:', 'rejectWarnings'],
  ['hold:', 'held'],
  ['milter-hold:', 'held'],
  ['discard:', 'discarded'],
  ['milter-discard:', 'discarded'],
] as const
const REJECTION_WORDS = REJECTIONS.map(([word, what]) => ({ word: octetsOf(word), what }))

export class PostfixLog {
  readonly counts = new LineCounts()
  readonly names = new Names()
  readonly heads = new Heads()
  readonly clock: StampClock
  readonly tracker: MailTracker
  readonly tls = new TlsMemory()
  readonly #isGateway: ((address: string) => boolean) | undefined
  readonly #id = new QueueId()
  readonly #sender = new AddressScan()
  readonly #delivery = new Delivery()
  readonly #place: { octets: Buffer; head: Head; pid: number; id: QueueId; atMs: number }
  readonly #active = { sender: 0, size: 0, recipients: 0 }

  /** `isGateway` is asked for the address of each client, when given. */
  constructor(
    sink: (names: Names) => LegacySink,
    options: StampOptions & { readonly isGateway?: (address: string) => boolean },
  ) {
    this.#isGateway = options.isGateway
    this.clock = new StampClock(options)
    const { names, counts, tls } = this
    this.tracker = new MailTracker({ sink: sink(names), names, counts, tls, spaces: this.heads.spaces })
    const space = { host: '', instance: '', seedLow: 0, seedHigh: 0, managed: false, alias: undefined }
    const head: Head = { program: 'foreign', daemon: '', space, host: 0 }
    this.#place = { octets: Buffer.alloc(0), head, pid: 0, id: this.#id, atMs: 0 }
  }

  /** Reads one line, its end not included. */
  line(octets: Buffer, start: number, end: number): void {
    this.counts.lines += 1
    this.#read(octets, start, end, 0)
  }

  #read(octets: Buffer, start: number, end: number, depth: number): void {
    const { clock, heads, counts } = this
    const behindStamp = clock.read(octets, start)
    const at = behindStamp < 0 ? -1 : heads.read(octets, behindStamp, end)
    const { head } = heads
    if (at < 0 || head === undefined) {
      counts.notUnderstood(octets, start, end)
      return
    }
    if (head.program === 'foreign' || octets[at] === OPEN_BRACKET) {
      this.#foreign(octets, at, end, depth)
      return
    }
    const place = this.#place
    place.octets = octets
    place.head = head
    place.pid = heads.pid
    place.atMs = clock.atMs
    if (!this.#text(octets, at, end, head)) this.#rest(octets, start, at, end)
  }

  /** Another program; or a log driver that put its own header before Postfix's line (Docker, a second syslog). */
  #foreign(octets: Buffer, at: number, end: number, depth: number): void {
    if (standsAt(octets, at, ID_TAG)) {
      // Solaris writes `[ID 197553 mail.info] ` before the text.
      const text = seek(octets, CLOSE_BRACKET, at, end) + 2
      const { head } = this.heads
      if (head !== undefined && head.program !== 'foreign' && this.#text(octets, text, end, this.#moved(octets, head)))
        return
    }
    const hasStamp = depth < NESTED_MAX && end - at > 16 && this.clock.read(octets, at) >= 0
    if (hasStamp) this.#read(octets, at, end, depth + 1)
    else this.counts.foreign += 1
  }

  #moved(octets: Buffer, head: Head): Head {
    this.#place.octets = octets
    this.#place.head = head
    this.#place.pid = this.heads.pid
    this.#place.atMs = this.clock.atMs
    return head
  }

  #text(octets: Buffer, at: number, end: number, head: Head): boolean {
    switch (head.program) {
      case 'qmgr':
        return this.#qmgr(octets, at, end)
      case 'delivery':
        return this.#deliveryLine(octets, at, end)
      case 'smtpd':
        return this.#smtpd(octets, at, end)
      case 'cleanup':
        return this.#cleanup(octets, at, end)
      case 'pickup':
        return this.#pickup(octets, at, end)
      case 'postsuper':
        return this.#postsuper(octets, at, end)
      case 'quiet':
        return true
      case 'foreign':
        return false
      default:
        return head.program satisfies never
    }
  }

  #qmgr(octets: Buffer, start: number, end: number): boolean {
    const at = this.#id.find(octets, start, end)
    if (at < 0) return false
    if (octets[at] === R && end - at === REMOVED.length && standsAt(octets, at, REMOVED)) {
      this.#id.hash(octets, this.#place.head.space)
      this.tracker.removed(this.#place)
      return true
    }
    if (octets[at] !== F || !standsAt(octets, at, FROM)) return this.#delivered(octets, at, end)
    const sender = this.#sender
    if (!sender.readDomain(octets, at + FROM.length, end)) return false
    this.#id.hash(octets, this.#place.head.space)
    const behind = sender.end + 1
    if (standsAt(octets, behind, SIZE)) return this.#activeMail(octets, at + FROM.length, end)
    if (!standsAt(octets, behind, STATUS)) return false
    const word = behind + STATUS.length
    if (!standsAt(octets, word, EXPIRED) && !standsAt(octets, word, FORCE_EXPIRED)) return false
    this.tracker.expired(this.#place)
    return true
  }

  /** The sender's address begins at `start`; its domain was read. */
  #activeMail(octets: Buffer, start: number, end: number): boolean {
    const sender = this.#sender
    const at = sender.end + 1 + SIZE.length
    const comma = seek(octets, COMMA, at, end)
    if (!standsAt(octets, comma, NRCPT)) return false
    const active = this.#active
    const { domainStart, domainHash } = sender
    active.sender = domainStart === start ? OTHER : this.names.number(octets, domainStart, sender.end, domainHash)
    active.size = whole(octets, at, comma)
    active.recipients = whole(octets, comma + NRCPT.length, end)
    this.tracker.active(this.#place, active)
    return true
  }

  #deliveryLine(octets: Buffer, start: number, end: number): boolean {
    const at = this.#id.find(octets, start, end)
    if (at >= 0) return this.#delivered(octets, at, end) || this.#tlsLine(octets, at, end)
    return this.#tlsLine(octets, start, end)
  }

  #delivered(octets: Buffer, at: number, end: number): boolean {
    if (octets[at] !== T || !standsAt(octets, at, TO)) return false
    const delivery = this.#delivery
    delivery.wantsRelay = this.tls.lines > 0
    if (!delivery.read(octets, at + TO.length - 1, end)) return false
    this.#id.hash(octets, this.#place.head.space)
    this.tracker.delivery(this.#place, delivery)
    return true
  }

  #tlsLine(octets: Buffer, at: number, end: number): boolean {
    return this.tls.note(octets, at, end, { host: this.#place.head.host, pid: this.#place.pid })
  }

  #smtpd(octets: Buffer, start: number, end: number): boolean {
    const first = octets[start]
    if (first === C ? standsAt(octets, start, CONNECT) : first === D && standsAt(octets, start, DISCONNECT)) return true
    if (first === N && standsAt(octets, start, NO_QUEUE)) return this.#rejection(octets, start + NO_QUEUE.length)
    const at = this.#id.find(octets, start, end)
    if (at < 0) return false
    if (octets[at] !== C || !standsAt(octets, at, CLIENT)) return this.#rejection(octets, at)
    this.counts.received += 1
    if (this.#isGateway?.(clientAddress(octets, at, end)) === true) {
      this.#id.hash(octets, this.#place.head.space)
      this.tracker.viaGateway(this.#place)
    }
    return true
  }

  #cleanup(octets: Buffer, start: number, end: number): boolean {
    const at = this.#id.find(octets, start, end)
    if (at < 0) return false
    if (standsAt(octets, at, MESSAGE_ID)) return true
    return this.#rejection(octets, at) || this.#delivered(octets, at, end)
  }

  #rejection(octets: Buffer, at: number): boolean {
    for (const { word, what } of REJECTION_WORDS) {
      if (!standsAt(octets, at, word)) continue
      this.counts[what] += 1
      return true
    }
    return false
  }

  #pickup(octets: Buffer, start: number, end: number): boolean {
    const at = this.#id.find(octets, start, end)
    if (at < 0 || !(standsAt(octets, at, UID) || standsAt(octets, at, SENDER))) return false
    this.counts.received += 1
    this.#id.hash(octets, this.#place.head.space)
    if (octets.toString('latin1', at, end).includes(' orig_id=')) this.tracker.requeuedAs(this.#place)
    return true
  }

  #postsuper(octets: Buffer, start: number, end: number): boolean {
    const at = this.#id.find(octets, start, end)
    if (at < 0 || !standsAt(octets, at, REQUEUED)) return true
    this.#id.hash(octets, this.#place.head.space)
    this.tracker.removed(this.#place)
    return true
  }

  /** A line of Postfix that moves no mail. */
  #rest(octets: Buffer, start: number, text: number, end: number): void {
    if (isComplaint(octets, text)) {
      this.counts.warnings += 1
      return
    }
    const behindId = this.#id.find(octets, text, end)
    if (isQuiet(octets, behindId < 0 ? text : behindId, behindId >= 0)) return
    if (behindId >= 0 && isComplaint(octets, behindId)) this.counts.warnings += 1
    else this.counts.notUnderstood(octets, start, end)
  }

  cut(): void {
    this.counts.cutLines += 1
  }

  /** All logs have ended. */
  finish(): void {
    this.tracker.finish()
  }
}

/** `client=name[address]`: what is in the last brackets before the next field. */
function clientAddress(octets: Buffer, at: number, end: number): string {
  const field = octets.toString('latin1', at, seek(octets, COMMA, at, end))
  return /\[([0-9A-Fa-f.:]+)\]/.exec(field)?.[1] ?? ''
}

function whole(octets: Uint8Array, start: number, end: number): number {
  let value = 0
  for (let i = start; i < end; i += 1) {
    const digit = octets[i]! - ZERO
    if (!(digit >= 0 && digit <= 9)) break
    value = value * 10 + digit
  }
  return value
}
