// Hostile next hops: whatever they say, cut or hold back, every mail gets one valid delivery, the courier throws nothing, and
// nothing is delivered without a 2xx that answers its final dot. WATARI_FUZZ_RUNS makes it long.
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net'
import { assert, asyncProperty, constantFrom, integer, nat, record } from 'fast-check'
import { expect, test } from 'vitest'
import type { Delivery, Outcome } from '../../core/mail/outcome.ts'
import { aContent, turns } from '../../../test/support/fakes.ts'
import { aCourier, aPart } from '../../../test/support/smtp-courier.ts'

/** A run opens real sockets for twelve mails: a hundredth of what the machines without sockets are given. */
const RUNS = Math.ceil(Number(process.env['WATARI_FUZZ_RUNS'] ?? 6_000) / 100)
const MAILS = 12

/** A small generator of numbers (mulberry32), so that a seed replays what the host did. */
function chance(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296
  }
}

const GARBAGE = [
  '250 fine',
  '250-not finished',
  '250-more\r\n250 fine',
  '250-more\r\n550 other',
  '354 go',
  '354 go\r\n250 lie',
  '421 4.3.2 closing',
  '450 4.2.0 later',
  '451 4.4.2 timeout',
  '452 4.3.1 full',
  '503 5.5.1 order',
  '530 5.7.0 login',
  '535 5.7.8 password',
  '550 5.1.1 nobody',
  '554 5.7.1 Relay access denied',
  '999',
  '100 go on',
  '2xx',
  '',
  '\0\0\0',
  '250',
  ' 250 ok',
  'x'.repeat(6000),
  '250-x\r\n'.repeat(200),
]

interface Taken {
  readonly sender: string
  readonly said: string
}

/**
 * Mostly polite, so that conversations get far, and hostile with the given share: garbage, extra lines, cuts, silence, answers
 * in two pieces. It answers in order, as no client could tell otherwise. It writes down what it said to each final dot.
 */
