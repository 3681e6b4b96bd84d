// A segment queue in a folder of its own, with a clock, a log and a meter that remember, and a crash that can be staged.
import * as fs from 'node:fs'
import * as os from 'node:os'
import * as path from 'node:path'
import { type MailQueueOptions, segmentMailQueue } from '../../src/adapters/local/mail-queue.ts'
import type { QueueWorld, TestQueue } from './mail-queue.contract.ts'
import { START_AT } from './mail-queue.builders.ts'

export interface SegmentWorld extends QueueWorld {
  /** The folder of the queue as it is now; a crash makes it another one. */
  readonly directory: string
  /** Event words of warnings and alarms. */
  readonly events: string[]
  open(over?: Partial<MailQueueOptions>): Promise<TestQueue>
}

export const UNCLEAR_RETRY_MS = { legacy: 100_000, ses: 300_000 }

export async function segmentWorld(defaults: Partial<MailQueueOptions> = {}): Promise<SegmentWorld> {
  const root = fs.mkdtempSync(path.join(os.tmpdir(), 'watari-queue-'))
  const clock = { nowMs: START_AT }
  const events: string[] = []
  const opened: TestQueue[] = []
  let generation = 0
  const directory = (): string => path.join(root, String(generation))
  const note = (event: string): void => void events.push(event)
  return {
    clock,
    events,
    unclearRetryMs: UNCLEAR_RETRY_MS,
    get directory() {
      return directory()
    },
    async open(over = {}) {
      const queue = await segmentMailQueue({
        directory: directory(),
        log: { debug: () => undefined, info: () => undefined, warn: note, alarm: note },
        meter: { count: () => undefined, observe: () => undefined },
        now: () => clock.nowMs,
        unclearRetryMs: UNCLEAR_RETRY_MS,
        ...defaults,
        ...over,
      })
      opened.push(queue)
      return queue
    },
    // The dead process is played by a copy of its files: what the queue that is still open does no longer reaches them.
    async crash() {
      const before = directory()
      generation += 1
      fs.cpSync(before, directory(), { recursive: true, filter: (file) => path.basename(file) !== 'lock' })
    },
    async end() {
      await Promise.all(opened.map((queue) => queue.close().catch(() => undefined)))
      fs.rmSync(root, { recursive: true, force: true })
    },
  }
}
