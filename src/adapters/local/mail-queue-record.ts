// What stands in a segment file: records, each a header of 24 bytes, then its head (envelope and state), then content.
// Rule: whoever reads proves first that the bytes are what was written. The head has its own checksum, begun with the
// segment's salt, so that a mail which contains the bytes of a record can never be taken for one.
//
//   0 magic   4 kind   5 three spare bytes   8 head length   12 content length   16 checksum of content
//   20 checksum of bytes 0 to 19 and of the head
import { crc32 } from 'node:zlib'
import type { Content, NewMail, PartPlan, PartState } from '../../core/mail/mail.ts'
import type { Route } from '../../core/shift/route.ts'
import type { Arena } from './mail-queue-arena.ts'

export const HEADER_BYTES = 24
/** "WQr1" when read as little-endian bytes. */
export const MAGIC = 0x31_72_51_57
export const MAGIC_BYTES = Uint8Array.of(0x57, 0x51, 0x72, 0x31)

/** `mail` holds content; `parts` replaces one part by what is left of it; the other three are lists of short marks. */
export const KIND = { mail: 1, parts: 2, claimed: 3, gone: 4, marked: 5 } as const
export const ROUTES: readonly Route[] = ['legacy', 'ses']
export const STATES: readonly PartState[] = ['waiting', 'active', 'unclear', 'held', 'quarantined']
export const ROUTE_CODE: Readonly<Record<Route, number>> = { legacy: 0, ses: 1 }
export const STATE_CODE: Readonly<Record<PartState, number>> = {
  waiting: 0,
  active: 1,
  unclear: 2,
  held: 3,
  quarantined: 4,
}

/** A reason is for a person; longer ones are cut. */
const REASON_CHARS_MAX = 1_000
const MAIL_HEAD_BYTES = 34
const PARTS_HEAD_BYTES = 16
const PART_BYTES = 20
export const CLAIM_BYTES = 12
export const MARK_BYTES = 24

const FLAG_DOT_STUFFED = 1
const FLAG_EIGHT_BIT = 2

/** A part as a record holds it: a plan with its number, in any state. */
export interface StoredPart extends Omit<PartPlan, 'state'> {
  readonly part: number
  readonly state: PartState
}

export interface StoredEnvelope {
  readonly high: number
  readonly low: number
  readonly acceptedAt: number
  readonly sender: string
  readonly stream: string
  readonly size: number
  readonly longestLine: number
  readonly dotStuffed: boolean
  readonly eightBit: boolean
  readonly lastPart: number
  readonly parts: readonly StoredPart[]
}

export interface StoredParts {
  readonly high: number
  readonly low: number
  /** The part that these replace. */
  readonly from: number
  readonly lastPart: number
  readonly parts: readonly StoredPart[]
}

export interface RecordHeader {
  readonly kind: number
  readonly headBytes: number
  readonly contentBytes: number
  readonly contentCrc: number
}

/** Leaves room for a header; `endRecord` fills it in. Returns where the record begins in the arena. */
export function beginRecord(arena: Arena): number {
  const start = arena.length
  arena.reserve(HEADER_BYTES)
  arena.length += HEADER_BYTES
  return start
}

export interface RecordEnd {
  readonly start: number
  readonly kind: number
  readonly salt: number
  readonly contentBytes: number
  readonly contentCrc: number
}

export function endRecord(arena: Arena, end: RecordEnd): void {
  const { buffer, length } = arena
  const { start } = end
  buffer.writeUInt32LE(MAGIC, start)
  buffer.writeUInt32LE(end.kind, start + 4)
  buffer.writeUInt32LE(length - start - HEADER_BYTES, start + 8)
  buffer.writeUInt32LE(end.contentBytes, start + 12)
  buffer.writeUInt32LE(end.contentCrc, start + 16)
  const crc = headCrc(buffer, start, length, end.salt)
  buffer.writeUInt32LE(crc, start + 20)
}

function headCrc(buffer: Buffer, start: number, end: number, salt: number): number {
  const header = crc32(buffer.subarray(start, start + 20), salt)
  return crc32(buffer.subarray(start + HEADER_BYTES, end), header)
}

