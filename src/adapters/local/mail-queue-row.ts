// A row is what one record says of one part, in 40 bytes. The index is a fold over rows, and there is only one such fold:
// a running queue, a start from sidecars and a start from damaged segments all go through it.
//
//   lane 0 kind, first, route, state (a byte each)   1 part, attempts   2 from, last part   3 offset of the record
//   lanes 4 and 5 mail id   6 and 7 acceptedAt   8 and 9 dueAt
//
// Rows are written in the machine's own byte order; a sidecar from a machine of the other order fails its checksum word
// and is made anew from its segment.

export const ROW = { mail: 1, parts: 2, claimed: 3, gone: 4, marked: 5 } as const
export const ROW_BYTES = 40
const LANES = 10
const DOUBLES = 5
const INITIAL_ROWS = 1024

/** Why a part is where it is, when no record says it in words. */
export const MARK = { none: 0, interrupted: 1, damaged: 2 } as const
export const MARK_REASONS = [
  '',
  'interrupted: the gateway stopped during an attempt, so the next hop may have it',
  'damaged: the stored bytes are not what was written; what is left of them is in the folder damaged',
] as const

/** One row, as an object that is used again and again: rows pass by the thousand, objects would too. */
export class Row {
  kind = 0
  /** For `mail` and `parts`: this row begins the record. */
  first = 0
  route = 0
  state = 0
  part = 0
  attempts = 0
  /** For `parts`: the number of the part they replace. For `marked`: the mark. */
  from = 0
  lastPart = 0
  offset = 0
  high = 0
  low = 0
  acceptedAt = 0
  dueAt = 0
}

export class RowBuffer {
  length = 0
  private capacity: number
  private lanes: Uint32Array
  private doubles: Float64Array

  constructor(bytes?: ArrayBuffer) {
    const buffer = bytes ?? new ArrayBuffer(INITIAL_ROWS * ROW_BYTES)
    this.capacity = Math.floor(buffer.byteLength / ROW_BYTES)
    this.length = bytes === undefined ? 0 : this.capacity
    this.lanes = new Uint32Array(buffer)
    this.doubles = new Float64Array(buffer)
  }

  push(row: Row): void {
    if (this.length === this.capacity) this.grow()
    const lane = this.length * LANES
    const { lanes, doubles } = this
    lanes[lane] = row.kind | (row.first << 8) | (row.route << 16) | (row.state << 24)
    lanes[lane + 1] = row.part | (row.attempts << 16)
    lanes[lane + 2] = row.from | (row.lastPart << 16)
    lanes[lane + 3] = row.offset
    lanes[lane + 4] = row.high
    lanes[lane + 5] = row.low
    doubles[this.length * DOUBLES + 3] = row.acceptedAt
    doubles[this.length * DOUBLES + 4] = row.dueAt
    this.length += 1
  }

  read(position: number, into: Row): void {
    const lane = position * LANES
    const { lanes, doubles } = this
    const word = lanes[lane]!
    const second = lanes[lane + 1]!
    const third = lanes[lane + 2]!
    into.kind = word & 255
    into.first = (word >>> 8) & 255
    into.route = (word >>> 16) & 255
    into.state = word >>> 24
    into.part = second & 0xffff
    into.attempts = second >>> 16
    into.from = third & 0xffff
    into.lastPart = third >>> 16
    into.offset = lanes[lane + 3]!
    into.high = lanes[lane + 4]!
    into.low = lanes[lane + 5]!
    into.acceptedAt = doubles[position * DOUBLES + 3]!
    into.dueAt = doubles[position * DOUBLES + 4]!
  }

  /** The rows as bytes; they change when rows are pushed. */
  bytes(): Uint8Array {
    return new Uint8Array(this.lanes.buffer, 0, this.length * ROW_BYTES)
  }

  private grow(): void {
    const grown = new Uint32Array(this.lanes.length * 2)
    grown.set(this.lanes)
    this.lanes = grown
    this.doubles = new Float64Array(grown.buffer)
    this.capacity *= 2
  }
}
