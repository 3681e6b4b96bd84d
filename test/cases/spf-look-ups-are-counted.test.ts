// C34: one include more breaks SPF for all senders, and tools count differently.
import { describe, expect, test } from 'vitest'
import type { DnsAnswer, DnsRecord } from '../../src/core/base/dns.ts'
import { spfCheck } from '../../src/core/base/spf-check.ts'
import { spfReport, type Ask } from '../../src/core/base/spf-report.ts'
import { parseSpf } from '../../src/core/base/spf.ts'

const NOTHING: DnsAnswer = { kind: 'noSuchName', authoritative: true, records: [] }

/** `TXT name` → texts; `A name` → addresses; `MX name` → hosts; 'SERVFAIL' is a fault. */
function asking(zone: Readonly<Record<string, readonly string[]>>): Ask {
  return async ({ name, type }) => {
    const values = zone[`${type} ${name}`]
    if (values === undefined) return NOTHING
    if (values[0] === 'SERVFAIL') return { kind: 'fault', fault: 'SERVFAIL', message: 'SERVFAIL' }
    const records = values.map((value): DnsRecord => {
      if (type === 'TXT') return { name, type, ttlSeconds: 60, strings: [value] }
      if (type === 'MX') return { name, type, ttlSeconds: 60, preference: 10, exchange: value }
      return { name, type: type as 'A', ttlSeconds: 60, address: value }
    })
    return { kind: 'records', authoritative: true, records }
  }
}

/** mx 1, a.example 1 + 4, b.example 1 + 3, amazonses.com 1: eleven. */
const ELEVEN = {
  'TXT example.com': ['v=spf1 mx include:a.example include:b.example include:amazonses.com ~all'],
  'MX example.com': ['m1.example', 'm2.example', 'm3.example'],
  'A m1.example': ['192.0.2.1'],
  'A m2.example': ['192.0.2.2'],
  'A m3.example': ['192.0.2.3'],
  'TXT a.example': ['v=spf1 include:a1.example include:a2.example include:a3.example include:a4.example -all'],
  ...Object.fromEntries([1, 2, 3, 4].map((n) => [`TXT a${n}.example`, [`v=spf1 ip4:198.51.100.${n} -all`]])),
  'TXT b.example': ['v=spf1 a:h1.b.example a:h2.b.example a:h3.b.example -all'],
  ...Object.fromEntries([1, 2, 3].map((n) => [`A h${n}.b.example`, [`203.0.113.${n}`]])),
  'TXT amazonses.com': ['v=spf1 ip4:199.255.192.0/22 -all'],
}

describe('eleven look-ups', () => {
  test('are a permerror, and the report says which term costs what', async () => {
    expect(await spfReport('example.com', asking(ELEVEN))).toEqual({
      domain: 'example.com',
      verdict: 'permerror',
      lookUps: 11,
      voidLookUps: 0,
      reasons: ['11 look-ups, and receivers make at most 10'],
      costs: [
        { domain: 'example.com', term: 'mx', lookUps: 1 },
        { domain: 'example.com', term: 'include:a.example', lookUps: 5 },
        { domain: 'example.com', term: 'include:b.example', lookUps: 4 },
        { domain: 'example.com', term: 'include:amazonses.com', lookUps: 1 },
      ],
    })
  })

  test('let a sender pass that matches early, and fail one that matches late or not at all', async () => {
    const ask = asking(ELEVEN)
    expect(await spfCheck({ ip: '192.0.2.2', domain: 'example.com' }, ask)).toBe('pass')
    expect(await spfCheck({ ip: '198.51.100.4', domain: 'example.com' }, ask)).toBe('pass')
    expect(await spfCheck({ ip: '199.255.192.7', domain: 'example.com' }, ask)).toBe('permerror')
    expect(await spfCheck({ ip: '203.0.113.99', domain: 'example.com' }, ask)).toBe('permerror')
  })

  test('become ten when one term goes, and pass', async () => {
    const ten = { ...ELEVEN, 'TXT b.example': ['v=spf1 a:h1.b.example a:h2.b.example -all'] }
    expect(await spfReport('example.com', asking(ten))).toMatchObject({ verdict: 'ok', lookUps: 10, reasons: [] })
    expect(await spfCheck({ ip: '199.255.192.7', domain: 'example.com' }, asking(ten))).toBe('pass')
  })
})

test('two SPF records are a permerror; other texts beside one are not', async () => {
  const two = asking({ 'TXT example.com': ['v=spf1 -all', 'v=spf1 include:amazonses.com ~all'] })
  expect(await spfReport('example.com', two)).toMatchObject({
    verdict: 'permerror',
    reasons: ['example.com has 2 SPF records, and may have one'],
  })
  expect(await spfCheck({ ip: '192.0.2.1', domain: 'example.com' }, two)).toBe('permerror')
  const one = asking({
    'TXT example.com': ['google-site-verification=x', 'v=spf1 ip4:192.0.2.0/24 -all', 'v=spf10 all'],
  })
  expect(await spfReport('example.com', one)).toMatchObject({ verdict: 'ok' })
})

