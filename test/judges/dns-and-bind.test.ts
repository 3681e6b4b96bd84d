// Our asking judged by BIND as a server and as a resolver; our server and zone file judged by dig, BIND and named-checkzone.
import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openDns } from '../../src/adapters/dns/dns.ts'
import { askTruth } from '../../src/adapters/dns/follow.ts'
import { openZoneFile, type ZoneFile } from '../../src/adapters/dns/zone-file.ts'
import { startZoneServer, type ZoneServer } from '../../src/adapters/dns/zone-server.ts'
import { writeZone } from '../../src/adapters/dns/zone-text.ts'
import { systemClock } from '../../src/adapters/node/clock.ts'
import type { Dns, DnsServer } from '../../src/core/base/dns.ts'
import { describeJudged } from '../support/judge.ts'
import { freePort } from '../support/loopback-relay.ts'
import { BIND, checkZone, startNameServer, type NameServer } from '../support/name-server.ts'

const run = promisify(execFile)
const clock = systemClock()

/** The customer's zone with its two name servers, TTL 300 and a negative TTL of 120. */
const gooZone = (serial: number, records: readonly string[]) =>
  [
    '$TTL 300',
    `@ 3600 IN SOA ns1.goo.example. dns.goo.example. ${serial} 3600 600 86400 120`,
    '@ NS ns1',
    '@ NS ns2',
    'ns1 A 127.0.0.1',
    'ns2 A 127.0.0.2',
    // Our zone is delegated from here to our own small server.
    'dkim NS ns.dkim',
    'ns.dkim A 127.0.0.3',
    ...records,
    '',
  ].join('\n')

const RECORDS = [
  'plain TXT "v=DKIM1; k=rsa; p=MIIB"',
  'split TXT "v=DKIM1; p=AAAA" "BBBB"',
  'two TXT "first"',
  'two TXT "second"',
  'octets TXT "\\195\\169\\000\\"\\\\"',
  `long ${['TXT', ...Array.from({ length: 20 }, (_, i) => `"${String.fromCharCode(97 + i).repeat(250)}"`)].join(' ')}`,
  'mx MX 10 feedback-smtp.ap-northeast-1.amazonses.com.',
  'six AAAA 2001:db8::1',
  'near CNAME plain',
  'nearGone CNAME gone',
  'far CNAME s1.vendor.example.',
  'farGone CNAME gone.vendor.example.',
  'ours CNAME s1.dkim',
  'loop CNAME pool',
  'pool CNAME loop',
  'astray CNAME back.vendor.example.',
  'out CNAME x.unserved.example.',
  '*.wild TXT "any"',
  'a._domainkey TXT "below"',
  's1._domainkey.mail.goo.example TXT "doubled"',
]

const VENDOR = [
  '$TTL 600',
  '@ IN SOA ns1.vendor.example. dns.vendor.example. 7 3600 600 86400 30',
  '@ NS ns1',
  'ns1 A 127.0.0.2',
  's1 TXT "far away"',
  'back CNAME astray.goo.example.',
  '',
].join('\n')

const shared = {} as {
  first: NameServer
  second: NameServer
  resolver: NameServer
  zone: ZoneFile
  server: ZoneServer
  dns: Dns
  folder: string
}

async function startAll(): Promise<void> {
  const port = await freePort(['127.0.0.1', '127.0.0.2', '127.0.0.3'])
  shared.first = await startNameServer({ port, zones: { 'goo.example': gooZone(1, RECORDS) } })
  shared.second = await startNameServer({
    port,
    addresses: ['127.0.0.2'],
    zones: { 'goo.example': gooZone(1, RECORDS), 'vendor.example': VENDOR },
  })
  shared.folder = mkdtempSync(join(tmpdir(), 'watari-dns-'))
  shared.zone = await openZoneFile({
    path: join(shared.folder, 'dkim.goo.example.zone'),
    apex: 'dkim.goo.example',
    nameServers: [{ name: 'ns.dkim.goo.example', addresses: ['127.0.0.3'] }],
    contact: 'dns@goo.example',
    clock,
  })
  shared.server = await startZoneServer({ zone: shared.zone, addresses: ['127.0.0.3'], port, clock })
  shared.resolver = await startNameServer({
    resolves: {
      'goo.example': [...shared.first.servers, ...shared.second.servers],
      'vendor.example': shared.second.servers,
    },
  })
  shared.dns = openDns({ resolvers: shared.resolver.servers, clock, nameServerPort: port, ipv6: false })
}

