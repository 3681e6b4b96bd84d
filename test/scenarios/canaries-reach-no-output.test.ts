// One machine lives a short life at the level of log that says most, with canaries planted in mails, log-ins, credentials, events
// and DMARC reports. Everything that it wrote or said is searched for them afterwards (requirements section 9).
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { freePort } from '../../bench/support/process.ts'
import * as canaries from '../support/canaries.ts'
import { sendMail } from '../support/smtp-client.ts'
import { startWatari, watari, type RunningProgram } from '../support/watari.ts'

/** Files that must hold addresses or mails, and why. Their folders are for their owner alone. */
const MUST_HOLD: readonly (readonly [RegExp, string])[] = [
  [/^queue\//, 'the mails that wait, as they came'],
  [/^suppression\//, 'the list and its journal: who gets nothing'],
  [/^feedback\/ledger\//, 'news that somebody must hear name their addresses until they were told'],
  [/^feedback\/kept\//, 'what nobody understood, word for word, for a person to look at'],
  [/^dmarc\//, 'the reports themselves, as they came'],
]
const FATES = [
  'bounce',
  'soft',
  'complaint',
  'suppressed',
  'delayed-bounce',
  'late-bounce',
  'reject',
  'rendering-failure',
]
const FAULTS = ['rate', 'cut-before', 'cut-after']
const { CANARY_RECIPIENT: RECIPIENT, CANARY_SENDER: SENDER } = canaries
const MESSAGE = [
  'From: "headercanary" <xyz-headercanary@goo.ne.jp>',
  `To: <${RECIPIENT}>`,
  'Subject: subjectcanary',
  'Message-ID: <m-headercanary@goo.ne.jp>',
  '',
  'bodycanary',
  '',
].join('\r\n')

let folder: string
let program: RunningProgram
let beside: RunningProgram
/** What was said, by what said it. */
const said: Record<string, string> = {}
/** Of the places that must hold canaries, those that do. */
const planted = new Set<string>()

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'watari-canaries-'))
  const shipped = readFileSync('plans/goo.ne.jp.yaml', 'utf8')
  const archived = shipped.replace(/^archive:.*$/m, `$&\n  folder: ${join(folder, 'archive')}`)
  program = await start(`${archived}\ndmarc: {}\n`, 'up', '--port-base', '0')
  beside = await start(await planBeside(), 'gateway')
})
afterAll(async () => {
  await beside?.stop()
  await program?.stop()
  rmSync(folder, { recursive: true, force: true })
})

async function start(plan: string, ...command: readonly string[]): Promise<RunningProgram> {
  const path = join(folder, `${command[0]}.yaml`)
  writeFileSync(path, plan)
  return startWatari({
    args: [...command, '--plan', path, '--log-file', '-', '--log-level', 'debug'],
    dataFolder: join(folder, `data-${command[0]}`),
    environment: canaries.CANARY_VARIABLES,
  })
}

/** Its credentials are wrong for the stand-in of the other, and it lets in events by a secret, so that they can say anything. */
async function planBeside(): Promise<string> {
  return `domain: goo.ne.jp
gateway: { hostname: gw.goo.ne.jp, port: ${await freePort()}, clients: ['127.0.0.1/32'], senderDomains: [goo.ne.jp] }
status: { port: ${await freePort()} }
legacy: { hosts: [{ host: 127.0.0.1, port: 9 }], tls: never }
ses: { apiEndpoint: '${program.ready['sesApi']}', configurationSet: goo-ne-jp-email-config, identities: [goo.ne.jp] }
feedback: { port: ${await freePort()}, eventBridgeTokenVariable: WATARI_EVENT_TOKEN }
notify: { slackVariable: WATARI_SLACK_WEBHOOK }
archive: { folder: ${join(folder, 'archive-beside')} }
`
}

async function fault(path: string, stage: string, reply: string): Promise<void> {
  const init = { method: 'POST', headers: { 'content-type': 'application/json' } }
  const body = JSON.stringify({ stage, action: { kind: 'reply', reply }, times: 1 })
  const answer = await fetch(`${program.ready['sesApi']}/_standin${path}`, { ...init, body })
  expect([path, answer.status]).toEqual([path, 200])
}

async function send(to: string, { from = SENDER, by = program } = {}): Promise<string> {
  const sent = sendMail(by.ready['smtp']!, { from, to: [to] }, MESSAGE)
  return sent.catch((error: unknown) => String(error))
}

async function eventually(look: () => Promise<boolean>): Promise<void> {
  const until = Date.now() + 40_000
  while (!(await look()) && Date.now() < until) await new Promise((resolve) => setTimeout(resolve, 200))
  expect(await look()).toBe(true)
}

async function stage(of: RunningProgram, percent: number): Promise<void> {
  expect((await of.command('stage', 'set', `${percent}`, '--reason', 'scenario')).error).toBe('')
}

async function mailsByLegacy(): Promise<void> {
  for (const [reply, words] of [
    [`550 5.1.1 <${RECIPIENT}>: Recipient address rejected`, 'Recipient address rejected'],
    ['550 5.1.1 abc-recipientcanary: user unknown', 'user unknown'],
    ['450 4.2.1 mailbox of abc-recipientcanary is busy', 'is busy'],
  ] as const) {
    await fault('/legacy/faults', 'rcpt', reply)
    // Without a sender there is no report of it, which could get the next answer in its place.
    await send(RECIPIENT, { from: '' })
    await eventually(async () => program.log().includes(words))
  }
}

async function mailsBySes(): Promise<void> {
  await stage(program, 100)
  for (const label of [...FATES, ...FAULTS]) await send(`abc-recipientcanary+standin-${label}@example.net`)
  await send('"recipientcanary x"@example.net')
  await send('re..recipientcanary@docomo.ne.jp')
  await send(RECIPIENT, { from: 'vrp-sendercanary@elsewhere.example' })
  await eventually(async () => (await (await fetch(`${program.ready['http']}/metrics`)).text()).includes('complaint"}'))
}

async function besides(): Promise<void> {
  // Refused, because SES refuses the credentials.
  said['stage set with wrong credentials'] = (await beside.command('stage', 'set', '100', '--reason', 'x')).error
  await send(RECIPIENT, { by: beside })
  const headers = { 'x-watari-token': canaries.CANARY_VARIABLES.WATARI_EVENT_TOKEN }
  for (const event of canaries.canaryEvents()) {
    const body = typeof event === 'string' ? event : JSON.stringify(event)
    const answer = await fetch(`${beside.ready['feedback']}/eventbridge`, { method: 'POST', headers, body })
    expect(answer.status).toBe(200)
  }
  const wrong = { method: 'POST', headers: { 'x-watari-token': 'tokencanary' }, body: '{"q":"unreadablecanary"}' }
  for (const path of ['eventbridge', 'sns', 'syntaxcanary']) await fetch(`${beside.ready['feedback']}/${path}`, wrong)
}

async function dmarcReport(): Promise<void> {
  const inbox = join(program.dataFolder, 'dmarc')
  mkdirSync(inbox, { recursive: true })
  const path = join(inbox, 'report.xml')
  writeFileSync(path, canaries.CANARY_DMARC_REPORT)
  utimesSync(path, 1, 1)
  await eventually(async () => program.log().includes('"event":"dmarcReport"'))
}

const COMMANDS_BESIDE = `status --json; figures --by domain --json; feedback status --json; shift status --json; route show --json
incidents --json; report daily; suppression list --json; mail list --json`
const COMMANDS = `status; status --json; figures; figures --by domain --json; figures --by stream; feedback status --json
stage show; stage history; shift status; shift status --json; shift history; shift explain; shift replay; route show --json
dkim status; dkim history; incidents; incidents --json; report daily; report weekly; report daily --lang ja; maintenance
mail list; mail list --json; suppression status; suppression list; suppression list --json; user list; dmarc show
dmarc show --json; nonsense`

async function commands(of: RunningProgram, name: string, asked: string): Promise<void> {
  const list = asked.split(/;|\n/).map((line) => line.trim())
  const { out } = await of.command('mail', 'list', '--json')
  const [id] = /\b0[0-9A-HJKMNP-TV-Z]{12}\b/.exec(out) ?? []
  list.push(`mail show ${id}`, `mail show ${id} --json`, `feedback show ${id}`, `feedback show ${RECIPIENT}`)
  for (const line of list) {
    const answer = await of.command(...line.split(' '))
    said[`${name}: watari ${line}`] = `${answer.out}${answer.error}`
  }
  const plan = join(folder, `${name}.yaml`)
  for (const line of ['archive show --json', 'check']) {
    const answer = await watari(...line.split(' '), '--plan', plan)
    said[`${name}: watari ${line}`] = `${answer.out}${answer.error}`
  }
  for (const path of ['metrics', 'status', 'ready', 'health', 'syntaxcanary']) {
    said[`${name}: /${path}`] = await (await fetch(`${of.ready['http']}/${path}`)).text()
  }
}

function filesIn(root: string): readonly string[] {
  return readdirSync(root).flatMap((name) => {
    const path = join(root, name)
    const stat = statSync(path)
    if (stat.isDirectory()) return filesIn(path)
    return stat.isFile() ? [path] : []
  })
}

function written(root: string, name: string): void {
  for (const path of filesIn(root)) {
    const place = relative(root, path)
    const octets = readFileSync(path)
    said[`${name}: name of ${place.replace(/[0-9a-f]{8,}/g, '…')}`] = place
    const held = MUST_HOLD.find(([folderOf]) => folderOf.test(place))?.[0].source
    if (held !== undefined) {
      if (/canary/.test(octets.toString('latin1'))) planted.add(held)
      continue
    }
    said[`${name}: ${place}`] = (place.endsWith('.gz') ? gunzipSync(octets) : octets).toString('latin1')
  }
}

const leaks = () =>
  Object.entries(said).flatMap(([where, text]) => {
    const found = text.toLowerCase()
    return canaries.CANARIES.filter((canary) => found.includes(canary)).map((canary) => `${canary} in ${where}`)
  })

test(
  'no canary reaches a log, a metric, a report, an archive, a notice or an error',
  { timeout: 240_000 },
  async () => {
    await mailsByLegacy()
    await mailsBySes()
    await canaries.canaryLogins(program.ready['smtp']!)
    await besides()
    await dmarcReport()
    await commands(program, 'up', COMMANDS)
    await commands(beside, 'gateway', COMMANDS_BESIDE)
    for (const one of [program, beside]) await one.kill('SIGTERM')
    said['log of up'] = program.log()
    said['log of gateway'] = beside.log()
    written(program.dataFolder, 'data')
    written(beside.dataFolder, 'data beside')
    written(join(folder, 'archive'), 'archive')
    written(join(folder, 'archive-beside'), 'archive beside')
    expect(leaks()).toEqual([])
    expect([...planted].toSorted()).toEqual(MUST_HOLD.map(([place]) => place.source).toSorted())
  },
)