/** The header at `at`, or undefined when header and head are not both there and whole. */
export function readHeader(buffer: Buffer, at: number, end: number, salt: number): RecordHeader | undefined {
  if (end - at < HEADER_BYTES || buffer.readUInt32LE(at) !== MAGIC) return undefined
  const headBytes = buffer.readUInt32LE(at + 8)
  if (headBytes > end - at - HEADER_BYTES) return undefined
  if (headCrc(buffer, at, at + HEADER_BYTES + headBytes, salt) !== buffer.readUInt32LE(at + 20)) return undefined
  return {
    kind: buffer.readUInt32LE(at + 4),
    headBytes,
    contentBytes: buffer.readUInt32LE(at + 12),
    contentCrc: buffer.readUInt32LE(at + 16),
  }
}

/** How long the head at `at` says it is; only a hint until `readHeader` has proved it. */
export function claimedHeadBytes(buffer: Buffer, at: number): number {
  return buffer.readUInt32LE(at + 8)
}

/** With no octets of content, this checksum is one that nothing has: the content was lost before the record was written. */
export const LOST_CONTENT_CRC = 1

export function contentCrc(chunks: readonly Uint8Array[]): number {
  let crc = 0
  for (const chunk of chunks) crc = crc32(chunk, crc)
  return crc
}

type MailHead = Pick<NewMail, 'acceptedAt' | 'sender' | 'stream'> & {
  readonly high: number
  readonly low: number
  readonly content: Omit<Content, 'chunks' | 'wireSize'>
  readonly lastPart: number
  readonly parts: readonly (PartPlan | StoredPart)[]
}

/** Writes the head of a mail. Parts without a number are numbered from 1. */
export function writeMailHead(arena: Arena, mail: MailHead): void {
  const { content, sender, stream } = mail
  arena.reserve(MAIL_HEAD_BYTES)
  const { buffer, length: at } = arena
  buffer.writeUInt32LE(mail.high, at)
  buffer.writeUInt32LE(mail.low, at + 4)
  buffer.writeDoubleLE(mail.acceptedAt, at + 8)
  buffer.writeUInt32LE(content.size, at + 16)
  buffer.writeUInt32LE(content.longestLine, at + 20)
  buffer[at + 24] = (content.dotStuffed ? FLAG_DOT_STUFFED : 0) | (content.eightBit ? FLAG_EIGHT_BIT : 0)
  buffer[at + 25] = 0
  buffer.writeUInt16LE(mail.lastPart, at + 26)
  buffer.writeUInt16LE(mail.parts.length, at + 28)
  buffer.writeUInt16LE(sender.length, at + 30)
  buffer.writeUInt16LE(stream.length, at + 32)
  arena.length = at + MAIL_HEAD_BYTES
  writeParts(arena, sender + stream, mail.parts)
}

/** Writes the head of a `parts` record. */
export function writePartsHead(arena: Arena, head: StoredParts): void {
  arena.reserve(PARTS_HEAD_BYTES)
  const { buffer, length: at } = arena
  buffer.writeUInt32LE(head.high, at)
  buffer.writeUInt32LE(head.low, at + 4)
  buffer.writeUInt16LE(head.from, at + 8)
  buffer.writeUInt16LE(head.lastPart, at + 10)
  buffer.writeUInt16LE(head.parts.length, at + 12)
  buffer.writeUInt16LE(0, at + 14)
  arena.length = at + PARTS_HEAD_BYTES
  writeParts(arena, '', head.parts)
}

