// C20 (the courier's part): the connection dies between the final dot and the answer. The mail may have been taken, so it is
// `unclear`, never deferred, and no other connection and no other host is offered it.
import { afterEach, expect, test } from 'vitest'
import { SILENCE, scriptedServer, type ScriptedOptions } from '../support/scripted-server.ts'
import { aCourier, type CourierUnderTest } from '../support/smtp-courier.ts'
import { turns } from '../support/fakes.ts'

const ends: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end()
})

async function world(options: ScriptedOptions) {
  const server = await scriptedServer(options)
  const other = await scriptedServer()
  ends.push(
    () => server.stop(),
    () => other.stop(),
  )
  return {
    server,
    other,
    over: (servers: Parameters<typeof aCourier>[0]): CourierUnderTest => {
      const courier = aCourier(servers, { limits: { contentMs: 10_000 } })
      ends.push(courier.stop)
      return courier
    },
  }
}

test.each([
  ['(a) stored, and closed without an answer', { cut: 'close' as const }],
  ['(a) stored, and reset', { cut: 'reset' as const }],
  ['half an answer', { say: '25', cut: 'reset' as const }],
  ['an answer that goes on', { say: '250-2.0.0 Ok: queued as X', cut: 'close' as const }],
])('%s: unclear, and nobody else is offered it', async (_case, answer) => {
  const { server, other, over } = await world({ answer: ({ verb }) => (verb === 'content' ? answer : undefined) })
  const { deliver } = over([server])
  const delivery = await deliver({ recipients: ['a@example.net', 'b@example.net'] })
  expect(delivery.outcomes.map(({ kind }) => kind)).toEqual(['unclear', 'unclear'])
  expect([delivery.counts, server.mails.length, other.mails.length]).toEqual([true, 1, 0])
})

test('with a second host it is not offered there either', async () => {
  const { server, other, over } = await world({
    answer: ({ verb }) => (verb === 'content' ? { cut: 'reset' } : undefined),
  })
  // The first mail goes to the first host, because both are idle.
  const { deliver } = over([server, other])
  const delivery = await deliver()
  expect([delivery.outcomes[0]?.kind, server.mails.length, other.mails.length]).toEqual(['unclear', 1, 0])
})

test('(b) a 250 that comes after our time is up does not make it delivered', async () => {
  const { server, over } = await world({ answer: ({ verb }) => (verb === 'content' ? SILENCE : undefined) })
  const { deliver, clock } = over([server])
  const delivery = deliver()
  await server.until(() => server.mails.length === 1)
  await clock.advance(12_000)
  server.peers[0]!.write('250 2.0.0 Ok: queued as LATE')
  await turns()
  expect((await delivery).outcomes).toEqual([{ kind: 'unclear', reason: 'timeout' }])
})

test('(c) closed before the final dot came: not taken, not in doubt, and not counted', async () => {
  const { server, over } = await world({ answer: ({ verb }) => (verb === 'DATA' ? { cut: 'reset' } : undefined) })
  const { deliver } = over([server])
  const delivery = await deliver()
  expect([delivery.outcomes[0]?.kind, delivery.counts, server.mails.length]).toEqual(['deferred', false, 0])
})

test('the mail whose envelope rode behind the dot is not in doubt: it goes over another connection', async () => {
  const { server } = await world({
    answer: ({ verb, connection }) => (verb === 'content' && connection === 1 ? { cut: 'reset' } : undefined),
  })
  const courier = aCourier([server], { limits: { connectionsPerHost: 1 } })
  ends.push(courier.stop)
  const [first, second] = await Promise.all([
    courier.deliver({ recipients: ['first@example.net'] }),
    courier.deliver({ recipients: ['second@example.net'] }),
  ])
  expect([first.outcomes[0]?.kind, second.outcomes[0]?.kind]).toEqual(['unclear', 'delivered'])
  expect(server.mails.map(({ recipients, connection }) => [recipients[0], connection])).toEqual([
    ['first@example.net', 1],
    ['second@example.net', 2],
  ])
})

test('a refused recipient is refused, whatever became of the others', async () => {
  const { server, over } = await world({
    answer: ({ verb, line }) => {
      if (verb === 'RCPT' && line.includes('gone@')) return '550 5.1.1 unknown'
      return verb === 'content' ? { cut: 'reset' } : undefined
    },
  })
  const { deliver } = over([server])
  const { outcomes } = await deliver({ recipients: ['a@example.net', 'gone@example.net', 'b@example.net'] })
  expect(outcomes.map(({ kind }) => kind)).toEqual(['unclear', 'rejected', 'unclear'])
})
