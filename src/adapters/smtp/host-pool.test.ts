import { describe, expect, test } from 'vitest'
import { recordedLog } from '../../../test/support/fakes.ts'
import { HostPool, isDue } from './host-pool.ts'
import { unreachable } from './client-login.ts'
import type { ClientSession } from './client-session.ts'

const NOW = Date.UTC(2026, 10, 25)
const TROUBLE = unreachable('connectionRefused')

function aPool(hosts = 2, connectionsPerHost = 3) {
  const log = recordedLog()
  const addresses = Array.from({ length: hosts }, (_, i) => ({ host: `mx${i}.example`, port: 25 }))
  return { pool: new HostPool(addresses, { connectionsPerHost, random: { next: () => 0.5 }, log }), log }
}

/** As much of a session as the pool looks at. */
function aSession(number: number, pipelining = false): ClientSession {
  return { options: { number, capabilities: { pipelining } } } as unknown as ClientSession
}

describe('a host', () => {
  test('gets one connection at first, and all when one was made ready', () => {
    const { pool } = aPool(1)
    const host = pool.hosts[0]!
    expect(pool.toOpen(NOW)).toBe(host)
    const number = pool.opening(host)
    expect(pool.toOpen(NOW)).toBeUndefined()
    host.connecting -= 1
    pool.ready(host, aSession(number))
    pool.opening(host)
    expect(pool.toOpen(NOW)).toBe(host)
    pool.opening(host)
    expect(pool.toOpen(NOW)).toBeUndefined()
  })

  test('that cannot be reached is left alone for 1, 2, 4 … at most 60 seconds, and told once', () => {
    const { pool, log } = aPool(1)
    const host = pool.hosts[0]!
    let nowMs = NOW
    const pauses: number[] = []
    for (let i = 0; i < 8; i += 1) {
      pool.failed(host, TROUBLE, nowMs)
      pauses.push(host.retryAt - nowMs)
      expect([pool.toOpen(host.retryAt - 1), isDue(host, host.retryAt - 1)]).toEqual([undefined, false])
      expect([pool.toOpen(host.retryAt), isDue(host, host.retryAt)]).toEqual([host, true])
      nowMs = host.retryAt
    }
    expect(pauses).toEqual([1000, 2000, 4000, 8000, 16_000, 32_000, 60_000, 60_000])
    expect(log.lines).toEqual([
      { level: 'warn', event: 'nextHopDown', fields: { host: 'mx0.example:25', reason: 'connectionRefused' } },
    ])
  })

  test('that fails many connections at once has failed once', () => {
    const { pool } = aPool(1)
    for (let i = 0; i < 20; i += 1) pool.failed(pool.hosts[0]!, TROUBLE, NOW + i)
    expect(pool.status(NOW)[0]).toMatchObject({ failures: 1, retryAt: NOW + 1000, reason: 'connectionRefused' })
  })

  test('is up again when a mail went over a connection that is younger than its failure', () => {
    const { pool, log } = aPool(1)
    const host = pool.hosts[0]!
    const old = aSession(pool.opening(host))
    pool.ready(host, old)
    pool.failed(host, TROUBLE, NOW)
    pool.succeeded(host, old)
    expect(pool.status(NOW)[0]).toMatchObject({ state: 'down', failures: 1 })
    const young = aSession(pool.opening(host))
    pool.ready(host, young)
    pool.succeeded(host, young)
    expect(pool.status(NOW)[0]).toMatchObject({ state: 'up', failures: 0 })
    expect(log.lines.at(-1)).toEqual({ level: 'info', event: 'nextHopUp', fields: { host: 'mx0.example:25' } })
  })

  test('on probation is asked by no second connection until the first has carried a mail', () => {
    const { pool } = aPool(1)
    const host = pool.hosts[0]!
    pool.failed(host, TROUBLE, NOW)
    const probe = aSession(pool.opening(host))
    host.connecting -= 1
    pool.ready(host, probe)
    expect([pool.toOpen(NOW + 5000), isDue(host, NOW + 5000)]).toEqual([undefined, false])
    // The probe was closed without a mail: it has proved nothing, so there may be another.
    pool.gone(host, probe)
    expect([pool.toOpen(NOW + 5000), isDue(host, NOW + 5000)]).toEqual([host, true])
  })

  test('that fails three mails in a row is down, and on probation one more is enough', () => {
    const { pool } = aPool(1)
    const host = pool.hosts[0]!
    pool.struck(host, TROUBLE, NOW)
    pool.struck(host, TROUBLE, NOW)
    expect(pool.status(NOW)[0]?.state).toBe('up')
    pool.struck(host, TROUBLE, NOW)
    expect([pool.status(NOW)[0]?.state, host.broken, host.retryAt]).toEqual(['down', true, NOW + 1000])
    pool.ready(host, aSession(pool.opening(host)))
    expect(host.broken).toBe(false)
    pool.struck(host, TROUBLE, NOW + 1000)
    expect([host.broken, host.retryAt]).toEqual([true, NOW + 3000])
  })

  test('that fails a mail now and then stays up', () => {
    const { pool } = aPool(1)
    const host = pool.hosts[0]!
    const session = aSession(pool.opening(host))
    pool.ready(host, session)
    for (let i = 0; i < 50; i += 1) {
      pool.struck(host, TROUBLE, NOW)
      pool.struck(host, TROUBLE, NOW)
      pool.succeeded(host, session)
    }
    expect(pool.status(NOW)[0]).toMatchObject({ state: 'up', failures: 0 })
  })
})

