// The end of the log: the one segment that is written, and the step to the next.
// Rule: what was said to be on disk stands before `segment.bytes`; after a failed sync nothing is ever appended to that
// file again, because the kernel may have dropped pages that it will not report twice.
import { randomBytes } from 'node:crypto'
import * as path from 'node:path'
import type { Log } from '../../core/base/log.ts'
import type { QueueFiles } from './mail-queue-files.ts'
import type { MailQueueLimits } from './mail-queue-limits.ts'
import { RowBuffer } from './mail-queue-row.ts'
import { newSegment, type Segment, segmentName, type SegmentTable } from './mail-queue-segment.ts'
import { writeSidecar } from './mail-queue-sidecar.ts'

export interface Head {
  readonly segment: Segment
  readonly handle: number
  readonly rows: RowBuffer
}

export interface WriterOptions {
  readonly directory: string
  readonly files: QueueFiles
  readonly limits: MailQueueLimits
  readonly log: Log
  readonly table: SegmentTable
}

/** Errors that say that the disk is full and nothing worse. */
const FULL = new Set(['ENOSPC', 'EDQUOT'])

export class SegmentWriter {
  private readonly options: WriterOptions
  private head: Head | undefined
  private sealing: Promise<void> = Promise.resolve()

  constructor(options: WriterOptions) {
    this.options = options
  }

  /** The segment for a commit of about `bytes`; a new one when the current is full. */
  async headFor(bytes: number): Promise<Head> {
    const { head } = this
    const { limits } = this.options
    if (head !== undefined) {
      const full = head.segment.bytes > 0 && head.segment.bytes + bytes > limits.segmentBytes
      if (!full && head.rows.length < limits.segmentRows) return head
      this.seal()
    }
    return (this.head = await this.begin())
  }

  /** Writes at the end and syncs; the caller moves `segment.bytes` on when this resolves. */
  async append(head: Head, buffers: readonly Uint8Array[]): Promise<void> {
    const { files } = this.options
    await files.write(head.handle, buffers, head.segment.bytes)
    await files.sync(head.handle)
  }

  /** After a failed append: makes sure that nothing of it is ever read, in this segment or by leaving it. */
  async recover(error: unknown, rowsBefore: number): Promise<void> {
    const { head } = this
    if (head === undefined) return
    head.rows.length = rowsBefore
    const cut = await this.cut(head)
    if (cut && FULL.has((error as NodeJS.ErrnoException).code ?? '')) return
    this.seal()
    await this.sealing
  }

  /** Closes the current segment; the sidecar is written behind the back of the next commits. */
  seal(): void {
    const { head } = this
    if (head === undefined) return
    this.head = undefined
    head.segment.sealed = true
    this.sealing = this.sealing.then(() => this.finish(head))
  }

  async close(): Promise<void> {
    this.seal()
    await this.sealing
  }

  private async begin(): Promise<Head> {
    const { directory, files, table } = this.options
    const number = table.nextNumber()
    const salt = randomBytes(4).readUInt32LE()
    const file = path.join(directory, segmentName(number, salt))
    const handle = await files.create(file)
    try {
      await files.syncDirectory(directory)
    } catch (error) {
      await files.close(handle)
      await files.remove(file)
      throw error
    }
    const segment = newSegment(number, salt, file)
    table.add(segment)
    return { segment, handle, rows: new RowBuffer() }
  }

  private async cut(head: Head): Promise<boolean> {
    try {
      await this.options.files.truncate(head.handle, head.segment.bytes)
      return true
    } catch {
      // The segment is left; its sidecar says how much of it counts.
      return false
    }
  }

  private async finish(head: Head): Promise<void> {
    const { files, log, table } = this.options
    const { segment, handle, rows } = head
    try {
      await files.close(handle)
      if (segment.bytes > 0) await writeSidecar(files, segment, rows)
      else {
        table.remove(segment)
        await files.remove(segment.file)
      }
    } catch (error) {
      log.warn('queueSidecarFailed', {
        segment: segment.number,
        code: (error as NodeJS.ErrnoException).code ?? 'unknown',
      })
    }
  }
}
