// The command line against a gateway's control socket, with everything behind the socket in memory: what is printed where,
// and how each command ends.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { A_STATUS_AT } from '../../test/support/gateway-status.ts'
import { aPart, memoryOperations } from '../../test/support/memory-operations.ts'
import type { Operations } from '../core/mail/operations.ts'
import { controlApp } from '../gateway/control.ts'
import { listenOnSocket, type HttpListener } from '../gateway/listen.ts'
import { readPlan } from '../wiring/config.ts'
import type { Running, UpOptions } from '../wiring/run.ts'
import type { Programs } from './programs.ts'
import { runCommand } from './program.ts'

process.env['TZ'] = 'Asia/Tokyo'

let folder: string
let listener: HttpListener | undefined
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'watari-cli-'))
})
afterEach(async () => {
  await listener?.close()
  listener = undefined
  rmSync(folder, { recursive: true })
})

async function gateway(operations: Operations = memoryOperations()): Promise<void> {
  const quiet = () => {}
  const app = controlApp(operations, { debug: quiet, info: quiet, warn: quiet, alarm: quiet })
  listener = await listenOnSocket(app.fetch, join(folder, 'control.sock'))
}

const notStarted = () => Promise.reject(new Error('not started in this test'))
const PROGRAMS: Programs = {
  version: '0.1.0',
  shippedPlan: 'plans/goo.ne.jp.yaml',
  readPlan,
  up: notStarted,
  gateway: notStarted,
  standin: notStarted,
  users: notStarted,
}

async function watari(line: string | readonly string[], programs: Partial<Programs> = {}, password = '') {
  let out = ''
  let error = ''
  const terminal = {
    out: (text: string) => void (out += text),
    error: (text: string) => void (error += text),
    color: false,
    errorColor: false,
    now: () => A_STATUS_AT,
  }
  const args = typeof line === 'string' ? line.split(' ').filter((arg) => arg !== '') : line
  const variables = { WATARI_DATA: folder, SUDO_USER: 'sato' }
  const code = await runCommand(
    args,
    { terminal, variables, folder, password: async () => password },
    { ...PROGRAMS, ...programs },
  )
  return { code, out, error }
}

describe('watari status', () => {
  it('is one screen that tells whether all is well', async () => {
    await gateway()
    expect(await watari('status')).toEqual({
      code: 0,
      error: '',
      out: `gw1.example.jp: Watari 0.1.0 for example.jp, up 1 h
Taking mail:  yes
Stage:        10 % to SES, by sato 2 h ago (first step)
Queue:        5.2 MB on disk, oldest mail 1 min
SMTP:         3 sessions open

ROUTE   STATE    ACTIVE  WAITING  UNCLEAR  HELD  QUARANTINED   RATE  LAST 24 H          OF  WHY
legacy  running   4/240       12        0     1            0      -          -           -
ses     running    2/50        7        0     0            0  200/s    530,000  10,000,000
`,
    })
  })

  it('is one JSON document for programs', async () => {
    await gateway()
    const { code, out } = await watari('status --json')
    expect(code).toBe(0)
    expect(JSON.parse(out)).toMatchObject({ ready: true, stage: { percent: 10 }, queue: { diskBytes: 5_242_880 } })
    expect(out.trimEnd()).not.toContain('\n')
  })

  it('says where nobody answers and how to mend it, with exit 69', async () => {
    const socket = join(folder, 'control.sock')
    expect(await watari('status')).toEqual({
      code: 69,
      out: '',
      error: `watari: no gateway runs on this data folder: nobody answers at ${socket}. Start one with watari up or watari gateway, or name its folder with --data DIR.\n`,
    })
    const { code, error } = await watari('status --json')
    expect(code).toBe(69)
    expect(JSON.parse(error)).toEqual({
      error: {
        reason: 'notRunning',
        message: `no gateway runs on this data folder: nobody answers at ${socket}`,
        mend: 'Start one with watari up or watari gateway, or name its folder with --data DIR.',
        exitCode: 69,
      },
    })
  })
})

