// How rows become the index. Rule: a row says how a part is, not how it changes, so a row that is met twice changes nothing,
// and of two rows for one part the later one is true. A row for a part that is not here belongs to a mail that is done.
import type { ContentCache } from './mail-queue-cache.ts'
import { NONE, type PartIndex } from './mail-queue-index.ts'
import { STATE_CODE } from './mail-queue-record.ts'
import { MARK, ROW, type Row } from './mail-queue-row.ts'

export class Fold {
  private readonly index: PartIndex
  private readonly cache: ContentCache
  /** The part that the rows of the current `parts` record replace. */
  private readonly origin = { found: false, acceptedAt: 0, mailSegment: 0, mailOffset: 0 }

  constructor(index: PartIndex, cache: ContentCache) {
    this.index = index
    this.cache = cache
  }

  /** Takes in one row of `segment`; answers with the slot of the part when it is still here, else NONE. */
  apply(row: Row, segment: number): number {
    switch (row.kind) {
      case ROW.mail:
        return this.applyMail(row, segment)
      case ROW.parts:
        return this.applyParts(row, segment)
      case ROW.claimed:
        return this.applyClaimed(row)
      case ROW.gone:
        return this.applyGone(row)
      case ROW.marked:
        return this.applyMarked(row)
      default:
        return NONE
    }
  }

  private applyMail(row: Row, segment: number): number {
    const slot = this.upsert(row, row.acceptedAt)
    this.index.block(slot).mark[this.index.at(slot)] = row.from
    this.index.place(slot, 'mail', segment, row.offset)
    this.index.place(slot, 'state', 0, 0)
    return slot
  }

  private applyParts(row: Row, segment: number): number {
    if (row.first === 1) this.beginParts(row)
    const { origin, index } = this
    if (!origin.found) return NONE
    const slot = this.upsert(row, origin.acceptedAt)
    index.block(slot).mark[index.at(slot)] = MARK.none
    index.place(slot, 'mail', origin.mailSegment, origin.mailOffset)
    index.place(slot, 'state', segment, row.offset)
    return slot
  }

  private beginParts(row: Row): void {
    const { index, origin } = this
    const slot = index.find(row.high, row.low, row.from)
    origin.found = slot !== NONE
    if (!origin.found) return
    const block = index.block(slot)
    const i = index.at(slot)
    origin.acceptedAt = block.acceptedAt[i]!
    origin.mailSegment = block.mailSegment[i]!
    origin.mailOffset = block.mailOffset[i]!
    this.uncache(slot)
    if (row.part === row.from) return
    index.remove(slot)
    for (const sibling of index.partsOf(row.high, row.low)) {
      index.block(sibling).lastPart[index.at(sibling)] = row.lastPart
    }
  }

  private upsert(row: Row, acceptedAt: number): number {
    const { index } = this
    let slot = index.find(row.high, row.low, row.part)
    if (slot === NONE) {
      const { high, low, part, route, state } = row
      slot = index.insert({ high, low, part, acceptedAt, route, state })
    } else {
      index.setState(slot, row.route, row.state)
    }
    const block = index.block(slot)
    const i = index.at(slot)
    block.attempts[i] = row.attempts
    block.lastPart[i] = row.lastPart
    block.dueAt[i] = row.dueAt
    block.changing[i] = 0
    return slot
  }

  private applyClaimed(row: Row): number {
    const slot = this.index.find(row.high, row.low, row.part)
    if (slot === NONE) return NONE
    this.index.setState(slot, this.index.block(slot).route[this.index.at(slot)]!, STATE_CODE.active)
    return slot
  }

  private applyGone(row: Row): number {
    const slot = this.index.find(row.high, row.low, row.part)
    if (slot === NONE) return NONE
    this.uncache(slot)
    this.index.remove(slot)
    return NONE
  }

  private applyMarked(row: Row): number {
    const { index } = this
    const slot = index.find(row.high, row.low, row.part)
    if (slot === NONE) return NONE
    const block = index.block(slot)
    const i = index.at(slot)
    index.setState(slot, block.route[i]!, row.state)
    block.mark[i] = row.from
    block.dueAt[i] = row.dueAt
    return slot
  }

  private uncache(slot: number): void {
    const { cached } = this.index.block(slot)
    const i = this.index.at(slot)
    if (cached[i] !== 0) this.cache.drop(cached[i]!)
    cached[i] = 0
  }
}
