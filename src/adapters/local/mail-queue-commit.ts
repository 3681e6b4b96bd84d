// Group commit: while one group is written and synced, the next one gathers. One fdatasync serves all who wait.
// Rule: memory follows the disk. A new mail, a change and what is left of a part are taken in when they are on disk;
// a failure is told to who can still act on it (the sender's mail, the operator's change, the claim), and what has already
// happened (a part is settled) is written again until it is there.
import type { Log } from '../../core/base/log.ts'
import type { Meter } from '../../core/watch/metrics.ts'
import { Arena } from './mail-queue-arena.ts'
import { GroupEncoder } from './mail-queue-encode.ts'
import { type Group, isEmpty, newGroup, withoutMails } from './mail-queue-group.ts'
import type { PartIndex } from './mail-queue-index.ts'
import type { MailQueueLimits } from './mail-queue-limits.ts'
import type { RowBuffer } from './mail-queue-row.ts'
import type { Segment } from './mail-queue-segment.ts'
import type { SegmentWriter } from './mail-queue-writer.ts'

export interface CommitterOptions {
  readonly index: PartIndex
  readonly writer: SegmentWriter
  readonly limits: MailQueueLimits
  readonly log: Log
  readonly meter: Meter
  /** Takes a group in that is on disk: its rows, from `from` on, stand in `segment`. */
  readonly apply: (
    group: Group,
    rows: { readonly rows: RowBuffer; readonly from: number; readonly segment: Segment },
  ) => void
}

export class Committer {
  private readonly options: CommitterOptions
  private readonly encoder: GroupEncoder
  /** Full groups in front, the one that gathers last. */
  private readonly groups: Group[] = [newGroup()]
  private running: Promise<void> | undefined
  private retry: NodeJS.Timeout | undefined
  /** True from the moment the queue begins to close: nothing new is taken. */
  closed = false
  /** One incident, one alarm: true from a failed commit to the next good one. */
  private failing = false

  constructor(options: CommitterOptions) {
    this.options = options
    this.encoder = new GroupEncoder(new Arena(), options.index)
  }

  /** The group that gathers; it is written in this turn of the event loop or as soon as the one before is. */
  gather(bytes = 0): Group {
    let group = this.groups.at(-1)!
    if (group.bytes > 0 && group.bytes + bytes > this.options.limits.groupBytes) {
      group = newGroup()
      this.groups.push(group)
    }
    group.bytes += bytes
    this.start()
    return group
  }

  /** Writes what there is; rejects when something that has happened could not be written. */
  async close(): Promise<void> {
    this.closed = true
    clearTimeout(this.retry)
    this.start()
    await this.running
    clearTimeout(this.retry)
    if (!isEmpty(this.groups[0]!)) throw new Error('the queue was closed, but its last changes could not be written')
  }

  private start(): void {
    this.running ??= this.run()
  }

  private async run(): Promise<void> {
    for (;;) {
      // One turn of the loop, so that all that has just arrived on other connections shares this commit.
      await new Promise<void>((resolve) => setImmediate(resolve))
      const group = this.groups[0]!
      if (isEmpty(group)) break
      this.groups.shift()
      if (this.groups.length === 0) this.groups.push(newGroup())
      if (!(await this.commit(group))) break
    }
    this.running = undefined
  }

  /** False when it is better to wait before the next try. */
  private async commit(group: Group): Promise<boolean> {
    const error = await this.write(group)
    if (error === undefined) return true
    const rest = withoutMails(group)
    group.mailsStored.reject(error)
    if (group.mails.length + group.moves.length > 0) {
      if (isEmpty(rest)) {
        group.stored.reject(error)
        return true
      }
      if ((await this.write(rest)) === undefined) return true
    }
    group.stored.reject(error)
    return this.carryOver(group)
  }

  /** Writes, syncs and takes in one group, or answers with what went wrong. */
  private async write(group: Group): Promise<Error | undefined> {
    const { writer, meter, apply } = this.options
    const startedAt = performance.now()
    let written: { readonly rows: RowBuffer; readonly from: number; readonly segment: Segment }
    let rowsBefore = 0
    try {
      const head = await writer.headFor(group.bytes)
      const { segment, rows } = head
      rowsBefore = rows.length
      const pieces = this.encoder.encode(group, { salt: segment.salt, base: segment.bytes, rows })
      await writer.append(head, pieces)
      segment.bytes += lengthOf(pieces)
      written = { rows, from: rowsBefore, segment }
    } catch (error) {
      await writer.recover(error, rowsBefore)
      this.alarm(error as NodeJS.ErrnoException)
      return error as Error
    }
    this.failing = false
    meter.observe('watari_commit_seconds', {}, (performance.now() - startedAt) / 1000)
    apply(group, written)
    group.mailsStored.resolve()
    group.stored.resolve()
    group.settled.resolve()
    return undefined
  }

  /** What has happened goes into the next group, and that one is tried again after a while. */
  private carryOver(group: Group): boolean {
    if (group.settles.length + group.marks.length + group.gone.length === 0) return true
    const next = this.groups[0]!
    next.settles.unshift(...group.settles)
    next.marks.unshift(...group.marks)
    next.gone.unshift(...group.gone)
    next.settled.promise.then(group.settled.resolve, group.settled.reject)
    this.retry = setTimeout(() => this.start(), this.options.limits.retryCommitMs)
    this.retry.unref()
    return false
  }

  private alarm(error: NodeJS.ErrnoException): void {
    if (this.failing) return
    this.failing = true
    this.options.log.alarm('queueWriteFailed', {
      code: error.code ?? 'unknown',
      consequence: 'mail is refused with 4xx',
    })
  }
}

function lengthOf(pieces: readonly Uint8Array[]): number {
  let bytes = 0
  for (const piece of pieces) bytes += piece.length
  return bytes
}
