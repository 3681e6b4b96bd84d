// What DNS says today, judged: one healthy world, and one thing wrong in it at a time. C35 and C36 are among them.
import { describe, expect, it } from 'vitest'
import type { DnsAnswer, DnsRecord } from '../core/base/dns.ts'
import type { Ask } from '../core/base/spf-report.ts'
import { lookAtDns, type KnownKeys, type StarttlsAnswer } from '../core/plan/live/dns-facts.ts'
import { DNS_RULES, judgeDns } from '../core/plan/live/judge-live.ts'
import type { Plan } from '../core/plan/plan.ts'
import { readPlan } from './config.ts'

type World = Readonly<Record<string, readonly string[] | 'SERVFAIL'>>

const KEY = `v=DKIM1; k=rsa; p=${'A'.repeat(392)}`
const HOST = 'postfix01.goo.ne.jp'

const HEALTHY: World = {
  'TXT goo.ne.jp': ['v=spf1 ip4:192.0.2.0/27 ~all'],
  'TXT _dmarc.goo.ne.jp': ['v=DMARC1; p=none; rua=mailto:dmarc@goo.ne.jp'],
  'TXT watari1._domainkey.goo.ne.jp': [KEY],
  'MX bounce.goo.ne.jp': ['feedback-smtp.ap-northeast-1.amazonses.com'],
  'TXT bounce.goo.ne.jp': ['v=spf1 include:amazonses.com ~all'],
  'TXT amazonses.com': ['v=spf1 ip4:199.255.192.0/22 -all'],
  [`A ${HOST}`]: ['192.0.2.1'],
  'MX docomo.example': ['mx.docomo.example'],
}

function asking(world: World): Ask {
  return async ({ name, type }): Promise<DnsAnswer> => {
    const values = world[`${type} ${name}`]
    if (values === 'SERVFAIL') return { kind: 'fault', fault: 'SERVFAIL', message: 'SERVFAIL' }
    if (values === undefined) return { kind: 'noSuchName', authoritative: true, records: [] }
    const records = values.map((value, i): DnsRecord => {
      const common = { name, ttlSeconds: 60 }
      if (type === 'TXT') return { ...common, type, strings: [value] }
      if (type === 'MX') return { ...common, type, preference: 10 * (i + 1), exchange: value }
      return { ...common, type: 'A', address: value }
    })
    return { kind: 'records', authoritative: true, records }
  }
}

function planOf(change: (plan: Plan) => Plan = (plan) => plan): Plan {
  const reading = readPlan('plans/goo.ne.jp.mended.yaml')
  if (reading.kind === 'faulty') throw new Error(reading.faults.join('\n'))
  const { plan } = reading
  return change({
    ...plan,
    legacy: { ...plan.legacy, hosts: [{ host: HOST, port: 25 }] },
    volume: { ...plan.volume, receivers: ['docomo.example'] },
  })
}

async function idsIn(world: World, plan = planOf(), starttls: StarttlsAnswer = 'offered'): Promise<readonly string[]> {
  const facts = await lookAtDns(plan, asking(world), { askStarttls: async () => starttls })
  return [...new Set(judgeDns(facts, plan).map(({ id }) => id))]
}

const lookUps = (count: number) =>
  Object.fromEntries(Array.from({ length: count }, (_, i) => [`A h${i}.goo.ne.jp`, ['198.51.100.1']]))
const terms = (count: number) => Array.from({ length: count }, (_, i) => `a:h${i}.goo.ne.jp`).join(' ')

/** The id, and what of the healthy world is changed for it. */
const WRONG: readonly (readonly [id: string, world: World, also?: readonly string[]])[] = [
  ['dns-unanswered', { 'TXT goo.ne.jp': 'SERVFAIL' }],
  ['dns-spf-missing', { 'TXT goo.ne.jp': [] }],
  [
    'dns-spf-permerror',
    { ...lookUps(11), 'TXT goo.ne.jp': [`v=spf1 ip4:192.0.2.0/27 ${terms(11)} ~all`] },
    ['dns-spf-differs'],
  ],
  [
    'dns-spf-permerror',
    { 'TXT goo.ne.jp': ['v=spf1 ip4:192.0.2.0/27 ~all', 'v=spf1 -all'] },
    ['dns-spf-drops-old-host'],
  ],
  [
    'dns-spf-near-limit',
    { ...lookUps(10), 'TXT goo.ne.jp': [`v=spf1 ip4:192.0.2.0/27 ${terms(10)} ~all`] },
    ['dns-spf-differs'],
  ],
  ['dns-spf-drops-old-host', { [`A ${HOST}`]: ['203.0.113.9'] }],
  ['dns-spf-differs', { 'TXT goo.ne.jp': ['v=spf1 ip4:192.0.2.0/24 ~all'] }],
  ['dns-mail-from-mx', { 'MX bounce.goo.ne.jp': [] }],
  ['dns-mail-from-mx', { 'MX bounce.goo.ne.jp': ['feedback-smtp.us-east-1.amazonses.com'] }],
  ['dns-mail-from-mx', { 'MX bounce.goo.ne.jp': ['feedback-smtp.ap-northeast-1.amazonses.com', 'mx.goo.ne.jp'] }],
  ['dns-mail-from-spf', { 'TXT bounce.goo.ne.jp': [] }],
  ['dns-mail-from-spf', { 'TXT bounce.goo.ne.jp': ['v=spf1 ip4:192.0.2.1 -all'] }],
  ['dns-dmarc-missing', { 'TXT _dmarc.goo.ne.jp': ['google-site-verification=1'] }],
  ['dns-dmarc-twice', { 'TXT _dmarc.goo.ne.jp': ['v=DMARC1; p=none', 'v=DMARC1; p=reject'] }],
  ['dns-dmarc-strict', { 'TXT _dmarc.goo.ne.jp': ['v=DMARC1; p=none; aspf=s'] }],
  ['dns-dmarc-strict', { 'TXT _dmarc.goo.ne.jp': ['v=DMARC1; p=none; adkim=s'] }],
  [
    'dns-dmarc-enforced-unaligned',
    { 'TXT _dmarc.goo.ne.jp': ['v=DMARC1; p=quarantine'], 'MX bounce.goo.ne.jp': [] },
    ['dns-mail-from-mx'],
  ],
  ['dns-dkim-missing', { 'TXT watari1._domainkey.goo.ne.jp': [] }],
  ['dns-dkim-unreadable', { 'TXT watari1._domainkey.goo.ne.jp': [KEY.slice(0, 200)] }],
  ['dns-dkim-unreadable', { 'TXT watari1._domainkey.goo.ne.jp': [KEY, KEY] }],
  ['dns-receiver-without-mx', { 'MX docomo.example': ['.'] }],
]

