// What happens to a part whose stored bytes are not what was written: it waits for a person, and the bytes are set aside.
import type { QueueCore } from './mail-queue-core.ts'
import { HEADER_BYTES, STATE_CODE } from './mail-queue-record.ts'
import { MARK } from './mail-queue-row.ts'
import { nextRecord } from './mail-queue-scan.ts'
import type { Segment } from './mail-queue-segment.ts'

/** When damage hides where a record ends, no more than this is set aside for it. */
const UNKNOWN_BYTES_MAX = 1024 * 1024

/** Quarantines a part and keeps what is left of its records. */
export async function quarantine(core: QueueCore, slot: number): Promise<void> {
  const { index, table } = core
  const block = index.block(slot)
  const i = index.at(slot)
  const mail = { segment: table.get(block.mailSegment[i]!), offset: block.mailOffset[i]! }
  const state = { segment: table.get(block.stateSegment[i]!), offset: block.stateOffset[i]! }
  markDamaged(core, slot)
  for (const { segment, offset } of [mail, state]) {
    if (segment !== undefined) await setRecordAside(core, segment, offset)
  }
}

/** The part waits for a person, and that goes to disk with the next commit. */
export function markDamaged(core: QueueCore, slot: number): void {
  const { index, committer } = core
  const block = index.block(slot)
  const i = index.at(slot)
  core.ready[block.route[i]!]!.remove(slot)
  index.setState(slot, block.route[i]!, STATE_CODE.quarantined)
  block.mark[i] = MARK.damaged
  committer.gather().marks.push({ slot, state: STATE_CODE.quarantined, mark: MARK.damaged, dueAt: block.dueAt[i]! })
}

async function setRecordAside({ reader, damage }: QueueCore, segment: Segment, offset: number): Promise<void> {
  const record = await reader.record(segment.number, offset)
  if (record === undefined) {
    const bytes = await damagedBytes(reader, segment, offset)
    await damage.setAside({ segment, offset, bytes, reason: 'damagedRecord' })
    return
  }
  if (record.header.contentBytes === 0) return
  if ((await reader.content(segment.number, offset, record.header)) !== undefined) return
  const length = HEADER_BYTES + record.header.headBytes + record.header.contentBytes
  await damage.setAside({
    segment,
    offset,
    bytes: await reader.bytes(segment, offset, length),
    reason: 'damagedContent',
  })
}

async function damagedBytes(reader: QueueCore['reader'], segment: Segment, offset: number): Promise<Uint8Array> {
  const bytes = await reader.bytes(segment, offset, Math.min(UNKNOWN_BYTES_MAX, Math.max(0, segment.bytes - offset)))
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
  return buffer.subarray(0, nextRecord(buffer, 1, segment.salt))
}