test('a redirect is followed where nothing matched, and not behind all', async () => {
  const ask = asking({
    'TXT example.com': ['v=spf1 ip4:192.0.2.1 redirect=_spf.example.net'],
    'TXT _spf.example.net': ['v=spf1 ip4:198.51.100.0/24 -all'],
    'TXT all.example': ['v=spf1 ~all redirect=_spf.example.net'],
    'TXT gone.example': ['v=spf1 redirect=nothing.example'],
  })
  expect(await spfCheck({ ip: '198.51.100.9', domain: 'example.com' }, ask)).toBe('pass')
  expect(await spfCheck({ ip: '203.0.113.9', domain: 'example.com' }, ask)).toBe('fail')
  expect(await spfReport('example.com', ask)).toMatchObject({ verdict: 'ok', lookUps: 1 })
  expect(await spfReport('all.example', ask)).toMatchObject({ verdict: 'ok', lookUps: 0 })
  expect(await spfReport('gone.example', ask)).toMatchObject({
    verdict: 'permerror',
    reasons: ['redirect of nothing.example, which has no SPF record'],
  })
})

test('three look-ups that find nothing are a permerror, two are not', async () => {
  const three = asking({ 'TXT example.com': ['v=spf1 a:x.example a:y.example mx:z.example ~all'] })
  expect(await spfReport('example.com', three)).toMatchObject({ verdict: 'permerror', voidLookUps: 3 })
  expect(await spfCheck({ ip: '192.0.2.1', domain: 'example.com' }, three)).toBe('permerror')
  const two = asking({ 'TXT example.com': ['v=spf1 a:x.example a:y.example ~all'] })
  expect(await spfReport('example.com', two)).toMatchObject({ verdict: 'ok', voidLookUps: 2 })
  expect(await spfCheck({ ip: '192.0.2.1', domain: 'example.com' }, two)).toBe('softfail')
})

test.each([
  ['v=spf1 include:example.com -all', 'include of example.com leads back to itself'],
  ['v=spf1 include:nothing.example -all', 'include of nothing.example, which has no SPF record'],
  [
    'v=spf1 ip4:192.0.2.300 -all',
    'the record of example.com cannot be read: "ip4:192.0.2.300": this is no ip4 network',
  ],
  [
    'v=spf1 inlcude:a.example -all',
    'the record of example.com cannot be read: "inlcude:a.example": there is no such mechanism',
  ],
])('%s is a permerror: %s', async (text, reason) => {
  expect(await spfReport('example.com', asking({ 'TXT example.com': [text] }))).toMatchObject({
    verdict: 'permerror',
    reasons: [reason],
  })
})

test('an mx with eleven hosts is a permerror of its own', async () => {
  const hosts = Array.from({ length: 11 }, (_, index) => `m${index}.example`)
  const ask = asking({ 'TXT example.com': ['v=spf1 mx -all'], 'MX example.com': hosts })
  expect(await spfReport('example.com', ask)).toMatchObject({ verdict: 'permerror', lookUps: 1 })
})

test('a server that fails says nothing of the record', async () => {
  expect(await spfReport('example.com', asking({ 'TXT example.com': ['SERVFAIL'] }))).toMatchObject({
    verdict: 'temperror',
  })
  expect(await spfReport('example.net', asking({}))).toMatchObject({ verdict: 'none' })
  expect(await spfCheck({ ip: '192.0.2.1', domain: 'example.com' }, asking({ 'TXT example.com': ['SERVFAIL'] }))).toBe(
    'temperror',
  )
})

test.each([
  ['v=spf1 ip6:2001:db8::/32 -all', '2001:db8::7', 'pass'],
  ['v=spf1 ip6:2001:db8::/32 -all', '2001:db9::7', 'fail'],
  ['v=spf1 ip4:192.0.2.0/24 ?all', '::ffff:192.0.2.1', 'pass'],
  ['v=spf1 ip4:192.0.2.0/24 ?all', '::ffff:192.0.3.1', 'neutral'],
  ['v=spf1 ip4:192.0.2.128/25 -all', '192.0.2.127', 'fail'],
  ['v=spf1 a/24 -all', '192.0.2.200', 'pass'],
  ['V=SPF1 -ALL', '192.0.2.1', 'fail'],
])('%s for %s is %s', async (text, ip, result) => {
  const ask = asking({ 'TXT example.com': [text], 'A example.com': ['192.0.2.1'] })
  expect(await spfCheck({ ip, domain: 'example.com' }, ask)).toBe(result)
})

test('macros are counted and not expanded', () => {
  expect(parseSpf('v=spf1 exists:%{i}._spf.example.com -all')).toMatchObject({
    kind: 'record',
    terms: [{ mechanism: { kind: 'exists', domain: '%{i}._spf.example.com' } }, { mechanism: { kind: 'all' } }],
  })
})
