// The numbers of 16,384 parts, field by field. Blocks are added as the queue grows, so nothing large is ever copied.

export const BLOCK_BITS = 14
export const BLOCK_SLOTS = 1 << BLOCK_BITS

export class Block {
  readonly high = new Uint32Array(BLOCK_SLOTS)
  readonly low = new Uint32Array(BLOCK_SLOTS)
  readonly acceptedAt = new Float64Array(BLOCK_SLOTS)
  readonly dueAt = new Float64Array(BLOCK_SLOTS)
  readonly part = new Uint16Array(BLOCK_SLOTS)
  /** The highest number that a part of this mail ever had. */
  readonly lastPart = new Uint16Array(BLOCK_SLOTS)
  readonly attempts = new Uint16Array(BLOCK_SLOTS)
  readonly route = new Uint8Array(BLOCK_SLOTS)
  readonly state = new Uint8Array(BLOCK_SLOTS)
  readonly mark = new Uint8Array(BLOCK_SLOTS)
  /** 1 while a change of this part is on its way to the disk. */
  readonly changing = new Uint8Array(BLOCK_SLOTS)
  /** Where its mail stands, and where its latest state does; segment 0 when that is in the mail's own record. */
  readonly mailSegment = new Uint32Array(BLOCK_SLOTS)
  readonly mailOffset = new Uint32Array(BLOCK_SLOTS)
  readonly stateSegment = new Uint32Array(BLOCK_SLOTS)
  readonly stateOffset = new Uint32Array(BLOCK_SLOTS)
  /** Its place in the ready queue of its route; 0 when it is in none. */
  readonly ready = new Uint32Array(BLOCK_SLOTS)
  /** Its content in the cache; 0 when it is not there. */
  readonly cached = new Uint32Array(BLOCK_SLOTS)
  /** Neighbours in order of acceptance; `next` of a free slot is the next free one. */
  readonly next = new Uint32Array(BLOCK_SLOTS)
  readonly previous = new Uint32Array(BLOCK_SLOTS)
}
