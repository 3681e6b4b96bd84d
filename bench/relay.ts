// Relays per second, end to end and durable: Watari, a tuned Postfix, Haraka and the bare wire, in turn, in one run,
// with the same client and next hop. Absolute figures belong to the machine; the ratios are what counts.
//   npm run bench:relay -- --json [--quick] [--rounds N]
import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { startHarakaPeer, startPostfixPeer } from './support/peers.ts'
import { cpuSeconds, freePort, peakMegabytes, type Program } from './support/process.ts'
import { runSource, startSink, type Load, type Sink } from './support/sink.ts'
import { startGateway } from './support/watari.ts'

interface Shape {
  readonly octets: number
  readonly kept: boolean
  readonly sessions: number
}

type Relay = 'wire' | 'watari' | 'postfix' | 'haraka'

interface Run {
  readonly perSecond: number
  readonly cpuMicrosPerMail: number
  readonly peakMegabytes: number
  readonly lost: number
  readonly twice: number
}

const SHAPES: readonly Shape[] = [
  { octets: 5_000, kept: true, sessions: 100 },
  { octets: 5_000, kept: false, sessions: 100 },
  { octets: 50_000, kept: true, sessions: 100 },
]
const RELAYS: readonly Relay[] = ['wire', 'watari', 'postfix', 'haraka']
/** Mails of one run: a few seconds of each relay's work. */
const MAILS: Readonly<Record<Relay, number>> = { wire: 60_000, watari: 60_000, postfix: 6_000, haraka: 6_000 }
/** Part of the mails that are sent before measuring: processes are started, connections opened, code compiled. */
const WARM_UP = 0.5
/** How long a run may take before it counts as stuck. */
const RUN_MS = 120_000
/** After the last mail: how long to watch for a second copy. */
const WATCH_MS = 300

const args = process.argv.slice(2)
const quick = args.includes('--quick')
const rounds = Number(args[args.indexOf('--rounds') + 1] ?? 0) || (quick ? 1 : 3)
const work = mkdtempSync(join(tmpdir(), 'watari-bench-'))
// Postfix's own user must reach its folders below this one.
chmodSync(work, 0o755)
const peersDirectory = join(import.meta.dirname, '../node_modules/.cache/watari-peers')

async function startRelay(
  relay: Relay,
  directory: string,
  nextHopPort: number,
): Promise<{ port: number; program?: Program } | undefined> {
  if (relay === 'wire') return { port: nextHopPort }
  const port = await freePort()
  if (relay === 'watari') {
    const statusPort = await freePort()
    return { port, program: await startGateway({ directory, port, statusPort, legacyPort: nextHopPort }) }
  }
  const options = { directory, port, nextHopPort }
  const program =
    relay === 'postfix'
      ? await startPostfixPeer(options)
      : await startHarakaPeer({ ...options, installDirectory: peersDirectory })
  return program && { port, program }
}

async function arrived(sink: Sink, mails: number): Promise<void> {
  const until = performance.now() + RUN_MS
  while (sink.count() < mails && performance.now() < until) await sleep(5)
}

async function measure(relay: Relay, shape: Shape, round: number): Promise<Run | undefined> {
  const directory = join(work, `${relay}-${shape.octets}-${shape.kept}-${round}`)
  const sink = await startSink(await freePort(), work)
  let program: Program | undefined
  try {
    const started = await startRelay(relay, directory, sink.port)
    if (started === undefined) return undefined
    const { port } = started
    program = started.program
    const mails = Math.round(MAILS[relay] * (quick ? 0.3 : 1) * (shape.octets > 10_000 ? 0.4 : 1))
    const warmUp = Math.round(mails * WARM_UP)
    const load: Load = { ...shape, port, mails }
    await runSource({ ...load, mails: warmUp })
    await arrived(sink, warmUp)
    const cpuBefore = program ? cpuSeconds(program.pid) : 0
    const startedAt = performance.now()
    await runSource(load)
    await arrived(sink, warmUp + mails)
    const seconds = (performance.now() - startedAt) / 1_000
    await sleep(WATCH_MS)
    const cpu = program ? cpuSeconds(program.pid) - cpuBefore : 0
    return {
      perSecond: Math.round(mails / seconds),
      cpuMicrosPerMail: Math.round((cpu * 1e6) / mails),
      peakMegabytes: program ? peakMegabytes(program.pid) : 0,
      lost: Math.max(0, warmUp + mails - sink.count()),
      twice: Math.max(0, sink.count() - warmUp - mails),
    }
  } finally {
    await program?.stop()
    await sink.stop()
    rmSync(directory, { recursive: true, force: true })
  }
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.floor(sorted.length / 2)] ?? 0
}

async function measureShape(shape: Shape) {
  const runs = new Map<Relay, Run[]>()
  for (let round = 0; round < rounds; round += 1) {
    for (const relay of RELAYS) {
      const run = await measure(relay, shape, round)
      if (run) runs.set(relay, [...(runs.get(relay) ?? []), run])
    }
  }
  const rate = (relay: Relay): number | null => {
    const all = runs.get(relay)
    return all ? median(all.map(({ perSecond }) => perSecond)) : null
  }
  const watari = runs.get('watari') ?? []
  const ratio = (other: number | null): number | null =>
    other ? Number(((rate('watari') ?? 0) / other).toFixed(2)) : null
  return {
    octets: shape.octets,
    sessions: shape.sessions,
    connections: shape.kept ? 'kept' : 'one a mail',
    rounds,
    watari_per_s: rate('watari'),
    postfix_per_s: rate('postfix'),
    haraka_per_s: rate('haraka'),
    wire_per_s: rate('wire'),
    ratio_to_postfix: ratio(rate('postfix')),
    ratio_to_wire: ratio(rate('wire')),
    watari_cpu_us: median(watari.map(({ cpuMicrosPerMail }) => cpuMicrosPerMail)),
    postfix_cpu_us: median((runs.get('postfix') ?? []).map(({ cpuMicrosPerMail }) => cpuMicrosPerMail)),
    watari_peak_mb: Math.max(...watari.map((run) => run.peakMegabytes)),
    lost: watari.reduce((sum, run) => sum + run.lost, 0),
    twice: watari.reduce((sum, run) => sum + run.twice, 0),
  }
}

try {
  const results = []
  for (const shape of SHAPES) results.push(await measureShape(shape))
  if (args.includes('--json')) console.log(JSON.stringify({ ...results[0], runs: results }))
  else console.table(results)
} finally {
  rmSync(work, { recursive: true, force: true })
}
