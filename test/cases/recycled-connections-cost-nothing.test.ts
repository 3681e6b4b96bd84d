// C13: a next hop drops idle connections after seconds and ends sessions after many mails. No mail pays for it: no attempt
// is counted, nothing is deferred, nobody is told.
import { afterEach, expect, test } from 'vitest'
import type { Delivery } from '../../src/core/mail/outcome.ts'
import { scriptedServer, type ScriptedOptions } from '../support/scripted-server.ts'
import { aCourier } from '../support/smtp-courier.ts'

const ends: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end()
})

async function courierTo(options: ScriptedOptions, connectionsPerHost = 1) {
  const server = await scriptedServer({ offers: ['8BITMIME'], ...options })
  ends.push(() => server.stop())
  const courier = aCourier([server], { limits: { connectionsPerHost } })
  ends.push(courier.stop)
  return { server, ...courier }
}

const DELIVERED = { kinds: ['delivered'], signal: 'healthy', counts: true }
const brief = ({ outcomes, signal, counts }: Delivery) => ({
  kinds: outcomes.map(({ kind }) => kind),
  signal: signal.kind,
  counts,
})

test.each([
  ['451 4.4.2 and the end', { say: '451 4.4.2 Timeout waiting for data from client.', cut: 'close' as const }],
  ['421 and the end', { say: '421 4.4.2 idle too long', cut: 'close' as const }],
  ['the end without a word', { cut: 'close' as const }],
  ['a reset', { cut: 'reset' as const }],
])('after idling, MAIL is answered by %s: the mail goes over a new connection at once', async (_case, answer) => {
  const { server, deliver, log } = await courierTo({
    answer: ({ verb, connection, mail }) => (verb === 'MAIL' && connection === 1 && mail === 2 ? answer : undefined),
  })
  expect(brief(await deliver())).toEqual(DELIVERED)
  expect(brief(await deliver())).toEqual(DELIVERED)
  expect(server.mails.map(({ connection }) => connection)).toEqual([1, 2])
  expect(log.lines).toEqual([])
})

test('a host that says goodbye while nothing is under way is left without a mail being lost', async () => {
  const { server, deliver, courier, log } = await courierTo({})
  await deliver()
  server.peers[0]!.write('421 4.4.2 idle too long')
  server.peers[0]!.close()
  await server.until(() => server.peers[0]!.closed)
  expect(brief(await deliver())).toEqual(DELIVERED)
  expect([server.peers.length, courier.hosts()[0]?.failures, log.lines]).toEqual([2, 0, []])
})

test('421 on mail N of every session: a burst of N + 5 goes out whole, once each', async () => {
  const { server, deliver, log } = await courierTo({
    answer: ({ verb, mail }) =>
      verb === 'MAIL' && mail > 4
        ? { say: '421 4.7.0 Maximum message count per session reached', cut: 'close' }
        : undefined,
  })
  const burst = await Promise.all(
    Array.from({ length: 13 }, (_, i) => deliver({ recipients: [`user${i}@example.net`] })),
  )
  expect(burst.map(brief)).toEqual(Array.from({ length: 13 }, () => DELIVERED))
  expect(server.mails.map(({ recipients }) => recipients[0]).sort()).toEqual(
    Array.from({ length: 13 }, (_, i) => `user${i}@example.net`).sort(),
  )
  expect(log.lines).toEqual([])
})

test('the same with the envelope riding behind the final dot', async () => {
  const { server, deliver, log } = await courierTo({
    offers: ['PIPELINING'],
    answer: ({ verb, mail }) =>
      verb === 'MAIL' && mail > 4
        ? { say: '421 4.7.0 Maximum message count per session reached', cut: 'close' }
        : undefined,
  })
  const burst = await Promise.all(
    Array.from({ length: 13 }, (_, i) => deliver({ recipients: [`user${i}@example.net`] })),
  )
  expect(burst.map(brief)).toEqual(Array.from({ length: 13 }, () => DELIVERED))
  expect(new Set(server.mails.map(({ recipients }) => recipients[0])).size).toBe(13)
  expect([server.mails.length, log.lines]).toEqual([13, []])
})

test('a host that drops every connection after one mail still gets a hundred, each once', async () => {
  const { server, deliver } = await courierTo(
    {
      offers: ['PIPELINING'],
      answer: ({ verb, peer, mail }) => {
        if (verb !== 'content' || mail > 1) return undefined
        setImmediate(() => peer.reset())
        return undefined
      },
    },
    4,
  )
  const burst = await Promise.all(
    Array.from({ length: 100 }, (_, i) => deliver({ recipients: [`user${i}@example.net`] })),
  )
  // A reset may overtake the 250 on its way; such a mail is in doubt, which is the truth. None is sent a second time.
  for (const delivery of burst) expect(['delivered', 'unclear', 'deferred']).toContain(delivery.outcomes[0]?.kind)
  const taken = server.mails.map(({ recipients }) => recipients[0])
  expect(taken.length).toBe(new Set(taken).size)
  burst.forEach((delivery, i) => {
    if (delivery.outcomes[0]?.kind === 'delivered') expect(taken).toContain(`user${i}@example.net`)
    if (delivery.outcomes[0]?.kind === 'deferred') expect(taken).not.toContain(`user${i}@example.net`)
  })
})
