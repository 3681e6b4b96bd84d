// `watari incidents` and `watari report` over a control socket, with a watch in memory behind it.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { aWeek, reportWorld } from '../../test/support/report-world.ts'
import { memoryOperations } from '../../test/support/memory-operations.ts'
import { anObservation, BOUNCING, watchWorld, type WatchWorld } from '../../test/support/watch-world.ts'
import { watchDesk } from '../core/watch/desk.ts'
import { controlApp } from '../gateway/control.ts'
import { listenOnSocket, type HttpListener } from '../gateway/listen.ts'
import { readPlan } from '../wiring/config.ts'
import { runCommand } from './program.ts'

process.env['TZ'] = 'Asia/Tokyo'

let folder: string
let listener: HttpListener | undefined
let world: WatchWorld
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'watari-cli-'))
  world = watchWorld()
  const watch = watchDesk({ change: world.watch.change, timeZone: 'Asia/Tokyo' })
  listener = await listenOnSocket(
    controlApp(memoryOperations(), world.log, { watch, reports: reportWorld(aWeek()) }).fetch,
    join(folder, 'control.sock'),
  )
})
afterEach(async () => {
  await listener?.close()
  rmSync(folder, { recursive: true })
})

async function watari(...args: readonly string[]) {
  let [out, error] = ['', '']
  const terminal = {
    out: (text: string) => void (out += text),
    error: (text: string) => void (error += text),
    color: false,
    errorColor: false,
    now: () => world.now,
  }
  const notStarted = () => Promise.reject(new Error('not started in this test'))
  const environment = {
    terminal,
    variables: { WATARI_DATA: folder, SUDO_USER: 'sato' },
    folder,
    password: async () => '',
  }
  const programs = { up: notStarted, gateway: notStarted, standin: notStarted, users: notStarted }
  const code = await runCommand(args, environment, { version: '0.1.0', shippedPlan: '', readPlan, ...programs })
  return { code, out, error }
}

async function bounces(minutes: number): Promise<void> {
  world.see = (nowMs) => anObservation({ nowMs, figures: BOUNCING })
  await world.minutes(minutes)
}

test('says that nothing is wrong', async () => {
  expect(await watari('incidents')).toEqual({ code: 0, out: 'Nothing is wrong that is watched for.\n', error: '' })
})

test('shows what is wrong with value and limit, and who has taken it', async () => {
  await bounces(10)
  const before = await watari('incidents')
  expect(before.out).toBe(
    [
      'INCIDENT                  LEVEL     STATE  LASTS  TAKEN BY  WHAT',
      'BounceRate-20261125-1201  critical  open   9 min  nobody    6 % of the mails by SES came back for good in the last hour (1,320 of 22,000); the limit is 5 %. By the old route in the same time: 1 % of 200,000.',
      '',
    ].join('\n'),
  )
  const taken = await watari('incidents', 'ack', 'BounceRate-20261125-1201', '--reason', 'the list is being cleaned')
  expect(taken).toEqual({ code: 0, out: 'BounceRate-20261125-1201 is taken by sato.\n', error: '' })
  expect((await watari('incidents')).out).toContain('9 min  sato')
  expect((await watari('incidents', '--lang', 'ja')).out).toContain('しきい値は5 %です。')
})

test('is JSON for programs', async () => {
  await bounces(10)
  const { out } = await watari('incidents', '--json')
  expect(JSON.parse(out)).toMatchObject({
    incidents: [{ id: 'BounceRate-20261125-1201', level: 'critical', cameBack: 0, muted: false, untold: [] }],
    mutes: [],
  })
})

test('what is over is shown when it is asked for', async () => {
  await bounces(10)
  world.see = (nowMs) => anObservation({ nowMs })
  await world.minutes(20)
  expect((await watari('incidents')).out).toBe('Nothing is wrong that is watched for.\n')
  expect((await watari('incidents', 'list', '--all')).out).toContain('critical  over   23 min')
})

test('an alert keeps still for some hours, with who and why', async () => {
  const muted = await watari('incidents', 'mute', 'BounceRate', '--hours', '2', '--reason', 'campaign')
  expect(muted).toEqual({ code: 0, out: 'BounceRate keeps still until 2026-11-25 14:00:00 +09:00.\n', error: '' })
  expect((await watari('incidents')).out).toContain(
    'Keeps still: BounceRate until 2026-11-25 14:00:00 +09:00, by sato: campaign\n',
  )
  await watari('incidents', 'mute', 'BounceRate', '--hours', '0', '--reason', 'over')
  expect((await watari('incidents')).out).toBe('Nothing is wrong that is watched for.\n')
})

test.each([
  [['incidents', 'ack', 'BounceRate-1', '--reason', 'x'], 1, 'no open incident is called BounceRate-1'],
  [
    ['incidents', 'mute', 'Bounces', '--hours', '1', '--reason', 'x'],
    64,
    'no alert is called Bounces; they are BounceRate',
  ],
  [['incidents', 'mute', 'BounceRate', '--hours', '999', '--reason', 'x'], 64, 'Write a number from 0 to 168.'],
  [['incidents', 'mute', 'BounceRate', '--hours', '1'], 64, '--reason'],
] as const)('%j is refused', async (args, code, message) => {
  const answer = await watari(...args)
  expect(answer.code).toBe(code)
  expect(answer.error).toContain(message)
})

describe('watari report', () => {
  test('prints a day, and writes it as a page', async () => {
    const page = join(folder, 'day.html')
    const { code, out } = await watari('report', 'daily', '--date', '2026-11-24', '--html', page)
    expect(code).toBe(0)
    expect(out).toContain('goo.ne.jp: mail of 2026-11-24 (Asia/Tokyo)\n')
    expect(out).toContain('Hard bounces                 2,544 (0.568 %)     14,928 (0.37 %)\n')
    expect(readFileSync(page, 'utf8')).toContain(
      '<h1 style="font-size:20px;margin:0 0 12px">goo.ne.jp: mail of 2026-11-24',
    )
  })

  test('prints a week in Japanese, and JSON for programs', async () => {
    expect((await watari('report', 'weekly', '--lang', 'ja', '--date', '2026-11-26')).out).toContain('週のメール')
    const { out } = await watari('report', 'weekly', '--json', '--date', '2026-11-26')
    expect(JSON.parse(out)).toMatchObject({ kind: 'WeeklyPerformanceReport', totals: { ses: { sent: 3_136_000 } } })
  })

  test.each([
    [['report', 'daily', '--date', '24.11.2026'], 'Write a day such as 2026-11-24.'],
    [['report', 'daily', '--date', '2026-02-30'], '2026-02-30 is no day'],
  ] as const)('%j is refused', async (args, message) => {
    const answer = await watari(...args)
    expect(answer.code).toBe(64)
    expect(answer.error).toContain(message)
  })
})
