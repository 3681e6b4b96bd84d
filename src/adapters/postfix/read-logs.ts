// Reads many logs, on as many threads as there are logs and processors: each thread takes whole logs, so that no mail is cut
// in two. The sums are added afterwards.
import { stat } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import { Worker } from 'node:worker_threads'
import type { LogFiles } from './log-files.ts'
import { tallyLogs, type TalliedLogs, type TallyOptions } from './tally-logs.ts'

/** Under this a thread costs more than it saves. */
const OCTETS_PER_THREAD = 16_777_216
/** The tables of a thread take some 100 MB, so there is an end to them. */
const THREADS_MAX = 8

/** What each thread found; one at least. `threads`: at most so many. */
export async function readLogs(options: TallyOptions & { readonly threads?: number }): Promise<readonly TalliedLogs[]> {
  const shares = await sharesOf(options.logs, options.threads ?? availableParallelism())
  // From source (in tests) there is no program for a thread.
  const canThread = import.meta.url.endsWith('.js')
  if (shares.length < 2 || !canThread) return [await tallyLogs(options)]
  return Promise.all(shares.map((logs) => inThread({ ...options, logs })))
}

async function sharesOf(logs: readonly LogFiles[], threads: number): Promise<readonly (readonly LogFiles[])[]> {
  const sized = await Promise.all(logs.map(async (log) => ({ log, octets: await octetsOf(log) })))
  const total = sized.reduce((sum, { octets }) => sum + octets, 0)
  const count = Math.min(threads, THREADS_MAX, logs.length, Math.floor(total / OCTETS_PER_THREAD))
  if (count < 2) return [logs]
  const shares = Array.from({ length: count }, () => ({ octets: 0, logs: [] as LogFiles[] }))
  // The largest first, each to who has the least.
  for (const { log, octets } of sized.toSorted((a, b) => b.octets - a.octets)) {
    const least = shares.reduce((a, b) => (b.octets < a.octets ? b : a))
    least.octets += octets
    least.logs.push(log)
  }
  return shares.map((share) => share.logs)
}

async function octetsOf({ files }: LogFiles): Promise<number> {
  const sizes = await Promise.all(
    files.map((file) =>
      stat(file).then(
        ({ size }) => size,
        () => 0,
      ),
    ),
  )
  return sizes.reduce((sum, size) => sum + size, 0)
}

function inThread(options: TallyOptions): Promise<TalliedLogs> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL('./tally-thread.js', import.meta.url), { workerData: options })
    worker.once('message', resolve)
    worker.once('error', reject)
    worker.once('exit', (code) => reject(new Error(`the thread that reads logs ended with ${code}`)))
  })
}