async function hostileHost(random: () => number, hostility: number, pipelining: boolean) {
  const taken: Taken[] = []
  const sockets = new Set<Socket>()
  const server: Server = createServer({ noDelay: true }, (socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
    socket.on('error', () => undefined)
    let buffer = ''
    let inContent = false
    let paused = false
    let sender = ''
    const say = (polite: string): string => {
      if (random() >= hostility) {
        socket.write(`${polite}\r\n`)
        return polite
      }
      const kind = random()
      if (kind < 0.2) {
        socket.destroy()
        return ''
      }
      if (kind < 0.3) {
        socket.resetAndDestroy()
        return ''
      }
      if (kind < 0.4) {
        // Silent for good.
        paused = true
        return ''
      }
      const text = GARBAGE[Math.floor(random() * GARBAGE.length)]!
      // An answer that was written before its question cannot be told from a true one when it comes in a piece of its own.
      if (kind < 0.5 && !text.includes('lie')) {
        paused = true
        socket.write(text.slice(0, Math.ceil(text.length / 2)), 'latin1')
        setImmediate(() => {
          socket.write(`${text.slice(Math.ceil(text.length / 2))}\r\n`, 'latin1')
          paused = false
          read()
        })
      } else socket.write(`${text}\r\n`, 'latin1')
      return text
    }
    const command = (line: string): void => {
      const verb = line.slice(0, 4).toUpperCase()
      if (verb === 'MAIL') sender = /<(.*)>/.exec(line)?.[1] ?? ''
      if (verb === 'EHLO') say(pipelining ? '250-h\r\n250-SIZE 1000\r\n250 PIPELINING' : '250 h')
      else if (verb === 'DATA') inContent = say('354 go').startsWith('354')
      else if (verb === 'QUIT') socket.end('221 bye\r\n')
      else say('250 2.0.0 ok')
    }
    const read = (): void => {
      while (!paused) {
        if (inContent) {
          const end = buffer.startsWith('.\r\n') ? 0 : buffer.indexOf('\r\n.\r\n') + 2
          if (end === 1) return
          buffer = buffer.slice(end + 3)
          inContent = false
          taken.push({ sender, said: say('250 2.0.0 Ok: queued as X') })
        } else {
          const end = buffer.indexOf('\n')
          if (end < 0) return
          const line = buffer.slice(0, end).replace(/\r$/, '')
          buffer = buffer.slice(end + 1)
          command(line)
        }
      }
    }
    socket.on('data', (chunk) => {
      buffer += chunk.toString('latin1')
      read()
    })
    say('220 h')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    address: { host: '127.0.0.1', port },
    taken,
    stop: () =>
      new Promise<void>((resolve) => {
        for (const socket of sockets) socket.destroy()
        server.close(() => resolve())
      }),
  }
}

const KINDS: readonly Outcome['kind'][] = ['delivered', 'deferred', 'rejected', 'unclear', 'notForThisRoute']

test('every mail gets one valid delivery, and only a 2xx to its final dot delivers it', async () => {
  const world = record({
    seed: integer(),
    hostility: constantFrom(0, 0.02, 0.1, 0.3, 0.7),
    pipelining: constantFrom(true, false),
    hosts: integer({ min: 1, max: 3 }),
    connectionsPerHost: integer({ min: 1, max: 3 }),
    recipients: nat(3),
  })
  await assert(
    asyncProperty(world, async ({ seed, hostility, pipelining, hosts, connectionsPerHost, recipients }) => {
      const random = chance(seed)
      const servers = await Promise.all(Array.from({ length: hosts }, () => hostileHost(random, hostility, pipelining)))
      const { courier, clock, stop } = aCourier(servers, { limits: { connectionsPerHost, mailsPerConnection: 5 } })
      const senders = Array.from({ length: MAILS }, (_, i) => `s${i}@example.com`)
      const deliveries: (Delivery | undefined)[] = senders.map(() => undefined)
      const all = Promise.all(
        senders.map(async (sender, i) => {
          const part = aPart({
            sender,
            content: aContent(),
            recipients: Array.from({ length: recipients + 1 }, (_, n) => `r${n}@example.net`),
          })
          deliveries[i] = await courier.deliver(part)
        }),
      )
      // Time passes until every silence has ended; sockets are real, so they get turns between.
      for (let i = 0; i < 400 && deliveries.includes(undefined); i += 1) {
        await turns(20)
        if (i > 5) await clock.advance(20_000)
      }
      expect(deliveries.filter((delivery) => delivery === undefined)).toEqual([])
      await all
      await stop()
      for (const server of servers) await server.stop()
      const taken = servers.flatMap((server) => server.taken)
      deliveries.forEach((delivery, i) =>
        checkDelivery(delivery!, { recipients: recipients + 1, taken, sender: senders[i]! }),
      )
      if (hostility === 0)
        expect(deliveries.every((delivery) => delivery!.outcomes[0]!.kind === 'delivered')).toBe(true)
    }),
    { numRuns: RUNS },
  )
}, 3_600_000)

function checkDelivery(
  delivery: Delivery,
  { recipients, taken, sender }: { recipients: number; taken: readonly Taken[]; sender: string },
): void {
  expect(delivery.outcomes).toHaveLength(recipients)
  const own = taken.filter((mail) => mail.sender === sender)
  for (const outcome of delivery.outcomes) {
    expect(KINDS).toContain(outcome.kind)
    if (outcome.kind === 'delivered') expect(own.some(({ said }) => /^2\d\d/.test(said))).toBe(true)
    if (outcome.kind === 'rejected') expect(outcome.reply.code).toBeGreaterThanOrEqual(500)
  }
  // A mail whose content was taken whole, with a yes or without a word, is never offered again.
  expect(own.filter(({ said }) => said === '' || /^2\d\d/.test(said)).length).toBeLessThanOrEqual(1)
}
