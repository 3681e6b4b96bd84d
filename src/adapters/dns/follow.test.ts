import { describe, expect, test } from 'vitest'
import { fakeDns } from '../../../test/support/fake-dns.ts'
import { askTruth } from './follow.ts'

const ask = (dns: ReturnType<typeof fakeDns>) => askTruth(dns, { name: 'k.goo.example', type: 'TXT' })
const zone = (apex: string, ...servers: string[]) => ({ apex, servers })

describe('the truth of a name', () => {
  test('is every server, silent ones included, and every resolver', async () => {
    const dns = fakeDns({
      zones: [zone('goo.example', 'one', 'two', 'three')],
      resolvers: ['cache'],
      answers: {
        'one k.goo.example': { txt: 'v' },
        'two k.goo.example': 'noSuchName',
        'three k.goo.example': 'timeout',
        'cache k.goo.example': 'SERVFAIL',
      },
    })
    const truth = await ask(dns)
    expect(truth.views.map(({ server, answer }) => [server.name, answer.kind])).toEqual([
      ['one', 'records'],
      ['two', 'noSuchName'],
      ['three', 'fault'],
    ])
    expect(truth.recursive).toMatchObject([{ server: { name: 'cache' }, answer: { fault: 'SERVFAIL' } }])
  })

  test('has no views, and says why, when the zone cannot be found or has no server with an address', async () => {
    const lost = await ask(fakeDns({ zones: [], resolvers: ['cache'], answers: { 'cache k.goo.example': 'SERVFAIL' } }))
    expect(lost).toMatchObject({
      views: [],
      fault: { fault: 'SERVFAIL' },
      recursive: [{ answer: { fault: 'SERVFAIL' } }],
    })
    const bare = await ask(
      fakeDns({ zones: [{ ...zone('goo.example'), unreachable: ['ns.gone.example'] }], answers: {} }),
    )
    expect(bare).toMatchObject({
      views: [],
      unreachable: ['ns.gone.example'],
      fault: { fault: 'unreachable', message: 'no name server of goo.example has an address: ns.gone.example' },
    })
  })

  test('asks the servers of an alias target once, for all who lead there, and keeps who does not', async () => {
    const dns = fakeDns({
      zones: [zone('goo.example', 'one', 'two', 'late'), zone('vendor.example', 'far')],
      answers: {
        'one k.goo.example': { alias: 'k.vendor.example' },
        'two k.goo.example': { alias: 'k.vendor.example' },
        'late k.goo.example': 'noSuchName',
        'far k.vendor.example': { txt: 'v' },
      },
    })
    const truth = await ask(dns)
    expect(truth.views.map(({ server, zone, via }) => [server.name, zone, via.map(({ name }) => name)])).toEqual([
      ['late', 'goo.example', []],
      ['far', 'vendor.example', ['one', 'two']],
    ])
    expect(dns.asked.filter((question) => question.startsWith('far'))).toHaveLength(1)
    expect(truth.views[1]!.answer).toMatchObject({ records: [{ target: 'k.vendor.example' }, { strings: ['v'] }] })
  })

  test('asks a child zone, too: the parent has no say in it, even with a copy', async () => {
    const dns = fakeDns({
      zones: [zone('goo.example', 'parent'), zone('dkim.goo.example', 'child')],
      answers: {
        'parent k.goo.example': { alias: 'k.dkim.goo.example', txt: 'stale copy' },
        'child k.dkim.goo.example': { txt: 'fresh' },
      },
    })
    expect((await ask(dns)).views).toMatchObject([
      { server: { name: 'child' }, via: [{ name: 'parent' }], answer: { records: [{}, { strings: ['fresh'] }] } },
    ])
  })

  test('shows apart what servers that lead to different targets lead to', async () => {
    const dns = fakeDns({
      zones: [zone('goo.example', 'one', 'two'), zone('vendor.example', 'far')],
      answers: {
        'one k.goo.example': { alias: 'a.vendor.example' },
        'two k.goo.example': { alias: 'b.vendor.example' },
        'far a.vendor.example': { txt: 'a' },
        'far b.vendor.example': 'noSuchRecord',
      },
    })
    const { views } = await ask(dns)
    expect(views.map(({ via, answer }) => [via[0]?.name, answer.kind])).toEqual([
      ['one', 'records'],
      ['two', 'noSuchRecord'],
    ])
  })

  test('tells a target that nobody serves from one that does not exist', async () => {
    const answers = { 'one k.goo.example': { alias: 'k.ill.example' } }
    const ill = await ask(fakeDns({ zones: [zone('goo.example', 'one')], answers }))
    expect(ill.views).toMatchObject([{ server: { name: 'one' }, answer: { kind: 'fault', fault: 'SERVFAIL' } }])
    const none = await ask(
      fakeDns({ zones: [zone('goo.example', 'one'), { apex: 'ill.example', fault: 'noSuchName' }], answers }),
    )
    expect(none.views).toMatchObject([{ answer: { kind: 'noSuchName', records: [{ target: 'k.ill.example' }] } }])
    const bare = await ask(fakeDns({ zones: [zone('goo.example', 'one'), zone('ill.example')], answers }))
    expect(bare.views).toMatchObject([{ server: { name: 'one' }, answer: { kind: 'fault', fault: 'unreachable' } }])
  })

  test('ends a circle over zones, and a chain of more than eight', async () => {
    const circle = fakeDns({
      zones: [zone('goo.example', 'one'), zone('vendor.example', 'far')],
      answers: {
        'one k.goo.example': { alias: 'k.vendor.example' },
        'far k.vendor.example': { alias: 'k.goo.example' },
      },
    })
    expect((await ask(circle)).views).toMatchObject([{ server: { name: 'far' }, answer: { fault: 'aliasLoop' } }])
    const chain = (length: number) => {
      const zones = Array.from({ length }, (_, i) => zone(`z${i + 1}.example`, `s${i + 1}`))
      const links = zones.map(({ apex, servers }, i) => [
        `${servers[0]} k.${apex}`,
        i + 1 === length ? { txt: 'end' } : { alias: `k.z${i + 2}.example` },
      ])
      const answers = { 'one k.goo.example': { alias: 'k.z1.example' }, ...Object.fromEntries(links) }
      return fakeDns({ zones: [zone('goo.example', 'one'), ...zones], answers })
    }
    expect((await ask(chain(8))).views).toMatchObject([{ server: { name: 's8' }, answer: { kind: 'records' } }])
    expect((await ask(chain(9))).views).toMatchObject([{ server: { name: 's8' }, answer: { fault: 'aliasLoop' } }])
  })

  test('asks a bounded number of servers, whatever a zone leads to', async () => {
    const names = (letter: string, count: number) => Array.from({ length: count }, (_, i) => `${letter}${i}`)
    const ones = names('one', 16)
    const zones = ones.map((_, i) => zone(`z${i}.example`, ...names(`z${i}n`, 16)))
    const answers = Object.fromEntries([
      ...ones.map((one, i) => [`${one} k.goo.example`, { alias: `k.z${i}.example` }] as const),
      ...zones.flatMap(({ apex, servers }) => servers.map((server) => [`${server} k.${apex}`, { txt: 'x' }] as const)),
    ])
    const dns = fakeDns({ zones: [zone('goo.example', ...ones), ...zones], answers })
    const { views } = await ask(dns)
    expect(dns.asked).toHaveLength(128)
    expect(views.filter(({ answer }) => answer.kind === 'fault')).toHaveLength(9)
    // Each of the sixteen servers is still in the picture.
    expect(new Set(views.flatMap(({ via }) => via.map(({ name }) => name))).size).toBe(16)
  })

  test('does not follow the alias that is asked for itself', async () => {
    const answers = { 'one k.goo.example': { alias: 'k.vendor.example' } }
    const dns = fakeDns({ zones: [zone('goo.example', 'one')], answers })
    const truth = await askTruth(dns, { name: 'K.goo.example.', type: 'CNAME' })
    expect(truth.views).toMatchObject([{ answer: { records: [{ target: 'k.vendor.example' }] } }])
  })
})
