// `watari cost` as its readers see it. What docs/cost.md shows is what the command prints:
// UPDATE_DOCS=1 npx vitest run src/cli/cost.test.ts writes it anew.
import { readFileSync, writeFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { readPlan } from '../wiring/config.ts'
import { widthOf } from '../core/base/wrap.ts'
import { runCommand } from './program.ts'
import type { Programs } from './programs.ts'

const NOW = Date.parse('2026-11-25T12:00:00Z')
const DOCUMENT = 'docs/cost.md'
const notStarted = () => Promise.reject(new Error('not started in this test'))
const PROGRAMS: Programs = {
  version: '0.1.0',
  shippedPlan: 'plans/goo.ne.jp.yaml',
  readPlan,
  up: notStarted,
  gateway: notStarted,
  standin: notStarted,
}

async function watari(line: string, color = false) {
  let [out, error] = ['', '']
  const terminal = {
    out: (text: string) => void (out += text),
    error: (text: string) => void (error += text),
    color,
    errorColor: false,
    now: () => NOW,
  }
  const environment = { terminal, variables: {}, folder: process.cwd(), password: async () => '' }
  const code = await runCommand(line.split(' '), environment, PROGRAMS)
  return { code, out, error }
}

const AFTER = '$ watari cost plans/goo.ne.jp.yaml\n'
function documented(): { readonly before: string; readonly shown: string; readonly after: string } {
  const text = readFileSync(DOCUMENT, 'utf8')
  const from = text.indexOf(AFTER) + AFTER.length
  const to = text.indexOf('```', from)
  return { before: text.slice(0, from), shown: text.slice(from, to), after: text.slice(to) }
}

describe('watari cost', () => {
  it('prints what docs/cost.md shows', async () => {
    const { code, out } = await watari('cost plans/goo.ne.jp.yaml')
    expect(code).toBe(0)
    const { before, after } = documented()
    if (process.env['UPDATE_DOCS'] === '1') writeFileSync(DOCUMENT, before + out + after)
    expect(documented().shown).toBe(out)
  })

  it.each([
    'cost',
    'cost --lang ja',
    'cost --stage 0',
    'cost --stage 1,5,10,20,30,40,50,60,70,80,90,100',
    'cost --lang ja --stage 10,25,50,75,100',
  ])('keeps to 80 columns: %s', async (line) => {
    const { out } = await watari(line)
    for (const text of out.split('\n')) expect(widthOf(text), text).toBeLessThanOrEqual(80)
  })

  it('warns on standard error that the prices are old, and says their day', async () => {
    const { out, error } = await watari('cost')
    expect(error).toBe(
      'watari: warning: the price table is 126 days old: compare it with https://aws.amazon.com/ses/pricing/ before you decide\n',
    )
    expect(out).toContain('the oldest read on 2026-07-22')
  })

  it('reckons other stages at another rate', async () => {
    const { out } = await watari('cost --stage 20 --rate 140 --json')
    const report = JSON.parse(out) as { yenPerDollar: number; stages: readonly unknown[] }
    expect(report.yenPerDollar).toBe(140)
    // 31,800,000 × 0.0001 + 5.003384 + 0.318 = 3,185.321384; × 140 = 445,944.99
    expect(report.stages).toMatchObject([{ percent: 20, recipients: 31_800_000, dollars: 3_185.321384, yen: 445_945 }])
  })

  it('paints what is over the budget', async () => {
    const { out } = await watari('cost', true)
    expect(out).toContain('\u001b[31m4.8 x the budget\u001b[0m')
  })

  it.each([
    ['cost --stage 10,101', 64],
    ['cost --stage ten', 64],
    ['cost --rate 0', 64],
    ['cost --rate 1e3', 64],
    ['cost --lang fr', 64],
    ['cost no-such-plan.yaml', 65],
  ])('%s ends with %i', async (line, expected) => {
    expect((await watari(line)).code).toBe(expected)
  })
})
