// `watari doctor` beside a gateway that runs: it knows it, finds what is planted, and shows no secret.
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { startWatari, watari, type RunningProgram } from '../support/watari.ts'

interface Finding {
  readonly id: string
  readonly level: string
  readonly where: string
}

let program: RunningProgram
let planFile: string

beforeAll(async () => {
  program = await startWatari({ args: ['up', '--port-base', '0'] })
  const [host, port] = program.ready['smtp']!.split(':')
  const legacyPort = program.ready['legacySmtp']!.split(':')[1]!
  const api = program.ready['sesApi']!
  planFile = join(mkdtempSync(join(tmpdir(), 'plan-')), 'plan.yaml')
  writeFileSync(
    planFile,
    [
      'domain: example.jp',
      `region: ap-northeast-1`,
      `gateway: { host: ${host}, port: ${port}, clients: [127.0.0.1] }`,
      'status: { host: 127.0.0.1, port: 0 }',
      `legacy: { hosts: [{ host: 127.0.0.1, port: ${legacyPort} }], tls: never }`,
      `ses: { apiEndpoint: '${api}' }`,
      '',
    ].join('\n'),
  )
})
afterAll(async () => {
  await program.stop()
  rmSync(join(planFile, '..'), { recursive: true })
})

async function doctor() {
  const { code, out } = await watari('doctor', '--plan', planFile, '--data', program.dataFolder, '--json')
  const { findings } = JSON.parse(out) as { readonly findings: readonly Finding[] }
  const level = (id: string) => findings.filter((one) => one.id === id).map((one) => one.level)
  return { code, out, level }
}

it('knows the gateway that runs and its port, and reaches both routes', async () => {
  const { level } = await doctor()
  expect(level('gateway')).toEqual(['ok'])
  expect(level('port')).toEqual(['ok'])
  expect(level('legacy-host')).toEqual(['ok'])
  expect(level('ses-endpoint')).toEqual(['ok'])
  expect(level('certificate')).toEqual(['ok'])
})

it('finds a split key that everybody may read, ends with 3, and shows nothing of it', async () => {
  const file = join(program.dataFolder, 'split.key')
  const key = readFileSync(file, 'utf8').trim()
  chmodSync(file, 0o644)
  const { code, out, level } = await doctor()
  chmodSync(file, 0o600)
  expect(code).toBe(3)
  expect(level('split-key')).toEqual(['error'])
  expect(out).not.toContain(key)
})

it('says in Japanese what is wrong', async () => {
  const { out } = await watari('doctor', '--plan', planFile, '--data', join(program.dataFolder, 'none'), '--lang', 'ja')
  expect(out).toContain('データフォルダーが使えません (ENOENT)')
})