describe('the pool', () => {
  test('chooses the least busy host, and among equals the one that had fewer mails', () => {
    const { pool } = aPool(3)
    const [a, b, c] = pool.hosts as [(typeof pool.hosts)[0], (typeof pool.hosts)[0], (typeof pool.hosts)[0]]
    Object.assign(a, { inFlight: 2, mails: 10 })
    Object.assign(b, { inFlight: 1, mails: 30 })
    Object.assign(c, { inFlight: 1, mails: 20 })
    expect(pool.toOpen(NOW)).toBe(c)
    const [ofA, ofB] = [aSession(1), aSession(2)]
    a.idle.push(ofA)
    b.idle.push(ofB)
    expect(pool.takeIdle(() => true)).toBe(ofB)
    expect([a.idle.length, b.idle.length]).toEqual([1, 0])
  })

  test('has room for two mails a connection where they are pipelined, and always for a probe', () => {
    const { pool } = aPool(2, 10)
    const [a, b] = pool.hosts as [(typeof pool.hosts)[0], (typeof pool.hosts)[0]]
    expect(pool.capacity()).toBe(20)
    pool.ready(a, aSession(pool.opening(a), true))
    expect(pool.capacity()).toBe(30)
    pool.failed(b, TROUBLE, NOW)
    expect(pool.capacity()).toBe(20)
    // What is open to a host goes on when no more can be opened.
    pool.failed(a, TROUBLE, NOW)
    expect(pool.capacity()).toBe(2)
    pool.gone(a, [...a.sessions][0]!)
    expect(pool.capacity()).toBe(1)
    expect(pool.works(NOW)).toBe(false)
  })

  test('asks the host that is due first when all are down, but not within a second of a failure', () => {
    const { pool } = aPool(2)
    const [a, b] = pool.hosts as [(typeof pool.hosts)[0], (typeof pool.hosts)[0]]
    for (let i = 0; i < 5; i += 1) {
      pool.failed(a, TROUBLE, NOW + i * 60_000)
      pool.failed(b, TROUBLE, NOW + i * 60_000 - 500)
    }
    const last = NOW + 4 * 60_000
    expect(pool.lastResort(last + 999)).toBeUndefined()
    expect(pool.lastResort(last + 1000)).toBe(b)
  })
})
