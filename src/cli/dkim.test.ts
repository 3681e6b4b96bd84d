// `watari dkim` over a control socket, with a world of keys in memory behind it: what a person sees, and how each command ends.
import { generateKeyPairSync } from 'node:crypto'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { dkimWorld, type DkimWorld } from '../../test/support/dkim-world.ts'
import { memoryOperations } from '../../test/support/memory-operations.ts'
import { DAY_MS, HOUR_MS } from '../core/base/clock.ts'
import { dkimDesk } from '../core/dkim/operations.ts'
import { reconciler } from '../core/dkim/tick.ts'
import { controlApp } from '../gateway/control.ts'
import { listenOnSocket, type HttpListener } from '../gateway/listen.ts'
import { readPlan } from '../wiring/config.ts'
import { keyMaterialIn } from '../../test/support/key-material.ts'
import { keptKeys } from '../wiring/key-store.ts'
import { runCommand } from './program.ts'

process.env['TZ'] = 'Asia/Tokyo'

let folder: string
let listener: HttpListener | undefined
let world: DkimWorld
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'watari-cli-'))
  world = dkimWorld({ languages: ['en'], legacySpf: ['ip4:192.0.2.0/24'] })
  world.dns.enter({ name: 'example.jp', type: 'TXT', values: ['v=spf1 ip4:192.0.2.0/24 -all'] })
})
afterEach(async () => {
  await listener?.close()
  listener = undefined
  rmSync(folder, { recursive: true })
})

async function gateway(withKeys = true): Promise<void> {
  const { hands, policy, log } = world
  const keys = dkimDesk({
    reconciler: reconciler({ hands, policy, log }),
    policy,
    hands,
    misaligned: async () => (world.ses.signature() === undefined ? 'SES does not sign' : undefined),
    ask: async (question) => (await world.dns.truthOf(question)).views[0]!.answer,
    wake: () => {},
  })
  const app = controlApp(memoryOperations(), log, withKeys ? { keys } : {})
  listener = await listenOnSocket(app.fetch, join(folder, 'control.sock'))
}

async function watari(line: string) {
  let [out, error] = ['', '']
  const terminal = {
    out: (text: string) => void (out += text),
    error: (text: string) => void (error += text),
    color: false,
    errorColor: false,
    now: () => world.now(),
  }
  const notStarted = () => Promise.reject(new Error('not started in this test'))
  const code = await runCommand(
    line.split(' '),
    { terminal, variables: { WATARI_DATA: folder, SUDO_USER: 'sato' }, folder, password: async () => '' },
    {
      version: '0.1.0',
      shippedPlan: 'plans/goo.ne.jp.yaml',
      readPlan,
      up: notStarted,
      gateway: notStarted,
      standin: notStarted,
      users: notStarted,
    },
  )
  return { code, out, error }
}

describe('watari dkim status', () => {
  test('says the phase, who is waited for, and where each key is', async () => {
    await gateway()
    await world.tick()
    const id = world.record()!.request!.id
    await watari('dkim tick')
    expect(await watari('dkim status')).toEqual({
      code: 0,
      error: '',
      out: `Domain:       example.jp
Phase:        6 of 8, waiting for DNS, since 2026-11-25 11:00:00 +09:00 (0 s)
Published by: TXT, entered by the DNS team
SES:          has no such identity
Waits for:    the DNS team
Next:         SES does not sign with a key of ours yet, but there is no key to switch to: watari1 is not published yet: the DNS team must enter its record first
Request:      ${id}, asked 2026-11-25 11:00:00 +09:00, wanted by 2026-12-09 11:00:00 +09:00, reminded 0 times
Looked:       2026-11-25 11:00:00 +09:00, next 2026-11-25 11:30:00 +09:00

SELECTOR  PART   STATE  SINCE                       IN DNS   ENDS  NOTE
watari1   next   asked  2026-11-25 11:00:00 +09:00  nowhere     -     -
watari2   spare  asked  2026-11-25 11:00:00 +09:00  nowhere     -     -
watari3   spare  asked  2026-11-25 11:00:00 +09:00  nowhere     -     -
`,
    })
  })

  test('of a gateway without the section says so', async () => {
    await gateway(false)
    expect(await watari('dkim status')).toEqual({
      code: 65,
      out: '',
      error: 'watari: this gateway leaves DKIM keys alone: its plan has no section "dkim"\n',
    })
  })
})

