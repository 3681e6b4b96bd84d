// `npm start`, as a person meets it: everything on one machine, mail by both routes, and an operator at work.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { CORPUS } from '../support/corpus.ts'
import { sendMail, sendMails } from '../support/smtp-client.ts'
import { lockStage, startWatari, watari, type RunningProgram } from '../support/watari.ts'

const SENDER = 'news@goo.ne.jp'
const message = (subject: string) =>
  `From: ${SENDER}\r\nTo: reader@example.jp\r\nSubject: ${subject}\r\nMIME-Version: 1.0\r\n\r\nこんにちは\r\n.\r\n..\r\nend\r\n`

let program: RunningProgram

async function standin<T>(path: string, init?: RequestInit): Promise<T> {
  const answer = await fetch(`${program.ready['sesApi']}/_standin${path}`, init)
  return (await answer.json()) as T
}

interface LegacyMail {
  readonly id: string
  readonly sender: string
  readonly recipients: readonly string[]
}
interface SesMail {
  readonly id: string
  readonly source: string
  readonly recipients: readonly string[]
  readonly tags: Readonly<Record<string, readonly string[]>>
  readonly signedBy: readonly string[]
}

const byLegacy = async () => (await standin<{ mails: LegacyMail[] }>('/legacy/mails')).mails
const bySes = async () => (await standin<{ mails: SesMail[] }>('/mails')).mails

/** Waits for what must come; a test fails with the last answer when it does not. */
async function eventually<T>(look: () => Promise<T>, found: (value: T) => boolean): Promise<T> {
  const until = Date.now() + 15_000
  for (;;) {
    const value = await look()
    if (found(value) || Date.now() > until) return value
    await new Promise((resolve) => setTimeout(resolve, 25))
  }
}

async function setStage(percent: number): Promise<void> {
  const answer = await program.command('stage', 'set', String(percent), '--reason', 'scenario', '--by', 'tester')
  expect(answer.error).toBe('')
  expect(answer.code).toBe(0)
}

beforeAll(async () => {
  program = await startWatari({ args: ['up', '--port-base', '0', '--log-file', '-'] })
  await lockStage(program)
})
afterAll(() => program.stop())

test('the ready line names every address', () => {
  expect(Object.keys(program.ready)).toEqual(
    expect.arrayContaining(['ready', 'smtp', 'http', 'sesApi', 'sesSmtp', 'legacySmtp']),
  )
  expect(program.ready['smtp']).toMatch(/^127\.0\.0\.1:\d+$/)
})

test('at stage 0 a mail goes by legacy, with its envelope octet by octet', async () => {
  await sendMail(
    program.ready['smtp']!,
    { from: `bounce+u=example.net-77@goo.ne.jp`, to: ['taro..x@docomo.ne.jp'] },
    message('legacy'),
  )
  const mails = await eventually(byLegacy, (all) => all.length > 0)
  expect(mails).toMatchObject([{ sender: 'bounce+u=example.net-77@goo.ne.jp', recipients: ['taro..x@docomo.ne.jp'] }])
  expect(await bySes()).toEqual([])
})

test('at stage 100 a mail goes by SES, signed with the key of the domain, tagged with the mail id', async () => {
  await setStage(100)
  const answer = await sendMail(program.ready['smtp']!, { from: SENDER, to: ['reader@example.jp'] }, message('ses'))
  const id = /queued as ([0-9A-Z]{13})/.exec(answer)?.[1]
  const mails = await eventually(bySes, (all) => all.length > 0)
  expect(mails).toMatchObject([{ source: SENDER, recipients: ['reader@example.jp'], tags: { 'watari-mail': [id] } }])
  expect(mails[0]!.signedBy).toContain('standin._domainkey.goo.ne.jp')
})

test('what SES would refuse for what it is stays on legacy at stage 100', async () => {
  const before = (await byLegacy()).length
  await sendMail(program.ready['smtp']!, { from: '', to: ['reader@example.jp'] }, message('a notification'))
  await sendMail(
    program.ready['smtp']!,
    { from: SENDER, to: ['reader@example.jp'] },
    `${message('long')}${'x'.repeat(1_200)}\r\n`,
  )
  expect((await eventually(byLegacy, (all) => all.length === before + 2)).length).toBe(before + 2)
})

describe('at stage 50', () => {
  test('each recipient of a mail goes by exactly one route', async () => {
    await setStage(50)
    const recipients = Array.from({ length: 120 }, (_, i) => `person${i}@example.jp`)
    await standin('/mails', { method: 'DELETE' })
    const before = await byLegacy()
    await sendMail(program.ready['smtp']!, { from: SENDER, to: recipients }, message('both'))
    const arrived = async () => ({
      ses: (await bySes()).flatMap((mail) => mail.recipients),
      legacy: (await byLegacy())
        .filter(({ id }) => !before.some((old) => old.id === id))
        .flatMap((mail) => mail.recipients),
    })
    const { ses, legacy } = await eventually(arrived, (all) => all.ses.length + all.legacy.length >= 120)
    expect([...ses, ...legacy].sort()).toEqual([...recipients].sort())
    expect(ses.length).toBeGreaterThan(30)
    expect(legacy.length).toBeGreaterThan(30)
    expect((await bySes()).every((mail) => mail.recipients.length <= 50)).toBe(true)
  })
})

