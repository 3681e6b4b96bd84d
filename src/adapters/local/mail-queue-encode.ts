// How a group becomes records and rows. Rule: mails and moved mails come first and short marks last, so that each stands
// after what it speaks of.
import type { Content, NewMail } from '../../core/mail/mail.ts'
import type { Arena } from './mail-queue-arena.ts'
import type { Group, Mark, Move } from './mail-queue-group.ts'
import { idBits, readMailId } from './mail-queue-id.ts'
import type { PartIndex } from './mail-queue-index.ts'
import {
  beginRecord,
  CLAIM_BYTES,
  contentCrc,
  endRecord,
  KIND,
  LOST_CONTENT_CRC,
  MARK_BYTES,
  ROUTE_CODE,
  STATE_CODE,
  type StoredPart,
  type StoredParts,
  writeMailHead,
  writePartsHead,
} from './mail-queue-record.ts'
import { MARK, ROW, Row, type RowBuffer } from './mail-queue-row.ts'

/** Larger chunks are handed to the kernel as they are; copying a small one is cheaper than one more piece to write. */
const COPY_BYTES_MAX = 16 * 1024
/** A list of marks is one record; longer lists are divided, so that one damaged byte costs no more than these. */
const MARKS_PER_RECORD = 1_000

export class GroupEncoder {
  private readonly arena: Arena
  private readonly index: PartIndex
  private readonly row = new Row()
  private rows!: RowBuffer
  private salt = 0
  private base = 0
  /** Chunks that are not copied, each with the place in the arena where it belongs. */
  private readonly outside: { readonly at: number; readonly chunk: Uint8Array }[] = []
  private outsideBytes = 0

  constructor(arena: Arena, index: PartIndex) {
    this.arena = arena
    this.index = index
  }

  /** Turns a group into the buffers to write at `base` of a segment, and pushes its rows. */
  encode(
    group: Group,
    target: { readonly salt: number; readonly base: number; readonly rows: RowBuffer },
  ): Uint8Array[] {
    this.arena.clear()
    this.outside.length = 0
    this.outsideBytes = 0
    this.rows = target.rows
    this.salt = target.salt
    this.base = target.base
    for (const mail of group.mails) this.addMail(mail)
    for (const move of group.moves) this.addMove(move)
    for (const change of group.changes) if (change.parts.length > 0) this.addParts(change)
    for (const settle of group.settles) this.addParts(settle)
    this.addMarks(group.marks)
    this.addShort(KIND.claimed, group.claimed)
    this.addShort(KIND.gone, group.gone)
    this.addDone(group.changes)
    return this.pieces()
  }

  private offset(): number {
    return this.base + this.arena.length + this.outsideBytes
  }

  private addMail(mail: NewMail): void {
    readMailId(mail.id)
    const { high, low } = idBits
    const { acceptedAt, sender, stream, content, parts } = mail
    const offset = this.offset()
    const start = beginRecord(this.arena)
    writeMailHead(this.arena, { high, low, acceptedAt, sender, stream, content, lastPart: parts.length, parts })
    this.finishMail(start, content, contentCrc(content.chunks))
    const { row } = this
    row.kind = ROW.mail
    row.high = high
    row.low = low
    row.offset = offset
    row.acceptedAt = acceptedAt
    row.lastPart = parts.length
    row.from = MARK.none
    for (let i = 0; i < parts.length; i += 1) {
      const part = parts[i]!
      row.first = i === 0 ? 1 : 0
      row.part = i + 1
      row.route = ROUTE_CODE[part.route]
      row.state = STATE_CODE[part.state]
      row.attempts = part.attempts
      row.dueAt = part.dueAt
      this.rows.push(row)
    }
  }

  private addMove(move: Move): void {
    const { envelope, content } = move
    const offset = this.offset()
    const start = beginRecord(this.arena)
    writeMailHead(this.arena, { ...envelope, content: envelope })
    this.finishMail(start, content, move.lost ? LOST_CONTENT_CRC : contentCrc(content.chunks))
    this.row.acceptedAt = envelope.acceptedAt
    this.pushParts(ROW.mail, { ...envelope, from: move.lost ? MARK.damaged : MARK.none }, offset)
  }

  private finishMail(start: number, content: Content, crc: number): void {
    const { arena, salt } = this
    endRecord(arena, { start, kind: KIND.mail, salt, contentBytes: content.wireSize, contentCrc: crc })
    for (const chunk of content.chunks) {
      if (chunk.length <= COPY_BYTES_MAX) arena.append(chunk)
      else {
        this.outside.push({ at: arena.length, chunk })
        this.outsideBytes += chunk.length
      }
    }
  }