describe('watari stage', () => {
  it('shows the stage, who set it and why', async () => {
    await gateway()
    expect((await watari('stage show')).out).toBe(
      'Stage: 10 % to SES\nSince: 2026-11-25 10:00:00 +09:00\nBy:    sato\nWhy:   first step\n',
    )
  })

  it.each(['0', '100', '0.01', '50'])('is set to %s percent by the person behind sudo', async (percent) => {
    await gateway()
    const { code, out } = await watari(['stage', 'set', percent, '--reason', 'as planned', '--json'])
    expect(code).toBe(0)
    expect(JSON.parse(out)).toEqual({
      percent: Number(percent),
      changedAt: A_STATUS_AT,
      changedBy: 'sato',
      reason: 'as planned',
    })
  })

  it('keeps its history', async () => {
    await gateway()
    await watari(['stage', 'set', '50', '--reason', 'second step', '--by', 'suzuki'])
    expect((await watari('stage history')).out).toBe(`WHEN                        PERCENT  BY      WHY
2026-11-25 10:00:00 +09:00       10  sato    first step
2026-11-25 12:00:00 +09:00       50  suzuki  second step
`)
  })

  it.each(['101', '-1', '10%', '', '1e1', 'all', 'NaN'])('cannot be set to %j', async (percent) => {
    await gateway()
    const { code, out } = await watari(['stage', 'set', '--reason', 'x', '--', percent])
    expect(code).toBe(64)
    expect(out).toBe('')
    expect(JSON.parse((await watari('stage show --json')).out)).toMatchObject({ percent: 10 })
  })

  it('needs a reason', async () => {
    await gateway()
    expect(await watari('stage set 50')).toEqual({
      code: 64,
      out: '',
      error: "watari: required option '--reason <text>' not specified. See watari stage set --help\n",
    })
  })

  it('does not move while mail through SES would not be aligned, with exit 77', async () => {
    await gateway(memoryOperations({ aligned: false }))
    expect(await watari(['stage', 'set', '50', '--reason', 'x'])).toEqual({
      code: 77,
      out: '',
      error: 'watari: goo.ne.jp has no DKIM SUCCESS and no aligned MAIL FROM\n',
    })
  })

  it('that is set already is no error', async () => {
    await gateway()
    expect(await watari('stage set 10 --reason again')).toEqual({
      code: 0,
      error: '',
      out: 'The stage is 10 already.\n',
    })
  })
})