describe('an operator', () => {
  test('stops SES, and mail for it waits; lowers the stage, and it goes by legacy at once', async () => {
    await setStage(100)
    const order = ['--reason', 'scenario', '--by', 'tester']
    expect((await program.command('route', 'stop', 'ses', ...order)).code).toBe(0)
    const mails = Array.from({ length: 20 }, (_, i) => ({
      envelope: { from: SENDER, to: [`waiting${i}@example.jp`] },
      message: message(`waiting ${i}`),
    }))
    await sendMails(program.ready['smtp']!, mails)
    const waiting = await program.command('mail', 'list', '--route', 'ses', '--json')
    expect(waiting.out.trim().split('\n')).toHaveLength(20)
    const before = (await byLegacy()).length
    await setStage(0)
    expect((await eventually(byLegacy, (all) => all.length >= before + 20)).length).toBe(before + 20)
    expect((await program.command('route', 'resume', 'ses', ...order)).code).toBe(0)
  })

  test('holds, shows, releases and bounces a mail by its id', async () => {
    await program.command('route', 'stop', 'legacy', '--reason', 'scenario')
    const answers = await sendMails(program.ready['smtp']!, [
      { envelope: { from: SENDER, to: ['held@example.jp'] }, message: message('held') },
      { envelope: { from: SENDER, to: ['bounced@example.jp'] }, message: message('bounced') },
    ])
    const [held, bounced] = answers.map((answer) => /queued as ([0-9A-Z]{13})/.exec(answer)![1]!)
    expect((await program.command('mail', 'hold', held!, '--reason', 'look at it')).code).toBe(0)
    const shown = await program.command('mail', 'show', held!)
    expect(shown.out).toContain('held')
    expect(shown.out).not.toContain('held@example.jp')
    expect((await program.command('mail', 'bounce', bounced!, '--reason', 'wrong list')).code).toBe(0)
    await program.command('mail', 'release', held!, '--reason', 'it is fine')
    await program.command('route', 'resume', 'legacy', '--reason', 'scenario')
    const arrived = await eventually(byLegacy, (all) =>
      all.some(({ recipients }) => recipients.includes('held@example.jp')),
    )
    expect(arrived.some(({ recipients }) => recipients.includes('bounced@example.jp'))).toBe(false)
    const notified = await eventually(byLegacy, (all) =>
      all.some(({ sender, recipients }) => sender === '' && recipients.includes(SENDER)),
    )
    expect(notified.some(({ sender }) => sender === '')).toBe(true)
  })

  test('is told by exit code and sentence what cannot be done', async () => {
    const missing = await program.command('mail', 'hold', '07QZ0000G0001', '--reason', 'x')
    expect([missing.code, missing.error]).toEqual([1, expect.stringContaining('07QZ0000G0001')])
    expect((await program.command('stage', 'set', '101', '--reason', 'x')).code).toBe(64)
    expect((await watari('status', '--data', '/nonexistent')).code).toBe(69)
  })

  test('finds each change of the stage with who and why', async () => {
    const history = await program.command('stage', 'history', '--json')
    const lines = history.out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { percent: number; changedBy: string; reason: string })
    expect(lines.map(({ percent }) => percent)).toEqual([100, 50, 100, 0])
    expect(lines.every(({ changedBy, reason }) => changedBy === 'tester' && reason === 'scenario')).toBe(true)
  })
})

// Issue point 4: the corpus arrives equal on both routes, apart from what docs/flow-of-a-mail.md lists.
describe('the corpus of Japanese mails', () => {
  const raw = async (route: 'ses' | 'legacy', id: string) => {
    const path = route === 'ses' ? `/mails/${id}` : `/legacy/mails/${id}`
    const answer = await fetch(`${program.ready['sesApi']}/_standin${path}`)
    return Buffer.from(await answer.arrayBuffer()).toString('latin1')
  }

  test('arrives by legacy octet by octet behind one Received header', async () => {
    await setStage(10)
    await setStage(0)
    for (const { name, text } of CORPUS) {
      const before = new Set((await byLegacy()).map(({ id }) => id))
      await sendMail(program.ready['smtp']!, { from: SENDER, to: ['reader@example.jp'] }, Buffer.from(text, 'latin1'))
      const arrived = await eventually(byLegacy, (all) => all.some(({ id }) => !before.has(id)))
      const mail = arrived.find(({ id }) => !before.has(id))!
      const content = await raw('legacy', mail.id)
      const trace = /^Received: from [^\r]+\r\n\tby [^\r]+\r\n\t[^\r]+\r\n/.exec(content)
      expect(trace, name).not.toBeNull()
      expect(content.slice(trace![0].length), name).toBe(text)
    }
  })
})

test('the log names nobody', () => {
  const log = program.log()
  expect(log).toContain('"event":"delivered"')
  expect(log).not.toMatch(/reader@|person\d|example\.jp|held@|bounced@|127\.0\.0\.1:\d+ as/)
})
