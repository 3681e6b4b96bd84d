import { describe, expect, test } from 'vitest'
import { fakeClock } from '../../../test/support/fakes.ts'
import type { DnsAnswer, DnsQuestion, DnsServer } from '../../core/base/dns.ts'
import { zoneFinder, type ZoneFinderOptions } from './zone-finder.ts'

const first = { address: '192.0.2.53', port: 53 }
const second = { address: '192.0.2.54', port: 53 }
const denied = (zone: string): DnsAnswer => ({ kind: 'noSuchName', authoritative: false, records: [], zone })
const empty = (zone?: string): DnsAnswer => ({
  kind: 'noSuchRecord',
  authoritative: false,
  records: [],
  ...(zone === undefined ? {} : { zone }),
})
const fault: DnsAnswer = { kind: 'fault', fault: 'SERVFAIL', message: 'the server answered SERVFAIL' }
const base = { authoritative: false, kind: 'records' } as const
const servers = (...targets: string[]): DnsAnswer => ({
  ...base,
  records: targets.map((target) => ({ name: 'goo.example', ttlSeconds: 60, type: 'NS', target })),
})
const address = (name: string, ...addresses: string[]): DnsAnswer => ({
  ...base,
  records: addresses.map((one) => ({ name, ttlSeconds: 60, type: one.includes(':') ? 'AAAA' : 'A', address: one })),
})

/** Answers by 'TYPE name'; what the script does not know throws. */
function finder(script: Readonly<Record<string, DnsAnswer>>, options: Partial<ZoneFinderOptions> = {}) {
  const asked: string[] = []
  const clock = fakeClock()
  const ask = async ({ name, type }: DnsQuestion, server: DnsServer): Promise<DnsAnswer> => {
    asked.push(`${type} ${name}`)
    const answer = script[`${type} ${name} @${server.address}`] ?? script[`${type} ${name}`]
    if (!answer) throw new Error(`the script has no ${type} ${name}`)
    return answer
  }
  return { zoneOf: zoneFinder({ ask, resolvers: [first], clock, ipv6: false, ...options }), asked, clock }
}

const GOO = {
  'CNAME k.goo.example': denied('goo.example'),
  'NS goo.example': servers('ns2.goo.example', 'ns1.goo.example'),
  'A ns1.goo.example': address('ns1.goo.example', '192.0.2.1'),
  'A ns2.goo.example': address('ns2.goo.example', '192.0.2.2', '192.0.2.3'),
}