describe('watari mail', () => {
  const TWO = [
    aPart(),
    aPart({
      mailId: '1SGHM8BN00002',
      route: 'legacy',
      state: 'held',
      sender: '',
      reason: 'asked\u001b[2J',
      recipients: ['a@example.jp'],
    }),
  ]

  it('lists a part a line, masked, with no control characters of others', async () => {
    await gateway(memoryOperations({ parts: TWO }))
    expect((await watari('mail list')).out).toBe(
      `MAIL           PART  ROUTE   STATE       AGE  NEXT TRY  TRIES    SIZE  FROM                TO                 WHY
1SGHM8BN00001     1  ses     waiting  10 min  in 30 s       2  5.1 kB  new***@***.***.***  tan***@***.*** +1  throttled: 454 Throttling failure for tan***@***.***
1SGHM8BN00002     1  legacy  held     10 min  -             2  5.1 kB  <>                  ***@***.***        asked [2J
`,
    )
  })

  it('lists a JSON line a part', async () => {
    await gateway(memoryOperations({ parts: TWO }))
    const { out } = await watari('mail list --json --route legacy')
    expect(
      out
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line) as unknown),
    ).toMatchObject([{ mailId: '1SGHM8BN00002', state: 'held' }])
  })

  it('follows pages to the limit and says how to go on', async () => {
    const parts = Array.from({ length: 700 }, (_, i) => aPart({ part: i + 1 }))
    await gateway(memoryOperations({ parts }))
    const { out, error } = await watari('mail list --limit 600 --json')
    expect(out.trimEnd().split('\n')).toHaveLength(600)
    expect(error).toBe('There are more: add --after 600\n')
    expect((await watari('mail list --limit 600 --json --after 600')).out.trimEnd().split('\n')).toHaveLength(100)
  })

  it('shows one mail, in lower case too, and in full only when asked', async () => {
    await gateway()
    const { out } = await watari('mail show 1sghm8bn00001 --full')
    expect(out).toBe(`Mail:     1SGHM8BN00001, part 1
Route:    ses, waiting
Accepted: 2026-11-25 11:50:00 +09:00
Next try: in 30 s
Tries:    2
Size:     5.1 kB
Stream:   goo.ne.jp
From:     news-1@goo.ne.jp
To:       tanaka@example.jp
          suzuki@docomo.ne.jp
Why:      throttled: 454 Throttling failure for tanaka@example.jp
`)
    expect((await watari('mail show 1SGHM8BN00001')).out).not.toContain('tanaka')
  })

  it('holds, releases, retries, reroutes and bounces, and says what it did', async () => {
    const operations = memoryOperations()
    await gateway(operations)
    const id = '1SGHM8BN00001'
    expect((await watari(`mail hold ${id}`)).out).toBe(`${id}: hold done, 1 part, 2 recipients\n`)
    expect((await watari(`mail release ${id} --json`)).out).toBe(
      `{"mailId":"${id}","change":"release","parts":1,"recipients":2}\n`,
    )
    expect((await watari(`mail retry ${id}`)).code).toBe(0)
    expect((await watari(`mail reroute ${id} --to legacy --reason slow`)).code).toBe(0)
    expect((await watari(`mail bounce ${id} --reason gone --by suzuki`)).code).toBe(0)
    expect(operations.orders).toEqual([
      { what: 'hold', id, by: 'sato', reason: 'by hand' },
      { what: 'release', id, by: 'sato', reason: 'by hand' },
      { what: 'retry', id, by: 'sato', reason: 'by hand' },
      { what: 'reroute to legacy', id, by: 'sato', reason: 'slow' },
      { what: 'bounce', id, by: 'suzuki', reason: 'gone' },
    ])
  })

  it('tries every id, and fails with the last failure', async () => {
    await gateway(memoryOperations({ parts: TWO }))
    expect(await watari('mail hold 1SGHM8BN00009 1SGHM8BN00001 1SGHM8BN00002')).toEqual({
      code: 1,
      out: '1SGHM8BN00001: hold done, 1 part, 2 recipients\n',
      error: 'watari: 1SGHM8BN00009: the queue has no such mail\nwatari: 1SGHM8BN00002: it is held\n',
    })
  })

  it.each([
    ['mail show xyz', 64, 'A mail id has 13 letters and digits'],
    ['mail show 1SGHM8BN00009', 1, 'the queue has no such mail'],
    ['mail bounce 1SGHM8BN00001', 64, "'--reason <text>' not specified"],
    ['mail reroute 1SGHM8BN00001 --reason x', 64, "'--to <route>' not specified"],
    ['mail reroute 1SGHM8BN00001 --reason x --to fax', 64, 'Allowed choices are legacy, ses'],
    ['mail list --state lost', 64, 'Allowed choices are'],
    ['mail list --limit 0', 64, 'Write a whole number from 1 to 100000'],
    ['mail lst', 64, 'Did you mean list?'],
    ['stauts', 64, 'Did you mean status?'],
    ['status --jsn', 64, 'Did you mean --json?'],
    ['route stop fax --reason x', 64, 'Allowed choices are legacy, ses'],
  ])('%s ends with exit %d', async (line, exit, message) => {
    await gateway()
    const { code, out, error } = await watari(line)
    expect(error).toContain(message)
    expect([code, out]).toEqual([exit, ''])
  })
})

describe('watari route', () => {
  it('stops and resumes a route, and shows who did', async () => {
    await gateway()
    expect((await watari(['route', 'stop', 'ses', '--reason', 'AWS asks us to'])).out).toBe('Route ses is stopped.\n')
    expect((await watari('route show')).out).toBe(`ROUTE   STATE            ACTIVE   RATE  LAST 24 H          OF  WHY
legacy  running           4/240      -          -           -
ses     stoppedByPerson    2/50  200/s    530,000  10,000,000  sato: AWS asks us to
`)
    expect(await watari('route stop ses --reason again')).toEqual({
      code: 0,
      error: '',
      out: 'Route ses is stoppedByPerson already.\n',
    })
    expect((await watari('route resume ses --json')).out).toBe('{"route":"ses","change":"resume"}\n')
  })
})

