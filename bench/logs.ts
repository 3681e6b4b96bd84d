// How fast Postfix logs are read, beside pflogsumm (Debian: pflogsumm) in the same run, on a made day of two hosts; and
// whether both count the same. The log is made in a temporary folder and removed.
//   npm run bench:logs -- --json [--lines 5000000]
import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { compareWithPflogsumm, pflogsummTotals } from '../test/support/pflogsumm.ts'
import type { Baseline } from '../src/core/plan/baseline/baseline.ts'
import { makeLog } from './support/postfix-lines.ts'
import { peakMegabytes } from './support/process.ts'
import { CLI } from './support/watari.ts'

const { values } = parseArgs({
  options: { json: { type: 'boolean', default: false }, lines: { type: 'string', default: '5000000' } },
})
const lines = Number(values.lines)
const LOOK_MS = 50

interface Run {
  readonly out: string
  readonly wallSeconds: number
  /** The process itself and what it waited for. */
  readonly cpuSeconds: number
  readonly peakMb: number
}

/** Runs a program under the shell's `time`, which knows the CPU time of ended children. */
function run(command: string, args: readonly string[]): Promise<Run> {
  return new Promise((resolve, reject) => {
    const child = spawn('bash', ['-c', 'TIMEFORMAT="@@ %R %U %S"; time "$0" "$@"', command, ...args])
    let [out, error, peakMb] = ['', '', 0]
    const look = setInterval(() => (peakMb = Math.max(peakMb, peakMegabytes(child.pid!))), LOOK_MS)
    child.stdout.on('data', (text: Buffer) => (out += text.toString()))
    child.stderr.on('data', (text: Buffer) => (error += text.toString()))
    child.once('close', (code) => {
      clearInterval(look)
      const [, wall, user, system] = /@@ ([\d.]+) ([\d.]+) ([\d.]+)/.exec(error) ?? []
      if (code === 0) resolve({ out, wallSeconds: Number(wall), cpuSeconds: Number(user) + Number(system), peakMb })
      else reject(new Error(`${command} ended with ${code}: ${error}`))
    })
  })
}

const folder = mkdtempSync(join(tmpdir(), 'watari-logs-'))
try {
  const half = Math.round(lines / 2)
  const files = [join(folder, 'mx1.log'), join(folder, 'mx2.log')] as const
  const made = makeLog({ file: files[0], lines: half, host: 'mx1', seed: 1, stamps: 'classic', ids: 'long' })
  const more = makeLog({ file: files[1], lines: half, host: 'mx2', seed: 2, stamps: 'iso', ids: 'short' })
  const total = made + more
  const watari = (threads: number) =>
    run(process.execPath, [
      CLI,
      'baseline',
      ...files,
      '--zone',
      'Asia/Tokyo',
      '--year',
      '2026',
      '--threads',
      String(threads),
      '--json',
    ])
  const first = await watari(1)
  const pflogsumm = await run('pflogsumm', files)
  const second = await watari(1)
  const two = await watari(2)
  const wallSeconds = (first.wallSeconds + second.wallSeconds) / 2
  const cpuSeconds = (first.cpuSeconds + second.cpuSeconds) / 2
  const baseline = JSON.parse(second.out) as Baseline
  const perSecond = (seconds: number) => Math.round(total / seconds)
  const result = {
    lines: total,
    mb: Math.round(files.reduce((sum, file) => sum + statSync(file).size, 0) / 1e6),
    watari_lines_per_s: perSecond(wallSeconds),
    pflogsumm_lines_per_s: perSecond(pflogsumm.wallSeconds),
    ratio: Number((pflogsumm.wallSeconds / wallSeconds).toFixed(1)),
    ratio_cpu: Number((pflogsumm.cpuSeconds / cpuSeconds).toFixed(1)),
    two_threads_lines_per_s: perSecond(two.wallSeconds),
    two_threads_ratio: Number((pflogsumm.wallSeconds / two.wallSeconds).toFixed(1)),
    processors: availableParallelism(),
    peak_mb: Math.max(first.peakMb, second.peakMb),
    two_threads_peak_mb: two.peakMb,
    unknown: baseline.lines.unknown,
    differences: compareWithPflogsumm(baseline.lines, pflogsummTotals(pflogsumm.out)),
  }
  if (values.json) console.log(JSON.stringify(result))
  else console.table(result)
} finally {
  rmSync(folder, { recursive: true, force: true })
}
