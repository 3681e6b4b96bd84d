// The whole circle on one machine: a mail by SES bounces at the stand-in, its event comes in, and the sender's own host gets
// the report at the VERP address of the mail. Complaints alike; auto-replies and deliveries not. The archive keeps the events.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { readMultipart } from '../support/mime.ts'
import { sendMail } from '../support/smtp-client.ts'
import { lockStage, startWatari, type RunningProgram } from '../support/watari.ts'

let folder: string
let plan: string
let program: RunningProgram

interface LegacyMail {
  readonly id: string
  readonly sender: string
  readonly recipients: readonly string[]
}

async function standin(path: string): Promise<Response> {
  return fetch(`${program.ready['sesApi']}/_standin${path}`)
}

async function legacyMails(): Promise<readonly LegacyMail[]> {
  return ((await (await standin('/legacy/mails')).json()) as { mails: LegacyMail[] }).mails
}

async function eventually<T>(look: () => Promise<T>, found: (value: T) => boolean): Promise<T> {
  const until = Date.now() + 30_000
  for (;;) {
    const value = await look()
    if (found(value) || Date.now() > until) return value
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'watari-returns-'))
  plan = join(folder, 'plan.yaml')
  const shipped = readFileSync('plans/goo.ne.jp.yaml', 'utf8')
  writeFileSync(plan, shipped.replace(/^archive:.*$/m, `$&\n  folder: ${join(folder, 'archive')}`))
  program = await startWatari({ args: ['up', '--plan', plan, '--port-base', '0', '--log-file', '-'] })
  await lockStage(program)
  const stage = await program.command('stage', 'set', '100', '--reason', 'scenario')
  expect(stage.error).toBe('')
})
afterAll(async () => {
  await program?.stop()
  rmSync(folder, { recursive: true, force: true })
})

const FATES = ['bounce', 'soft', 'complaint', 'suppressed', 'reject', 'delayed'] as const

async function send(fate: string): Promise<void> {
  const to = `Reader+standin-${fate}@example.net`
  const message = `From: news@goo.ne.jp\r\nTo: ${to}\r\nMessage-ID: <${fate}@cuenote.goo.ne.jp>\r\nSubject: ${fate}\r\n\r\nhello\r\n`
  await sendMail(program.ready['smtp']!, { from: `bounce-${fate}@goo.ne.jp`, to: [to] }, message)
}

async function reportOf(mail: LegacyMail) {
  const raw = Buffer.from(await (await standin(`/legacy/mails/${mail.id}`)).arrayBuffer()).toString('latin1')
  return readMultipart(raw)
}

test('each failure and each complaint comes back once, to its own address, and nothing else does', async () => {
  for (const fate of FATES) await send(fate)
  const mails = await eventually(legacyMails, (all) => all.length >= 5)
  expect(mails.map(({ recipients }) => recipients.join()).toSorted()).toEqual([
    'bounce-bounce@goo.ne.jp',
    'bounce-complaint@goo.ne.jp',
    'bounce-reject@goo.ne.jp',
    'bounce-soft@goo.ne.jp',
    'bounce-suppressed@goo.ne.jp',
  ])
  expect(mails.map(({ sender }) => sender)).toEqual(['', '', '', '', ''])
  const of = async (fate: string) =>
    reportOf(mails.find(({ recipients }) => recipients[0] === `bounce-${fate}@goo.ne.jp`)!)
  const bounce = await of('bounce')
  expect(bounce.parts[1]!.body).toContain('Final-Recipient: rfc822; Reader+standin-bounce@example.net\r\n')
  expect(bounce.parts[1]!.body).toContain('Status: 5.1.1\r\nDiagnostic-Code: smtp; 550 5.1.1 user unknown\r\n')
  expect(bounce.parts[2]!.body).toContain('Message-ID: <bounce@cuenote.goo.ne.jp>')
  expect((await of('soft')).parts[1]!.body).toContain('Action: failed\r\nStatus: 4.2.2\r\n')
  expect((await of('complaint')).parts[1]!.body).toContain(
    'Original-Rcpt-To: <Reader+standin-complaint@example.net>\r\n',
  )
  expect((await of('suppressed')).parts[1]!.body).toContain('Diagnostic-Code: X-SES; Amazon SES has suppressed')
  expect((await of('reject')).parts[1]!.body).toContain('Status: 5.7.0\r\nDiagnostic-Code: X-SES; Bad content\r\n')
})

test('the events are in the archive, and name nobody', async () => {
  const show = () => program.command('archive', 'show', '--plan', plan, '--kind', 'events', '--json')
  const { out } = await eventually(show, (answer) => answer.out.includes('"complaint"'))
  const events = out
    .trim()
    .split('\n')
    .map((line) => (JSON.parse(line) as { fields: { event: string } }).fields.event)
  expect(new Set(events)).toEqual(new Set(['send', 'delivery', 'bounce', 'complaint', 'reject', 'deliveryDelay']))
  expect(out).not.toMatch(/reader|@example|bounce-soft/i)
})