describe('watari user', () => {
  function usersInMemory(names: string[] = []) {
    const files: string[] = []
    const users: NonNullable<Programs['users']> = async (file) => {
      files.push(file)
      return {
        list: async () => names,
        add: async (name) => {
          const isNew = !names.includes(name)
          if (isNew) names.push(name)
          return isNew
        },
        remove: async (name) => names.splice(names.indexOf(name), names.includes(name) ? 1 : 0).length > 0,
      }
    }
    return { users, files, names }
  }

  it('adds, renews, lists and removes users of the data folder, and shows no password', async () => {
    const { users, files } = usersInMemory()
    const secret = 'correct horse battery'
    expect((await watari('user add cuenote', { users }, secret)).out).toBe('User cuenote is added.\n')
    expect((await watari('user add cuenote', { users }, secret)).out).toBe('User cuenote has a new password.\n')
    expect((await watari('user add app --json', { users }, secret)).out).toBe('{"user":"app","isNew":true}\n')
    expect((await watari('user list', { users })).out).toBe('cuenote\napp\n')
    expect((await watari('user remove app', { users })).out).toBe('User app is removed.\n')
    expect(new Set(files)).toEqual(new Set([join(folder, 'users.json')]))
  })

  it.each(['', 'short', 'x'.repeat(257)])('takes no password of the wrong length: %j', async (password) => {
    const { users, names } = usersInMemory()
    const { code, error } = await watari('user add cuenote', { users }, password)
    expect(code).toBe(64)
    expect(error).toContain(`the password has ${password.length} characters, 12 to 256 are taken`)
    expect(names).toEqual([])
  })

  it.each(['a b', 'a:b', 'a\u0000', 'x'.repeat(129)])('takes no such name: %j', async (name) => {
    const { users } = usersInMemory()
    expect((await watari(['user', 'add', name], { users }, 'correct horse battery')).code).toBe(64)
  })

  it('cannot remove whom there is not', async () => {
    const { users, names } = usersInMemory(['cuenote'])
    expect(await watari('user remove app', { users })).toEqual({
      code: 1,
      out: '',
      error: 'watari: there is no user app. watari user list shows all.\n',
    })
    expect(names).toEqual(['cuenote'])
  })
})

describe('watari plan show', () => {
  it('is the plan with its defaults', async () => {
    const { code, out } = await watari('plan show --json')
    expect(code).toBe(0)
    expect(JSON.parse(out)).toMatchObject({
      domain: 'goo.ne.jp',
      ses: { smtpHost: 'email-smtp.ap-northeast-1.amazonaws.com' },
    })
    expect((await watari('plan show')).out).toContain('domain: goo.ne.jp\n')
  })

  it('hides the split key', async () => {
    const plan = JSON.parse((await watari('plan show --json')).out) as never
    const secret: Programs['readPlan'] = () => ({
      kind: 'plan',
      plan: Object.assign({}, plan, { split: { key: 'hunter2-hunter2-hunter2' } }),
      warnings: [],
      placeOf: () => ({ line: 1, column: 1 }),
    })
    for (const line of ['plan show', 'plan show --json'])
      expect((await watari(line, { readPlan: secret })).out).not.toContain('hunter2')
  })

  it('tells every fault of a faulty plan, with exit 65', async () => {
    const readPlan: Programs['readPlan'] = () => ({
      kind: 'faulty',
      faults: ['p.yaml:1:1: a is wrong.', 'p.yaml:2:1: b is wrong.'],
    })
    expect(await watari('plan show', { readPlan })).toEqual({
      code: 65,
      out: '',
      error: 'watari: p.yaml:1:1: a is wrong.\np.yaml:2:1: b is wrong.\ndocs/plan.md lists all keys.\n',
    })
  })
})

