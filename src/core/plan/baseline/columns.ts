// Counters in columns of numbers that grow with the things counted, up to a limit; and a table of them by a numeric key. A
// hundred million events make no object.

/** Rows of `stride` counters, numbered from 0. What is beyond `rowsMax` is counted in row 0. */
export class Columns {
  readonly stride: number
  readonly #rowsMax: number
  #values: Float64Array

  constructor(stride: number, rowsMax: number) {
    this.stride = stride
    this.#rowsMax = rowsMax
    this.#values = new Float64Array(stride * Math.min(1_024, rowsMax))
  }

  add(row: number, column: number, by: number): void {
    const kept = row < this.#rowsMax ? row : 0
    const place = kept * this.stride + column
    if (place >= this.#values.length) this.#grow(place)
    this.#values[place]! += by
  }

  set(row: number, column: number, value: number): void {
    this.add(row, column, value - this.of(row, column))
  }

  of(row: number, column: number): number {
    return this.#values[row * this.stride + column] ?? 0
  }

  /** Rows that may hold something. */
  get rows(): number {
    return this.#values.length / this.stride
  }

  #grow(place: number): void {
    const rows = Math.min(this.#rowsMax, Math.max(2 * this.rows, Math.floor(place / this.stride) + 1))
    const larger = new Float64Array(rows * this.stride)
    larger.set(this.#values)
    this.#values = larger
  }
}

/** The same for counts of one event each, which stay below four thousand million: half the room, so more of it in a cache. */
export class Tallies {
  readonly stride: number
  readonly #rowsMax: number
  #values: Uint32Array

  constructor(stride: number, rowsMax: number) {
    this.stride = stride
    this.#rowsMax = rowsMax
    this.#values = new Uint32Array(stride * Math.min(1_024, rowsMax))
  }

  increase(row: number, column: number): void {
    const place = (row < this.#rowsMax ? row : 0) * this.stride + column
    if (place >= this.#values.length) {
      const rows = Math.min(this.#rowsMax, Math.max((2 * this.#values.length) / this.stride, row + 1))
      const larger = new Uint32Array(rows * this.stride)
      larger.set(this.#values)
      this.#values = larger
    }
    this.#values[place]! += 1
  }

  /** The counters of a row themselves, not a copy; undefined when nothing was counted so far down. */
  row(row: number): Uint32Array | undefined {
    const start = row * this.stride
    return start < this.#values.length ? this.#values.subarray(start, start + this.stride) : undefined
  }
}

const EMPTY = -1
const FIRST_SLOTS = 4_096

/** Columns by a whole number of up to 53 bits. */
export class KeyedColumns {
  /** Events whose key found no room. */
  refused = 0
  readonly #columns: Columns
  readonly #keysMax: number
  #slots = new Int32Array(FIRST_SLOTS).fill(EMPTY)
  #keys = new Float64Array(FIRST_SLOTS / 2)
  #count = 0

  constructor(stride: number, keysMax: number) {
    this.#columns = new Columns(stride, keysMax)
    this.#keysMax = keysMax
  }

  add(key: number, column: number, by: number): void {
    const row = this.#row(key)
    if (row === EMPTY) this.refused += by
    else this.#columns.add(row, column, by)
  }

  /** Every key with its counters. */
  *entries(): Generator<readonly [number, readonly number[]]> {
    for (let row = 0; row < this.#count; row += 1) {
      yield [
        this.#keys[row]!,
        Array.from({ length: this.#columns.stride }, (_, column) => this.#columns.of(row, column)),
      ]
    }
  }

  #row(key: number): number {
    const mask = this.#slots.length - 1
    let slot = slotOf(key, mask)
    for (;;) {
      const row = this.#slots[slot]!
      if (row === EMPTY) return this.#addRow(key, slot)
      if (this.#keys[row] === key) return row
      slot = (slot + 1) & mask
    }
  }

  #addRow(key: number, slot: number): number {
    if (this.#count >= this.#keysMax) return EMPTY
    if (2 * (this.#count + 1) > this.#slots.length) {
      this.#grow()
      return this.#row(key)
    }
    this.#slots[slot] = this.#count
    this.#keys[this.#count] = key
    this.#count += 1
    return this.#count - 1
  }

  #grow(): void {
    const slots = new Int32Array(2 * this.#slots.length).fill(EMPTY)
    const keys = new Float64Array(this.#slots.length)
    keys.set(this.#keys)
    const mask = slots.length - 1
    for (let row = 0; row < this.#count; row += 1) {
      let slot = slotOf(keys[row]!, mask)
      while (slots[slot] !== EMPTY) slot = (slot + 1) & mask
      slots[slot] = row
    }
    this.#slots = slots
    this.#keys = keys
  }
}

function slotOf(key: number, mask: number): number {
  const hash = Math.imul((key | 0) ^ Math.imul(Math.floor(key / 0x1_0000_0000), 0x9e3779b1), 0x85ebca6b)
  return (hash ^ (hash >>> 15)) & mask
}
