// Follows each mail by its queue id from the first `from=` to `removed`, so that what is told is mails and recipients, not
// lines: re-injection, forwarding, retries and used-again ids are one mail each.
import type { LegacyOutcome, LegacySink } from '../../core/base/legacy-outcome.ts'
import { LEGACY_REASONS } from '../../core/base/legacy-reason.ts'
import type { Delivery } from './delivery.ts'
import { handoverKey, Handovers } from './handovers.ts'
import type { Head } from './heads.ts'
import type { ActiveMail, LinePlace } from './line-place.ts'
import type { TrackerParts } from './tracker-parts.ts'
import { AddressScan, OTHER } from './names.ts'
import { octetsOf, standsAt } from './octets.ts'
import { CurrentMail, CurrentOutcome } from './outcome.ts'
import { idIn, type QueueId } from './queue-ids.ts'
import {
  COUNTED,
  DEFERRED,
  MIXED_DEFERRALS,
  NONE,
  QueueTable,
  REINJECTED,
  REMOVED,
  SEEN_ACTIVE,
  VIA_GATEWAY,
} from './queue-table.ts'
import { ReplyMemory } from './reply-memory.ts'

const FORWARDED_AS = octetsOf('forwarded as ')
const QUEUED_AS = /.*\bqueued as ([0-9A-Za-z]+)/s
const REASON_NUMBERS = new Map(LEGACY_REASONS.map((reason, number) => [reason, number]))

