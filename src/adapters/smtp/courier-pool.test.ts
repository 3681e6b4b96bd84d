// Several next hops (M10): the load is spread, one host's trouble is nobody else's, and the route is told only when none is left.
import { afterEach, expect, test } from 'vitest'
import type { Delivery } from '../../core/mail/outcome.ts'
import { turns } from '../../../test/support/fakes.ts'
import {
  scriptedServer,
  SILENCE,
  type ScriptedOptions,
  type ScriptedServer,
} from '../../../test/support/scripted-server.ts'
import { aCourier } from '../../../test/support/smtp-courier.ts'
import type { SmtpCourierOptions } from './courier-options.ts'

const ends: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end()
})

async function hop(options: ScriptedOptions = {}): Promise<ScriptedServer> {
  const server = await scriptedServer(options)
  ends.push(() => server.stop())
  return server
}

function over(servers: readonly Pick<ScriptedServer, 'address'>[], options: Partial<SmtpCourierOptions> = {}) {
  const courier = aCourier(servers, { limits: { connectionsPerHost: 2 }, ...options })
  ends.push(courier.stop)
  return courier
}

const brief = ({ outcomes, signal, counts }: Delivery): string =>
  [
    outcomes[0]!.kind === 'delivered' ? 'delivered' : `${outcomes[0]!.kind} ${outcomes[0]!.reason}`,
    signal.kind,
    counts,
  ].join(' ')
const many = (count: number, deliver: () => Promise<Delivery>): Promise<string[]> =>
  Promise.all(Array.from({ length: count }, async () => brief(await deliver())))
const all = (count: number, word: string): string[] => Array.from({ length: count }, () => word)

test('a burst is spread over all hosts, and no host gets more connections than it may have', async () => {
  const servers = await Promise.all([hop(), hop(), hop()])
  const { deliver, courier } = over(servers)
  expect(await many(300, deliver)).toEqual(all(300, 'delivered healthy true'))
  for (const server of servers) {
    expect(server.mails.length).toBeGreaterThan(50)
    expect(server.peers.length).toBeLessThanOrEqual(2)
  }
  expect(courier.hosts().map(({ state, inFlight }) => [state, inFlight])).toEqual([
    ['up', 0],
    ['up', 0],
    ['up', 0],
  ])
  expect(courier.hosts().reduce((sum, { mails }) => sum + mails, 0)).toBe(300)
})

test('a host that does not move gets no more than it has room for', async () => {
  const stuck = await hop({ answer: ({ verb }) => (verb === 'content' ? SILENCE : undefined) })
  const good = await hop()
  const { deliver, courier } = over([stuck, good])
  const deliveries = Array.from({ length: 100 }, () => deliver())
  await good.until(() => good.mails.length >= 96)
  await turns()
  expect(courier.hosts()[0]?.inFlight).toBeLessThanOrEqual(4)
  expect(good.mails.length + courier.hosts()[0]!.inFlight).toBe(100)
  const stopped = courier.stop()
  for (const peer of stuck.peers) peer.reset()
  const kinds = (await Promise.all(deliveries)).map(({ outcomes }) => outcomes[0]!.kind)
  expect(kinds.filter((kind) => kind === 'delivered').length).toBe(good.mails.length)
  await stopped
})

test.each<[string, ScriptedOptions, string]>([
  ['refuses connections', { answer: ({ verb }) => (verb === 'connect' ? '554 5.3.2 no' : undefined) }, 'hostRefuses'],
  ['cuts every mail', { answer: ({ verb }) => (verb === 'RCPT' ? { cut: 'close' } : undefined) }, 'connectionClosed'],
  [
    'has a full disk',
    { answer: ({ verb }) => (verb === 'MAIL' ? '452 4.3.1 Insufficient system storage' : undefined) },
    'hostInTrouble',
  ],
  [
    'does not know us',
    { answer: ({ verb }) => (verb === 'RCPT' ? '554 5.7.1 <x>: Relay access denied' : undefined) },
    'clientNotAllowed',
  ],
  [
    'says 421 to every MAIL',
    { answer: ({ verb }) => (verb === 'MAIL' ? { say: '421 4.3.2 closing', cut: 'close' } : undefined) },
    'hostClosing',
  ],
])('a host that %s is left, and every mail goes by the others, uncharged', async (_case, options, reason) => {
  const bad = await hop(options)
  const good = await hop()
  const { deliver, courier, log } = over([bad, good])
  expect(await many(100, deliver)).toEqual(all(100, 'delivered healthy true'))
  expect([bad.mails.length, good.mails.length]).toEqual([0, 100])
  expect(courier.hosts()[0]).toMatchObject({ state: 'down', reason, inFlight: 0 })
  expect(log.lines.filter(({ event }) => event === 'nextHopDown')).toEqual([
    { level: 'warn', event: 'nextHopDown', fields: { host: bad.name, reason } },
  ])
})