describe('watari up', () => {
  const READY = {
    smtp: '127.0.0.1:2525',
    http: 'http://127.0.0.1:2580',
    sesApi: 'http://127.0.0.1:2543',
    sesSmtp: '127.0.0.1:2587',
    legacySmtp: '127.0.0.1:2526',
  }
  const started = (): Running => ({
    ready: READY,
    stop: async () => {},
    stopped: Promise.resolve(),
    reopenLog: () => {},
  })

  it('says one line when ready, with a first mail to try', async () => {
    const asked: UpOptions[] = []
    const up = async (options: UpOptions) => {
      asked.push(options)
      return started()
    }
    expect(await watari('up --port-base 4000 --log-level warn', { up })).toEqual({
      code: 0,
      error: '',
      out: `Watari is ready: SMTP 127.0.0.1:2525, status http://127.0.0.1:2580/status, SES stand-in http://127.0.0.1:2543 and SMTP 127.0.0.1:2587, legacy stand-in 127.0.0.1:2526, log ${folder}/watari.log. First mail: swaks --server 127.0.0.1:2525 --from news@goo.ne.jp --to tanaka@example.jp\n`,
    })
    expect(asked).toMatchObject([
      {
        dataFolder: folder,
        log: { level: 'warn', file: `${folder}/watari.log` },
        ports: { smtp: 4_025, legacySmtp: 4_026, sesApi: 4_043, dns: 4_053, http: 4_080, sesSmtp: 4_087 },
      },
    ])
  })

  it('says one JSON line when ready', async () => {
    const { out } = await watari('up --json --port-base 0', { up: async () => started() })
    expect(JSON.parse(out)).toEqual({ ready: true, ...READY })
  })

  it('ends with exit 73 when a port is taken, and with 70 when it fails for no known reason', async () => {
    const taken = Object.assign(new Error('listen EADDRINUSE: address already in use 127.0.0.1:2525'), {
      code: 'EADDRINUSE',
    })
    expect(await watari('up', { up: () => Promise.reject(taken) })).toMatchObject({
      code: 73,
      error:
        'watari: a port is taken: listen EADDRINUSE: address already in use 127.0.0.1:2525. Stop what uses it, or choose another port.\n',
    })
    expect((await watari('up', { up: () => Promise.reject(new Error('x')) })).code).toBe(70)
    expect((await watari('up --port-base 80')).code).toBe(64)
  })

  it('stops in order at SIGTERM, and the log is opened anew at SIGHUP', async () => {
    const seen: string[] = []
    let end = () => {}
    const stopped = new Promise<void>((resolve) => {
      end = resolve
    })
    const up = async (): Promise<Running> => ({
      ready: READY,
      stop: async () => {
        seen.push('stop')
        end()
      },
      stopped,
      reopenLog: () => seen.push('reopen'),
    })
    const before = process.listenerCount('SIGTERM')
    const ended = watari('up', { up })
    await expect.poll(() => process.listenerCount('SIGTERM')).toBe(before + 1)
    process.emit('SIGHUP')
    process.emit('SIGTERM')
    expect((await ended).code).toBe(0)
    expect(seen).toEqual(['reopen', 'stop'])
    expect(process.listenerCount('SIGTERM')).toBe(before)
  })
})

describe('a stop that fails', () => {
  it('ends the program with exit 70 instead of waiting for ever', async () => {
    const up = async (): Promise<Running> => ({
      ready: {},
      stop: () => Promise.reject(new Error('the queue could not be closed')),
      stopped: new Promise(() => {}),
      reopenLog: () => {},
    })
    const before = process.listenerCount('SIGTERM')
    const ended = watari('up', { up })
    await expect.poll(() => process.listenerCount('SIGTERM')).toBe(before + 1)
    process.emit('SIGTERM')
    expect(await ended).toMatchObject({ code: 70, error: expect.stringContaining('the queue could not be closed') })
  })
})

describe('watari gateway', () => {
  it('runs no plan that nobody named', async () => {
    expect(await watari('gateway')).toEqual({
      code: 64,
      out: '',
      error: 'watari: no plan is named. Name it with --plan FILE or $WATARI_PLAN.\n',
    })
  })
})

describe('help', () => {
  it('is grouped, and short enough for one screen', async () => {
    const { code, out } = await watari('--help')
    expect(code).toBe(0)
    expect(out).toContain('Running:')
    expect(out).toContain('Exit codes: 0 done')
    expect(out.split('\n').length).toBeLessThan(60)
  })

  it('fits a terminal of 80 columns, on every screen', async () => {
    const words = (help: string) =>
      [...help.matchAll(/^  ([a-z][a-z-]+)(?: [<[].*?[>\]])?  /gm)].map((match) => match[1]!)
    const groups = words((await watari('--help')).out.split('Examples:')[0]!)
    expect(groups).toContain('status')
    for (const group of groups) {
      const screens = [(await watari(`${group} --help`)).out]
      const [, commands] = screens[0]!.split('\nCommands:\n')
      for (const command of words(commands ?? '')) screens.push((await watari(`${group} ${command} --help`)).out)
      expect(screens.flatMap((screen) => screen.split('\n')).filter((line) => line.length > 80)).toEqual([])
    }
  })

  it('comes with exit 64 when no command is given', async () => {
    expect((await watari('')).code).toBe(64)
    const { code, error } = await watari('stage')
    expect(code).toBe(64)
    expect(error).toContain('history')
  })

  it('has the version', async () => {
    expect(await watari('--version')).toEqual({ code: 0, out: '0.1.0\n', error: '' })
  })
})
