// A recipient on the suppression list, on one machine: nothing by SES, a report to the sender, and back again.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { sendMail } from '../support/smtp-client.ts'
import { lockStage, startWatari, type RunningProgram } from '../support/watari.ts'

const SENDER = 'bounce+u42@goo.ne.jp'
const message = (subject: string) =>
  `From: news@goo.ne.jp\r\nTo: you@example.jp\r\nSubject: ${subject}\r\n\r\nhello\r\n`

let program: RunningProgram

async function standin<T>(path: string, init?: RequestInit): Promise<T> {
  return (await (await fetch(`${program.ready['sesApi']}/_standin${path}`, init)).json()) as T
}
interface Mail {
  readonly id: string
  readonly sender: string
  readonly recipients: readonly string[]
}
const byLegacy = async () => (await standin<{ mails: Mail[] }>('/legacy/mails')).mails
const bySes = async () => (await standin<{ mails: Mail[] }>('/mails')).mails.flatMap(({ recipients }) => recipients)

async function eventually<T>(look: () => Promise<T>, found: (value: T) => boolean): Promise<T> {
  const until = Date.now() + 15_000
  for (;;) {
    const value = await look()
    if (found(value) || Date.now() > until) return value
    await new Promise((resolve) => setTimeout(resolve, 25))
  }
}

async function order(...args: readonly string[]): Promise<string> {
  const answer = await program.command(...args, '--reason', 'scenario', '--by', 'tester')
  expect(answer.error).toBe('')
  return answer.out
}
const send = (to: readonly string[], subject: string) =>
  sendMail(program.ready['smtp']!, { from: SENDER, to: [...to] }, message(subject))

beforeAll(async () => {
  program = await startWatari({ args: ['up', '--port-base', '0', '--log-file', '-'] })
  await lockStage(program)
  await order('stage', 'set', '100')
})
afterAll(() => program.stop())

test('an address that a person adds gets nothing by SES in any spelling, its sender is told, and the others get theirs', async () => {
  await order('suppression', 'add', 'reader@example.jp')
  await send(['"Reader"@EXAMPLE.jp', 'other@example.jp', 'reader+x@example.jp'], 'one')
  const sent = await eventually(bySes, (all) => all.length >= 2)
  expect(sent.toSorted()).toEqual(['other@example.jp', 'reader+x@example.jp'])
  const reports = await eventually(byLegacy, (all) => all.some(({ sender }) => sender === ''))
  expect(reports).toMatchObject([{ sender: '', recipients: [SENDER] }])
  const answer = await fetch(`${program.ready['sesApi']}/_standin/legacy/mails/${reports[0]!.id}`)
  const report = await answer.text()
  expect(report).toContain('Final-Recipient: rfc822; "Reader"@EXAMPLE.jp\r\nAction: failed\r\nStatus: 5.7.1\r\n')
  expect(report).not.toContain('other@example.jp')
})

test('after it is removed, mail goes again', async () => {
  expect(await order('suppression', 'remove', 'READER@example.jp')).toContain('It is off the list.')
  await send(['reader@example.jp'], 'two')
  expect(await eventually(bySes, (all) => all.includes('reader@example.jp'))).toContain('reader@example.jp')
})

test('what was said of it is there after a restart of a killed gateway', async () => {
  await order('suppression', 'add', 'reader@example.jp')
  await program.kill('SIGKILL')
  const again = await startWatari({
    args: ['up', '--port-base', '0', '--log-file', '-'],
    dataFolder: program.dataFolder,
  })
  try {
    const shown = await again.command('suppression', 'show', 'Reader@example.jp')
    expect(shown.out).toContain('Listed:   operator, since ')
  } finally {
    await again.stop()
  }
})

test('the log names nobody, and tells how many were not sent', async () => {
  expect(program.log()).toContain('"event":"suppressed"')
  expect(program.log()).not.toMatch(/reader|other@|example\.jp/i)
})
