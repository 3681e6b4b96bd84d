// `watari baseline` over small logs in a folder: what a person sees and what is written.
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { runBaseline } from '../wiring/baseline.ts'
import { readBaseline } from '../wiring/baseline-file.ts'
import { readPlan } from '../wiring/config.ts'
import { runCommand } from './program.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'watari-baseline-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

async function watari(...args: string[]) {
  let [out, error] = ['', '']
  const terminal = {
    out: (text: string) => void (out += text),
    error: (text: string) => void (error += text),
    color: false,
    errorColor: false,
    now: () => Date.parse('2026-11-25T12:00:00+09:00'),
  }
  const notStarted = () => Promise.reject(new Error('not started in this test'))
  const code = await runCommand(
    ['baseline', ...args],
    { terminal, variables: {}, folder, password: notStarted },
    {
      version: '0',
      shippedPlan: 'plans/goo.ne.jp.yaml',
      readPlan,
      up: notStarted,
      gateway: notStarted,
      standin: notStarted,
      baseline: { run: runBaseline, read: readBaseline },
    },
  )
  return { code, out, error }
}

const line = (stamp: string, program: string, text: string) => `${stamp} mx1 postfix/${program}[1]: ${text}\n`
function mail(id: string, day: string, end: string, sender = 'news@goo.ne.jp'): string {
  const stamp = `Nov ${day} 10:00:00`
  return [
    line(stamp, 'smtpd', `${id}: client=app.example[192.0.2.4]`),
    line(stamp, 'qmgr', `${id}: from=<${sender}>, size=5000, nrcpt=1 (queue active)`),
    line(stamp, 'smtp', `${id}: ${end}`),
    line(stamp, 'qmgr', `${id}: removed`),
  ].join('')
}
const to = (address: string, end: string) =>
  `to=<${address}>, relay=mx.example.net[192.0.2.5]:25, delay=0.4, delays=0/0/0/0.4, ${end}`
const SENT = 'dsn=2.0.0, status=sent (250 ok)'
const NOBODY =
  'dsn=5.1.1, status=bounced (host mx.example.net[192.0.2.5] said: 550 5.1.1 User unknown (in reply to RCPT TO command))'

function writeLogs(): void {
  const files: readonly (readonly [string, string, string | Buffer])[] = [
    ['mail.log.2.gz', '2026-11-21', gzipSync(mail('A1', '20', to('gone@example.net', NOBODY)))],
    ['mail.log.1', '2026-11-22', mail('A2', '21', to('gone@example.net', NOBODY))],
    ['mail.log', '2026-11-24', mail('A3', '23', to('tanaka@example.net', SENT), 'bulk@other.example') + 'rubbish\n'],
  ]
  for (const [name, day, content] of files) {
    writeFileSync(join(folder, name), content)
    utimesSync(join(folder, name), new Date(`${day}T00:00:00+09:00`), new Date(`${day}T00:00:00+09:00`))
  }
}

test('rotated logs, packed and plain, become one report without an address', async () => {
  writeLogs()
  const { code, out, error } = await watari('.', '--zone', 'Asia/Tokyo')
  expect([code, error]).toEqual([0, ''])
  expect(out).toContain('Baseline of 1 host\n2026-11-20 10:00 – 2026-11-23 10:00 Asia/Tokyo (3.0 days)\n3 files, ')
  expect(out).toContain('delivered:                  33.3 %   1\n')
  expect(out).toContain('other.example      1           1\n')
  expect(out).toContain('1 of them bounced at least 2 times, beyond doubt, and got nothing since')
  expect(out).toContain('1 lines, one of each kind, masked:\n    rubbish\n')
  expect(out).not.toMatch(/gone@|tanaka@/)
})

test('the report comes in Japanese', async () => {
  writeLogs()
  const { out } = await watari('.', '--lang', 'ja')
  expect(out).toContain('うち 1 件は 2 回以上バウンスし')
  expect(out).toContain('ベースライン（1 ホスト）')
})

test('the baseline is written without an address, and shown again', async () => {
  writeLogs()
  await watari('.', '--out', 'b.json')
  const text = readFileSync(join(folder, 'b.json'), 'utf8')
  expect(text).not.toContain('@')
  expect(JSON.parse(text)).toMatchObject({
    format: 'watari-baseline',
    version: 1,
    mails: 3,
    recipients: 3,
    hosts: ['mx1'],
  })
  const again = await watari('b.json')
  expect(again.code).toBe(0)
  expect(again.out).toContain('Baseline of 1 host')
})

test('suppression candidates are for their owner alone', async () => {
  writeLogs()
  const { out } = await watari('.', '--suppression', 'sup')
  expect(readdirSync(join(folder, 'sup')).toSorted()).toEqual([
    'ses-suppression-0001.jsonl',
    'suppression-evidence.jsonl',
  ])
  expect(readFileSync(join(folder, 'sup/ses-suppression-0001.jsonl'), 'utf8')).toBe(
    '{"emailAddress":"gone@example.net","reason":"BOUNCE"}\n',
  )
  expect(JSON.parse(readFileSync(join(folder, 'sup/suppression-evidence.jsonl'), 'utf8'))).toEqual({
    address: 'gone@example.net',
    suppressed: true,
    bounces: 2,
    firstAt: '2026-11-20T01:00:00.000Z',
    lastAt: '2026-11-21T01:00:00.000Z',
    status: '5.1.1',
    reason: 'noSuchUser',
    doubtful: false,
  })
  for (const name of readdirSync(join(folder, 'sup'))) {
    expect(statSync(join(folder, 'sup', name)).mode & 0o777).toBe(0o600)
  }
  expect(out).toContain('mode 0600')
})

test('what cannot be read is told, and the rest is read', async () => {
  writeLogs()
  writeFileSync(join(folder, 'mail.log.3.gz'), gzipSync('x'.repeat(50_000)).subarray(0, 40))
  writeFileSync(join(folder, 'mail.log.4.xz'), Buffer.from('fd377a585a00000000', 'hex'))
  const { code, error } = await watari('mail.log', 'mail.log.3.gz', 'mail.log.4.xz', 'nowhere.log')
  expect(code).toBe(0)
  expect(error).toMatch(/nowhere\.log ENOENT/)
  expect(error).toMatch(/mail\.log\.3\.gz breaks off: unexpected end of file/)
  expect(error).toMatch(/mail\.log\.4\.xz is packed with xz; unpack it first/)
})

test.each([
  [['nowhere'], 1, 'there is nothing to read'],
  [['.', '--zone', 'Tokyo'], 64, 'an IANA name such as Asia/Tokyo'],
  [['.', '--bounces', '0'], 64, 'a whole number from 1 to 1000'],
  [['nowhere.json'], 65, 'nowhere.json is not there'],
])('%j ends with %d', async (args, code, said) => {
  const told = await watari(...args)
  expect(told.code).toBe(code)
  expect(told.error).toContain(said)
})
