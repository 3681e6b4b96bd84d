// `watari plan calendar` and `watari plan quota-request` as their readers see them. docs/calendar.md shows what they print:
// UPDATE_DOCS=1 npx vitest run src/cli/plan-calendar.test.ts writes it anew.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { widthOf } from '../core/base/wrap.ts'
import { readPlan } from '../wiring/config.ts'
import { runCommand } from './program.ts'
import type { Programs } from './programs.ts'

const NOW = Date.parse('2026-11-25T12:00:00Z')
const DOCUMENT = 'docs/calendar.md'
const notStarted = () => Promise.reject(new Error('not started in this test'))
const PROGRAMS: Programs = {
  version: '0.1.0',
  shippedPlan: 'plans/goo.ne.jp.yaml',
  readPlan,
  up: notStarted,
  gateway: notStarted,
  standin: notStarted,
}

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'watari-calendar-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

async function watari(line: string) {
  let [out, error] = ['', '']
  const terminal = {
    out: (text: string) => void (out += text),
    error: (text: string) => void (error += text),
    color: false,
    errorColor: false,
    now: () => NOW,
  }
  const environment = { terminal, variables: {}, folder, password: async () => '' }
  const code = await runCommand(line.split(' '), environment, PROGRAMS)
  return { code, out, error }
}

describe('docs/calendar.md', () => {
  it.each([
    'plan calendar --start 2026-11-30 --today 2026-12-16',
    'plan calendar --start 2026-11-30 --today 2026-12-16 --lang ja',
    'plan quota-request',
    'plan quota-request --lang ja',
  ])('shows what watari %s prints', async (line) => {
    const { code, out } = await watari(line)
    expect(code).toBe(0)
    const text = readFileSync(DOCUMENT, 'utf8')
    const before = `\`\`\`\n$ watari ${line}\n`
    const from = text.indexOf(before) + before.length
    expect(from).toBeGreaterThan(before.length)
    const to = text.indexOf('```', from)
    if (process.env['UPDATE_DOCS'] === '1') writeFileSync(DOCUMENT, text.slice(0, from) + out + text.slice(to))
    else expect(text.slice(from, to)).toBe(out)
  })
})

it.each([
  ['README.md', 'en'],
  ['README.ja.md', 'ja'],
])('%s shows lines that the commands print', async (file, language) => {
  const text = readFileSync(file, 'utf8')
  const from = text.indexOf('$ watari cost')
  const shown = text
    .slice(from, text.indexOf('```', from))
    .split('\n')
    .filter((line) => line !== '…' && !line.startsWith('$ '))
  const cost = await watari(`cost --lang ${language}`)
  const calendar = await watari(`plan calendar --lang ${language} --start 2026-11-30`)
  const printed = new Set(`${cost.out}${calendar.out}`.split('\n'))
  expect(shown.length).toBeGreaterThan(30)
  expect(shown.filter((line) => !printed.has(line))).toEqual([])
})

describe('watari plan calendar', () => {
  it.each(['', ' --lang ja', ' --start 2027-11-01', ' --lang ja --start 2026-04-20'])(
    'keeps to 80 columns: %s',
    async (options) => {
      const { out } = await watari(`plan calendar${options}`)
      for (const text of out.split('\n')) expect(widthOf(text), text).toBeLessThanOrEqual(80)
    },
  )

  it('begins on the next working day in the zone of the plan', async () => {
    const report = JSON.parse((await watari('plan calendar --json')).out) as Record<string, unknown>
    // 21:00 in Tokyo.
    expect(report['today']).toBe('2026-11-25')
    expect(report['calendars']).toMatchObject([
      {
        order: 'given',
        from: '2026-11-25',
        tasks: [{ id: 'phase-1', from: '2026-11-25', to: '2026-12-01' }, ...Array.from({ length: 13 }, () => ({}))],
      },
      { order: 'mended' },
    ])
  })

  it('says which holidays it does not know', async () => {
    expect((await watari('plan calendar --start 2027-12-01')).out).toContain(
      'Holidays after 2027 are not announced yet',
    )
  })

  it('writes an iCalendar file, the same twice', async () => {
    const first = await watari('plan calendar --start 2026-11-30 --ics plan.ics')
    expect(first).toMatchObject({ code: 0, out: 'plan.ics: 14 entries.\n' })
    const text = readFileSync(join(folder, 'plan.ics'), 'utf8')
    await watari('plan calendar --start 2026-11-30 --ics plan.ics')
    expect(readFileSync(join(folder, 'plan.ics'), 'utf8')).toBe(text)
    expect((await watari('plan calendar --start 2026-11-30 --ics -')).out).toBe(text)
    expect((await watari('plan calendar --start 2026-11-30 --ics - --order mended')).out).not.toBe(text)
  })

  it.each([
    ['plan calendar --start 2026-02-30', 64],
    ['plan calendar --today tomorrow', 64],
    ['plan calendar --ics no/such/folder/plan.ics', 73],
    ['plan calendar circle.yaml', 65],
    ['plan quota-request --stage 60', 64],
    [`plan quota-request ${process.cwd()}/plans/goo.ne.jp.mended.yaml`, 1],
    ['plan quota-request --stage 0', 64],
  ])('%s ends with %i', async (line, expected) => {
    const text = readFileSync('plans/goo.ne.jp.yaml', 'utf8')
    writeFileSync(join(folder, 'circle.yaml'), text.replace('name: SES, days: 7', 'name: SES, days: 7, after: [8]'))
    expect((await watari(line)).code).toBe(expected)
  })
})

describe('watari plan quota-request', () => {
  it('asks for the stage that is named', async () => {
    const { out } = await watari('plan quota-request --stage 100')
    expect(out).toContain('- Daily sending quota: 6,630,000 recipients in 24 hours.\n')
    expect(JSON.parse((await watari('plan quota-request --stage 50 --json')).out)).toMatchObject({
      domain: 'goo.ne.jp',
      step: { percent: 50, askPerDay: 3_320_000, askPerSecond: 39 },
    })
  })
})
