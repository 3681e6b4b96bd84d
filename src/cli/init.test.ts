// `watari init` from flags and from a dialogue: what it writes parses, is judged without error, and never takes another file's place.
import fc from 'fast-check'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { judgePlan } from '../core/plan/findings/all.ts'
import { starterPlan, starterStages } from '../core/plan/starter.ts'
import { parsePlan, readPlan } from '../wiring/config.ts'
import { runCommand } from './program.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'watari-init-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

const notStarted = () => Promise.reject(new Error('not started in this test'))

/** `answers` are what the person says, in order; without them there is no terminal. */
async function watari(args: readonly string[], answers?: readonly string[]) {
  let out = ''
  let error = ''
  const asked: string[] = []
  const left = [...(answers ?? [])]
  const ask = async (question: string) => {
    asked.push(question)
    return left.shift() ?? ''
  }
  const code = await runCommand(
    args,
    {
      terminal: {
        out: (text) => void (out += text),
        error: (text) => void (error += text),
        color: false,
        errorColor: false,
        now: () => 0,
      },
      variables: {},
      folder,
      password: async () => '',
      ...(answers === undefined ? {} : { ask }),
    },
    {
      version: '0.1.0',
      shippedPlan: 'plans/goo.ne.jp.yaml',
      readPlan,
      up: notStarted,
      gateway: notStarted,
      standin: notStarted,
    },
  )
  return { code, out, error, asked }
}

const FLAGS =
  '--domain example.jp --legacy-hosts mx1.example.jp,mx2.example.jp:2525 --legacy-networks 192.0.2.0/27 --mails-per-day 100,000 --granted-per-day 500000 --granted-per-second 14'.split(
    ' ',
  )

