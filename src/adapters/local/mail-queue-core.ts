// What one open queue is made of, and the small steps that all its callers share.
import type { Log } from '../../core/base/log.ts'
import type { PartPlan, PartRef } from '../../core/mail/mail.ts'
import type { Route } from '../../core/shift/route.ts'
import type { ContentCache } from './mail-queue-cache.ts'
import type { Committer } from './mail-queue-commit.ts'
import type { DamageFolder } from './mail-queue-damage.ts'
import type { Fold } from './mail-queue-fold.ts'
import { idBits, readMailId } from './mail-queue-id.ts'
import { NONE, type PartIndex } from './mail-queue-index.ts'
import type { MailQueueLimits } from './mail-queue-limits.ts'
import type { ReadyQueue } from './mail-queue-ready.ts'
import type { RecordReader } from './mail-queue-reader.ts'
import { STATE_CODE, type StoredPart, type StoredParts } from './mail-queue-record.ts'
import type { SegmentTable } from './mail-queue-segment.ts'
import type { Shelf } from './mail-queue-shelf.ts'

export interface QueueCore {
  readonly index: PartIndex
  readonly table: SegmentTable
  readonly cache: ContentCache
  readonly fold: Fold
  /** By route code. */
  readonly ready: readonly ReadyQueue[]
  readonly reader: RecordReader
  readonly shelf: Shelf
  readonly damage: DamageFolder
  readonly committer: Committer
  readonly limits: MailQueueLimits
  readonly log: Log
  readonly now: () => number
  /** Calls the listeners of a route. */
  readonly announce: (route: Route) => void
}

/** The slot of a part, or NONE. */
export function slotOf(index: PartIndex, ref: PartRef): number {
  return readMailId(ref.mailId) ? index.find(idBits.high, idBits.low, ref.part) : NONE
}

/** Puts a part into the ready queue of its route when its state is one that waits for a time. */
export function enqueue(core: QueueCore, slot: number): void {
  const block = core.index.block(slot)
  const state = block.state[core.index.at(slot)]!
  if (state !== STATE_CODE.waiting && state !== STATE_CODE.unclear) return
  core.ready[block.route[core.index.at(slot)]!]!.push(slot, core.now())
}

export function nextDueAt(core: QueueCore, routeCode: number): number | undefined {
  const slot = core.ready[routeCode]!.peek()
  return slot === NONE ? undefined : core.index.block(slot).dueAt[core.index.at(slot)]!
}

/** What replaces a part, with numbers: one part keeps its own, several are new ones. */
export function replacement(index: PartIndex, slot: number, left: readonly PartPlan[]): StoredParts {
  const block = index.block(slot)
  const i = index.at(slot)
  const from = block.part[i]!
  const last = block.lastPart[i]!
  const numberOf = (position: number): number => (left.length === 1 ? from : last + 1 + position)
  return {
    high: block.high[i]!,
    low: block.low[i]!,
    from,
    lastPart: left.length > 1 ? last + left.length : last,
    parts: left.map((plan, position): StoredPart => ({ ...plan, part: numberOf(position) })),
  }
}

export function closedError(): Error {
  return new Error('the queue is closed')
}
