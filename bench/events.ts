// Events of SES, taken: by HTTP with the signature verified and the ledger on disk, and each part of that alone, so that it
// shows what bounds it. The client has a process of its own; every event is another one.
//   npm run bench:events -- --json [--events 20000]
import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { Agent, request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { lmdbLedger } from '../src/adapters/local/ledger.ts'
import { hmacKeyedHash } from '../src/adapters/node/keyed-hash.ts'
import { readFeedback, readObject } from '../src/adapters/ses/events.ts'
import { feedbackDoor } from '../src/adapters/ses/feedback-door.ts'
import { feedbackIntake } from '../src/core/feedback/intake.ts'
import { feedbackHandler } from '../src/gateway/feedback.ts'
import { serveOnPort } from '../src/gateway/listen.ts'
import { createSnsSigner } from '../src/standin/sns-signer.ts'

const TOPIC = 'arn:aws:sns:ap-northeast-1:123456789012:bench'
const CONNECTIONS = 64
/** Events handed in at once where no connection bounds it; SNS delivers in parallel too. */
const AT_ONCE = 500
const AT = Date.UTC(2026, 10, 25)
const silent = (): undefined => undefined
const log = { debug: silent, info: silent, warn: silent, alarm: silent }
const meter = { count: silent, observe: silent }

/** As large as real ones: with the headers of a newsletter, some 2.5 KB. */
function eventText(n: number): string {
  const mailNumber = n >> 1
  const messageId = `0106${(AT + mailNumber).toString(16).padStart(12, '0')}-11111111-2222-3333-4444-${mailNumber.toString(16).padStart(12, '0')}-000000`
  const recipient = `reader${mailNumber}@receiver.example`
  const mail = {
    timestamp: new Date(AT).toISOString(),
    source: 'news@goo.ne.jp',
    sourceArn: 'arn:aws:ses:ap-northeast-1:123456789012:identity/goo.ne.jp',
    sendingAccountId: '123456789012',
    messageId,
    destination: [recipient],
    headersTruncated: false,
    headers: Array.from({ length: 12 }, (_, i) => ({ name: `X-Header-${i}`, value: 'x'.repeat(60) })),
    commonHeaders: { from: ['news@goo.ne.jp'], to: [recipient], messageId, subject: 'x'.repeat(60) },
    tags: { 'watari-mail': [`0${mailNumber.toString(36).toUpperCase().padStart(12, '0')}`], 'watari-part': ['1'] },
  }
  if (n % 2 === 0) return JSON.stringify({ eventType: 'Send', mail, send: {} })
  const delivery = { timestamp: new Date(AT + 900).toISOString(), processingTimeMillis: 900, recipients: [recipient] }
  return JSON.stringify({
    eventType: 'Delivery',
    mail,
    delivery: { ...delivery, smtpResponse: '250 2.0.0 Ok: queued' },
  })
}

const envelopeOf = (message: string, n: number) => ({
  Type: 'Notification',
  MessageId: `22b80b92-fdea-4c2c-8f9d-${n.toString(16).padStart(12, '0')}`,
  TopicArn: TOPIC,
  Subject: 'Amazon SES Email Event Notification',
  Message: message,
  Timestamp: new Date(AT).toISOString(),
})

async function openIntake(folder: string) {
  const ledger = await lmdbLedger({
    folder,
    hash: hmacKeyedHash(Buffer.from('0123456789abcdef0123456789abcdef')),
    days: 7,
    now: () => AT,
    onTrouble: silent,
  })
  const intake = feedbackIntake({
    ledger,
    shelf: { keep: () => Promise.resolve() },
    figures: { count: silent, latency: silent },
    messenger: { tell: silent },
    clock: { now: () => AT },
    log,
    meter,
  })
  return { ledger, intake }
}

/** The process that takes events: says its address, and at the end what it cost. */
async function server(folder: string, certificate: string): Promise<void> {
  const { ledger, intake } = await openIntake(folder)
  const web = { certificate: () => Promise.resolve(certificate), confirm: () => Promise.resolve() }
  const door = feedbackDoor({ topics: [{ arn: TOPIC, rawDelivery: true }], web, now: () => AT })
  const handler = feedbackHandler({ door, intake, requestsMax: 1_000, log, meter })
  const listener = await serveOnPort(handler, { host: '127.0.0.1', port: 0 })
  const before = process.cpuUsage()
  process.send!({ address: listener.address })
  process.on('message', () => {
    const { user, system } = process.cpuUsage(before)
    const peakMb = Math.round(process.resourceUsage().maxRSS / 1_024)
    const answer = { cpuMs: (user + system) / 1_000, peakMb, taken: intake.counts().events }
    void listener
      .close()
      .then(() => ledger.close())
      .then(() => process.send!(answer))
      .then(() => process.disconnect())
  })
}

interface Cost {
  readonly cpuMs: number
  readonly peakMb: number
  readonly taken: number
}

async function overHttp(
  bodies: readonly string[],
  certificate: string,
  headers: Readonly<Record<string, string>>,
): Promise<{ readonly perSecond: number; readonly cost: Cost }> {
  const folder = mkdtempSync(join(tmpdir(), 'watari-events-'))
  const child: ChildProcess = fork(import.meta.filename, ['server', folder, certificate], {
    execArgv: ['--import', 'tsx'],
  })
  const [{ address }] = (await once(child, 'message')) as [{ address: string }]
  const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS })
  const startedAt = performance.now()
  let next = 0
  const worker = async (): Promise<void> => {
    while (next < bodies.length) await post(agent, address, bodies[next++]!, headers)
  }
  await Promise.all(Array.from({ length: CONNECTIONS }, worker))
  const seconds = (performance.now() - startedAt) / 1_000
  agent.destroy()
  child.send('end')
  const [cost] = (await once(child, 'message')) as [Cost]
  if (child.exitCode === null) await once(child, 'exit')
  rmSync(folder, { recursive: true, force: true })
  if (cost.taken !== bodies.length) throw new Error(`${cost.taken} of ${bodies.length} events were taken`)
  return { perSecond: bodies.length / seconds, cost }
}

