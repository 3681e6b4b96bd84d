// `watari check --ses` on the stand-in, and `--logs` on lines of Postfix, by the built program.
import { execFile } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, afterEach, describe, expect, test } from 'vitest'
import { startStandin, type Standin } from '../../src/standin/standin.ts'

const run = promisify(execFile)
const folder = mkdtempSync(join(tmpdir(), 'watari-check-'))
afterAll(() => rmSync(folder, { recursive: true }))
let standin: Standin | undefined
afterEach(async () => {
  await standin?.stop()
  standin = undefined
})

async function check(file: string, options: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const answer = await run('node', ['dist/cli/main.js', 'check', file, '--json', ...options], {
    env: { ...process.env, ...env },
  }).then(
    ({ stdout }) => ({ code: 0, stdout }),
    (error: { code: number; stdout: string }) => error,
  )
  const { findings } = JSON.parse(answer.stdout) as { findings: readonly { id: string; sum: readonly string[] }[] }
  return { code: answer.code, findings, ids: [...new Set(findings.map(({ id }) => id))] }
}

const mended = (change: (text: string) => string) => {
  const file = join(folder, 'plan.yaml')
  writeFileSync(file, change(readFileSync('plans/goo.ne.jp.mended.yaml', 'utf8')))
  return file
}

describe('watari check --ses', () => {
  const keysOf = ({ credentials }: Standin) => ({
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
  })

  test('reads the account, the identity and the configuration set of the stand-in', async () => {
    standin = await startStandin({
      seed: {
        domain: 'goo.ne.jp',
        selector: 's1',
        mailFromDomain: 'bounce.goo.ne.jp',
        configurationSet: 'goo-ne-jp-email-config',
        events: { kind: 'eventBridge' },
      },
      settings: { controlCallsPerSecond: 0 },
    })
    const { apiUrl } = standin
    const file = mended((text) => text.replace('\nses:\n', `\nses:\n  apiEndpoint: ${apiUrl}\n`))
    const { ids } = await check(file, ['--ses'], keysOf(standin))
    // Each is a word of SES: what the seed has made is ready, and what it has not is told.
    expect(ids.filter((id) => id.startsWith('ses-') && !id.startsWith('ses-quota'))).toEqual([])
  })

  test('tells what is not there, and what may not be asked', async () => {
    standin = await startStandin({ settings: { controlCallsPerSecond: 0 } })
    const { apiUrl } = standin
    const file = mended((text) => text.replace('\nses:\n', `\nses:\n  apiEndpoint: ${apiUrl}\n`))
    const { code, ids } = await check(file, ['--ses'], keysOf(standin))
    expect(code).toBe(3)
    expect(ids).toEqual(expect.arrayContaining(['ses-identity-not-ready', 'ses-events-not-told']))
    const strangers = { AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE', AWS_SECRET_ACCESS_KEY: 'synthetic' }
    const refused = await check(file, ['--ses'], strangers)
    expect(refused.ids).toEqual(['ses-unanswered'])
    expect(refused.findings[0]!.sum.join()).not.toContain('AKIDEXAMPLE')
  })
})

describe('watari check --logs', () => {
  test('finds the sender without identity, the receiver in the clear, and the large envelope', async () => {
    const logs = join(folder, 'logs')
    mkdirSync(logs)
    writeFileSync(join(logs, 'maillog'), LINES.join('\n'))
    const file = mended((text) =>
      text.replace(/tlsPolicy: OPTIONAL[^\n]*/, 'tlsPolicy: REQUIRE').replace('tlsPercent: 99.2', 'tlsPercent: 100'),
    )
    const { ids } = await check(file, ['--logs', logs])
    expect(ids).toEqual(
      expect.arrayContaining(['logs-sender-refused', 'logs-large-envelopes', 'logs-carriers', 'logs-volume-differs']),
    )
  })
})

const stamp = (second: number) => `2026-11-02T03:04:${String(second).padStart(2, '0')}.000000+09:00`
const LINES = [
  `${stamp(1)} mx1 postfix/qmgr[1]: A1B2C3D4E5: from=<news@other.example>, size=1000, nrcpt=60 (queue active)`,
  ...Array.from(
    { length: 60 },
    (_, i) =>
      `${stamp(2)} mx1 postfix/smtp[2]: A1B2C3D4E5: to=<a${i}@docomo.ne.jp>, relay=mx.docomo.ne.jp[192.0.2.9]:25, delay=1, delays=0/0/0/1, dsn=2.0.0, status=sent (250 ok)`,
  ),
  `${stamp(3)} mx1 postfix/qmgr[1]: A1B2C3D4E5: removed`,
  '',
]
