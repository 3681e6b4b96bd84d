// C21: one refused recipient is that recipient's affair alone; with none accepted no content is sent, and the connection is
// clean afterwards.
import { afterEach, describe, expect, test } from 'vitest'
import { settle, SETTLE_POLICY } from '../../src/core/mail/settle.ts'
import { scriptedServer, type ScriptedOptions } from '../support/scripted-server.ts'
import { aCourier, aPart } from '../support/smtp-courier.ts'

const ends: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end()
})

async function courierTo(options: ScriptedOptions) {
  const server = await scriptedServer(options)
  ends.push(() => server.stop())
  const courier = aCourier([server], { limits: { connectionsPerHost: 1 } })
  ends.push(courier.stop)
  return { server, ...courier }
}

const REPLIES: Readonly<Record<string, string>> = {
  'RCPT TO:<b@example.net>': '550 5.1.1 no such user',
  'RCPT TO:<c@example.net>': '451 4.7.1 try later',
}
const RECIPIENTS = ['a@example.net', 'b@example.net', 'c@example.net']

describe.each([
  ['with PIPELINING', ['PIPELINING']],
  ['one command at a time', []],
])('%s', (_name, offers) => {
  test('a is sent once, b fails, c alone tries again', async () => {
    const { server, courier } = await courierTo({ offers, answer: ({ line }) => REPLIES[line] })
    const part = aPart({ recipients: RECIPIENTS })
    const delivery = await courier.deliver(part)
    expect(
      delivery.outcomes.map((outcome) => [outcome.kind, outcome.kind !== 'unclear' && outcome.reply?.command]),
    ).toEqual([
      ['delivered', 'end of DATA'],
      ['rejected', 'RCPT TO'],
      ['deferred', 'RCPT TO'],
    ])
    expect([delivery.signal.kind, delivery.counts]).toEqual(['healthy', true])
    expect(server.mails.map(({ recipients }) => recipients)).toEqual([['a@example.net']])
    const settled = settle(part, delivery, SETTLE_POLICY, { nowMs: part.acceptedAt, random: 0.5 })
    expect([settled.delivered, settled.failures.map(({ recipient }) => recipient)]).toEqual([1, ['b@example.net']])
    expect(settled.left.map(({ recipients }) => recipients)).toEqual([['c@example.net']])
  })

  test('with none accepted no content is sent, and the next mail goes over the same connection', async () => {
    const { server, deliver } = await courierTo({ offers, answer: ({ line }) => REPLIES[line] })
    const refused = await deliver({ recipients: ['b@example.net', 'c@example.net'] })
    expect(refused.outcomes.map(({ kind }) => kind)).toEqual(['rejected', 'deferred'])
    expect(server.mails).toEqual([])
    expect((await deliver({ recipients: ['a@example.net'] })).outcomes[0]?.kind).toBe('delivered')
    expect([server.peers.length, server.mails.length]).toEqual([1, 1])
    expect(server.commands.includes('RSET')).toBe(true)
  })
})

test('a 354 for nobody is answered by a lone final dot, and whatever is said to it is no delivery', async () => {
  const { server, deliver } = await courierTo({
    answer: ({ verb, line, mail }) => (verb === 'DATA' && mail === 1 ? '354 go ahead' : REPLIES[line]),
  })
  const refused = await deliver({ recipients: ['b@example.net', 'c@example.net'] })
  expect(refused.outcomes.map(({ kind }) => kind)).toEqual(['rejected', 'deferred'])
  // The host took an empty mail for nobody, and said so.
  expect(server.mails.map(({ content, recipients }) => [content.length, recipients])).toEqual([[0, []]])
  expect((await deliver({ recipients: ['a@example.net'] })).outcomes[0]?.kind).toBe('delivered')
  expect(server.peers.length).toBe(1)
})

test('421 in the middle of the recipients is the host\u2019s affair: all of them go over another connection', async () => {
  const { server, deliver } = await courierTo({
    answer: ({ line, connection }) =>
      connection === 1 && line.includes('<c@') ? { say: '421 4.3.2 closing', cut: 'close' } : undefined,
  })
  const delivery = await deliver({ recipients: RECIPIENTS })
  expect(delivery.outcomes.map(({ kind }) => kind)).toEqual(['delivered', 'delivered', 'delivered'])
  expect(server.mails.map(({ recipients }) => recipients)).toEqual([RECIPIENTS])
})
