// SES takes a mail and its answer is cut off. The part is in doubt until SES speaks of it; then it is done, and SES gets it once.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { sendMail } from '../support/smtp-client.ts'
import { lockStage, startWatari, type RunningProgram } from '../support/watari.ts'

const SENDER = 'news@goo.ne.jp'
const PATIENCE_MS = 60_000

let program: RunningProgram
beforeAll(async () => {
  program = await startWatari({ args: ['up', '--port-base', '0', '--log-file', '-'] })
  await lockStage(program)
  expect((await program.command('stage', 'set', '100', '--reason', 'scenario')).code).toBe(0)
})
afterAll(() => program.stop())

async function eventually<T>(look: () => Promise<T>, found: (value: T) => boolean): Promise<T> {
  const until = Date.now() + PATIENCE_MS
  for (let value = await look(); ; value = await look()) {
    if (found(value) || Date.now() > until) return value
    await new Promise((resolve) => setTimeout(resolve, 250))
  }
}

const outcomes = async () => {
  const answer = await fetch(`${program.ready['sesApi']}/_standin/outcomes`)
  return ((await answer.json()) as { outcomes: { recipient: string }[] }).outcomes.map(({ recipient }) => recipient)
}

const unclear = async () => {
  const { out } = await program.command('status', '--json')
  return (JSON.parse(out) as { queue: { parts: { ses: { unclear: number } } } }).queue.parts.ses.unclear
}

test('a mail that SES took without an answer is settled by its events, and not sent again', async () => {
  const to = 'reader+standin-cut-after@example.jp'
  const answer = await sendMail(
    program.ready['smtp']!,
    { from: SENDER, to: [to] },
    `From: ${SENDER}\r\nTo: ${to}\r\nSubject: x\r\n\r\nhello\r\n`,
  )
  const id = /queued as ([0-9A-Z]{13})/.exec(answer)?.[1] ?? ''
  await eventually(
    async () => program.log(),
    (log) => log.includes('"event":"unclearSettled"'),
  )
  expect(program.log()).toContain(`"event":"unclearSettled","mail":"${id}","part":1,"recipients":1,"by":"feedback"`)
  expect(await unclear()).toBe(0)
  expect((await program.command('mail', 'show', id)).code).toBe(1)
  expect(await outcomes()).toEqual([to])
  const { out } = await program.command('feedback', 'show', id, '--json')
  expect(JSON.parse(out)).toMatchObject({ state: 'delivered' })
  // The recipient stands in mails and events; it must stand in no log line.
  expect(program.log()).not.toContain('reader+standin')
})