describe('watari init', () => {
  it('writes a plan that check accepts without a word, from flags alone', async () => {
    expect(await watari(['init', ...FLAGS])).toMatchObject({
      code: 0,
      out: 'Written: example.jp.yaml. watari check example.jp.yaml: errors 0, warnings 0, notes 0.\n',
      error: '',
    })
    const reading = readPlan(join(folder, 'example.jp.yaml'))
    if (reading.kind === 'faulty') throw new Error(reading.faults.join('\n'))
    expect(judgePlan(reading.plan)).toEqual([])
    expect(reading.plan).toMatchObject({
      domain: 'example.jp',
      legacy: {
        hosts: [
          { host: 'mx1.example.jp', port: 25 },
          { host: 'mx2.example.jp', port: 2525 },
        ],
      },
      dkim: {
        mailFromDomain: 'bounce.example.jp',
        legacySpf: ['ip4:192.0.2.0/27'],
        contact: { mail: 'postmaster@example.jp' },
      },
      volume: { mailsPerDay: 100_000 },
      quota: { grantedRecipientsPerDay: 500_000 },
    })
  })

  it('ends with the stage that the budget pays for', async () => {
    const { out } = await watari([
      'init',
      ...FLAGS,
      '--mails-per-day',
      '5300000',
      '--granted-per-day',
      '10000000',
      '--budget',
      '500000',
    ])
    expect(out).toContain('errors 0, warnings 0')
    const reading = readPlan(join(folder, 'example.jp.yaml'))
    expect(reading.kind === 'plan' && reading.plan.stages.map(({ percent }) => percent)).toEqual([1, 5, 10, 20])
  })

  it('tells at once what a new account lacks', async () => {
    const { code, out } = await watari(['init', ...FLAGS, '--granted-per-day', '200'])
    expect(code).toBe(0)
    expect(out).toContain('errors 1,')
  })

  it('never writes over a file', async () => {
    writeFileSync(join(folder, 'example.jp.yaml'), 'mine')
    const { code, error } = await watari(['init', ...FLAGS])
    expect(code).toBe(73)
    expect(error).toContain('is there already')
    expect(readFileSync(join(folder, 'example.jp.yaml'), 'utf8')).toBe('mine')
  })

  it('comments in Japanese', async () => {
    const { out } = await watari(['init', 'plan.yaml', ...FLAGS, '--lang', 'ja'])
    expect(out).toBe('plan.yaml を書きました。watari check plan.yaml: エラー 0 件、警告 0 件、参考 0 件。\n')
    expect(readFileSync(join(folder, 'plan.yaml'), 'utf8')).toMatch(/^# example\.jp の Amazon SES への移行計画。/)
  })

  it('names the flag that is missing, where nobody can be asked', async () => {
    expect(await watari(['init', '--domain', 'example.jp'])).toMatchObject({
      code: 64,
      error: 'watari: --legacy-hosts <list> is missing. watari init --help tells of all.\n',
    })
  })

  it.each([
    ['--domain', 'not a domain'],
    ['--legacy-hosts', 'mx 1'],
    ['--legacy-networks', '192.0.2.1/27'],
    ['--legacy-networks', '0.0.0.0/0'],
    ['--mails-per-day', '5 million'],
    ['--granted-per-day', '0'],
    ['--budget', '-1'],
    ['--contact', 'nobody'],
    ['--contact', 'a"b@example.jp'],
    ['--mail-from', 'bounce.example.net'],
  ])('refuses %s %s', async (flag, value) => {
    const { code, error } = await watari(['init', ...FLAGS, `${flag}=${value}`])
    expect(code).toBe(64)
    expect(error).not.toBe('')
  })
})

describe('the dialogue', () => {
  it('asks for what no flag says, shows defaults, and asks again', async () => {
    const { code, asked, out } = await watari(
      ['init', '--domain', 'example.jp', '--lang', 'ja'],
      ['', 'mx1.example.jp', '192.0.2.0/27', '100000', '500000', '14', '', '', '', '21'],
    )
    expect(code).toBe(0)
    expect(asked.slice(0, 2)).toEqual([
      '旧 SMTP ホスト (名前 または 名前:ポート、カンマ区切り): ',
      '旧 SMTP ホスト (名前 または 名前:ポート、カンマ区切り): ',
    ])
    expect(asked).toContain('MAIL FROM サブドメイン [bounce.example.jp]: ')
    expect(out).toContain('"" is empty.\n')
    const reading = readPlan(join(folder, 'example.jp.yaml'))
    expect(reading.kind === 'plan' && reading.plan.schedule.dnsTeamDays).toBe(21)
  })

  it('gives up after three answers that are none', async () => {
    expect((await watari(['init'], ['a b', 'c d', 'e f'])).code).toBe(64)
  })
})

describe('a plan made from any sane answers', () => {
  it('parses, and has no error', () => {
    const answers = fc.record({
      domain: fc.constantFrom('example.jp', 'mail.example.co.jp', 'a-b.example'),
      region: fc.constantFrom('ap-northeast-1', 'us-east-1'),
      timeZone: fc.constant('Asia/Tokyo'),
      legacyHosts: fc
        .array(fc.integer({ min: 1, max: 99 }), { minLength: 1, maxLength: 12 })
        .map((numbers) => [...new Set(numbers)].map((n) => ({ host: `mx${n}.example.jp`, port: 25 }))),
      legacyNetworks: fc.constantFrom(['192.0.2.0/24'], ['192.0.2.1', '2001:db8::/32']),
      mailsPerDay: fc.integer({ min: 1, max: 50_000_000 }),
      contactMail: fc.constantFrom('ops@example.jp', 'ops+dns@example.jp'),
      dnsTeamDays: fc.integer({ min: 1, max: 90 }),
    })
    fc.assert(
      fc.property(answers, fc.constantFrom('en' as const, 'ja' as const), (given, language) => {
        const whole = {
          ...given,
          grantedPerDay: given.mailsPerDay * 2,
          grantedPerSecond: 1_000,
          mailFromDomain: `bounce.${given.domain}`,
        }
        const reading = parsePlan(starterPlan(whole, starterStages(100, whole.mailsPerDay), language), {
          file: 'p',
          hostname: 'h',
        })
        if (reading.kind === 'faulty') throw new Error(reading.faults.join('\n'))
        expect(judgePlan(reading.plan)).toEqual([])
      }),
    )
  })

  it.each<[number, readonly number[]]>([
    [100, [1, 5, 10, 20, 50, 100]],
    [20.9, [1, 5, 10, 20]],
    [35.27, [1, 5, 10, 20, 35.2]],
    [0.5, [0.5]],
    [0, []],
  ])('has stages up to %d %%', (most, stages) => {
    expect(starterStages(most, 5_300_000)).toEqual(stages)
  })

  it.each<[number, readonly number[]]>([
    [5_300_000, [1, 5, 10, 20, 50, 100]],
    [500, [20, 50, 100]],
    [30, [100]],
  ])('has no stage that %d mails a day do not fill', (mails, stages) => {
    expect(starterStages(100, mails)).toEqual(stages)
  })

  it('asks of no stage more mails than its hours bring', async () => {
    await watari(['init', ...FLAGS, '--mails-per-day', '500'])
    const reading = readPlan(join(folder, 'example.jp.yaml'))
    expect(reading.kind === 'plan' && reading.plan.stages).toEqual([
      { percent: 20, leastHours: 24, leastMails: 100 },
      { percent: 50, leastHours: 72, leastMails: 750 },
      { percent: 100, leastHours: 72, leastMails: 1_500 },
    ])
  })
})
