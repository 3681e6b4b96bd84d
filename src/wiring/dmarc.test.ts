// What the robot hears of DMARC reports: read from the record on disk, now and then.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { fakeClock, recordedLog, recordedMeter } from '../../test/support/fakes.ts'
import { systemRandom } from '../adapters/node/random.ts'
import type { Plan } from '../core/plan/plan.ts'
import { parsePlan } from './config.ts'
import { reportedDkim } from './dmarc.ts'

const NOON = Date.UTC(2026, 10, 25, 12)
const MINUTE = 60_000
const PLAN = 'domain: goo.ne.jp\ngateway: { clients: [127.0.0.1/32] }\nlegacy: { hosts: [{ host: mx }] }\n'
const LINE = {
  day: '2026-11-25',
  reporter: 'r',
  selector: 's',
  source: '54.240.***.***',
  domain: 'goo.ne.jp',
  bySes: true,
}

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'watari-dmarc-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

function planOf(text: string): Plan {
  const reading = parsePlan(text, { file: 'p.yaml', hostname: 'gw.example.jp' })
  if (reading.kind === 'faulty') throw new Error(reading.faults.join('\n'))
  return reading.plan
}

function write(passed: number): void {
  const lines = [{ ...LINE, mails: 1_000, dkimPassed: passed, spfPassed: 0, dmarcPassed: passed }]
  writeFileSync(join(folder, 'dmarc-reports.json'), JSON.stringify({ version: 1, reports: [], lines }))
}

function asked(text = `${PLAN}dmarc: {}\n`) {
  const basics = { clock: fakeClock(NOON), random: systemRandom(), log: recordedLog(), meter: recordedMeter() }
  return { ...basics, results: reportedDkim({ plan: planOf(text), dataFolder: folder }, basics) }
}

test('the record is read anew after ten minutes', async () => {
  const { results, clock } = asked()
  expect(await results()).toBeUndefined()
  write(970)
  await clock.advance(9 * MINUTE)
  expect(await results()).toBeUndefined()
  await clock.advance(MINUTE)
  expect(await results()).toEqual({ passed: 970, total: 1_000 })
})

test('a damaged record says nothing, and the log says so', async () => {
  writeFileSync(join(folder, 'dmarc-reports.json'), '{')
  const { results, log } = asked()
  expect(await results()).toBeUndefined()
  expect(log.lines.map(({ level, event }) => `${level} ${event}`)).toEqual(['warn dmarcNotRead'])
})

test('a plan that reads no reports has no results', async () => {
  write(970)
  expect(await asked(PLAN).results()).toBeUndefined()
})