/** Numbers first, then all texts in one piece: their lengths are in characters, so no character is special. */
function writeParts(arena: Arena, before: string, parts: readonly (PartPlan | StoredPart)[]): void {
  let text = before
  for (let i = 0; i < parts.length; i += 1) {
    const part = parts[i]!
    const reason = part.reason.length > REASON_CHARS_MAX ? part.reason.slice(0, REASON_CHARS_MAX) : part.reason
    text += reason
    arena.reserve(PART_BYTES + 2 * part.recipients.length)
    const { buffer, length: at } = arena
    buffer.writeUInt16LE('part' in part ? part.part : i + 1, at)
    buffer[at + 2] = ROUTE_CODE[part.route]
    buffer[at + 3] = STATE_CODE[part.state]
    buffer.writeUInt16LE(part.attempts, at + 4)
    buffer.writeUInt16LE(part.recipients.length, at + 6)
    buffer.writeUInt16LE(reason.length, at + 8)
    buffer.writeUInt16LE(0, at + 10)
    buffer.writeDoubleLE(part.dueAt, at + 12)
    arena.length = at + PART_BYTES
    for (const recipient of part.recipients) {
      buffer.writeUInt16LE(recipient.length, arena.length)
      arena.length += 2
      text += recipient
    }
  }
  arena.reserve(3 * text.length)
  arena.length += arena.buffer.write(text, arena.length, 'utf8')
}

/** Reads the head of a mail record; `at` is where the head begins and `end` where it ends. */
export function readMailHead(buffer: Buffer, at: number, end: number): StoredEnvelope {
  const senderChars = buffer.readUInt16LE(at + 30)
  const streamChars = buffer.readUInt16LE(at + 32)
  const flags = buffer[at + 24]!
  const table = {
    at: at + MAIL_HEAD_BYTES,
    end,
    count: buffer.readUInt16LE(at + 28),
    skipChars: senderChars + streamChars,
  }
  const { parts, text } = readParts(buffer, table)
  return {
    high: buffer.readUInt32LE(at),
    low: buffer.readUInt32LE(at + 4),
    acceptedAt: buffer.readDoubleLE(at + 8),
    size: buffer.readUInt32LE(at + 16),
    longestLine: buffer.readUInt32LE(at + 20),
    dotStuffed: (flags & FLAG_DOT_STUFFED) !== 0,
    eightBit: (flags & FLAG_EIGHT_BIT) !== 0,
    lastPart: buffer.readUInt16LE(at + 26),
    sender: text.slice(0, senderChars),
    stream: text.slice(senderChars, senderChars + streamChars),
    parts,
  }
}

export function readPartsHead(buffer: Buffer, at: number, end: number): StoredParts {
  const table = { at: at + PARTS_HEAD_BYTES, end, count: buffer.readUInt16LE(at + 12), skipChars: 0 }
  return {
    high: buffer.readUInt32LE(at),
    low: buffer.readUInt32LE(at + 4),
    from: buffer.readUInt16LE(at + 8),
    lastPart: buffer.readUInt16LE(at + 10),
    parts: readParts(buffer, table).parts,
  }
}

interface PartTable {
  readonly at: number
  readonly end: number
  readonly count: number
  /** Characters of the text that stand before those of the parts. */
  readonly skipChars: number
}

function readParts(buffer: Buffer, table: PartTable): { parts: StoredPart[]; text: string } {
  const text = buffer.toString('utf8', textStart(buffer, table), table.end)
  const parts: StoredPart[] = []
  let at = table.at
  let taken = table.skipChars
  const take = (chars: number): string => text.slice(taken, (taken += chars))
  for (let i = 0; i < table.count; i += 1) {
    const recipientCount = buffer.readUInt16LE(at + 6)
    const reason = take(buffer.readUInt16LE(at + 8))
    const recipients: string[] = []
    for (let r = 0; r < recipientCount; r += 1) recipients.push(take(buffer.readUInt16LE(at + PART_BYTES + 2 * r)))
    parts.push({
      part: buffer.readUInt16LE(at),
      route: ROUTES[buffer[at + 2]!]!,
      state: STATES[buffer[at + 3]!]!,
      attempts: buffer.readUInt16LE(at + 4),
      dueAt: buffer.readDoubleLE(at + 12),
      reason,
      recipients,
    })
    at += PART_BYTES + 2 * recipientCount
  }
  return { parts, text }
}

function textStart(buffer: Buffer, table: PartTable): number {
  let at = table.at
  for (let i = 0; i < table.count; i += 1) at += PART_BYTES + 2 * buffer.readUInt16LE(at + 6)
  return at
}
