// How a queue comes back: its segments are read in order, from sidecars where these can be trusted, and folded into the index.
// Rule: no file stops the start. What cannot be read is set aside and counted, and the rest is drained.
import * as path from 'node:path'
import type { Log } from '../../core/base/log.ts'
import type { DamageFolder } from './mail-queue-damage.ts'
import type { QueueFiles } from './mail-queue-files.ts'
import type { Fold } from './mail-queue-fold.ts'
import type { PartIndex } from './mail-queue-index.ts'
import { MARK, Row, RowBuffer } from './mail-queue-row.ts'
import { scanSegment } from './mail-queue-scan.ts'
import { newSegment, parseSegmentName, type Segment, type SegmentTable, sidecarFile } from './mail-queue-segment.ts'
import { readSidecar, writeSidecar } from './mail-queue-sidecar.ts'

export interface LoadOptions {
  readonly directory: string
  readonly files: QueueFiles
  readonly table: SegmentTable
  readonly index: PartIndex
  readonly fold: Fold
  readonly damage: DamageFolder
  readonly log: Log
}

/** Fills table and index. Answers with the slots of parts whose bytes are known to be lost. */
export async function loadSegments(options: LoadOptions): Promise<number[]> {
  const { directory, files, index, table } = options
  const names = await files.names(directory)
  const found = names.flatMap((name) => {
    const parsed = parseSegmentName(name)
    return parsed === undefined ? [] : [newSegment(parsed.number, parsed.salt, path.join(directory, name))]
  })
  found.sort((a, b) => a.number - b.number)
  const cut: Segment[] = []
  index.loading = true
  for (const segment of found) {
    segment.sealed = true
    table.add(segment)
    if ((await loadSegment(options, segment, segment === found.at(-1))) === 'cut') cut.push(segment)
  }
  index.endLoading()
  await removeLonelySidecars(options, names)
  return cut.length === 0 ? [] : lostSlots(index, cut)
}

async function loadSegment(options: LoadOptions, segment: Segment, newest: boolean): Promise<'whole' | 'cut'> {
  const { files, fold, damage } = options
  const size = (await files.size(segment.file)) ?? 0
  const sidecar = await readSidecar(files, segment).catch(() => undefined)
  segment.bytes = size
  if (sidecar === undefined) {
    await scan(options, segment, newest)
    return 'whole'
  }
  if (size < sidecar.segmentBytes) {
    const bytes = await readWhole(files, segment)
    await damage.setAside({ segment, offset: 0, bytes, reason: 'cutSegment' })
    foldRows(fold, sidecar.rows, segment)
    // No record that begins in what is left but ends behind it may be read as one.
    const last = scanSegment(bytes, segment.salt, new RowBuffer()).at(-1)
    if (last?.to === size) segment.bytes = last.from
    return 'cut'
  }
  // What stands behind the counted bytes is the beginning of a commit that failed; its callers were told so.
  segment.bytes = sidecar.segmentBytes
  foldRows(fold, sidecar.rows, segment)
  return 'whole'
}

/** Reads a segment that has no sidecar: the one that was being written, or one whose sidecar was lost. */
async function scan(options: LoadOptions, segment: Segment, newest: boolean): Promise<void> {
  const { files, fold, damage, log } = options
  if (segment.bytes === 0) {
    // A crash between making a segment and writing to it leaves the newest one empty; any other held mail once.
    if (newest) log.info('queueEmptySegment', { segment: segment.number })
    else await damage.setAside({ segment, offset: 0, bytes: new Uint8Array(0), reason: 'emptySegment' })
    await drop(options, segment)
    return
  }
  const rows = new RowBuffer()
  const bytes = await readWhole(files, segment)
  for (const { from, to, what } of scanSegment(bytes, segment.salt, rows)) {
    const tail = newest && what === 'record' && to === bytes.length
    const reason = tail ? 'cutTail' : what === 'record' ? 'damagedRecord' : 'damagedContent'
    const kept = await damage.setAside({ segment, offset: from, bytes: bytes.subarray(from, to), reason })
    if (tail) segment.bytes = from
    if (tail && kept) await cutTail(files, segment)
  }
  if (segment.bytes === 0 && (await files.size(segment.file)) === 0) {
    await drop(options, segment)
    return
  }
  foldRows(fold, rows, segment)
  await writeSidecar(files, segment, rows).catch((error: NodeJS.ErrnoException) => {
    log.warn('queueSidecarFailed', { segment: segment.number, code: error.code ?? 'unknown' })
  })
}

function foldRows(fold: Fold, rows: RowBuffer, segment: Segment): void {
  const row = new Row()
  for (let position = 0; position < rows.length; position += 1) {
    rows.read(position, row)
    fold.apply(row, segment.number)
  }
}

async function readWhole(files: QueueFiles, segment: Segment): Promise<Buffer> {
  const bytes = Buffer.allocUnsafeSlow(segment.bytes)
  const handle = await files.openForReading(segment.file)
  try {
    return bytes.subarray(0, await files.read(handle, bytes, 0))
  } finally {
    await files.close(handle)
  }
}

async function cutTail(files: QueueFiles, segment: Segment): Promise<void> {
  const handle = await files.openForCutting(segment.file)
  try {
    await files.truncate(handle, segment.bytes)
    await files.sync(handle)
  } finally {
    await files.close(handle)
  }
}

async function drop({ table, files, directory }: LoadOptions, segment: Segment): Promise<void> {
  table.remove(segment)
  await files.remove(segment.file)
  await files.syncDirectory(directory)
}

async function removeLonelySidecars({ files, directory, table }: LoadOptions, names: readonly string[]): Promise<void> {
  const wanted = new Set(table.segments.map((segment) => path.basename(sidecarFile(segment))))
  for (const name of names) {
    if (name.endsWith('.rows') && !wanted.has(name)) await files.remove(path.join(directory, name))
  }
}

function lostSlots(index: PartIndex, cut: readonly Segment[]): number[] {
  const end = new Map(cut.map((segment) => [segment.number, segment.bytes]))
  const lost: number[] = []
  index.each((slot) => {
    const block = index.block(slot)
    const i = index.at(slot)
    const mailEnd = end.get(block.mailSegment[i]!) ?? Infinity
    const stateEnd = end.get(block.stateSegment[i]!) ?? Infinity
    const isLost = block.mailOffset[i]! >= mailEnd || block.stateOffset[i]! >= stateEnd
    if (isLost && block.mark[i] !== MARK.damaged) lost.push(slot)
  })
  return lost
}
