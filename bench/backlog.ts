// A backlog: a million mails queued while the next hop is down. What it holds in memory, whether accepting slows, how long a
// restart takes, and how fast it drains when the next hop is back.
//   npm run bench:backlog -- --json [--mails 1000000] [--octets 2000]
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { freePort, peakMegabytes, residentMegabytes } from './support/process.ts'
import { runSource, startSink } from './support/sink.ts'
import { startGateway, type GatewayOptions } from './support/watari.ts'

const args = process.argv.slice(2)
const numberOf = (name: string, fallback: number): number => Number(args[args.indexOf(name) + 1] ?? 0) || fallback
const mails = numberOf('--mails', 1_000_000)
const octets = numberOf('--octets', 2_000)
/** Mails of the first and the last sample of accepting. */
const SAMPLE = Math.min(50_000, Math.floor(mails / 4))
const SESSIONS = 100
/** How long the drain may take before it counts as stuck. */
const DRAIN_MS = 600_000

const work = mkdtempSync(join(tmpdir(), 'watari-backlog-'))
const [port, statusPort, legacyPort] = [await freePort(), await freePort(), await freePort()]
const options: GatewayOptions = {
  directory: work,
  port,
  statusPort,
  legacyPort,
  plan: 'retry:\n  lifetimeHours: 96\n',
}

async function accept(count: number): Promise<number> {
  const startedAt = performance.now()
  await runSource({ port, mails: count, octets, sessions: SESSIONS, kept: true })
  return Math.round(count / ((performance.now() - startedAt) / 1_000))
}

async function untilReady(): Promise<void> {
  for (;;) {
    const answer = await fetch(`http://127.0.0.1:${statusPort}/readyz`).catch(() => undefined)
    if (answer?.ok) return
    await sleep(20)
  }
}

try {
  let gateway = await startGateway(options)
  const first = await accept(SAMPLE)
  await accept(mails - 2 * SAMPLE)
  const last = await accept(SAMPLE)
  const full = { resident: residentMegabytes(gateway.pid), peak: peakMegabytes(gateway.pid) }
  await gateway.stop()

  const restartedAt = performance.now()
  gateway = await startGateway(options)
  await untilReady()
  const restartSeconds = (performance.now() - restartedAt) / 1_000
  const afterRestart = residentMegabytes(gateway.pid)

  const sink = await startSink(legacyPort, work)
  while (sink.count() === 0) await sleep(20)
  const drainedAt = performance.now()
  const already = sink.count()
  while (sink.count() < mails && performance.now() - drainedAt < DRAIN_MS) await sleep(20)
  const drainSeconds = (performance.now() - drainedAt) / 1_000
  await sleep(500)
  const result = {
    mails,
    octets,
    accept_first_per_s: first,
    accept_last_per_s: last,
    accept_ratio: Number((last / first).toFixed(2)),
    resident_mb: full.resident,
    peak_mb: Math.max(full.peak, peakMegabytes(gateway.pid)),
    restart_s: Number(restartSeconds.toFixed(2)),
    resident_after_restart_mb: afterRestart,
    drain_per_s: Math.round((sink.count() - already) / drainSeconds),
    lost: Math.max(0, mails - sink.count()),
    twice: Math.max(0, sink.count() - mails),
  }
  await gateway.stop()
  await sink.stop()
  if (args.includes('--json')) console.log(JSON.stringify(result))
  else console.table(result)
} finally {
  rmSync(work, { recursive: true, force: true })
}
