// What memory knows of every part: about 75 bytes of numbers in blocks of typed arrays, and nothing else, so that a
// million parts wait in 80 MB and cost the garbage collector nothing. Texts stay on disk.
// Rule: the index says where a part stands and never reads a file; it changes only by the rows of mail-queue-fold.
import { Block, BLOCK_BITS, BLOCK_SLOTS } from './mail-queue-block.ts'
import type { SegmentTable } from './mail-queue-segment.ts'

export const NONE = 0xffff_ffff
const INITIAL_TABLE = 1 << 12
/** A put walks back this far for its place in order of acceptance; only a clock that was set back needs more. */
const WALK_MAX = 64
const STATES_COUNT = 5

export class PartIndex {
  size = 0
  oldest = NONE
  newest = NONE
  /** Parts by route and state: `route * 5 + state`. */
  readonly tally = new Int32Array(2 * STATES_COUNT)
  /** While a queue is loaded, parts come in any order and are sorted once at the end. */
  loading = false
  private disordered = false
  private readonly blocks: Block[] = []
  private used = 0
  private free = NONE
  /** Slot + 1 by hash of the mail id, open addressing; parts of one mail stand in one run. */
  private table = new Uint32Array(INITIAL_TABLE)
  private readonly segments: SegmentTable

  constructor(segments: SegmentTable) {
    this.segments = segments
  }

  block(slot: number): Block {
    return this.blocks[slot >>> BLOCK_BITS]!
  }

  at(slot: number): number {
    return slot & (BLOCK_SLOTS - 1)
  }

  find(high: number, low: number, part: number): number {
    const { table } = this
    const mask = table.length - 1
    for (let p = hash(high, low) & mask; table[p] !== 0; p = (p + 1) & mask) {
      const slot = table[p]! - 1
      const block = this.block(slot)
      const i = this.at(slot)
      if (block.low[i] === low && block.high[i] === high && block.part[i] === part) return slot
    }
    return NONE
  }

  /** All parts of a mail, by number. */
  partsOf(high: number, low: number): number[] {
    const { table } = this
    const mask = table.length - 1
    const slots: number[] = []
    for (let p = hash(high, low) & mask; table[p] !== 0; p = (p + 1) & mask) {
      const slot = table[p]! - 1
      const block = this.block(slot)
      if (block.low[this.at(slot)] === low && block.high[this.at(slot)] === high) slots.push(slot)
    }
    return slots.sort((a, b) => this.block(a).part[this.at(a)]! - this.block(b).part[this.at(b)]!)
  }

  /** A new slot for a part, in its place in order of acceptance; its other fields are the caller's to set. */
  insert(part: { high: number; low: number; part: number; acceptedAt: number; route: number; state: number }): number {
    const slot = this.takeSlot()
    const block = this.block(slot)
    const i = this.at(slot)
    block.high[i] = part.high
    block.low[i] = part.low
    block.part[i] = part.part
    block.acceptedAt[i] = part.acceptedAt
    block.route[i] = part.route
    block.state[i] = part.state
    this.tally[part.route * STATES_COUNT + part.state]! += 1
    this.size += 1
    this.addToTable(slot)
    this.link(slot)
    return slot
  }

  remove(slot: number): void {
    const block = this.block(slot)
    const i = this.at(slot)
    this.tally[block.route[i]! * STATES_COUNT + block.state[i]!]! -= 1
    this.size -= 1
    this.place(slot, 'mail', 0, 0)
    this.place(slot, 'state', 0, 0)
    this.removeFromTable(slot)
    this.unlink(slot)
    block.ready[i] = 0
    block.cached[i] = 0
    block.mark[i] = 0
    block.changing[i] = 0
    block.high[i] = 0
    block.low[i] = 0
    block.next[i] = this.free
    this.free = slot
  }

  setState(slot: number, route: number, state: number): void {
    const block = this.block(slot)
    const i = this.at(slot)
    this.tally[block.route[i]! * STATES_COUNT + block.state[i]!]! -= 1
    this.tally[route * STATES_COUNT + state]! += 1
    block.route[i] = route
    block.state[i] = state
  }

  /** Says where the mail or the state of a part stands, and keeps the segments' count of references true. */
  place(slot: number, what: 'mail' | 'state', segment: number, offset: number): void {
    const block = this.block(slot)
    const i = this.at(slot)
    const numbers = what === 'mail' ? block.mailSegment : block.stateSegment
    const offsets = what === 'mail' ? block.mailOffset : block.stateOffset
    const before = numbers[i]!
    if (before !== segment) {
      if (segment !== 0) this.segments.hold(segment)
      if (before !== 0) this.segments.release(before)
      numbers[i] = segment
    }
    offsets[i] = offset
  }

  /** Order of acceptance, then of id, then of number: below zero when `a` comes first. */
  compare(a: number, b: number): number {
    const left = this.block(a)
    const right = this.block(b)
    const i = this.at(a)
    const j = this.at(b)
    return (
      left.acceptedAt[i]! - right.acceptedAt[j]! ||
      left.high[i]! - right.high[j]! ||
      left.low[i]! - right.low[j]! ||
      left.part[i]! - right.part[j]!
    )
  }

