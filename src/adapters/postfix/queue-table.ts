// The mails that are in a queue while its log is read: one slot each, in columns of numbers, so that millions of lines make
// no object. Its rule: the table never grows; when it is full the oldest gives way, and is counted.

/** Open mails at once over all hosts of one reader. A host with more than this deferred has another problem. */
const SLOTS = 262_144
/** Few enough to stay in a cache; a full table makes short chains. */
const BUCKETS = 65_536
/** How long (in mails) a mail is still known after its removal: a line about it may be written a little later. */
const REMOVED_KEPT = 256

/** Bits of `flags`. */
export const SEEN_ACTIVE = 1
export const DEFERRED = 2
export const REINJECTED = 4
export const REMOVED = 8
export const MIXED_DEFERRALS = 16
export const COUNTED = 32
export const VIA_GATEWAY = 64

export const NONE = -1

export class QueueTable {
  readonly sender = new Int32Array(SLOTS)
  readonly size = new Float64Array(SLOTS)
  readonly recipients = new Int32Array(SLOTS)
  /** Recipients that are done: delivered, bounced or handed over. */
  readonly done = new Int32Array(SLOTS)
  readonly flags = new Uint8Array(SLOTS)
  /** When it was counted as new, epoch milliseconds. */
  readonly newAt = new Float64Array(SLOTS)
  /** What a content filter took before this mail, milliseconds. */
  readonly filterMs = new Float64Array(SLOTS)
  /** Domain and reason of the last deferral. */
  readonly deferredDomain = new Int32Array(SLOTS)
  readonly deferredReason = new Uint8Array(SLOTS)
  /** Mails that gave way while they were open. */
  evicted = 0
  readonly #low = new Int32Array(SLOTS)
  readonly #high = new Int32Array(SLOTS)
  readonly #heads = new Int32Array(BUCKETS).fill(NONE)
  readonly #next = new Int32Array(SLOTS).fill(NONE)
  readonly #used = new Uint8Array(SLOTS)
  readonly #free: number[] = []
  readonly #removed = new Int32Array(REMOVED_KEPT).fill(NONE)
  #removals = 0
  #fresh = 0
  #hand = 0
  #open = 0

  /** Mails that are not removed. */
  get open(): number {
    return this.#open
  }

  find(low: number, high: number): number {
    let slot = this.#heads[bucketOf(low, high)]!
    while (slot !== NONE && (this.#low[slot] !== low || this.#high[slot] !== high)) slot = this.#next[slot]!
    return slot
  }

  /** A new slot for this id, its columns empty. */
  add(low: number, high: number): number {
    const slot = this.#take()
    const bucket = bucketOf(low, high)
    this.#low[slot] = low
    this.#high[slot] = high
    this.#next[slot] = this.#heads[bucket]!
    this.#heads[bucket] = slot
    this.#used[slot] = 1
    this.#open += 1
    this.clear(slot)
    return slot
  }

  /** Makes a slot as new: the same id is another mail now. */
  clear(slot: number): void {
    if ((this.flags[slot]! & REMOVED) !== 0) {
      this.#open += 1
      const kept = this.#removed.indexOf(slot)
      if (kept >= 0) this.#removed[kept] = NONE
    }
    this.sender[slot] = NONE
    this.size[slot] = NONE
    this.recipients[slot] = 0
    this.done[slot] = 0
    this.flags[slot] = 0
    this.newAt[slot] = 0
    this.filterMs[slot] = 0
    this.deferredDomain[slot] = 0
    this.deferredReason[slot] = 0
  }

  /** The mail has left; it is still found for a short while. */
  remove(slot: number): void {
    if ((this.flags[slot]! & REMOVED) !== 0) return
    this.flags[slot]! |= REMOVED
    this.#open -= 1
    const place = this.#removals % REMOVED_KEPT
    this.#removals += 1
    const gone = this.#removed[place]!
    if (gone !== NONE) this.#release(gone)
    this.#removed[place] = slot
  }

  #take(): number {
    const free = this.#free.pop()
    if (free !== undefined) return free
    if (this.#fresh < SLOTS) {
      this.#fresh += 1
      return this.#fresh - 1
    }
    // Slots are taken in order, so the hand meets the oldest first; removed ones wait for their own turn.
    for (;;) {
      this.#hand = (this.#hand + 1) % SLOTS
      const isOpen = this.#used[this.#hand] === 1 && (this.flags[this.#hand]! & REMOVED) === 0
      if (!isOpen) continue
      this.evicted += 1
      this.#open -= 1
      this.#release(this.#hand)
      return this.#free.pop()!
    }
  }

  #release(slot: number): void {
    const bucket = bucketOf(this.#low[slot]!, this.#high[slot]!)
    const next = this.#next[slot]!
    if (this.#heads[bucket] === slot) this.#heads[bucket] = next
    else {
      let before = this.#heads[bucket]!
      while (this.#next[before] !== slot) before = this.#next[before]!
      this.#next[before] = next
    }
    this.#used[slot] = 0
    this.flags[slot] = 0
    this.#free.push(slot)
  }
}

function bucketOf(low: number, high: number): number {
  return (low ^ (high >>> 11)) & (BUCKETS - 1)
}
