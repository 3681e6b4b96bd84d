// The parts of one route that wait, in the order in which they are due; of equal ones the older mail comes first.
// A fresh mail is due at once and later than all before it, so nearly all parts go through a ring in constant time; only
// those that wait for a later moment, or come out of order, take the heap. Each part knows its place, so it can leave.
import { NONE, type PartIndex } from './mail-queue-index.ts'

const INITIAL = 1024

export class ReadyQueue {
  private readonly index: PartIndex
  /** Slots by position; NONE where a part has left. The first and the last entry are always parts. */
  private ring = new Uint32Array(INITIAL)
  private ringHead = 0
  private ringCount = 0
  private heap = new Uint32Array(INITIAL)
  private heapCount = 0

  constructor(index: PartIndex) {
    this.index = index
  }

  push(slot: number, nowMs: number): void {
    const due = this.index.block(slot).dueAt[this.index.at(slot)]! <= nowMs
    if (due && (this.ringCount === 0 || this.compare(this.ringAt(this.ringCount - 1), slot) <= 0)) this.pushRing(slot)
    else this.pushHeap(slot)
  }

  /** The part that is due first, or NONE; it stays. */
  peek(): number {
    if (this.ringCount === 0) return this.heapCount === 0 ? NONE : this.heap[0]!
    const first = this.ringAt(0)
    return this.heapCount > 0 && this.compare(this.heap[0]!, first) < 0 ? this.heap[0]! : first
  }

  /** Takes a part out, wherever it stands; nothing happens when it is not here. */
  remove(slot: number): void {
    const place = this.placeOf(slot)
    if (place === 0) return
    this.setPlace(slot, 0)
    const position = (place - 1) >>> 1
    if ((place - 1) % 2 === 0) this.removeFromRing(position)
    else this.removeFromHeap(position)
  }

  private placeOf(slot: number): number {
    return this.index.block(slot).ready[this.index.at(slot)]!
  }

  /** 0: in no queue. Else 1 + 2 × position, and 1 more when that is a position in the heap. */
  private setPlace(slot: number, place: number): void {
    this.index.block(slot).ready[this.index.at(slot)] = place
  }

  private compare(a: number, b: number): number {
    const dueA = this.index.block(a).dueAt[this.index.at(a)]!
    const dueB = this.index.block(b).dueAt[this.index.at(b)]!
    return dueA - dueB || this.index.compare(a, b)
  }

  private ringAt(position: number): number {
    return this.ring[(this.ringHead + position) & (this.ring.length - 1)]!
  }

  private pushRing(slot: number): void {
    if (this.ringCount === this.ring.length) this.growRing()
    const position = (this.ringHead + this.ringCount) & (this.ring.length - 1)
    this.ring[position] = slot
    this.ringCount += 1
    this.setPlace(slot, 1 + 2 * position)
  }

  private growRing(): void {
    const grown = new Uint32Array(2 * this.ring.length)
    for (let position = 0; position < this.ringCount; position += 1) {
      const slot = this.ringAt(position)
      grown[position] = slot
      if (slot !== NONE) this.setPlace(slot, 1 + 2 * position)
    }
    this.ring = grown
    this.ringHead = 0
  }

  private removeFromRing(position: number): void {
    this.ring[position] = NONE
    while (this.ringCount > 0 && this.ringAt(0) === NONE) {
      this.ringHead = (this.ringHead + 1) & (this.ring.length - 1)
      this.ringCount -= 1
    }
    while (this.ringCount > 0 && this.ringAt(this.ringCount - 1) === NONE) this.ringCount -= 1
  }

  private pushHeap(slot: number): void {
    if (this.heapCount === this.heap.length) {
      const grown = new Uint32Array(2 * this.heap.length)
      grown.set(this.heap)
      this.heap = grown
    }
    this.heapCount += 1
    this.siftUp(this.heapCount - 1, slot)
  }

  private removeFromHeap(position: number): void {
    this.heapCount -= 1
    if (position === this.heapCount) return
    const moved = this.heap[this.heapCount]!
    const parent = (position - 1) >>> 1
    if (position > 0 && this.compare(moved, this.heap[parent]!) < 0) this.siftUp(position, moved)
    else this.siftDown(position, moved)
  }

  private siftUp(from: number, slot: number): void {
    let position = from
    while (position > 0) {
      const parent = (position - 1) >>> 1
      const above = this.heap[parent]!
      if (this.compare(above, slot) <= 0) break
      this.putInHeap(position, above)
      position = parent
    }
    this.putInHeap(position, slot)
  }

  private siftDown(from: number, slot: number): void {
    let position = from
    for (;;) {
      let child = 2 * position + 1
      if (child >= this.heapCount) break
      if (child + 1 < this.heapCount && this.compare(this.heap[child + 1]!, this.heap[child]!) < 0) child += 1
      if (this.compare(slot, this.heap[child]!) <= 0) break
      this.putInHeap(position, this.heap[child]!)
      position = child
    }
    this.putInHeap(position, slot)
  }

  private putInHeap(position: number, slot: number): void {
    this.heap[position] = slot
    this.setPlace(slot, 2 + 2 * position)
  }
}