export class MailTracker {
  readonly table = new QueueTable()
  readonly #parts: TrackerParts
  readonly #outcome = new CurrentOutcome()
  readonly #mail = new CurrentMail()
  readonly #replies = new ReplyMemory()
  readonly #handovers = new Handovers()
  readonly #emit: LegacySink['outcome']
  // Whose recipient the outcome asks for: one function for all, because a new one for each line is garbage by the million.
  #octets: Buffer = Buffer.alloc(0)
  #to = new AddressScan()
  /** The mail that a program of this machine took did not come back: that was its delivery. */
  readonly #emitHandedOver = (outcome: LegacyOutcome): void => {
    const { counts } = this.#parts
    counts.handedOver -= 1
    counts.sent += 1
    if (outcome.octets > 0) counts.octetsSent += outcome.octets
    this.#emit(outcome)
  }
  readonly #recipient = () => this.#octets.toString('latin1', this.#to.start, this.#to.end)

  constructor(parts: TrackerParts) {
    this.#parts = parts
    this.#emit = parts.sink.outcome
  }

  /** The queue manager takes a mail up: for the first time, again after a deferral, or another mail with a used id. */
  active({ id, head, atMs }: LinePlace, mail: ActiveMail): void {
    const { table } = this
    head.space.managed = true
    let slot = table.find(id.low, id.high)
    if (slot === NONE) slot = table.add(id.low, id.high)
    else {
      const flags = table.flags[slot]!
      const isSame = table.sender[slot] === mail.sender && table.size[slot] === mail.size
      if ((flags & REMOVED) === 0 && (flags & SEEN_ACTIVE) !== 0) {
        if (isSame) return
        this.#parts.counts.reusedIds += 1
      }
      // Something was known of it before the queue manager took it up.
      const waits = (flags & (REINJECTED | VIA_GATEWAY)) !== 0 && (flags & (REMOVED | SEEN_ACTIVE)) === 0
      if (!waits) table.clear(slot)
    }
    table.flags[slot]! |= SEEN_ACTIVE
    table.sender[slot] = mail.sender
    table.size[slot] = mail.size
    table.recipients[slot] = mail.recipients
    table.newAt[slot] = atMs
    if (!this.#comesBack(id, slot, atMs)) this.#countNew(slot)
  }

  #comesBack(id: QueueId, slot: number, atMs: number): boolean {
    const { table } = this
    if (this.#handovers.size > 0) {
      this.#handovers.flush(atMs, this.#emitHandedOver)
      const handover = this.#handovers.take(handoverKey(id.low, id.high))
      if (handover !== undefined) {
        table.flags[slot]! |= handover.viaGateway ? REINJECTED | VIA_GATEWAY : REINJECTED
        table.filterMs[slot] = handover.delayMs
      }
    }
    return (table.flags[slot]! & REINJECTED) !== 0
  }

  #countNew(slot: number): void {
    this.table.flags[slot]! |= COUNTED
    this.#fillMail(slot)
    this.#parts.sink.mail(this.#mail)
  }

  #fillMail(slot: number): void {
    const mail = this.#mail
    mail.atMs = this.table.newAt[slot]!
    mail.sender = this.table.sender[slot]!
    mail.octets = this.table.size[slot]!
    mail.recipients = this.table.recipients[slot]!
  }

  removed({ id, octets, head }: LinePlace): void {
    const slot = this.#slotOf(id, octets, head)
    if (slot !== NONE) this.table.remove(slot)
  }

  /** The mail comes from a gateway of ours: smtpd says so before the queue manager has it. */
  viaGateway({ id }: LinePlace): void {
    let slot = this.table.find(id.low, id.high)
    if (slot === NONE) slot = this.table.add(id.low, id.high)
    else this.table.clear(slot)
    this.table.flags[slot] = VIA_GATEWAY
  }

  /** `postsuper -r` gave the mail a new id: the new one is the same mail. */
  requeuedAs({ id, atMs }: LinePlace): void {
    let slot = this.table.find(id.low, id.high)
    if (slot === NONE) slot = this.table.add(id.low, id.high)
    else this.table.clear(slot)
    this.table.flags[slot] = REINJECTED
    this.table.newAt[slot] = atMs
  }

  /** Recipients that were deferred for too long are given up (`status=expired`); their lines were written before. */
  expired(place: LinePlace): void {
    const { table } = this
    const slot = this.#slotOf(place.id, place.octets, place.head)
    const isKnown = slot !== NONE
    const outcome = this.#outcome
    outcome.reset()
    outcome.status = 'expired'
    outcome.atMs = place.atMs
    this.#fromSlot(slot)
    if (isKnown) {
      outcome.count = Math.max(1, table.recipients[slot]! - table.done[slot]!)
      outcome.domain = (table.flags[slot]! & MIXED_DEFERRALS) === 0 ? table.deferredDomain[slot]! : OTHER
      outcome.reason = LEGACY_REASONS[table.deferredReason[slot]!]!
      outcome.delayMs = table.newAt[slot]! > 0 ? place.atMs - table.newAt[slot]! : 0
    }
    this.#parts.counts.expired += outcome.count
    this.#emit(outcome)
    outcome.count = 1
  }

  delivery(place: LinePlace, delivery: Delivery): void {
    const { counts } = this.#parts
    if (delivery.status === 'other') {
      counts.otherStatus += 1
      return
    }
    let slot = this.#slotOf(place.id, place.octets, place.head)
    const outcome = this.#outcome
    this.#octets = place.octets
    this.#to = delivery.to
    outcome.recipient = this.#recipient
    outcome.atMs = place.atMs
    outcome.mailbox = 'unknown'
    outcome.domain = this.#domainOf(delivery, place.octets)
    outcome.delayMs = delivery.delayMs
    outcome.dsn = delivery.dsn
    outcome.dotted = delivery.to.dotted
    outcome.hashLow = delivery.to.hashLow
    outcome.hashHigh = delivery.to.hashHigh
    if (delivery.status === 'sent') {
      outcome.status = 'delivered'
      outcome.reason = 'none'
      outcome.stage = 'none'
    } else {
      const bounced = delivery.status === 'bounced'
      const text = delivery.reply(place.octets)
      const recipient = bounced ? this.#recipient() : ''
      const { reason, stage, mailbox } = this.#replies.meaningOf({ text, dsn: delivery.dsn, recipient, bounced })
      outcome.status = delivery.status
      outcome.reason = reason
      outcome.stage = stage
      outcome.mailbox = mailbox ?? 'unknown'
      if (bounced) counts.bounced += 1
      else slot = this.#deferred(place, slot)
    }
    outcome.tls = this.#parts.tls.of(place, delivery)
    this.#fromSlot(slot)
    if (slot !== NONE && delivery.status !== 'deferred') this.table.done[slot]! += 1
    if (delivery.status === 'sent' && !this.#isFinal(place, delivery, slot)) return
    this.#emit(outcome)
  }

  #fromSlot(slot: number): void {
    const outcome = this.#outcome
    outcome.sender = slot === NONE ? NONE : this.table.sender[slot]!
    outcome.octets = slot === NONE ? NONE : this.table.size[slot]!
    outcome.viaGateway = slot !== NONE && (this.table.flags[slot]! & VIA_GATEWAY) !== 0
    if (slot !== NONE) outcome.delayMs += this.table.filterMs[slot]!
  }

  #domainOf({ to }: Delivery, octets: Uint8Array): number {
    return this.#parts.names.number(octets, to.domainStart, to.end, to.domainHash)
  }

  #deferred({ id }: LinePlace, known: number): number {
    const { table } = this
    const { counts } = this.#parts
    const slot = known === NONE ? table.add(id.low, id.high) : known
    const outcome = this.#outcome
    counts.deferrals += 1
    if ((table.flags[slot]! & DEFERRED) === 0) counts.deferredMails += 1
    else if (table.deferredDomain[slot] !== outcome.domain) table.flags[slot]! |= MIXED_DEFERRALS
    table.flags[slot]! |= DEFERRED
    table.deferredDomain[slot] = outcome.domain
    table.deferredReason[slot] = REASON_NUMBERS.get(outcome.reason) ?? 0
    return slot
  }

  /** A `sent` that a content filter or an alias took is not the mail's end. */
  #isFinal(place: LinePlace, delivery: Delivery, slot: number): boolean {
    const { counts } = this.#parts
    if (standsAt(place.octets, delivery.replyStart, FORWARDED_AS)) {
      counts.forwarded += 1
      const next = delivery.reply(place.octets).slice(FORWARDED_AS.length)
      this.#link(place, next, { counts: false, slot })
      return false
    }
    if (delivery.loopback) {
      const next = QUEUED_AS.exec(delivery.reply(place.octets))?.[1]
      if (next !== undefined) {
        counts.handedOver += 1
        this.#link(place, next, { counts: true, slot })
        return false
      }
    }
    counts.sent += 1
    if (slot !== NONE && this.table.size[slot]! > 0) counts.octetsSent += this.table.size[slot]!
    return true
  }

  /** Brings a mail together with the one it became, which may be in any instance of the same host. */
  #link({ head }: LinePlace, next: string, { counts, slot }: { counts: boolean; slot: number }): void {
    const { table } = this
    const id = octetsOf(next)
    const spaces = this.#parts.spaces.filter(({ host, managed }) => managed && host === head.space.host)
    // Before any queue manager was heard, the own instance is the best guess.
    const keys = (spaces.length > 0 ? spaces : [head.space]).map((space) => idIn(id, space))
    const found = keys.map(({ low, high }) => table.find(low, high)).find((other) => other !== NONE && other !== slot)
    if (found === undefined) {
      const waiting = {
        keys: keys.map(({ low, high }) => handoverKey(low, high)),
        outcome: this.#outcome.copy(),
        counts,
      }
      this.#handovers.add(waiting, this.#emitHandedOver)
      return
    }
    if ((table.flags[found]! & REINJECTED) !== 0) return
    table.flags[found]! |= this.#outcome.viaGateway ? REINJECTED | VIA_GATEWAY : REINJECTED
    table.filterMs[found] = this.#outcome.delayMs
    if ((table.flags[found]! & COUNTED) === 0) return
    table.flags[found]! &= ~COUNTED
    this.#fillMail(found)
    this.#parts.sink.mailAgain(this.#mail)
  }

  /** The slot of an id; a transport with a syslog_name of its own writes under another instance than the queue manager. */
  #slotOf(id: QueueId, octets: Uint8Array, head: Head): number {
    const { space } = head
    const own = this.table.find(id.low, id.high)
    if (own !== NONE || space.managed) return own
    if (space.alias !== undefined) {
      const { low, high } = id.inSpace(octets, space.alias)
      const slot = this.table.find(low, high)
      if (slot !== NONE) return slot
    }
    for (const other of this.#parts.spaces) {
      if (!other.managed || other.host !== space.host) continue
      const { low, high } = id.inSpace(octets, other)
      const slot = this.table.find(low, high)
      if (slot === NONE) continue
      space.alias = other
      return slot
    }
    return NONE
  }

  /** The log ends: what still waits for a mail that never came back was delivered. */
  finish(): void {
    this.#handovers.flush(Infinity, this.#emitHandedOver)
  }
}
