// The two suppression lists on one machine: a hard bounce that SES saw stops the next mail here, in another spelling; what a
// person takes off goes from both, and mail goes again.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { sendMail } from '../support/smtp-client.ts'
import { lockStage, startWatari, type RunningProgram } from '../support/watari.ts'

const SENDER = 'bounce+u42@goo.ne.jp'
const GONE = 'Gone.Reader@example.jp'
const message = (subject: string) =>
  `From: news@goo.ne.jp\r\nTo: you@example.jp\r\nSubject: ${subject}\r\n\r\nhello\r\n`

let program: RunningProgram

async function standin<T>(path: string, body?: object): Promise<T> {
  const headers = { 'content-type': 'application/json' }
  const post = body === undefined ? {} : { method: 'POST', headers, body: JSON.stringify(body) }
  return (await (await fetch(`${program.ready['sesApi']}/_standin${path}`, post)).json()) as T
}
interface Mail {
  readonly id: string
  readonly sender: string
  readonly recipients: readonly string[]
}
/** Reports to senders that speak of the suppression list; others tell of the bounce itself. */
const reports = async () => {
  const { mails } = await standin<{ mails: Mail[] }>('/legacy/mails')
  const texts = mails.map(async ({ id }) =>
    (await fetch(`${program.ready['sesApi']}/_standin/legacy/mails/${id}`)).text(),
  )
  const told = await Promise.all(texts)
  return mails.filter(({ sender }, i) => sender === '' && told[i]!.includes('on the suppression list (hardBounce)'))
}
const bySes = async () => (await standin<{ mails: Mail[] }>('/mails')).mails.flatMap(({ recipients }) => recipients)

async function eventually<T>(look: () => Promise<T>, found: (value: T) => boolean): Promise<T> {
  const until = Date.now() + 15_000
  for (;;) {
    const value = await look()
    if (found(value) || Date.now() > until) return value
    await new Promise((resolve) => setTimeout(resolve, 25))
  }
}

const order = async (...args: readonly string[]) => {
  const answer = await program.command(...args, '--reason', 'scenario', '--by', 'tester')
  expect(answer.error).toBe('')
  return answer.out
}
const reconcile = async (...args: readonly string[]) => {
  const answer = await program.command('suppression', 'reconcile', '--by', 'tester', ...args)
  expect(answer.error).toBe('')
  return answer.out
}
const send = (to: string) => sendMail(program.ready['smtp']!, { from: SENDER, to: [to] }, message('hello'))
const known = async () => (await program.command('suppression', 'show', GONE, '--full', '--by', 'tester')).out

beforeAll(async () => {
  program = await startWatari({ args: ['up', '--port-base', '0', '--log-file', '-'] })
  await lockStage(program)
  await order('stage', 'set', '100')
})
afterAll(() => program.stop())

test('a hard bounce at SES is on our list when its event has come, and a reconciliation finds both lists alike', async () => {
  const bounce = { type: 'Permanent', subType: 'General', status: '5.1.1', diagnostic: 'smtp; 550 5.1.1 user unknown' }
  await standin('/fates', { fates: [{ recipient: GONE, fate: { kind: 'bounced', bounce } }] })
  await send(GONE)
  const shown = await eventually(known, (text) => text.includes('hardBounce'))
  expect(shown).toMatch(
    /Address: {2}gone\.reader@example\.jp\nListed: {3}hardBounce, since .*\nBy: {7}watari\nEvidence: bounce 5\.1\.1, once/,
  )
  expect(await reconcile('--dry-run')).toContain('Looked at the whole list of the account: 1\n')
  expect(await reconcile()).toBe(`Looked at the whole list of the account: 1
          0  new here
          0  off here, because gone there
          0  taken off there, because taken off here
          0  put there
`)
  expect(await known()).toContain('SES:      BOUNCE, seen ')
})

test('the next mail to another spelling is not given to SES, and its sender is told', async () => {
  await send('gone.READER@example.JP')
  const told = await eventually(reports, (all) => all.length > 0)
  expect(told).toMatchObject([{ sender: '', recipients: [SENDER] }])
  expect(await bySes()).toEqual([])
})

test('taken off by a person it goes again, because the account’s list has let it go too', async () => {
  await standin('/fates', { fates: [{ recipient: GONE, fate: { kind: 'delivered' } }] })
  expect(await order('suppression', 'remove', 'GONE.reader@example.jp')).toBe(
    'It is off the list. It is off the account’s list too.\n',
  )
  await send('gone.reader@example.jp')
  expect(await eventually(bySes, (all) => all.length > 0)).toEqual(['gone.reader@example.jp'])
  expect(await reconcile('--whole')).toContain('Looked at the whole list of the account: 0\n')
})

test('what a person adds here is put there', async () => {
  await order('suppression', 'add', 'quiet@example.jp')
  expect(await reconcile()).toContain('         1  put there\n')
  expect((await program.command('suppression', 'status')).out).toContain('On the list:   1\n')
})
