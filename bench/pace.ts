// Pacing against the stand-in's real limit: several gateways with their static shares, each with more mail than it may send.
// Holds when at least 99 % of the rate is used and the stand-in never has to refuse.
//   npm run bench:pace -- --json [--seconds 60] [--rate 200] [--processes 1,2,4] [--wire api|smtp]
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { startStandin, type Standin } from '../src/standin/standin.ts'
import { askGateway } from '../test/support/control.ts'
import { freePort, type Program } from './support/process.ts'
import { runSource } from './support/sink.ts'
import { startGateway } from './support/watari.ts'

const { values } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    seconds: { type: 'string', default: '60' },
    rate: { type: 'string', default: '200' },
    processes: { type: 'string', default: '1,2,4' },
    wire: { type: 'string', default: 'api' },
  },
})
const seconds = Number(values.seconds)
const rate = Number(values.rate)
/** The gateways read the account and fill their connections before the measurement begins. */
const WARM_UP_SECONDS = 3
const OCTETS = 5_000

interface Gateway {
  readonly program: Program
  readonly port: number
  readonly statusPort: number
}

async function startOne(work: string, standin: Standin, number: number, gateways: number): Promise<Gateway> {
  const directory = join(work, `gateway-${number}`)
  const [port, statusPort] = [await freePort(), await freePort()]
  const ca = join(work, 'standin.pem')
  writeFileSync(ca, standin.certificate)
  const program = await startGateway({
    directory,
    port,
    statusPort,
    legacyPort: standin.legacyPort,
    plan: `ses:
  wire: ${values.wire}
  apiEndpoint: ${standin.apiUrl}
  smtpHost: 127.0.0.1
  smtpPort: ${standin.smtpPort}
  identities: [src.example]
  configurationSet: pace
  gateways: ${gateways}
  accountSeconds: 10
`,
    environment: {
      AWS_ACCESS_KEY_ID: standin.credentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: standin.credentials.secretAccessKey,
      AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
      NODE_EXTRA_CA_CERTS: ca,
    },
  })
  const order = { percent: 100, by: 'bench', reason: 'everything by SES' }
  await askGateway(join(directory, 'data'), 'PUT', '/stage', order)
  return { program, port, statusPort }
}

async function throttledBy({ statusPort }: Gateway): Promise<number> {
  const page = await (await fetch(`http://127.0.0.1:${statusPort}/metrics`)).text()
  return [...page.matchAll(/^watari_throttled_total\{.*\} (\d+)$/gm)].reduce((sum, [, count]) => sum + Number(count), 0)
}

async function measure(gateways: number) {
  const work = mkdtempSync(join(tmpdir(), 'watari-pace-'))
  const standin = await startStandin({
    settings: {
      maxSendRate: rate,
      max24HourSend: -1,
      controlCallsPerSecond: 0,
      reviewVolume: 0,
      magicAddresses: false,
    },
    seed: { domain: 'src.example', selector: 'pace1', configurationSet: 'pace' },
  })
  const started: Gateway[] = []
  try {
    for (let i = 0; i < gateways; i += 1) started.push(await startOne(work, standin, i, gateways))
    const mails = Math.ceil((rate * (seconds + WARM_UP_SECONDS + 5)) / gateways)
    const loads = started.map(({ port }) => runSource({ port, mails, octets: OCTETS, sessions: 10, kept: true }))
    while (standin.knobs.mailbox.counts.deliveries === 0) await sleep(10)
    await sleep(WARM_UP_SECONDS * 1_000)
    const [before, from] = [standin.knobs.mailbox.counts.deliveries, performance.now()]
    await sleep(seconds * 1_000)
    const [after, to] = [standin.knobs.mailbox.counts.deliveries, performance.now()]
    await Promise.all(loads)
    const throttled = (await Promise.all(started.map(throttledBy))).reduce((sum, count) => sum + count, 0)
    const reached = (after - before) / ((to - from) / 1_000)
    return {
      processes: gateways,
      allowed: rate,
      rate: Number(reached.toFixed(2)),
      percent: Number(((reached / rate) * 100).toFixed(2)),
      throttled,
      seconds,
      wire: values.wire,
    }
  } finally {
    await Promise.all(started.map(({ program }) => program.stop()))
    await standin.stop()
    rmSync(work, { recursive: true, force: true })
  }
}

const results = []
for (const processes of values.processes.split(',').map(Number)) results.push(await measure(processes))
const worst = results.reduce((a, b) => (b.rate < a.rate || b.throttled > a.throttled ? b : a))
if (values.json) console.log(JSON.stringify({ ...worst, runs: results }))
else console.table(results)