describeJudged('asking DNS, judged by BIND', BIND, () => {
  beforeAll(startAll)
  afterAll(async () => {
    await Promise.all([shared.resolver, shared.first, shared.second, shared.server].map((server) => server?.stop()))
    rmSync(shared.folder, { recursive: true, force: true })
  })

  const ours = (): DnsServer => ({ address: '127.0.0.3', port: shared.server.port })
  const ask = (label: string, type: 'TXT' | 'MX' | 'AAAA' | 'NS' | 'SOA' | 'CNAME' | 'A' = 'TXT') =>
    shared.dns.ask(
      { name: label === '' ? 'goo.example' : `${label}.goo.example`, type },
      shared.first.servers[0]!,
      'authoritative',
    )
  const txt = (label: string, ...strings: string[]) => ({
    name: `${label}.goo.example`,
    ttlSeconds: 300,
    type: 'TXT',
    strings,
  })

  test.each([
    ['plain', [txt('plain', 'v=DKIM1; k=rsa; p=MIIB')]],
    ['split', [txt('split', 'v=DKIM1; p=AAAA', 'BBBB')]],
    ['octets', [txt('octets', '\u00c3\u00a9\u0000"\\')]],
    ['q.wild', [txt('q.wild', 'any')]],
    ['PLAIN', [txt('plain', 'v=DKIM1; k=rsa; p=MIIB')]],
  ])('reads the record at %s with its AA bit, TTL and strings', async (label, records) => {
    expect(await ask(label)).toEqual({ kind: 'records', authoritative: true, records })
  })

  test('reads two records of one name apart', async () => {
    const answer = await ask('two')
    expect(
      answer.kind === 'records' && answer.records.toSorted((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1)),
    ).toEqual([txt('two', 'first'), txt('two', 'second')])
  })

  test('reads every type it knows', async () => {
    const base = { ttlSeconds: 300 }
    expect(await ask('mx', 'MX')).toMatchObject({
      records: [
        { ...base, name: 'mx.goo.example', preference: 10, exchange: 'feedback-smtp.ap-northeast-1.amazonses.com' },
      ],
    })
    expect(await ask('six', 'AAAA')).toMatchObject({ records: [{ ...base, address: '2001:db8::1' }] })
    expect(await ask('ns1', 'A')).toMatchObject({ records: [{ ...base, address: '127.0.0.1' }] })
    expect(await ask('near', 'CNAME')).toMatchObject({ records: [{ ...base, target: 'plain.goo.example' }] })
    expect(await ask('', 'SOA')).toMatchObject({
      records: [{ ttlSeconds: 3_600, primary: 'ns1.goo.example', serial: 1, minimumSeconds: 120 }],
    })
    expect(await ask('', 'NS')).toMatchObject({ records: [{ type: 'NS' }, { type: 'NS' }] })
  })

  test('reads an answer of 5 KB by TCP, because UDP cuts it short', async () => {
    const answer = await ask('long')
    const [record] = answer.kind === 'records' ? answer.records : []
    expect(record?.type === 'TXT' && record.strings.map((text) => text[0]).join('')).toBe('abcdefghijklmnopqrst')
    expect(record?.type === 'TXT' && record.strings.every((text) => text.length === 250)).toBe(true)
  })

  test('tells a missing name from a missing type, with how long caches remember either', async () => {
    const denied = { authoritative: true, records: [], negativeTtlSeconds: 120, zone: 'goo.example' }
    expect(await ask('nothing')).toEqual({ kind: 'noSuchName', ...denied })
    expect(await ask('mx')).toEqual({ kind: 'noSuchRecord', ...denied })
    expect(await ask('_domainkey')).toEqual({ kind: 'noSuchRecord', ...denied })
  })

  test('tells a record at the right name from one whose name the zone was appended to (C32)', async () => {
    expect(await ask('s1._domainkey.mail')).toMatchObject({ kind: 'noSuchName' })
    expect(await ask('s1._domainkey.mail.goo.example')).toMatchObject({
      kind: 'records',
      records: [{ strings: ['doubled'] }],
    })
  })

  test('follows an alias within the zone, to a record and to nothing', async () => {
    const alias = (label: string, target: string) => ({
      name: `${label}.goo.example`,
      ttlSeconds: 300,
      type: 'CNAME',
      target: `${target}.goo.example`,
    })
    expect(await ask('near')).toEqual({
      kind: 'records',
      authoritative: true,
      records: [alias('near', 'plain'), txt('plain', 'v=DKIM1; k=rsa; p=MIIB')],
    })
    expect(await ask('neargone')).toMatchObject({ kind: 'noSuchName', records: [alias('neargone', 'gone')] })
    expect(await ask('loop')).toMatchObject({ kind: 'fault', fault: 'aliasLoop' })
  })

  test('says who is not in charge: refused, and a referral to a child', async () => {
    const asAuthority = (name: string) =>
      shared.dns.ask({ name, type: 'TXT' }, shared.first.servers[0]!, 'authoritative')
    expect(await asAuthority('x.elsewhere.example')).toMatchObject({ kind: 'fault', fault: 'REFUSED' })
    const referred = await asAuthority('s1.dkim.goo.example')
    expect(referred).toMatchObject({ kind: 'fault', fault: 'notAuthoritative' })
    expect(referred.kind === 'fault' && referred.message).toContain('ns.dkim.goo.example')
  })

  test('is told by a cache that it is no authority', async () => {
    const [resolver] = shared.resolver.servers
    const question = { name: 'plain.goo.example', type: 'TXT' } as const
    expect(await shared.dns.ask(question, resolver!, 'recursive')).toMatchObject({
      kind: 'records',
      authoritative: false,
    })
    expect(await shared.dns.ask(question, resolver!, 'authoritative')).toMatchObject({ fault: 'REFUSED' })
  })

  test('finds the zone of a name that is not there yet, and every server of it', async () => {
    const servers = [
      { address: '127.0.0.1', port: shared.first.port, name: 'ns1.goo.example' },
      { address: '127.0.0.2', port: shared.first.port, name: 'ns2.goo.example' },
    ]
    const expected = { kind: 'zone', apex: 'goo.example', servers, unreachable: [] }
    expect(await shared.dns.zoneOf('s2025._domainkey.goo.example')).toEqual(expected)
    expect(await shared.dns.zoneOf('goo.example')).toEqual(expected)
    expect(await shared.dns.zoneOf('far.goo.example')).toEqual(expected)
    expect(await shared.dns.zoneOf('x.y.dkim.goo.example')).toMatchObject({ apex: 'dkim.goo.example' })
    expect(await shared.dns.zoneOf('x.unserved.example')).toMatchObject({ kind: 'fault' })
  })

  test('knows the truth of a plain record: two servers and a cache', async () => {
    const truth = await askTruth(shared.dns, { name: 'plain.goo.example', type: 'TXT' })
    const records = [txt('plain', 'v=DKIM1; k=rsa; p=MIIB')]
    expect(truth.views.map(({ server, zone, answer, via }) => [server.name, zone, answer, via])).toEqual([
      ['ns1.goo.example', 'goo.example', { kind: 'records', authoritative: true, records }, []],
      ['ns2.goo.example', 'goo.example', { kind: 'records', authoritative: true, records }, []],
    ])
    expect(truth.recursive).toMatchObject([{ answer: { kind: 'records', authoritative: false } }])
    expect(truth).not.toHaveProperty('fault')
  })

  test('goes on to the servers of the zone that an alias leads to', async () => {
    const truth = await askTruth(shared.dns, { name: 'far.goo.example', type: 'TXT' })
    expect(truth.views).toHaveLength(1)
    expect(truth.views[0]).toMatchObject({ server: { name: 'ns1.vendor.example' }, zone: 'vendor.example' })
    expect(truth.views[0]!.via.map(({ name }) => name)).toEqual(['ns1.goo.example', 'ns2.goo.example'])
    expect(truth.views[0]!.answer).toEqual({
      kind: 'records',
      authoritative: true,
      records: [
        { name: 'far.goo.example', ttlSeconds: 300, type: 'CNAME', target: 's1.vendor.example' },
        { name: 's1.vendor.example', ttlSeconds: 600, type: 'TXT', strings: ['far away'] },
      ],
    })
    const gone = await askTruth(shared.dns, { name: 'fargone.goo.example', type: 'TXT' })
    expect(gone.views).toMatchObject([
      { answer: { kind: 'noSuchName', negativeTtlSeconds: 30, zone: 'vendor.example' } },
    ])
  })

  test('says that aliases go in a circle over two zones, and that one leads to nobody', async () => {
    const astray = await askTruth(shared.dns, { name: 'astray.goo.example', type: 'TXT' })
    expect(astray.views).toMatchObject([{ answer: { kind: 'fault', fault: 'aliasLoop' } }])
    const out = await askTruth(shared.dns, { name: 'out.goo.example', type: 'TXT' })
    expect(out.views).toMatchObject([
      { zone: 'goo.example', answer: { kind: 'noSuchName', records: [{ target: 'x.unserved.example' }] } },
    ])
  })

  test('follows an alias into our own delegated zone, as BIND does, from the moment the record is put', async () => {
    const before = await askTruth(shared.dns, { name: 'ours.goo.example', type: 'TXT' })
    expect(before.views).toMatchObject([
      { server: ours(), zone: 'dkim.goo.example', answer: { kind: 'noSuchName', negativeTtlSeconds: 60 } },
    ])
    await shared.zone.put({ name: 's1.dkim.goo.example', text: 'v=DKIM1; k=rsa; p=MIIBours', ttlSeconds: 300 })
    await shared.resolver.flush()
    const after = await askTruth(shared.dns, { name: 'ours.goo.example', type: 'TXT' })
    const strings = ['v=DKIM1; k=rsa; p=MIIBours']
    expect(after.views).toMatchObject([{ server: ours(), answer: { kind: 'records', records: [{}, { strings }] } }])
    expect(after.recursive).toMatchObject([{ answer: { kind: 'records', records: [{}, { strings }] } }])
  })

  test('sees that one server of two has the new record and the other has not', async () => {
    await shared.second.setZone('goo.example', gooZone(2, [...RECORDS, 'late TXT "here"']))
    const half = await askTruth(shared.dns, { name: 'late.goo.example', type: 'TXT' })
    expect(half.views.map(({ server, answer }) => [server.name, answer.kind])).toEqual([
      ['ns1.goo.example', 'noSuchName'],
      ['ns2.goo.example', 'records'],
    ])
    await shared.first.setZone('goo.example', gooZone(2, [...RECORDS, 'late TXT "here"']))
    const whole = await askTruth(shared.dns, { name: 'late.goo.example', type: 'TXT' })
    expect(whole.views.map(({ answer }) => answer.kind)).toEqual(['records', 'records'])
  })

  const dig = async (...words: string[]) => {
    const { stdout } = await run('dig', ['@127.0.0.3', '-p', String(shared.server.port), '+tries=1', ...words])
    return stdout
  }

  test('serves our zone to dig by UDP, TCP, with and without EDNS', async () => {
    await shared.zone.put({ name: 's2.dkim.goo.example', text: 'a "quoted" \\ text', ttlSeconds: 60 })
    const expected = 's2.dkim.goo.example.\t60\tIN\tTXT\t"a \\"quoted\\" \\\\ text"'
    for (const words of [['+norec'], ['+rec'], ['+tcp'], ['+noedns'], ['+bufsize=512'], ['+nocookie', '+dnssec']]) {
      const said = await dig('s2.dkim.goo.example', 'TXT', ...words)
      expect(said).toContain('status: NOERROR')
      expect(said).toMatch(/flags: qr aa( rd)?; QUERY: 1, ANSWER: 1/)
      expect(said).toContain(expected)
      expect(said).not.toMatch(/malformed|warning(?!: recursion)/i)
    }
    expect(await dig('s2.dkim.goo.example', 'TXT')).toContain('EDNS: version: 0, flags:; udp: 1232')
    expect(await dig('S2.DKIM.goo.example', 'TXT', '+short')).toBe('"a \\"quoted\\" \\\\ text"\n')
  })

  test('sends dig to TCP for a text that UDP does not hold', async () => {
    await shared.zone.put({ name: 'big.dkim.goo.example', text: 'z'.repeat(4_000), ttlSeconds: 60 })
    expect(await dig('big.dkim.goo.example', 'TXT', '+ignore')).toMatch(/flags: qr aa tc/)
    const whole = await dig('big.dkim.goo.example', 'TXT', '+short')
    expect(whole.replaceAll(/[" \n]/g, '')).toBe('z'.repeat(4_000))
  })

  test('denies as the RFCs say, and serves its own SOA and name server', async () => {
    const gone = await dig('gone.dkim.goo.example', 'TXT')
    expect(gone).toContain('status: NXDOMAIN')
    expect(gone).toMatch(
      /dkim\.goo\.example\.\t60\tIN\tSOA\tns\.dkim\.goo\.example\. dns\.goo\.example\. \d+ 3600 600 1209600 60/,
    )
    expect(await dig('s2.dkim.goo.example', 'A')).toMatch(/status: NOERROR[\s\S]*ANSWER: 0, AUTHORITY: 1/)
    await shared.zone.put({ name: 'deep.under.dkim.goo.example', text: 'x', ttlSeconds: 60 })
    expect(await dig('under.dkim.goo.example', 'TXT')).toMatch(/status: NOERROR[\s\S]*ANSWER: 0, AUTHORITY: 1/)
    expect(await dig('dkim.goo.example', 'NS')).toMatch(/ns\.dkim\.goo\.example\.\t3600\tIN\tA\t127\.0\.0\.3/)
    expect(await dig('dkim.goo.example', 'SOA', '+short')).toMatch(/^ns\.dkim\.goo\.example\. /)
  })

  test('refuses transfers, other zones, other classes, and EDNS of another version', async () => {
    expect(await dig('dkim.goo.example', 'AXFR')).toContain('Transfer failed')
    expect(await dig('goo.example', 'SOA')).toContain('status: REFUSED')
    expect(await dig('xdkim.goo.example', 'SOA')).toContain('status: REFUSED')
    expect(await dig('-c', 'CH', 'version.bind', 'TXT')).toContain('status: REFUSED')
    expect(await dig('dkim.goo.example', 'SOA', '+edns=1', '+noednsnegotiation')).toContain('status: BADVERS')
    expect(await dig('dkim.goo.example', 'SOA', '+opcode=notify')).toContain('status: NOTIMP')
  })

  test('writes a file that named-checkzone accepts and BIND serves with the same octets', async () => {
    const text = Array.from({ length: 256 }, (_, code) => String.fromCharCode(code)).join('')
    await shared.zone.put({ name: 'octets.dkim.goo.example', text, ttlSeconds: 60 })
    const file = writeZone(await shared.zone.contents())
    expect(await checkZone('dkim.goo.example', file)).toMatch(/loaded serial \d+\nOK/)
    const bind = await startNameServer({ zones: { 'dkim.goo.example': file } })
    try {
      const question = { name: 'octets.dkim.goo.example', type: 'TXT' } as const
      const answer = await shared.dns.ask(question, bind.servers[0]!, 'authoritative')
      expect(answer).toMatchObject({ kind: 'records' })
      expect(answer.kind === 'records' && answer.records[0]?.type === 'TXT' && answer.records[0].strings.join('')).toBe(
        text,
      )
      expect(answer).toEqual(await shared.dns.ask(question, ours(), 'authoritative'))
    } finally {
      await bind.stop()
    }
  })
})
