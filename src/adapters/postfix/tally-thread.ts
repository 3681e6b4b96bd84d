// The program of a thread: reads its share of the logs and hands the sums over.
import { parentPort, workerData } from 'node:worker_threads'
import { tallyLogs, type TallyOptions } from './tally-logs.ts'

const tallied = await tallyLogs(workerData as TallyOptions)
parentPort?.postMessage(
  tallied,
  tallied.part.successes.map(({ buffer }) => buffer as ArrayBuffer),
)
