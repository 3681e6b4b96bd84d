// The life of a key in processes that are killed with -9 after every single touch of disk, DNS, SES and the DNS team's inbox:
// each state is left by a kill after its first touch, after its second, and so on, until a run ends by itself.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../src/core/base/clock.ts'
import { circleOf } from '../../src/core/dkim/circle.ts'
import type { KeyRecord } from '../../src/core/dkim/record.ts'
import { startStandin, type Standin } from '../../src/standin/standin.ts'

const CHILD = join(import.meta.dirname, '../crash/keys-child.mjs')
/** More kills than this means that a state is never left. */
const KILLS_MAX = 400

interface Ended {
  readonly taken: readonly string[]
  readonly later?: string
  readonly record: KeyRecord
}

interface Life {
  readonly standin: Standin
  readonly dataFolder: string
  readonly publishing: 'txt' | 'cname'
  nowMs: number
  kills: number
}

/** Not `spawnSync`: the stand-in answers from this process. */
async function run(life: Life, killAfter: number, rotate: boolean): Promise<Ended | 'killed'> {
  const { standin, dataFolder, publishing, nowMs } = life
  const { accessKeyId, secretAccessKey } = standin.credentials
  const order = {
    dataFolder,
    publishing,
    apiUrl: standin.apiUrl,
    credentials: { accessKeyId, secretAccessKey },
    dnsPort: standin.dnsPort,
    nowMs,
    killAfter,
    rotate,
  }
  const child = spawn(process.execPath, [CHILD, JSON.stringify(order)], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true' },
  })
  let [out, error] = ['', '']
  child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text))
  child.stderr.setEncoding('utf8').on('data', (text: string) => (error += text))
  const [code, signal] = (await once(child, 'close')) as [number | null, NodeJS.Signals | null]
  if (signal === 'SIGKILL') return 'killed'
  if (code !== 0) throw new Error(`the run failed with ${code}: ${error}`)
  return JSON.parse(out) as Ended
}

/** Runs until a process ends by itself; every one before it was killed, at each place there is. */
async function live(life: Life, rotate = false): Promise<Ended> {
  for (let after = 1; life.kills < KILLS_MAX; after += 1) {
    const before = stateOn(life)
    const ended = await run(life, after, rotate && circleOf(recordOn(life)).current?.selector === 'watari1')
    if (ended !== 'killed') return ended
    life.kills += 1
    // What was written down is where the next one begins.
    if (stateOn(life) !== before) after = 0
  }
  throw new Error(`still not through after ${life.kills} kills`)
}

function stateOn({ dataFolder }: Life): string {
  try {
    return readFileSync(join(dataFolder, 'dkim.json'), 'utf8')
  } catch {
    return ''
  }
}

function recordOn(life: Life): KeyRecord {
  return JSON.parse(stateOn(life)) as KeyRecord
}

/** The DNS team enters what the newest request says; in this zone our own zone lies below the customer's. */
function enter({ standin, dataFolder }: Life): void {
  const { zones } = standin.knobs.dns
  for (const id of readdirSync(join(dataFolder, 'dns-requests'))) {
    const text = readFileSync(join(dataFolder, 'dns-requests', id, 'records.zone'), 'utf8')
    for (const [, relative, type, rest] of text.matchAll(/^(\S+) \d+ IN (TXT|CNAME|MX) (.*)$/gm)) {
      const name = `${relative}.example.jp`
      zones.remove(name)
      const value = type === 'TXT' ? rest!.slice(1, -1).replaceAll('" "', '') : rest!.replace(/\.$/, '')
      zones.add({ name, type: type as 'TXT', value, ttlSeconds: 60 })
    }
  }
}

/** The records of the zone of our own, put where the stand-in's server answers for them. */
function serveOwnZone({ standin, dataFolder, publishing }: Life): void {
  if (publishing !== 'cname') return
  const { zones } = standin.knobs.dns
  const text = readFileSync(join(dataFolder, 'own.zone'), 'utf8')
  for (const [, name, rest] of text.matchAll(
    /^(watari\d\.example\.jp\.keys\.example\.jp)\.?\s+\d+\s+(?:IN\s+)?TXT\s+(.*)$/gm,
  )) {
    zones.remove(name!)
    zones.add({ name: name!, type: 'TXT', value: rest!.slice(1, -1).replaceAll('" "', ''), ttlSeconds: 60 })
  }
}

async function later(life: Life, ms: number): Promise<void> {
  life.nowMs += ms
  await life.standin.knobs.account.clock.advance(ms)
}

test.each(['txt', 'cname'] as const)('a life by %s ends as if nothing had been killed', async (publishing) => {
  const dataFolder = mkdtempSync(join(tmpdir(), 'watari-killed-'))
  const standin = await startStandin({ settings: { controlCallsPerSecond: 0 } })
  standin.knobs.dns.zones.addZone('example.jp')
  const life: Life = { standin, dataFolder, publishing, nowMs: Date.parse('2026-11-25T02:00:00Z'), kills: 0 }
  try {
    await live(life)
    serveOwnZone(life)
    enter(life)
    await live(life)
    await later(life, HOUR_MS)
    await live(life)
    await later(life, MINUTE_MS)
    await live(life)
    expect(circleOf(recordOn(life)).current?.selector).toBe('watari1')
    await live(life, true)
    await later(life, MINUTE_MS)
    await live(life)
    expect(circleOf(recordOn(life)).current?.selector).toBe('watari2')
    await later(life, 8 * DAY_MS)
    await live(life)
    serveOwnZone(life)
    enter(life)
    await later(life, HOUR_MS)
    const { record } = await live(life)

    expect(life.kills).toBeGreaterThanOrEqual(30)
    expect(circleOf(record)).toMatchObject({
      current: { selector: 'watari2' },
      retiring: [],
      revoked: [{ selector: 'watari1' }],
    })
    expect(record.switching).toBeUndefined()
    expect(readdirSync(join(dataFolder, 'dkim-keys')).sort()).toEqual(
      (publishing === 'txt' ? ['watari2', 'watari3', 'watari4'] : ['watari2', 'watari3']).map(
        (name) => `${name}.key.json`,
      ),
    )
    const identity = standin.knobs.account.identities.get('example.jp')!
    expect(identity.dkim).toMatchObject({ status: 'SUCCESS', signingEnabled: true })
    expect(identity.dkim.key?.selector).toBe('watari2')
    // Each request is there once, however often it was sent.
    expect(readdirSync(join(dataFolder, 'dns-requests'))).toHaveLength(publishing === 'txt' ? 3 : 1)
    console.info(`${publishing}: ${life.kills} kills`)
  } finally {
    await standin.stop()
    rmSync(dataFolder, { recursive: true, force: true })
  }
})