function post(agent: Agent, address: string, body: string, headers: Readonly<Record<string, string>>): Promise<void> {
  return new Promise((resolve, reject) => {
    const length = { 'content-length': Buffer.byteLength(body) }
    const call = request(`http://${address}/sns`, { method: 'POST', agent, headers: { ...headers, ...length } })
    call.once('error', reject)
    call.once('response', (response) => {
      response.resume()
      response.once('end', () => {
        if (response.statusCode === 200) resolve()
        else reject(new Error(`answered ${response.statusCode}`))
      })
    })
    call.end(body)
  })
}

async function ledgerAlone(events: number): Promise<{ readonly perSecond: number; readonly octetsPerMail: number }> {
  const folder = mkdtempSync(join(tmpdir(), 'watari-events-'))
  const { ledger, intake } = await openIntake(folder)
  const records = Array.from({ length: events }, (_, n) => readFeedback(eventText(n)))
  const startedAt = performance.now()
  let next = 0
  const worker = async (): Promise<void> => {
    while (next < records.length) await intake.take(records[next++]!)
  }
  await Promise.all(Array.from({ length: AT_ONCE }, worker))
  const seconds = (performance.now() - startedAt) / 1_000
  await ledger.close()
  const octets = statSync(join(folder, '2026-11-25.mdb')).size
  rmSync(folder, { recursive: true, force: true })
  return { perSecond: events / seconds, octetsPerMail: octets / (events / 2) }
}

/** How many a second one core does of a step alone. */
function alone(bodies: readonly string[], step: (body: string) => unknown): number {
  const startedAt = performance.now()
  for (const body of bodies) step(body)
  return bodies.length / ((performance.now() - startedAt) / 1_000)
}

async function verifyAlone(bodies: readonly string[], certificate: string): Promise<number> {
  const web = { certificate: () => Promise.resolve(certificate), confirm: () => Promise.resolve() }
  const door = feedbackDoor({ topics: [{ arn: TOPIC, rawDelivery: false }], web, now: () => AT })
  const startedAt = performance.now()
  for (const body of bodies) await door({ path: '/sns', body, header: () => undefined })
  return bodies.length / ((performance.now() - startedAt) / 1_000)
}

async function parent(): Promise<void> {
  const { values } = parseArgs({
    options: { json: { type: 'boolean', default: false }, events: { type: 'string', default: '20000' } },
  })
  const events = Number(values.events)
  const signer = await createSnsSigner('ap-northeast-1')
  const texts = Array.from({ length: events }, (_, n) => eventText(n))
  const bodies = await Promise.all(
    texts.map(async (text, n) => JSON.stringify(await signer.signed(envelopeOf(text, n), n % 2 === 0 ? '1' : '2'))),
  )
  const raw = { 'x-amz-sns-rawdelivery': 'true', 'x-amz-sns-topic-arn': TOPIC }
  const signed = await overHttp(bodies, signer.certificate, {})
  const unsigned = await overHttp(texts, signer.certificate, raw)
  const ledger = await ledgerAlone(events)
  const figures = {
    events,
    event_octets: Math.round(bodies.reduce((sum, body) => sum + body.length, 0) / events),
    http_signed_per_s: Math.round(signed.perSecond),
    http_signed_cpu_us: Math.round((signed.cost.cpuMs * 1_000) / events),
    http_raw_per_s: Math.round(unsigned.perSecond),
    http_raw_cpu_us: Math.round((unsigned.cost.cpuMs * 1_000) / events),
    ledger_per_s: Math.round(ledger.perSecond),
    ledger_octets_per_mail: Math.round(ledger.octetsPerMail),
    read_per_s: Math.round(alone(bodies, (body) => readObject(JSON.parse(body) as Record<string, unknown>, body))),
    read_and_verify_per_s: Math.round(await verifyAlone(bodies, signer.certificate)),
    peak_mb: signed.cost.peakMb,
  }
  if (values.json) console.log(JSON.stringify(figures))
  else console.table(figures)
}

const [mode, folder, certificate] = process.argv.slice(2)
if (mode === 'server') await server(folder!, certificate!)
else await parent()