  private addParts(change: StoredParts): void {
    const offset = this.offset()
    const start = beginRecord(this.arena)
    writePartsHead(this.arena, change)
    this.endHeadOnly(start, KIND.parts)
    this.pushParts(ROW.parts, change, offset)
  }

  private pushParts(kind: number, change: StoredParts, offset: number): void {
    const { row } = this
    row.kind = kind
    row.high = change.high
    row.low = change.low
    row.from = change.from
    row.lastPart = change.lastPart
    row.offset = offset
    row.first = 1
    for (const part of change.parts) {
      this.setPart(part)
      this.rows.push(row)
      row.first = 0
    }
  }

  private setPart(part: StoredPart): void {
    const { row } = this
    row.part = part.part
    row.route = ROUTE_CODE[part.route]
    row.state = STATE_CODE[part.state]
    row.attempts = part.attempts
    row.dueAt = part.dueAt
  }

  private addShort(kind: typeof KIND.claimed | typeof KIND.gone, slots: readonly number[]): void {
    const { arena, row, index } = this
    for (let from = 0; from < slots.length; from += MARKS_PER_RECORD) {
      const end = Math.min(slots.length, from + MARKS_PER_RECORD)
      const start = beginRecord(arena)
      arena.reserve((end - from) * CLAIM_BYTES)
      row.kind = kind === KIND.claimed ? ROW.claimed : ROW.gone
      for (let s = from; s < end; s += 1) {
        const slot = slots[s]!
        const block = index.block(slot)
        const i = index.at(slot)
        row.high = block.high[i]!
        row.low = block.low[i]!
        row.part = block.part[i]!
        this.writeReference()
        this.rows.push(row)
      }
      this.endHeadOnly(start, kind)
    }
  }

  /** Parts that an operator ended. */
  private addDone(changes: readonly StoredParts[]): void {
    const { arena, row } = this
    for (const change of changes) {
      if (change.parts.length > 0) continue
      const start = beginRecord(arena)
      arena.reserve(CLAIM_BYTES)
      row.kind = ROW.gone
      row.high = change.high
      row.low = change.low
      row.part = change.from
      this.writeReference()
      this.rows.push(row)
      this.endHeadOnly(start, KIND.gone)
    }
  }

  private addMarks(marks: readonly Mark[]): void {
    const { arena, row, index } = this
    row.kind = ROW.marked
    for (let from = 0; from < marks.length; from += MARKS_PER_RECORD) {
      const some = marks.slice(from, from + MARKS_PER_RECORD)
      const start = beginRecord(arena)
      arena.reserve(some.length * MARK_BYTES)
      for (const mark of some) {
        const block = index.block(mark.slot)
        const i = index.at(mark.slot)
        row.high = block.high[i]!
        row.low = block.low[i]!
        row.part = block.part[i]!
        row.state = mark.state
        row.from = mark.mark
        row.dueAt = mark.dueAt
        this.writeReference()
        arena.buffer.writeUInt16LE(mark.state, arena.length)
        arena.buffer.writeUInt16LE(mark.mark, arena.length + 2)
        arena.buffer.writeDoubleLE(mark.dueAt, arena.length + 4)
        arena.length += MARK_BYTES - CLAIM_BYTES
        this.rows.push(row)
      }
      this.endHeadOnly(start, KIND.marked)
    }
  }

  private writeReference(): void {
    const { arena, row } = this
    const at = arena.length
    arena.buffer.writeUInt32LE(row.high, at)
    arena.buffer.writeUInt32LE(row.low, at + 4)
    arena.buffer.writeUInt32LE(row.part, at + 8)
    arena.length = at + CLAIM_BYTES
  }

  private endHeadOnly(start: number, kind: number): void {
    endRecord(this.arena, { start, kind, salt: this.salt, contentBytes: 0, contentCrc: 0 })
  }

  private pieces(): Uint8Array[] {
    const { arena, outside } = this
    if (outside.length === 0) return [arena.buffer.subarray(0, arena.length)]
    const pieces: Uint8Array[] = []
    let from = 0
    for (const { at, chunk } of outside) {
      if (at > from) pieces.push(arena.buffer.subarray(from, at))
      pieces.push(chunk)
      from = at
    }
    if (arena.length > from) pieces.push(arena.buffer.subarray(from, arena.length))
    return pieces
  }
}