test('a host that is back is asked by one connection, and has its share again after its first mail', async () => {
  let broken = true
  const returning = await hop({ answer: ({ verb }) => (broken && verb === 'connect' ? '421 4.3.2 later' : undefined) })
  const good = await hop()
  const { deliver, courier, clock, log } = over([returning, good])
  await many(20, deliver)
  expect([returning.mails.length, courier.capacity()]).toEqual([0, 4])
  broken = false
  const before = returning.peers.length
  await clock.advance(2_000)
  await returning.until(() => returning.peers.length === before + 1)
  await turns(30)
  await many(50, deliver)
  expect(returning.mails.length).toBeGreaterThan(5)
  expect(courier.capacity()).toBe(8)
  expect(log.lines.filter(({ level }) => level !== 'debug').map(({ event }) => event)).toEqual([
    'nextHopDown',
    'nextHopUp',
  ])
})

test('with no host left every waiting mail goes back at once, uncounted, and few connections are tried', async () => {
  const servers = await Promise.all(
    [1, 2, 3].map(() => hop({ answer: ({ verb }) => (verb === 'connect' ? { cut: 'reset' } : undefined) })),
  )
  const { deliver, courier } = over(servers)
  const briefs = await many(1000, deliver)
  expect(new Set(briefs)).toEqual(new Set(['deferred connectionLost unreachable false']))
  expect(servers.reduce((sum, { peers }) => sum + peers.length, 0)).toBe(3)
  expect(courier.capacity()).toBe(1)
})

test('with all hosts down a mail a second later is their probe, whatever their own backoff says', async () => {
  let broken = true
  const servers = await Promise.all(
    [1, 2].map(() => hop({ answer: ({ verb }) => (broken && verb === 'connect' ? { cut: 'reset' } : undefined) })),
  )
  const { deliver, clock } = over(servers)
  for (let i = 0; i < 6; i += 1) {
    expect(brief(await deliver())).toContain('unreachable false')
    await clock.advance(1_500)
  }
  broken = false
  await clock.advance(1_500)
  expect(brief(await deliver())).toBe('delivered healthy true')
})

test('a host that is stopped in the middle of a burst costs no mail: each is delivered, or in doubt', async () => {
  const dying = await hop()
  const good = await hop()
  const { deliver } = over([dying, good])
  const deliveries = many(500, deliver)
  await dying.until(() => dying.mails.length >= 50)
  await dying.stop()
  const briefs = await deliveries
  const kinds = new Set(briefs.map((word) => word.split(' ')[0]))
  kinds.delete('delivered')
  kinds.delete('unclear')
  expect([...kinds]).toEqual([])
  // No more than what rode on its two connections can be in doubt.
  expect(briefs.filter((word) => word.startsWith('unclear')).length).toBeLessThanOrEqual(2)
})

/** Two connections of one host, both idle, each with one mail behind it. */
async function twoIdle(options: ScriptedOptions) {
  const server = await hop(options)
  const courier = over([server])
  expect(await many(20, courier.deliver)).toEqual(all(20, 'delivered healthy true'))
  expect(courier.courier.hosts()[0]?.connections).toBe(2)
  return { server, ...courier }
}

test('a mail whose connection was stale goes over a fresh one, not over the next that may be stale as well', async () => {
  let stale = false
  const { server, deliver } = await twoIdle({
    answer: ({ verb, connection }) => (stale && verb === 'MAIL' && connection <= 2 ? { cut: 'close' } : undefined),
  })
  stale = true
  const mailsBefore = server.commands.filter((line) => line.startsWith('MAIL')).length
  expect(brief(await deliver())).toBe('delivered healthy true')
  expect([server.peers.length, server.mails.at(-1)?.connection]).toEqual([3, 3])
  expect(server.commands.filter((line) => line.startsWith('MAIL')).length - mailsBefore).toBe(2)
})

test('when no fresh connection can be had, an old one that works will do', async () => {
  let stale = 0
  const { server, deliver, courier } = await twoIdle({
    answer: ({ verb, connection }) => {
      if (verb === 'connect' && connection > 2) return { say: '421 4.7.0 Too many connections', cut: 'close' }
      if (verb !== 'MAIL' || stale === 0) return undefined
      stale -= 1
      return { cut: 'close' }
    },
  })
  stale = 1
  expect(brief(await deliver())).toBe('delivered healthy true')
  expect([server.peers.length, courier.hosts()[0]?.connections]).toEqual([3, 1])
})

test('a host that fails three mails in a row is left with all its connections', async () => {
  let full = false
  const server = await hop({ answer: ({ verb }) => (full && verb === 'MAIL' ? '452 4.3.1 full' : undefined) })
  const { deliver, courier } = over([server], { limits: { connectionsPerHost: 8 } })
  await many(100, deliver)
  expect(courier.hosts()[0]?.connections).toBe(8)
  full = true
  expect(brief(await deliver())).toBe('deferred hostInTrouble unreachable false')
  expect([courier.hosts()[0]?.connections, courier.hosts()[0]?.state]).toEqual([0, 'down'])
})