test('watari dkim verify shows every server, SES, alignment and SPF', async () => {
  await gateway()
  await world.tick()
  await world.publish()
  world.dns.breakServer('ns2.example.jp', 'SERVFAIL')
  const { out } = await watari('dkim verify')
  expect(out).toContain('Aligned:  no: SES does not sign')
  expect(out).toContain('SPF:      example.jp: ok, 0 of 10 look-ups')
  expect(out).toContain('Old host: 192.0.2.0: SPF pass')
  expect(out).toMatch(/watari1 {3}authoritative {2}ns1\.example\.jp 203\.0\.113\.1 {2}right, TTL 3600/)
  expect(out).toMatch(/watari1 {3}authoritative {2}ns2\.example\.jp 203\.0\.113\.2 {2}no answer: SERVFAIL/)
})

describe('watari dkim tick', () => {
  test('takes what there is to take and says it', async () => {
    await gateway()
    const { out } = await watari('dkim tick')
    expect(out.split('\n').slice(0, 4)).toEqual([
      'makeKey watari1: a place in the circle of three is free: watari1 is made',
      'makeKey watari2: a place in the circle of three is free: watari2 is made',
      'makeKey watari3: a place in the circle of three is free: watari3 is made',
      'askDnsTeam: the DNS team is asked for 4 records',
    ])
    expect((await watari('dkim tick')).out).toMatch(/^There was nothing to do\.\n/)
  })

  test('--dry-run only says what would be first', async () => {
    await gateway()
    const { out } = await watari('dkim tick --dry-run')
    expect(out).toMatch(/^would take: makeKey: a place in the circle of three is free: watari1 is made\n/)
    expect(world.keys.size).toBe(0)
  })
})

describe('watari dkim rotate', () => {
  const signing = async (): Promise<void> => {
    await world.tick()
    await world.publish()
    await world.pass(2 * HOUR_MS)
  }

  test('switches to the next key, with who and why in the history', async () => {
    await gateway()
    await signing()
    expect((await watari('dkim rotate --now --reason leaked')).out).toMatch(/^SES is being switched to watari2\.\n/)
    const { out } = await watari('dkim history --limit 3')
    expect(out).toContain('beginSwitch   watari2   sato: leaked')
    expect(await watari('dkim rotate --now --reason again')).toMatchObject({
      code: 75,
      error: 'watari: SES is being switched to watari2; wait for it\n',
    })
  })

  test('without a next key says what is missing, and is no success', async () => {
    await gateway()
    await world.tick()
    expect(await watari('dkim rotate --now --reason leaked')).toMatchObject({
      code: 1,
      error:
        'watari: a person ordered it, but there is no key to switch to: watari1 is not published yet: the DNS team must enter its record first\n',
    })
  })

  test('wants to be told that it is now, and why', async () => {
    await gateway()
    expect((await watari('dkim rotate --reason x')).code).toBe(64)
    expect((await watari('dkim rotate --now')).code).toBe(64)
  })
})

describe('watari dkim request', () => {
  test('shows the request as it stands', async () => {
    await gateway()
    await world.tick()
    const { out } = await watari('dkim request')
    expect(out).toContain('DNS records for sending mail of example.jp, please by Wed, 2026-12-09')
    expect(out).toContain('[1] add TXT  (DKIM public key)')
  })

  test('--write makes a folder of it', async () => {
    await gateway()
    await world.tick()
    const { out } = await watari('dkim request --write pack')
    const [id] = readdirSync(join(folder, 'pack'))
    expect(out).toContain(
      `Written: ${join(folder, 'pack', id!)} (message.txt, message.html, records.zone, records.csv, check.sh, request.txt)`,
    )
    expect(readFileSync(join(folder, 'pack', id!, 'records.zone'), 'utf8')).toContain('$ORIGIN example.jp.')
  })

  test('--send sends it again, and the history knows who did', async () => {
    await gateway()
    await world.tick()
    const before = world.letters.length
    expect((await watari('dkim request --send')).out).toContain('sent: team')
    expect(world.letters).toHaveLength(before + 1)
    expect(world.history.at(-1)).toMatchObject({ step: 'sendRequest', by: 'sato' })
  })
})

