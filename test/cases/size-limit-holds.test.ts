// C03: the size limit holds for what is declared and for what comes, to the octet; draining an over-long mail takes no memory.
import { expect, test } from 'vitest'
import { refuse } from '../../src/core/mail/refusal.ts'
import { testSession } from '../support/smtp-session.ts'

const limited = () =>
  testSession({
    limits: { messageOctets: 1_000 },
    sender: (_sender, size) =>
      size !== undefined && size > 1_000 ? refuse('tooBig', 'a message may hold 1000 octets') : undefined,
  })
/** A message of so many octets. */
const ofOctets = (octets: number) => `${'x'.repeat(octets - 2)}\r\n`
const TOO_BIG = '552 5.3.4 a message may hold 1000 octets'
const open = (parameters: string) =>
  `EHLO c\r\nMAIL FROM:<a@example.com>${parameters}\r\nRCPT TO:<b@example.net>\r\nDATA\r\n`

test('(a) a declared size over the limit is refused at MAIL', async () => {
  const { say } = limited()
  await say('EHLO c\r\n')
  expect(await say('MAIL FROM:<a@example.com> SIZE=1001\r\n')).toEqual([TOO_BIG])
})

test.each([
  ['(b) a declared size that was a lie', ' SIZE=10'],
  ['(c) no declared size', ''],
])('%s: 1,001 octets are refused after DATA, and the session goes on', async (_name, parameters) => {
  const { say, intake, budget } = limited()
  await say(open(parameters))
  expect(await say(`${ofOctets(1_001)}.\r\n`)).toEqual([TOO_BIG])
  expect([intake.mails, budget.used]).toEqual([[], 0])
  await say(open(''))
  expect(await say(`${ofOctets(1_000)}.\r\n`)).toEqual(['250 2.0.0 Ok: queued as M1'])
})

test('(d) 1,000 octets are taken, stuffed dots not counted', async () => {
  const { say, intake } = limited()
  await say(open(' SIZE=1000'))
  expect(await say(`..${ofOctets(999)}.\r\n`)).toEqual(['250 2.0.0 Ok: queued as M1'])
  expect(intake.mails[0]!.content).toMatchObject({ wireSize: 1_001, size: 1_000 })
})

test('the limit is the same octet by octet', async () => {
  for (const [octets, reply] of [
    [1_000, '250 2.0.0 Ok: queued as M1'],
    [1_001, TOO_BIG],
  ] as const) {
    const { say, session } = limited()
    await say(open(''))
    for (const octet of `${ofOctets(octets)}.\r`) session.feed(Buffer.from(octet, 'latin1'))
    expect(await say('\n')).toEqual([reply])
  }
})

test('draining 64 MiB keeps nothing in memory', async () => {
  const { say, session, budget } = limited()
  await say(open(''))
  const piece = Buffer.from(`${'x'.repeat(62)}\r\n`.repeat(16_384), 'latin1')
  for (let i = 0; i < 64; i += 1) {
    session.feed(piece)
    expect(budget.used).toBe(0)
  }
  expect(await say('.\r\n')).toEqual([TOO_BIG])
})
