// The robot with real sockets: SES pauses the account, and then bounces too much, while mail flows by both routes. The stage
// goes down within a minute, what SES had not taken goes by legacy, every mail comes once, and the reason is a sentence.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { senderTo, type SteadyLoad } from '../support/load.ts'
import { startWatari, type RunningProgram } from '../support/watari.ts'

const RATE = 150
const FROM = 'news@goo.ne.jp'
const RECEIVERS = ['docomo.example.jp', 'gmail.example.com', 'carrier.example', 'yahoo.example.jp']
/** The robot has a minute (S4); a loaded machine some more for what it writes and reads. */
const BACK_SECONDS_MAX = 60
const PATIENCE_MS = 90_000
const MINUTE_MS = 60_000

let program: RunningProgram
let folder: string
let load: SteadyLoad | undefined

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'watari-robot-'))
  const plan = join(folder, 'plan.yaml')
  // The budget of the design pays for a fifth, and the robot would go there first.
  writeFileSync(
    plan,
    readFileSync('plans/goo.ne.jp.yaml', 'utf8').replace('yenPerMonth: 500000', 'yenPerMonth: 50000000'),
  )
  program = await startWatari({
    args: ['up', '--port-base', '0', '--log-file', '-', '--log-level', 'warn', '--plan', plan],
    dataFolder: join(folder, 'data'),
  })
  await knob('/settings', { reviewVolume: 0 })
})
afterEach(async () => {
  await load?.stop()
  load = undefined
  await program.stop()
  rmSync(folder, { recursive: true, force: true })
})

async function knob(path: string, body: object): Promise<void> {
  const headers = { 'content-type': 'application/json' }
  const url = `${program.ready['sesApi']}/_standin${path}`
  expect((await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) })).status).toBe(200)
}

async function standin<T>(path: string): Promise<T> {
  return (await (await fetch(`${program.ready['sesApi']}/_standin${path}`)).json()) as T
}

async function pages<T>(path: string, name: 'mails' | 'outcomes'): Promise<readonly T[]> {
  const all: T[] = []
  for (;;) {
    const page = await standin<Record<'mails' | 'outcomes', T[]>>(`${path}?from=${all.length}`)
    if (page[name].length === 0) return all
    all.push(...page[name])
  }
}

interface Stage {
  readonly percent: number
  readonly reason: string
  readonly changedBy: string
}

const stage = async (): Promise<Stage> => JSON.parse((await program.command('stage', 'show', '--json')).out) as Stage

async function until(what: () => Promise<boolean>): Promise<number> {
  const startedAt = Date.now()
  while (!(await what())) {
    if (Date.now() - startedAt > PATIENCE_MS) throw new Error('not in time')
    await new Promise((resolve) => setTimeout(resolve, 200))
  }
  return (Date.now() - startedAt) / 1_000
}

/** Sends on, until the robot has moved the stage to `percent`; how long that took. */
async function sendUntil(percent: number, fault: () => Promise<void>, to: (n: number) => string): Promise<number> {
  expect((await program.command('stage', 'set', '50', '--reason', 'scenario')).code).toBe(0)
  // Figures are whole minutes, and nothing from before the stage counts: in its first minute only facts are judged.
  await new Promise((resolve) => setTimeout(resolve, MINUTE_MS - (Date.now() % MINUTE_MS)))
  load = senderTo(program.ready['smtp']!, { from: FROM, rate: RATE, to })
  await until(async () => (await standin<{ count: number }>('/outcomes?from=999999999')).count > 2 * RATE)
  await fault()
  return until(async () => (await stage()).percent === percent)
}

/** Every mail that was promised, at SES or at legacy, and at one of them only. */
async function everyMailOnce(to: (n: number) => string): Promise<{ ses: number; legacy: number }> {
  const { sent } = await load!.stop()
  load = undefined
  await until(async () => {
    const status = JSON.parse((await program.command('status', '--json')).out) as {
      queue: { parts: Record<string, Record<string, number>> }
    }
    return Object.values(status.queue.parts).every((states) => Object.values(states).every((count) => count === 0))
  })
  const outcomes = await pages<{ recipient: string }>('/outcomes', 'outcomes')
  const mails = await pages<{ recipients: string[]; sender: string }>('/legacy/mails', 'mails')
  const bySes = outcomes.map(({ recipient }) => recipient)
  // Reports to the sender go by legacy too.
  const byLegacy = mails.filter(({ sender }) => sender === FROM).flatMap(({ recipients }) => recipients)
  const wanted = Array.from({ length: sent }, (_, n) => to(n)).toSorted()
  expect([...bySes, ...byLegacy].toSorted()).toEqual(wanted)
  return { ses: bySes.length, legacy: byLegacy.length }
}

test('SES pauses the account: all mail goes by legacy, and none comes twice', { timeout: 240_000 }, async () => {
  const to = (n: number): string => `reader${n}@${RECEIVERS[n % RECEIVERS.length]}`
  const seconds = await sendUntil(0, () => knob('/account', { suspended: true }), to)
  expect(seconds).toBeLessThanOrEqual(BACK_SECONDS_MAX)
  const { reason, changedBy } = await stage()
  expect(changedBy).toBe('watari')
  expect(reason).toMatch(/^(routeStopped: the SES route has stopped|sendingPaused: SES has paused sending)/)
  const { ses, legacy } = await everyMailOnce(to)
  console.log(`the stage was 0 after ${seconds.toFixed(1)} s; ${ses} mails by SES, ${legacy} by legacy, none twice`)
})

test(
  'a fifth of the mail bounces at every receiver: one stage down, and none comes twice',
  { timeout: 240_000 },
  async () => {
    let bouncing = false
    const bounced = new Set<number>()
    const to = (n: number): string => {
      if (bouncing && n % 5 === 0) bounced.add(n)
      return `reader${n}${bounced.has(n) ? '+standin-bounce' : ''}@${RECEIVERS[n % RECEIVERS.length]}`
    }
    const fault = async (): Promise<void> => {
      bouncing = true
    }
    const seconds = await sendUntil(10, fault, to)
    expect(seconds).toBeLessThanOrEqual(BACK_SECONDS_MAX)
    expect((await stage()).reason).toMatch(/^bounce: hard bounces on SES \d+ of \d+ .*: surely /)
    bouncing = false
    const { ses, legacy } = await everyMailOnce(to)
    const explained = await program.command('shift', 'history')
    expect(explained.out).toContain('rollBack')
    console.log(`one stage down after ${seconds.toFixed(1)} s; ${ses} mails by SES, ${legacy} by legacy, none twice`)
  },
)