test('every command answers in JSON', async () => {
  await gateway()
  await world.tick()
  await world.pass(DAY_MS)
  for (const line of ['status', 'verify', 'tick', 'request']) {
    const { out, code } = await watari(`dkim ${line} --json`)
    expect(code).toBe(0)
    expect(() => JSON.parse(out) as unknown).not.toThrow()
  }
  const lines = (await watari('dkim history --json')).out.trim().split('\n')
  expect(lines.map((line) => (JSON.parse(line) as { step: string }).step)).toContain('makeKey')
})

describe('watari dkim import and reseal', () => {
  const PLAN = `domain: example.jp
legacy: { hosts: [{ host: mx1.example.jp }] }
dkim: { contact: { name: mail team, mail: mail@example.jp } }
`
  const pem = generateKeyPairSync('rsa', { modulusLength: 2_048 }).privateKey.export({ type: 'pkcs8', format: 'pem' })

  async function offline(line: string, password = '', variables: Record<string, string> = {}) {
    let [out, error] = ['', '']
    const terminal = {
      out: (text: string) => void (out += text),
      error: (text: string) => void (error += text),
      color: false,
      errorColor: false,
      now: () => 42,
    }
    const notStarted = () => Promise.reject(new Error('not started in this test'))
    const environment = { WATARI_DATA: join(folder, 'data'), WATARI_PLAN: join(folder, 'plan.yaml'), ...variables }
    const code = await runCommand(
      line.split(' '),
      { terminal, variables: environment, folder, password: async () => password },
      {
        version: '0.1.0',
        shippedPlan: 'plans/goo.ne.jp.yaml',
        readPlan,
        up: notStarted,
        gateway: notStarted,
        standin: notStarted,
        keys: (place) => keptKeys(place, () => 42),
      },
    )
    return { code, out, error }
  }

  beforeEach(() => {
    writeFileSync(join(folder, 'plan.yaml'), PLAN)
    writeFileSync(join(folder, 'old.pem'), pem)
    mkdirSync(join(folder, 'data'))
  })

  test('a key made elsewhere comes into the store, once', async () => {
    expect(await offline('dkim import old2024 old.pem')).toEqual({
      code: 0,
      error: '',
      out: 'Key old2024 is in the store (2048 bits).\n',
    })
    expect((await offline('dkim import old2024 old.pem')).code).toBe(0)
    expect(readdirSync(join(folder, 'data', 'dkim-keys'))).toEqual(['old2024.key.json'])
  })

  // C30.
  test.each([
    ['old_2024', 'old.pem', 'SES takes letters, digits and inner hyphens only'],
    ['old2024', 'nothing.pem', 'cannot be read (ENOENT)'],
    ['old2024', 'plan.yaml', 'this is no private key'],
  ])('%s from %s is refused with the reason, and without the key', async (selector, file, reason) => {
    const { code, error } = await offline(`dkim import ${selector} ${file}`)
    expect(code).toBe(65)
    expect(error).toContain(reason)
    expect(keyMaterialIn(error)).toEqual([])
  })

  test('keys sealed anew open with the new passphrase only', async () => {
    await offline('dkim import old2024 old.pem')
    expect(await offline('dkim reseal', 'a passphrase of a test')).toMatchObject({
      code: 0,
      out: '1 keys are sealed anew.\n',
    })
    expect((await offline('dkim reseal', 'another one, and longer')).error).toContain('cannot be opened')
    const variables = { WATARI_DKIM_PASSPHRASE: 'a passphrase of a test' }
    expect((await offline('dkim import old2024 old.pem', '', variables)).code).toBe(0)
    expect((await offline('dkim reseal', 'short', variables)).code).toBe(64)
  })
})
