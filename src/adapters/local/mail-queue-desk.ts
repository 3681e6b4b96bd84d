// The operator's view: pages of parts in order of acceptance, one mail's parts, and changes to parts that are not active.
// Rule: a page reads a bounded number of envelopes, so that no question about a large queue holds up the mail.
import type { Content, PartPlan, PartRef, PartSummary } from '../../core/mail/mail.ts'
import { decodeMailId, encodeMailId } from '../../core/mail/mail-id.ts'
import type { PartPage, PartQuery, QueueCounts, QueueDesk } from '../../core/mail/ports.ts'
import { closedError, enqueue, type QueueCore, replacement, slotOf } from './mail-queue-core.ts'
import { faultInPlans } from './mail-queue-fault.ts'
import { NONE } from './mail-queue-index.ts'
import { ROUTE_CODE, STATE_CODE, STATES } from './mail-queue-record.ts'
import type { Place } from './mail-queue-shelf.ts'

/** Parts in one page. */
const PAGE_MAX = 1_000
/** Parts passed over in one go, a few milliseconds' work; then others have their turn. */
const WALK_MAX = 50_000

/** The desk of an open queue. */
export function queueDesk(core: QueueCore): QueueDesk {
  /** Changes on their way to the disk, by slot: a second one for the same part waits for the first. */
  const changing = new Map<number, Promise<void>>()
  return {
    list: (query) => list(core, query),
    find: (mailId) => find(core, mailId),
    contentOf: (mailId) => contentOf(core, mailId),
    change: (ref, left) => change(core, changing, { ref, left }),
    counts: () => counts(core),
  }
}

async function list(core: QueueCore, query: PartQuery): Promise<PartPage> {
  const limit = Math.max(1, Math.min(query.limit, PAGE_MAX))
  const parts: PartSummary[] = []
  let cursor = query.cursor === undefined ? undefined : parseCursor(query.cursor)
  for (let read = 0; parts.length < limit && read < core.limits.listScan;) {
    const stretch = walk(core, cursor, { query, limit: limit - parts.length })
    for (const place of stretch.places) {
      const summary = await core.shelf.summary(place)
      if (summary !== undefined && contains(summary, query.containing)) parts.push(summary)
    }
    read += stretch.places.length
    cursor = stretch.cursor
    if (cursor === undefined) return { parts }
    if (stretch.places.length === 0) await new Promise<void>((resolve) => setImmediate(resolve))
  }
  return { parts, ...(cursor === undefined ? {} : { next: formatCursor(cursor) }) }
}

/** Where a page ended: a key in order of acceptance, which holds when that part is gone. */
interface Cursor {
  readonly acceptedAt: number
  readonly high: number
  readonly low: number
  readonly part: number
}

interface Stretch {
  readonly places: readonly Place[]
  /** Undefined at the end of the queue. */
  readonly cursor: Cursor | undefined
}

function walk(
  core: QueueCore,
  cursor: Cursor | undefined,
  { query, limit }: { readonly query: PartQuery; readonly limit: number },
): Stretch {
  const { index } = core
  const places: Place[] = []
  let last = cursor
  let slot = cursor === undefined ? index.oldest : slotAfter(core, cursor)
  for (let walked = 0; slot !== NONE && walked < WALK_MAX && places.length < limit; walked += 1) {
    const block = index.block(slot)
    const i = index.at(slot)
    const fitsRoute = query.route === undefined || block.route[i] === ROUTE_CODE[query.route]
    const fitsState = query.state === undefined || block.state[i] === STATE_CODE[query.state]
    if (fitsRoute && fitsState) places.push(core.shelf.placeOf(slot))
    last = { acceptedAt: block.acceptedAt[i]!, high: block.high[i]!, low: block.low[i]!, part: block.part[i]! }
    slot = block.next[i]!
  }
  return { places, cursor: slot === NONE ? undefined : last }
}