describe('a healthy world', () => {
  it('has no finding', async () => {
    expect(await idsIn(HEALTHY)).toEqual([])
  })

  it('has none with a revoked key beside a good one', async () => {
    expect(await idsIn({ ...HEALTHY, 'TXT watari2._domainkey.goo.ne.jp': ['v=DKIM1; k=rsa; p='] })).toEqual([])
  })

  it('has none with a key of a later number, for by TXT no number is used twice', async () => {
    const { 'TXT watari1._domainkey.goo.ne.jp': _, ...others } = HEALTHY
    expect(await idsIn({ ...others, 'TXT watari7._domainkey.goo.ne.jp': [KEY] })).toEqual([])
  })

  it('has none with an old host that is reached by an inner address', async () => {
    expect(await idsIn({ ...HEALTHY, [`A ${HOST}`]: ['10.20.30.40'] })).toEqual([])
  })

  it('lets DMARC be enforced once MAIL FROM is ready', async () => {
    expect(await idsIn({ ...HEALTHY, 'TXT _dmarc.goo.ne.jp': ['v=DMARC1; p=reject'] })).toEqual([])
  })
})

describe('a gateway that keeps the keys', () => {
  const found = async (world: World, knownKeys: KnownKeys) => {
    const facts = await lookAtDns(planOf(), asking(world), { knownKeys })
    return judgeDns(facts, planOf()).map(({ id, what }) => [id, what.en])
  }

  it('says which selectors there are', async () => {
    const world = { ...HEALTHY, 'TXT k20._domainkey.goo.ne.jp': [KEY] }
    expect(await found(world, { living: ['k20', 'k21'], current: 'k20' })).toEqual([])
  })

  it('shows that the key SES signs with is gone, though the next is there', async () => {
    const world = { ...HEALTHY, 'TXT k21._domainkey.goo.ne.jp': [KEY] }
    expect(await found(world, { living: ['k20', 'k21'], current: 'k20' })).toEqual([
      ['dns-dkim-missing', 'DNS has no record at k20._domainkey.goo.ne.jp.'],
    ])
  })

  it('does not ask for keys that are revoked', async () => {
    const world = {
      ...HEALTHY,
      'TXT watari1._domainkey.goo.ne.jp': ['broken'],
      'TXT watari2._domainkey.goo.ne.jp': [KEY],
    }
    expect(await found(world, { living: ['watari2'] })).toEqual([])
  })
})

describe('one thing wrong', () => {
  const cases = WRONG.map(([id, world, also]) => [id, world, [id, ...(also ?? [])].toSorted()] as const)
  it.each(cases)('%s in %j', async (_id, world, ids) => {
    expect([...(await idsIn({ ...HEALTHY, ...world }))].toSorted()).toEqual(ids)
  })

  it('is a receiver without STARTTLS', async () => {
    expect(await idsIn(HEALTHY, planOf(), 'notOffered')).toEqual(['dns-receiver-without-starttls'])
    expect(await idsIn(HEALTHY, planOf(), 'unreachable')).toEqual([])
  })

  it('is shown for every id', () => {
    const shown = new Set([...WRONG.map(([id]) => id), 'dns-receiver-without-starttls'])
    expect([...shown].toSorted()).toEqual(DNS_RULES.map(({ id }) => id).toSorted())
  })

  it('tells which term of SPF costs what', async () => {
    const world = {
      ...HEALTHY,
      ...lookUps(11),
      'TXT goo.ne.jp': [`v=spf1 include:x.example ip4:192.0.2.0/27 ${terms(9)} ~all`],
    }
    const x = { 'TXT x.example': ['v=spf1 a:h9.goo.ne.jp -all'] }
    const plan = planOf()
    const facts = await lookAtDns(plan, asking({ ...world, ...x }))
    const found = judgeDns(facts, plan).find(({ id }) => id === 'dns-spf-permerror')
    expect(found?.what.en).toBe('goo.ne.jp: 11 look-ups, 0 of them void.')
    expect(found?.sum.map(({ en }) => en).slice(0, 3)).toEqual([
      '11 look-ups, and receivers make at most 10',
      'include:x.example costs 2',
      'a:h0.goo.ne.jp costs 1',
    ])
  })
})