  /** Visits every part, whatever its order. */
  each(visit: (slot: number) => void): void {
    for (let slot = this.oldest; slot !== NONE;) {
      const next = this.block(slot).next[this.at(slot)]!
      visit(slot)
      slot = next
    }
  }

  /** Ends the loading: parts that came out of order (moved by compaction, or divided) are put in their places. */
  endLoading(): void {
    this.loading = false
    if (!this.disordered) return
    const slots = new Uint32Array(this.size)
    let count = 0
    this.each((slot) => (slots[count++] = slot))
    const ordered = inOrder(slots, (a, b) => this.compare(a, b))
    this.oldest = NONE
    this.newest = NONE
    for (const slot of ordered) this.linkAfter(slot, this.newest)
    this.disordered = false
  }

  private takeSlot(): number {
    if (this.free !== NONE) {
      const slot = this.free
      this.free = this.block(slot).next[this.at(slot)]!
      return slot
    }
    if (this.used === this.blocks.length * BLOCK_SLOTS) this.blocks.push(new Block())
    return this.used++
  }

  private link(slot: number): void {
    let after = this.newest
    if (after !== NONE && this.compare(after, slot) > 0) {
      this.disordered ||= this.loading
      for (
        let walk = 0;
        !this.loading && walk < WALK_MAX && after !== NONE && this.compare(after, slot) > 0;
        walk += 1
      ) {
        after = this.block(after).previous[this.at(after)]!
      }
    }
    this.linkAfter(slot, after)
  }

  private linkAfter(slot: number, after: number): void {
    const block = this.block(slot)
    const i = this.at(slot)
    const before = after === NONE ? this.oldest : this.block(after).next[this.at(after)]!
    block.previous[i] = after
    block.next[i] = before
    if (after === NONE) this.oldest = slot
    else this.block(after).next[this.at(after)] = slot
    if (before === NONE) this.newest = slot
    else this.block(before).previous[this.at(before)] = slot
  }

  private unlink(slot: number): void {
    const block = this.block(slot)
    const previous = block.previous[this.at(slot)]!
    const next = block.next[this.at(slot)]!
    if (previous === NONE) this.oldest = next
    else this.block(previous).next[this.at(previous)] = next
    if (next === NONE) this.newest = previous
    else this.block(next).previous[this.at(next)] = previous
  }

  private addToTable(slot: number): void {
    if (2 * this.size > this.table.length) this.rehash()
    this.addTo(this.table, slot)
  }

  private addTo(table: Uint32Array, slot: number): void {
    const mask = table.length - 1
    let p = this.hashOf(slot) & mask
    while (table[p] !== 0) p = (p + 1) & mask
    table[p] = slot + 1
  }

  private rehash(): void {
    const table = new Uint32Array(this.table.length * 2)
    for (const entry of this.table) if (entry !== 0) this.addTo(table, entry - 1)
    this.table = table
  }

  private hashOf(slot: number): number {
    const block = this.block(slot)
    return hash(block.high[this.at(slot)]!, block.low[this.at(slot)]!)
  }

  /** Closes the gap by moving later entries of the run forward, so that no search ever stops too early. */
  private removeFromTable(slot: number): void {
    const { table } = this
    const mask = table.length - 1
    let gap = this.hashOf(slot) & mask
    while (table[gap] !== slot + 1) gap = (gap + 1) & mask
    for (let p = (gap + 1) & mask; table[p] !== 0; p = (p + 1) & mask) {
      const home = this.hashOf(table[p]! - 1) & mask
      if (((p - home) & mask) >= ((p - gap) & mask)) {
        table[gap] = table[p]!
        gap = p
      }
    }
    table[gap] = 0
  }
}

function hash(high: number, low: number): number {
  let h = Math.imul(low ^ Math.imul(high, 0x9e37_79b1), 0x85eb_ca6b)
  h ^= h >>> 15
  h = Math.imul(h, 0xc2b2_ae35)
  return (h ^ (h >>> 13)) >>> 0
}

/** Sorts what is nearly sorted: what stands in order stays, only the rest is sorted, and both are merged. */
function inOrder(slots: Uint32Array, compare: (a: number, b: number) => number): Uint32Array {
  const straight: number[] = []
  const strays: number[] = []
  for (const slot of slots) {
    const last = straight.at(-1)
    if (last === undefined || compare(last, slot) <= 0) straight.push(slot)
    else strays.push(slot)
  }
  strays.sort(compare)
  const ordered = new Uint32Array(slots.length)
  for (let i = 0, s = 0, t = 0; i < ordered.length; i += 1) {
    const takeStray = s === straight.length || (t < strays.length && compare(strays[t]!, straight[s]!) < 0)
    ordered[i] = takeStray ? strays[t++]! : straight[s++]!
  }
  return ordered
}
