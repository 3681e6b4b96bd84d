// Collects records for the archive and writes them together, so that a log line costs no disk access of its own.
// Its rule: mail never waits for the archive. A disk that is too slow costs records, which are counted, never mails.
import { SECOND_MS, type Clock } from '../base/clock.ts'
import type { Log, LogFields } from '../base/log.ts'
import type { Archive, ArchiveFields, ArchiveKind } from './archive.ts'
import { describeError } from './describe-error.ts'
import type { Meter } from './metrics.ts'

/** What a crash of the process costs at most. */
const FLUSH_MS = SECOND_MS
/** Records in memory, some 20 MB. */
const COLLECTED_MAX = 50_000
/** Between two looks at which hours are over: every so many flushes. */
const TEND_EVERY = 60

export interface CollectorOptions {
  readonly archive: Archive
  readonly clock: Clock
  /** Not the one that is archived: trouble of the archive must not feed it. */
  readonly log: Log
  readonly meter: Meter
}

export interface ArchiveCollector {
  add(kind: ArchiveKind, fields: ArchiveFields): void
  /** Writes every second until stopped. */
  run(): Promise<void>
  /** Writes what is left and closes the archive. */
  stop(): Promise<void>
}

export function archiveCollector({ archive, clock, log, meter }: CollectorOptions): ArchiveCollector {
  const collected: Record<ArchiveKind, ArchiveFields[]> = { events: [], logs: [] }
  // One incident of each kind of work is one alarm.
  const failing = new Set<string>()
  let stopped = false
  let running: Promise<void> | undefined

  const attempt = async (what: string, work: () => Promise<void>): Promise<boolean> => {
    try {
      await work()
      failing.delete(what)
      return true
    } catch (error) {
      if (!failing.has(what)) log.alarm('archiveFailed', { what, ...describeError(error) })
      failing.add(what)
      return false
    }
  }
  const flush = async (kind: ArchiveKind): Promise<void> => {
    const batch = collected[kind]
    if (batch.length === 0) return
    collected[kind] = []
    if (await attempt(kind, () => archive.add(kind, batch))) return
    collected[kind] = [...batch, ...collected[kind]]
    const over = collected[kind].length - COLLECTED_MAX
    if (over > 0) {
      collected[kind] = collected[kind].slice(over)
      meter.count('watari_archive_lost_total', { kind }, over)
    }
  }
  const loop = async (): Promise<void> => {
    for (let round = 0; !stopped; round += 1) {
      await clock.sleep(FLUSH_MS)
      await flush('events')
      await flush('logs')
      if (round % TEND_EVERY === 0) await attempt('tend', () => archive.tend())
    }
  }
  return {
    add(kind, fields) {
      if (collected[kind].length < COLLECTED_MAX) collected[kind].push(fields)
      else meter.count('watari_archive_lost_total', { kind })
    },
    run: () => (running ??= loop()),
    async stop() {
      stopped = true
      await flush('events')
      await flush('logs')
      await archive.close()
    },
  }
}

/** A log whose lines are archived too, but for those of debugging. Lines come masked, as every log line does. */
export function archivingLog(log: Log, now: () => number, add: ArchiveCollector['add']): Log {
  const keeping =
    (level: 'info' | 'warn' | 'alarm') =>
    (event: string, fields: LogFields = {}): void => {
      log[level](event, fields)
      add('logs', { at: new Date(now()).toISOString(), level, event, ...fields })
    }
  return { ...log, info: keeping('info'), warn: keeping('warn'), alarm: keeping('alarm') }
}