describe('finding the zone of a name', () => {
  test('takes the apex from the denial, and every address of every name server', async () => {
    const { zoneOf, asked } = finder(GOO)
    expect(await zoneOf('K.goo.example.')).toEqual({
      kind: 'zone',
      apex: 'goo.example',
      servers: [
        { address: '192.0.2.1', port: 53, name: 'ns1.goo.example' },
        { address: '192.0.2.2', port: 53, name: 'ns2.goo.example' },
        { address: '192.0.2.3', port: 53, name: 'ns2.goo.example' },
      ],
      unreachable: [],
    })
    expect(asked).toEqual(['CNAME k.goo.example', 'NS goo.example', 'A ns1.goo.example', 'A ns2.goo.example'])
  })

  test('asks for IPv6 addresses when this machine has IPv6', async () => {
    const script = {
      'AAAA ns1.goo.example': address('ns1', '2001:db8::1'),
      'AAAA ns2.goo.example': empty('goo.example'),
    }
    const found = await finder({ ...GOO, ...script }, { ipv6: true }).zoneOf('k.goo.example')
    expect(found.kind === 'zone' && found.servers.map((server) => server.address)).toEqual([
      '192.0.2.1',
      '2001:db8::1',
      '192.0.2.2',
      '192.0.2.3',
    ])
  })

  test('goes up from an alias, whose target says nothing of the zone it stands in', async () => {
    const script = {
      ...GOO,
      'CNAME k.goo.example': {
        ...base,
        records: [{ name: 'k.goo.example', ttlSeconds: 1, type: 'CNAME', target: 'k.vendor.example' }],
      },
      'CNAME goo.example': empty('goo.example'),
    } as const
    expect(await finder(script).zoneOf('k.goo.example')).toMatchObject({ apex: 'goo.example' })
  })

  test('asks for the SOA where a resolver leaves it out of its denials, and goes up when there is none', async () => {
    const script = {
      ...GOO,
      'CNAME k.goo.example': empty(),
      'SOA k.goo.example': empty(),
      'CNAME goo.example': empty(),
      'SOA goo.example': {
        ...base,
        records: [{ name: 'goo.example', ttlSeconds: 1, type: 'SOA', primary: 'ns1', serial: 1, minimumSeconds: 60 }],
      },
    } as const
    expect(await finder(script).zoneOf('k.goo.example')).toMatchObject({ apex: 'goo.example' })
  })

  test('believes no denial by a zone that the name is not in', async () => {
    const script = {
      ...GOO,
      'CNAME k.goo.example': denied('elsewhere.example'),
      'CNAME goo.example': empty('goo.example'),
    }
    expect(await finder(script).zoneOf('k.goo.example')).toMatchObject({ apex: 'goo.example' })
  })

  test('asks the next resolver when the first is ill, and says what is wrong when all are', async () => {
    const resolvers = [first, second]
    const oneIll = finder({ ...GOO, 'CNAME k.goo.example @192.0.2.53': fault }, { resolvers })
    expect(await oneIll.zoneOf('k.goo.example')).toMatchObject({ kind: 'zone' })
    const allIll = finder({ 'CNAME k.goo.example': fault }, { resolvers })
    expect(await allIll.zoneOf('k.goo.example')).toEqual({
      kind: 'fault',
      fault: 'SERVFAIL',
      message: 'looking for the zone of k.goo.example: the server answered SERVFAIL',
    })
    expect(await finder({}, { resolvers: [] }).zoneOf('k.goo.example')).toMatchObject({ fault: 'unreachable' })
  })

  test('says that there is no such name when only the root denies it', async () => {
    const { zoneOf } = finder({ 'CNAME k.nowhere': denied('') })
    expect(await zoneOf('k.nowhere')).toMatchObject({ kind: 'fault', fault: 'noSuchName' })
  })

  test('names the name servers that have no address, or too many colleagues', async () => {
    const names = Array.from({ length: 18 }, (_, i) => `ns${String.fromCharCode(97 + i)}.example`)
    const script: Record<string, DnsAnswer> = {
      'CNAME k.goo.example': denied('goo.example'),
      'NS goo.example': servers(...names),
    }
    for (const [i, name] of names.entries()) script[`A ${name}`] = i === 0 ? fault : address(name, `192.0.2.${i}`)
    const found = await finder(script).zoneOf('k.goo.example')
    expect(found.kind === 'zone' && found.servers).toHaveLength(15)
    expect(found.kind === 'zone' && found.unreachable).toEqual(['nsa.example', 'nsq.example', 'nsr.example'])
  })

  test('takes four addresses of one name server, however many it has', async () => {
    const many = Array.from({ length: 50 }, (_, i) => `192.0.2.${i}`)
    const script = { ...GOO, 'A ns1.goo.example': address('ns1', ...many) }
    const found = await finder(script).zoneOf('k.goo.example')
    expect(found.kind === 'zone' && found.servers).toHaveLength(4 + 2)
  })

  test('remembers a zone for a minute, and a fault not at all', async () => {
    const { zoneOf, asked, clock } = finder(GOO)
    await zoneOf('k.goo.example')
    await clock.advance(59_999)
    await zoneOf('k.goo.example')
    expect(asked).toHaveLength(4)
    await clock.advance(1)
    await zoneOf('k.goo.example')
    expect(asked).toHaveLength(8)
    const ill = finder({ 'CNAME k.goo.example': fault })
    await ill.zoneOf('k.goo.example')
    await ill.zoneOf('k.goo.example')
    expect(ill.asked).toHaveLength(2)
  })

  test('searches once for all who want to know at the same time', async () => {
    const { zoneOf, asked } = finder(GOO)
    await Promise.all(Array.from({ length: 16 }, () => zoneOf('k.goo.example')))
    expect(asked).toHaveLength(4)
  })

  test('asks nobody about a zone whose servers the plan names; the longest name wins', async () => {
    const inner = { apex: 'Dkim.goo.example', servers: [second] }
    const { zoneOf, asked } = finder(GOO, { fixedZones: [{ apex: 'goo.example.', servers: [first] }, inner] })
    expect(await zoneOf('x.goo.example')).toEqual({
      kind: 'zone',
      apex: 'goo.example',
      servers: [first],
      unreachable: [],
    })
    expect(await zoneOf('x.dkim.goo.example')).toMatchObject({ apex: 'dkim.goo.example', servers: [second] })
    expect(await zoneOf('dkim.goo.example')).toMatchObject({ apex: 'dkim.goo.example' })
    expect(await zoneOf('xdkim.goo.example')).toMatchObject({ apex: 'goo.example' })
    expect(asked).toEqual([])
  })
})
