// Kills the gateway with -9 again and again under load, on both routes, and counts what became of every promised mail.
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { startStandin, type Standin } from '../../src/standin/standin.ts'
import { freePort } from '../../bench/support/process.ts'
import { askGateway, partsIn } from '../support/control.ts'
import { startLoad } from './load.ts'
import { receivers, type Receivers } from './receivers.ts'

export interface CrashOptions {
  readonly kills: number
  readonly seed: number
  readonly wire: 'api' | 'smtp'
  readonly clients: number
}

export interface CrashReport {
  readonly seed: number
  readonly kills: number
  readonly promised: number
  readonly arrived: number
  /** Promised, and nowhere: must be 0. */
  readonly lost: number
  readonly twice: number
  /** Recipients of parts that were found unclear after a kill: as many may come twice. */
  readonly inDoubt: number
  /** Came twice without having been listed as unclear: must be 0. */
  readonly twiceUnlisted: number
  /** Came by both routes: must be 0. */
  readonly bothRoutes: number
  readonly leftInQueue: number
}

/** A kill comes this long after the gateway listens: sometimes in the middle of the first mails, sometimes under full load. */
const KILL_WITHIN_MS = 350
/** What is in doubt is tried again after this time, so that the test sees the end of it. */
const UNCLEAR_RETRY_MINUTES = 0.1
/** How long the rest may take after the last kill. */
const DRAIN_MS = 120_000

/** Mulberry32: a seed gives the same kills again. */
function randomFrom(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 0x1_0000_0000
  }
}

function writePlan(folder: string, ports: { smtp: number; status: number }, standin: Standin, wire: string): string {
  const file = join(folder, 'plan.yaml')
  writeFileSync(
    file,
    `domain: src.example
gateway: { hostname: gw.src.example, host: 127.0.0.1, port: ${ports.smtp}, clients: ['127.0.0.1/32'], senderDomains: [src.example] }
status: { host: 127.0.0.1, port: ${ports.status} }
split: { key: 'crash test key, nothing secret' }
legacy: { hosts: [{ host: 127.0.0.1, port: ${standin.legacyPort} }], tls: never }
ses:
  wire: ${wire}
  apiEndpoint: ${standin.apiUrl}
  smtpHost: 127.0.0.1
  smtpPort: ${standin.smtpPort}
  identities: [src.example]
  configurationSet: crash
  ratePerSecond: 100000
  accountSeconds: 5
retry:
  unclearMinutes: { legacy: ${UNCLEAR_RETRY_MINUTES}, ses: ${UNCLEAR_RETRY_MINUTES} }
`,
  )
  return file
}

function startGateway(folder: string, plan: string, standin: Standin): ChildProcess {
  const cli = join(import.meta.dirname, '../../dist/cli/main.js')
  const ca = join(folder, 'standin.pem')
  writeFileSync(ca, standin.certificate)
  return spawn(
    process.execPath,
    [cli, 'gateway', '--data', join(folder, 'data'), '--plan', plan, '--log-level', 'error'],
    {
      stdio: ['ignore', 'ignore', 'inherit'],
      env: {
        ...process.env,
        AWS_ACCESS_KEY_ID: standin.credentials.accessKeyId,
        AWS_SECRET_ACCESS_KEY: standin.credentials.secretAccessKey,
        AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
        NODE_EXTRA_CA_CERTS: ca,
      },
    },
  )
}

function report(
  options: CrashOptions,
  all: Receivers,
  promised: Set<string>,
  unclear: ReadonlyMap<string, number>,
  left: number,
): CrashReport {
  const twice = [...all.arrivals.values()].filter((arrivals) => arrivals.length > 1)
  return {
    seed: options.seed,
    kills: options.kills,
    promised: promised.size,
    arrived: all.arrivals.size,
    lost: [...promised].filter((key) => !all.arrivals.has(key)).length,
    twice: twice.reduce((sum, arrivals) => sum + arrivals.length - 1, 0),
    inDoubt: [...unclear.values()].reduce((sum, recipients) => sum + recipients, 0),
    twiceUnlisted: twice.filter((arrivals) => !unclear.has(arrivals[0]!.mailId)).length,
    bothRoutes: twice.filter((arrivals) => new Set(arrivals.map(({ route }) => route)).size > 1).length,
    leftInQueue: left,
  }
}

/** Runs the whole test. Everything it starts has ended when it resolves. */
export async function crashTest(options: CrashOptions): Promise<CrashReport> {
  const random = randomFrom(options.seed)
  const folder = mkdtempSync(join(tmpdir(), 'watari-crash-'))
  const dataFolder = join(folder, 'data')
  mkdirSync(dataFolder)
  const standin = await startStandin({
    settings: {
      maxSendRate: 1_000_000,
      max24HourSend: -1,
      controlCallsPerSecond: 0,
      reviewVolume: 0,
      magicAddresses: false,
    },
    seed: { domain: 'src.example', selector: 'crash1', configurationSet: 'crash' },
  })
  const ports = { smtp: await freePort(), status: await freePort() }
  const plan = writePlan(folder, ports, standin, options.wire)
  const all = receivers(standin)
  const unclear = new Map<string, number>()
  let gateway = startGateway(folder, plan, standin)
  try {
    await untilAnswered(gateway, dataFolder)
    await askGateway(dataFolder, 'PUT', '/stage', { percent: 50, by: 'crash test', reason: 'both routes' })
    const load = startLoad({ port: ports.smtp, clients: options.clients, sender: 'a@src.example' })
    for (let kill = 0; kill < options.kills; kill += 1) {
      await sleep(random() * KILL_WITHIN_MS)
      gateway.kill('SIGKILL')
      await once(gateway, 'exit')
      gateway = startGateway(folder, plan, standin)
      await untilAnswered(gateway, dataFolder)
      for (const { mailId, recipients } of await partsIn(dataFolder, 'unclear')) {
        unclear.set(mailId, Math.max(unclear.get(mailId) ?? 0, recipients.length))
      }
      all.collect()
    }
    await load.stop()
    const left = await drained(dataFolder, all)
    return report(options, all, load.promised, unclear, left)
  } finally {
    gateway.kill('SIGTERM')
    await once(gateway, 'exit')
    await standin.stop()
    rmSync(folder, { recursive: true, force: true })
  }
}

async function untilAnswered(gateway: ChildProcess, dataFolder: string): Promise<void> {
  for (;;) {
    if (gateway.exitCode !== null) throw new Error(`the gateway ended with ${gateway.exitCode}`)
    const answer = await askGateway(dataFolder, 'GET', '/status').catch(() => undefined)
    if (answer !== undefined) return
    await sleep(5)
  }
}

/** Waits until the queue is empty but for what a person must look at, and answers how many parts are left. */
async function drained(dataFolder: string, all: Receivers): Promise<number> {
  const until = Date.now() + DRAIN_MS
  for (;;) {
    all.collect()
    const { queue } = await askGateway<{ queue: { parts: Record<string, Record<string, number>> } }>(
      dataFolder,
      'GET',
      '/status',
    )
    const left = Object.values(queue.parts)
      .flatMap((states) => Object.values(states))
      .reduce((sum, parts) => sum + parts, 0)
    if (left === 0 || Date.now() > until) return left
    await sleep(100)
  }
}
