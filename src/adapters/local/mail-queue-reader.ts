// Reads records back. Mails that wait stand one behind the other in their segment, so one read serves many of them.
// Rule: what is handed out owns its memory and has been proved by its checksums.
import { crc32 } from 'node:zlib'
import type { QueueFiles } from './mail-queue-files.ts'
import { claimedHeadBytes, HEADER_BYTES, readHeader, type RecordHeader } from './mail-queue-record.ts'
import type { Segment, SegmentTable } from './mail-queue-segment.ts'

/** A first look reads this much; a second one that goes on from there reads more. */
const WINDOW_BYTES_MIN = 16 * 1024
const WINDOW_BYTES_MAX = 256 * 1024
/** One window for mails, one for their states, and as many again for the desk. */
const WINDOWS_MAX = 4
/** Open segment files; a backlog of many segments must not use up the process's handles. */
const HANDLES_MAX = 32

interface Window {
  readonly segment: number
  readonly start: number
  readonly buffer: Buffer
  readonly length: number
}

interface Handle {
  readonly opened: Promise<number>
  users: number
}

export interface StoredRecord {
  readonly header: RecordHeader
  readonly buffer: Buffer
  readonly headAt: number
  readonly headEnd: number
}

export class RecordReader {
  private readonly files: QueueFiles
  private readonly table: SegmentTable
  private windows: Window[] = []
  private readonly handles = new Map<number, Handle>()

  constructor(files: QueueFiles, table: SegmentTable) {
    this.files = files
    this.table = table
  }

  /** The record at `offset`, or undefined when its bytes are not what was written. Rejects when the disk does not answer. */
  async record(segmentNumber: number, offset: number): Promise<StoredRecord | undefined> {
    const segment = this.table.get(segmentNumber)
    if (segment === undefined || offset + HEADER_BYTES > segment.bytes) return undefined
    const first = await this.window(segment, offset, HEADER_BYTES)
    if (first.start + first.length < offset + HEADER_BYTES) return undefined
    const needed = HEADER_BYTES + claimedHeadBytes(first.buffer, offset - first.start)
    if (offset + needed > segment.bytes) return undefined
    const window = await this.window(segment, offset, needed)
    const at = offset - window.start
    const header = readHeader(window.buffer, at, window.length, segment.salt)
    if (header === undefined) return undefined
    return { header, buffer: window.buffer, headAt: at + HEADER_BYTES, headEnd: at + needed }
  }

  /** The content of the mail record at `offset`, or undefined when it is damaged. */
  async content(segmentNumber: number, offset: number, header: RecordHeader): Promise<Uint8Array | undefined> {
    const segment = this.table.get(segmentNumber)
    const start = offset + HEADER_BYTES + header.headBytes
    if (segment === undefined || start + header.contentBytes > segment.bytes) return undefined
    const bytes = await this.bytes(segment, start, header.contentBytes)
    return bytes.length === header.contentBytes && crc32(bytes) === header.contentCrc ? bytes : undefined
  }

  /** `length` bytes from `start`, or fewer at the end of the file; the answer owns its memory. */
  async bytes(segment: Segment, start: number, length: number): Promise<Uint8Array> {
    if (length > WINDOW_BYTES_MAX / 2) {
      const own = Buffer.allocUnsafeSlow(length)
      return own.subarray(0, await this.read(segment, own, start))
    }
    const { buffer, start: from, length: filled } = await this.window(segment, start, length)
    const end = Math.min(start - from + length, filled)
    return Uint8Array.prototype.slice.call(buffer, start - from, end)
  }

  /** Forgets a segment that is about to go. */
  async forget(segment: Segment): Promise<void> {
    this.windows = this.windows.filter((window) => window.segment !== segment.number)
    const handle = this.handles.get(segment.number)
    if (handle === undefined) return
    this.handles.delete(segment.number)
    if (handle.users === 0) await this.files.close(await handle.opened)
  }

  async close(): Promise<void> {
    this.windows = []
    for (const segment of this.table.segments) await this.forget(segment)
  }

  private async window(segment: Segment, start: number, length: number): Promise<Window> {
    const here = this.windows.find(
      (window) =>
        window.segment === segment.number && window.start <= start && start + length <= window.start + window.length,
    )
    if (here !== undefined) return here
    const buffer = Buffer.allocUnsafeSlow(Math.max(length, this.windowBytes(segment, start)))
    const filled = await this.read(segment, buffer, start)
    const window = { segment: segment.number, start, buffer, length: filled }
    this.windows = [window, ...this.windows].slice(0, WINDOWS_MAX)
    return window
  }

  /** Large when this read goes on where an earlier one ended, small when it is one look somewhere. */
  private windowBytes(segment: Segment, start: number): number {
    const goesOn = this.windows.some(
      (window) =>
        window.segment === segment.number &&
        start >= window.start &&
        start <= window.start + window.length + WINDOW_BYTES_MIN,
    )
    return goesOn ? WINDOW_BYTES_MAX : WINDOW_BYTES_MIN
  }

  private async read(segment: Segment, buffer: Buffer, start: number): Promise<number> {
    const handle = this.handleOf(segment)
    handle.users += 1
    try {
      const filled = await this.files.read(await handle.opened, buffer, start)
      // Beyond `bytes` there may be the beginning of a commit that is not on disk yet.
      return Math.max(0, Math.min(filled, segment.bytes - start))
    } finally {
      handle.users -= 1
      if (this.handles.get(segment.number) !== handle) await this.closeUnused(handle)
    }
  }

  private handleOf(segment: Segment): Handle {
    const known = this.handles.get(segment.number)
    if (known !== undefined) return known
    for (const [number, handle] of this.handles) {
      if (this.handles.size < HANDLES_MAX) break
      this.handles.delete(number)
      void this.closeUnused(handle)
    }
    const handle: Handle = { opened: this.files.openForReading(segment.file), users: 0 }
    this.handles.set(segment.number, handle)
    handle.opened.catch(() => this.handles.delete(segment.number))
    return handle
  }

  private async closeUnused(handle: Handle): Promise<void> {
    if (handle.users > 0) return
    const opened = await handle.opened.catch(() => undefined)
    if (opened !== undefined) await this.files.close(opened).catch(() => undefined)
  }
}
