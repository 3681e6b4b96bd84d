// Reads a segment record by record when its sidecar cannot be trusted, and finds the way again behind damage.
// Rule: every byte is either part of a record that proves itself, or set aside as damaged.
import { crc32 } from 'node:zlib'
import {
  CLAIM_BYTES,
  HEADER_BYTES,
  KIND,
  LOST_CONTENT_CRC,
  MAGIC_BYTES,
  MARK_BYTES,
  readHeader,
  readMailHead,
  readPartsHead,
  type RecordHeader,
  ROUTE_CODE,
  STATE_CODE,
  type StoredPart,
} from './mail-queue-record.ts'
import { MARK, ROW, Row, type RowBuffer } from './mail-queue-row.ts'

export interface Damage {
  readonly from: number
  readonly to: number
  /** `content`: the record stands, its envelope is known, and only the content is not what was written. */
  readonly what: 'record' | 'content'
}

/** Pushes the rows of all records in `bytes` and answers with the stretches that are damaged, in order. */
export function scanSegment(bytes: Buffer, salt: number, rows: RowBuffer): Damage[] {
  const damages: Damage[] = []
  let at = 0
  while (at < bytes.length) {
    const header = readHeader(bytes, at, bytes.length, salt)
    const end = header === undefined ? Infinity : at + HEADER_BYTES + header.headBytes + header.contentBytes
    const whole = header !== undefined && end <= bytes.length && contentIsWhole(bytes, at, header)
    if (header !== undefined && (whole || (end <= bytes.length && recordOrEndAt(bytes, end, salt)))) {
      const lost = header.contentBytes === 0 && header.contentCrc === LOST_CONTENT_CRC
      pushRows({ bytes, at, header, mark: whole ? MARK.none : MARK.damaged }, rows)
      // A content that was lost before was counted then.
      if (!whole && !lost) damages.push({ from: at, to: end, what: 'content' })
      at = end
      continue
    }
    const next = nextRecord(bytes, at + 1, salt)
    damages.push({ from: at, to: next, what: 'record' })
    at = next
  }
  return damages
}

/** Where the next record begins that proves itself, or the end. */
export function nextRecord(bytes: Buffer, from: number, salt: number): number {
  for (let at = bytes.indexOf(MAGIC_BYTES, from); at >= 0; at = bytes.indexOf(MAGIC_BYTES, at + 1)) {
    if (readHeader(bytes, at, bytes.length, salt) !== undefined) return at
  }
  return bytes.length
}

function recordOrEndAt(bytes: Buffer, at: number, salt: number): boolean {
  return at === bytes.length || readHeader(bytes, at, bytes.length, salt) !== undefined
}

function contentIsWhole(bytes: Buffer, at: number, header: RecordHeader): boolean {
  if (header.contentBytes === 0 && header.contentCrc === 0) return true
  const start = at + HEADER_BYTES + header.headBytes
  return crc32(bytes.subarray(start, start + header.contentBytes)) === header.contentCrc
}

interface Found {
  readonly bytes: Buffer
  readonly at: number
  readonly header: RecordHeader
  readonly mark: number
}

function pushRows(found: Found, rows: RowBuffer): void {
  switch (found.header.kind) {
    case KIND.mail:
      pushMail(found, rows)
      break
    case KIND.parts:
      pushParts(found, rows)
      break
    case KIND.claimed:
      pushShort(found, ROW.claimed, rows)
      break
    case KIND.gone:
      pushShort(found, ROW.gone, rows)
      break
    case KIND.marked:
      pushMarked(found, rows)
      break
    default:
      // Written by a later version and whole, so not damage; but this version cannot say what it means.
      throw new Error(
        `the queue holds a record of unknown kind ${found.header.kind}: it was written by a newer version`,
      )
  }
}

function pushMail({ bytes, at, header, mark }: Found, rows: RowBuffer): void {
  const head = readMailHead(bytes, at + HEADER_BYTES, at + HEADER_BYTES + header.headBytes)
  const row = Object.assign(new Row(), { kind: ROW.mail, high: head.high, low: head.low, acceptedAt: head.acceptedAt })
  Object.assign(row, { from: mark, lastPart: head.lastPart, offset: at })
  pushEach(head.parts, row, rows, mark === MARK.damaged ? STATE_CODE.quarantined : undefined)
}

function pushParts({ bytes, at, header }: Found, rows: RowBuffer): void {
  const head = readPartsHead(bytes, at + HEADER_BYTES, at + HEADER_BYTES + header.headBytes)
  const row = Object.assign(new Row(), { kind: ROW.parts, high: head.high, low: head.low })
  Object.assign(row, { from: head.from, lastPart: head.lastPart, offset: at })
  pushEach(head.parts, row, rows)
}

function pushEach(parts: readonly StoredPart[], row: Row, rows: RowBuffer, state?: number): void {
  row.first = 1
  for (const part of parts) {
    row.part = part.part
    row.route = ROUTE_CODE[part.route]
    row.state = state ?? STATE_CODE[part.state]
    row.attempts = part.attempts
    row.dueAt = part.dueAt
    rows.push(row)
    row.first = 0
  }
}

function pushShort({ bytes, at, header }: Found, kind: number, rows: RowBuffer): void {
  const row = new Row()
  row.kind = kind
  const start = at + HEADER_BYTES
  for (let p = start; p + CLAIM_BYTES <= start + header.headBytes; p += CLAIM_BYTES) {
    readReference(bytes, p, row)
    rows.push(row)
  }
}

function pushMarked({ bytes, at, header }: Found, rows: RowBuffer): void {
  const row = new Row()
  row.kind = ROW.marked
  const start = at + HEADER_BYTES
  for (let p = start; p + MARK_BYTES <= start + header.headBytes; p += MARK_BYTES) {
    readReference(bytes, p, row)
    row.state = bytes.readUInt16LE(p + CLAIM_BYTES)
    row.from = bytes.readUInt16LE(p + CLAIM_BYTES + 2)
    row.dueAt = bytes.readDoubleLE(p + CLAIM_BYTES + 4)
    rows.push(row)
  }
}

function readReference(bytes: Buffer, at: number, row: Row): void {
  row.high = bytes.readUInt32LE(at)
  row.low = bytes.readUInt32LE(at + 4)
  row.part = bytes.readUInt32LE(at + 8)
}