/** The first part behind the cursor. When the cursor's own part is gone, it is looked for from the oldest on. */
function slotAfter({ index }: QueueCore, cursor: Cursor): number {
  const known = index.find(cursor.high, cursor.low, cursor.part)
  if (known !== NONE) return index.block(known).next[index.at(known)]!
  let slot = index.oldest
  while (slot !== NONE && !isBehind(index, slot, cursor)) slot = index.block(slot).next[index.at(slot)]!
  return slot
}

function isBehind(index: QueueCore['index'], slot: number, cursor: Cursor): boolean {
  const block = index.block(slot)
  const i = index.at(slot)
  const order =
    block.acceptedAt[i]! - cursor.acceptedAt ||
    block.high[i]! - cursor.high ||
    block.low[i]! - cursor.low ||
    block.part[i]! - cursor.part
  return order > 0
}

function formatCursor(cursor: Cursor): string {
  return `${cursor.acceptedAt}.${encodeMailId(cursor)}.${cursor.part}`
}

function parseCursor(text: string): Cursor {
  const [acceptedAt, mailId, part] = text.split('.')
  const bits = decodeMailId(mailId ?? '')
  if (bits === undefined || acceptedAt === undefined || part === undefined)
    throw new Error('not a cursor of this queue')
  return { acceptedAt: Number(acceptedAt), ...bits, part: Number(part) }
}

function contains(summary: PartSummary, text: string | undefined): boolean {
  if (text === undefined) return true
  const wanted = text.toLowerCase()
  return [summary.sender, ...summary.recipients].some((address) => address.toLowerCase().includes(wanted))
}

async function find(core: QueueCore, mailId: string): Promise<readonly PartSummary[]> {
  const bits = decodeMailId(mailId)
  if (bits === undefined) return []
  const places = core.index.partsOf(bits.high, bits.low).map((slot) => core.shelf.placeOf(slot))
  const parts: PartSummary[] = []
  for (const place of places) {
    const summary = await core.shelf.summary(place)
    if (summary !== undefined) parts.push(summary)
  }
  return parts
}

async function contentOf(core: QueueCore, mailId: string): Promise<Content | undefined> {
  const bits = decodeMailId(mailId)
  const slot = bits === undefined ? undefined : core.index.partsOf(bits.high, bits.low)[0]
  const content = slot === undefined ? 'gone' : await core.shelf.content(slot)
  return typeof content === 'string' ? undefined : content
}

async function change(
  core: QueueCore,
  changing: Map<number, Promise<void>>,
  { ref, left }: { readonly ref: PartRef; readonly left: readonly PartPlan[] },
): Promise<boolean> {
  if (core.committer.closed) throw closedError()
  let slot = slotOf(core.index, ref)
  while (slot !== NONE && changing.has(slot)) {
    await changing.get(slot)!.catch(() => undefined)
    slot = slotOf(core.index, ref)
  }
  if (slot === NONE) return false
  const block = core.index.block(slot)
  const i = core.index.at(slot)
  if (block.state[i] === STATE_CODE.active) return false
  const fault = faultInPlans(left, block.lastPart[i])
  if (fault !== undefined) throw new Error(`the queue cannot hold ${fault}`)
  core.ready[block.route[i]!]!.remove(slot)
  block.changing[i] = 1
  const group = core.committer.gather()
  group.changes.push(replacement(core.index, slot, left))
  changing.set(slot, group.stored.promise)
  try {
    await group.stored.promise
    return true
  } catch (error) {
    block.changing[i] = 0
    enqueue(core, slot)
    throw error
  } finally {
    changing.delete(slot)
  }
}

function counts({ index, table, damage }: QueueCore): QueueCounts {
  const of = (route: 'legacy' | 'ses') =>
    Object.fromEntries(
      STATES.map((state) => [state, index.tally[ROUTE_CODE[route] * STATES.length + STATE_CODE[state]]!]),
    )
  const oldest = index.oldest === NONE ? undefined : index.block(index.oldest).acceptedAt[index.at(index.oldest)]!
  return {
    parts: { legacy: of('legacy'), ses: of('ses') } as QueueCounts['parts'],
    diskBytes: table.diskBytes(),
    damaged: damage.count,
    ...(oldest === undefined ? {} : { oldestAcceptedAt: oldest }),
  }
}
