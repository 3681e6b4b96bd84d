// A process that puts, claims and settles as fast as it can until it is killed. It says on its output, in one write each, what
// has resolved: `p n` a put, `s n` a settle; and `b n` before it begins a settle. Arguments: folder, first number.
import * as fs from 'node:fs'
import { segmentMailQueue } from '../../src/adapters/local/mail-queue.ts'
import { aContent, aMail, aPlan } from './mail-queue.builders.ts'

const [directory, first] = process.argv.slice(2) as [string, string]
const WRITERS = 20
const silent = (): void => undefined

const queue = await segmentMailQueue({
  directory,
  log: { debug: silent, info: silent, warn: silent, alarm: silent },
  meter: { count: silent, observe: silent },
  now: () => Date.now(),
  unclearRetryMs: { legacy: 3_600_000, ses: 3_600_000 },
  // Small segments and an eager reclaimer, so that kills fall into those too.
  limits: { segmentBytes: 200_000, deadBytes: 100_000, cacheBytes: 100_000 },
})

let next = Number(first)

/** Synchronous, so that what is said here was true before the kill. */
const say = (line: string): void => void fs.writeSync(1, `${line}\n`)

async function write(): Promise<void> {
  for (;;) {
    const n = next++
    const content = aContent(`Subject: mail ${n}\r\n\r\n${'x'.repeat(n % 7_000)}`)
    await queue.put(
      aMail(n, { acceptedAt: Date.now(), content, parts: [aPlan({ dueAt: Date.now(), recipients: [`${n}@x.jp`] })] }),
    )
    say(`p ${n}`)
  }
}

async function drain(): Promise<void> {
  for (;;) {
    const parts = await queue.claim('ses', Date.now(), 20)
    for (const part of parts) {
      const n = Number(part.recipients[0]!.split('@')[0])
      // Every tenth mail is stuck, so that there is something to move and to keep.
      const left = n % 10 === 0 ? [aPlan({ state: 'held', recipients: part.recipients, reason: 'stuck' })] : []
      say(`b ${n}`)
      void queue.settle(part, left).then(() => say(`s ${n}`))
    }
    await new Promise((resolve) => setImmediate(resolve))
  }
}

say('ready')
void drain()
await Promise.all(Array.from({ length: WRITERS }, write))
