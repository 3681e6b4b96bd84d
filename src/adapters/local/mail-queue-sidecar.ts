// The sidecar of a segment: its rows in one file, so that a start reads 40 bytes a part and not every mail.
// Rule: a sidecar is only ever a copy. When it is missing, damaged or of other bytes, the segment itself is read.
//
//   0 magic   4 salt   8 octets of the segment   16 number of rows   20 checksum of bytes 0 to 19 and of the rows
import { crc32 } from 'node:zlib'
import type { QueueFiles } from './mail-queue-files.ts'
import { ROW_BYTES, RowBuffer } from './mail-queue-row.ts'
import { type Segment, sidecarFile } from './mail-queue-segment.ts'

const SIDECAR_MAGIC = 0x31_73_51_57
const HEAD_BYTES = 24

export interface Sidecar {
  /** How long the segment was when this was written. */
  readonly segmentBytes: number
  readonly rows: RowBuffer
}

/** Writes a sidecar. It needs no sync: one that a crash cut short fails its checksum. */
export async function writeSidecar(files: QueueFiles, segment: Segment, rows: RowBuffer): Promise<void> {
  const file = sidecarFile(segment)
  await files.remove(file)
  const head = Buffer.alloc(HEAD_BYTES)
  head.writeUInt32LE(SIDECAR_MAGIC, 0)
  head.writeUInt32LE(segment.salt, 4)
  head.writeDoubleLE(segment.bytes, 8)
  head.writeUInt32LE(rows.length, 16)
  head.writeUInt32LE(crc32(rows.bytes(), crc32(head.subarray(0, 20))), 20)
  const handle = await files.create(file)
  try {
    await files.write(handle, [head, rows.bytes()], 0)
  } finally {
    await files.close(handle)
  }
  segment.sidecarBytes = HEAD_BYTES + rows.bytes().length
}

/** The sidecar of a segment, or undefined when there is none to be trusted. */
export async function readSidecar(files: QueueFiles, segment: Segment): Promise<Sidecar | undefined> {
  const file = sidecarFile(segment)
  const size = await files.size(file)
  if (size === undefined || size < HEAD_BYTES || (size - HEAD_BYTES) % ROW_BYTES !== 0) return undefined
  const head = Buffer.alloc(HEAD_BYTES)
  const rows = new ArrayBuffer(size - HEAD_BYTES)
  const handle = await files.openForReading(file)
  try {
    await files.read(handle, head, 0)
    if ((await files.read(handle, new Uint8Array(rows), HEAD_BYTES)) !== rows.byteLength) return undefined
  } finally {
    await files.close(handle)
  }
  if (head.readUInt32LE(0) !== SIDECAR_MAGIC || head.readUInt32LE(4) !== segment.salt) return undefined
  if (head.readUInt32LE(16) * ROW_BYTES !== rows.byteLength) return undefined
  if (crc32(new Uint8Array(rows), crc32(head.subarray(0, 20))) !== head.readUInt32LE(20)) return undefined
  segment.sidecarBytes = size
  return { segmentBytes: head.readDoubleLE(8), rows: new RowBuffer(rows) }
}
