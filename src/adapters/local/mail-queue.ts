// The durable queue of one gateway: a log of segments with group commit, and an index of numbers in memory.
// What is where: record, row, sidecar (the format) · index, ready, cache (memory) · flow, group, commit, apply, writer (the
// way in) · reader, shelf (the way back) · open, scan, damage, quarantine (after trouble) · compact (space) · desk (operator).
import type { Log } from '../../core/base/log.ts'
import type { MailQueue, QueueDesk } from '../../core/mail/ports.ts'
import type { Route } from '../../core/shift/route.ts'
import type { Meter } from '../../core/watch/metrics.ts'
import { applyGroup } from './mail-queue-apply.ts'
import { ContentCache } from './mail-queue-cache.ts'
import { Committer } from './mail-queue-commit.ts'
import { Reclaimer } from './mail-queue-compact.ts'
import { enqueue, type QueueCore } from './mail-queue-core.ts'
import { DamageFolder } from './mail-queue-damage.ts'
import { queueDesk } from './mail-queue-desk.ts'
import { nodeQueueFiles, type QueueFiles } from './mail-queue-files.ts'
import { queueFlow } from './mail-queue-flow.ts'
import { Fold } from './mail-queue-fold.ts'
import { PartIndex } from './mail-queue-index.ts'
import { MAIL_QUEUE_LIMITS, type MailQueueLimits } from './mail-queue-limits.ts'
import { lockDirectory } from './mail-queue-lock.ts'
import { loadSegments } from './mail-queue-open.ts'
import { markDamaged } from './mail-queue-quarantine.ts'
import { RecordReader } from './mail-queue-reader.ts'
import { ReadyQueue } from './mail-queue-ready.ts'
import { ROUTES, STATE_CODE } from './mail-queue-record.ts'
import { MARK } from './mail-queue-row.ts'
import { SegmentTable } from './mail-queue-segment.ts'
import { Shelf } from './mail-queue-shelf.ts'
import { SegmentWriter } from './mail-queue-writer.ts'

export interface MailQueueOptions {
  /** Made when it is not there; one process owns it. */
  readonly directory: string
  readonly log: Log
  readonly meter: Meter
  readonly now: () => number
  /** How long a part whose attempt was interrupted rests on its route before it is tried again. */
  readonly unclearRetryMs: Readonly<Record<Route, number>>
  readonly limits?: Partial<MailQueueLimits>
  /** In the place of the real file system, for tests. */
  readonly files?: QueueFiles
}

export type OpenMailQueue = MailQueue & QueueDesk & { close(): Promise<void> }

/** Opens the queue in a directory, with all that was put and not settled. Rejects when another process has it. */
export async function segmentMailQueue(options: MailQueueOptions): Promise<OpenMailQueue> {
  const { directory, files = nodeQueueFiles } = options
  await files.makeDirectory(directory)
  const unlock = await lockDirectory(directory)
  try {
    return await openQueue({ ...options, files }, unlock)
  } catch (error) {
    await unlock()
    throw error
  }
}

type Options = MailQueueOptions & { readonly files: QueueFiles }

async function openQueue(options: Options, unlock: () => Promise<void>): Promise<OpenMailQueue> {
  const { directory, files, log } = options
  const listeners: ((route: Route) => void)[] = []
  const announce = (route: Route): void => {
    for (const listener of listeners) listener(route)
  }
  const { core, writer, reclaimer } = assemble(options, announce)
  await core.damage.open()
  const lost = await loadSegments({ ...core, directory, files })
  for (const slot of lost) markDamaged(core, slot)
  resume(core, options)
  reclaimer.look()
  log.info('queueOpened', { parts: core.index.size, segments: core.table.segments.length, damaged: core.damage.count })
  let closing: Promise<void> | undefined
  return {
    ...queueFlow(core),
    ...queueDesk(core),
    onReady: (listener) => void listeners.push(listener),
    close: () => (closing ??= close({ core, writer, reclaimer }, unlock)),
  }
}

interface Assembly {
  readonly core: QueueCore
  readonly writer: SegmentWriter
  readonly reclaimer: Reclaimer
}

function assemble(options: Options, announce: (route: Route) => void): Assembly {
  const { directory, files, log, meter, now } = options
  const limits = { ...MAIL_QUEUE_LIMITS, ...options.limits }
  const table = new SegmentTable()
  const index = new PartIndex(table)
  const cache = new ContentCache(limits.cacheBytes)
  const reader = new RecordReader(files, table)
  const writer = new SegmentWriter({ directory, files, limits, log, table })
  const committer = new Committer({
    index,
    writer,
    limits,
    log,
    meter,
    apply: (group, written) => {
      applyGroup(core, group, written)
      reclaimer.look()
    },
  })
  const core: QueueCore = {
    index,
    table,
    cache,
    fold: new Fold(index, cache),
    ready: ROUTES.map(() => new ReadyQueue(index)),
    reader,
    shelf: new Shelf(index, cache, reader),
    damage: new DamageFolder({ directory, files, log, meter }),
    committer,
    limits,
    log,
    now,
    announce,
  }
  const reclaimer = new Reclaimer(core, { files, directory })
  return { core, writer, reclaimer }
}

/** Lets waiting parts wait again. An attempt that was cut off leaves its part unclear, and that is written down. */
function resume(core: QueueCore, { unclearRetryMs, now }: Options): void {
  const { index, committer } = core
  const nowMs = now()
  index.each((slot) => {
    const block = index.block(slot)
    const i = index.at(slot)
    if (block.state[i] === STATE_CODE.active) {
      const dueAt = nowMs + unclearRetryMs[ROUTES[block.route[i]!]!]
      index.setState(slot, block.route[i]!, STATE_CODE.unclear)
      block.mark[i] = MARK.interrupted
      block.dueAt[i] = dueAt
      committer.gather().marks.push({ slot, state: STATE_CODE.unclear, mark: MARK.interrupted, dueAt })
    }
    enqueue(core, slot)
  })
}

async function close({ core, writer, reclaimer }: Assembly, unlock: () => Promise<void>): Promise<void> {
  await reclaimer.stop()
  try {
    await core.committer.close()
  } finally {
    await writer.close()
    await core.reader.close()
    await unlock()
  }
}
