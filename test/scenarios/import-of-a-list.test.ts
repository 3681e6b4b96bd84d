// A list of 100,000 addresses, as a person imports it before the first stage: in seconds, cut and begun anew, and back as files.
import { spawn } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startWatari, type RunningProgram } from '../support/watari.ts'

const LINES = 100_000
const CLI = join(import.meta.dirname, '../../dist/cli/main.js')

let program: RunningProgram
let folder: string
let file: string
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'watari-import-'))
  file = join(folder, 'errors.csv')
  // In no order, as lists of errors are.
  const addresses = Array.from({ length: LINES }, (_, i) => `person${(i * 7_919) % LINES}@example${i % 97}.jp,BOUNCE`)
  writeFileSync(file, `${addresses.join('\n')}\n`)
  program = await startWatari({ args: ['up', '--port-base', '0', '--log-file', '-'] })
})
afterAll(async () => {
  await program.stop()
  rmSync(folder, { recursive: true })
})

const entries = async () => {
  const { out } = await program.command('suppression', 'status', '--json')
  return (JSON.parse(out) as { entries: { imported: number } }).entries.imported
}

/** An import that is killed as soon as something of it has arrived. */
async function cutImport(): Promise<void> {
  const child = spawn(process.execPath, [CLI, 'suppression', 'import', file, '--data', program.dataFolder])
  const ended = new Promise((resolve) => child.once('exit', resolve))
  while ((await entries()) === 0 && child.exitCode === null) continue
  child.kill('SIGKILL')
  await ended
}

test('is taken in seconds, also after it was cut, and only once', async () => {
  await cutImport()
  const begun = await entries()
  expect(begun).toBeGreaterThan(0)
  expect(begun).toBeLessThan(LINES)
  const startedAt = Date.now()
  const answer = await program.command('suppression', 'import', file, '--json')
  const tookMs = Date.now() - startedAt
  expect(JSON.parse(answer.out)).toMatchObject({ lines: LINES, added: LINES - begun, known: begun, faults: 0 })
  expect(await entries()).toBe(LINES)
  // About five seconds on an idle machine with two cores.
  expect(tookMs).toBeLessThan(60_000)
})

test('goes out again as one file for SES, each address once', async () => {
  const out = join(folder, 'out')
  const answer = await program.command('suppression', 'export', out, '--by', 'tester')
  expect(answer).toMatchObject({ code: 0, error: '' })
  expect(readdirSync(out).toSorted()).toEqual(['commands.txt', 'suppression-0001.csv'])
  const lines = readFileSync(join(out, 'suppression-0001.csv'), 'utf8').trim().split('\n')
  expect(lines).toHaveLength(LINES)
  expect(new Set(lines).size).toBe(LINES)
  expect(lines.every((line) => /^person\d+@example\d+\.jp,BOUNCE$/.test(line))).toBe(true)
})

test('and the log names nobody of it', () => {
  expect(program.log()).toContain('"event":"suppressionImported"')
  expect(program.log()).not.toMatch(/person\d|example\d+\.jp/)
})
