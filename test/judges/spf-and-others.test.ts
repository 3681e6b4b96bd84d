// SPF as checkdmarc, pyspf and mailauth see it, asked of one BIND on the loopback: how many look-ups a record costs,
// and what becomes of each sender. Where we differ on purpose, docs/findings.md says why, and the table here says with whom.
import { execFileSync, spawnSync } from 'node:child_process'
import { spf as mailauthSpf } from 'mailauth'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { spfCheck } from '../../src/core/base/spf-check.ts'
import { spfReport, type Ask } from '../../src/core/base/spf-report.ts'
import { asking, mailauthResolver } from '../support/ask-server.ts'
import { describeJudged, type Judge } from '../support/judge.ts'
import { BIND, startNameServer, type NameServer } from '../support/name-server.ts'
import { SPF_APEX, SPF_NAMES, spfZone } from '../support/spf-zones.ts'

const PYTHONS = ['python3', '/usr/bin/python3', '.venv/bin/python']
const python = PYTHONS.find((name) => spawnSync(name, ['-c', 'import checkdmarc, spf']).status === 0)
const JUDGES: Judge = {
  name: 'checkdmarc and pyspf',
  get: 'pip install checkdmarc==6.0.4 pyspf==2.0.14',
  missing: () => BIND.missing() ?? (python === undefined ? 'no Python here has checkdmarc and pyspf' : undefined),
}

interface Verdict {
  readonly valid: boolean
  readonly lookUps: number | null
  readonly voids: number | null
  readonly error: string | null
  readonly results: Readonly<Record<string, string>>
}

const ASK = `
import json, sys, dns.resolver, dns.exception, spf, checkdmarc.spf
port, questions = json.load(sys.stdin)
resolver = dns.resolver.Resolver(configure=False)
resolver.nameservers, resolver.port, resolver.lifetime = ['127.0.0.1'], port, 5
def lookup(name, qtype, tcpfallback=True, timeout=30):
    try: answers = resolver.resolve(name, qtype)
    except (dns.resolver.NoAnswer, dns.resolver.NXDOMAIN): return []
    except dns.exception.DNSException as x: raise spf.TempError('DNS ' + str(x))
    read = {'A': lambda r: r.address, 'AAAA': lambda r: r.address, 'MX': lambda r: (r.preference, r.exchange.to_text(True)),
      'TXT': lambda r: r.strings, 'SPF': lambda r: r.strings, 'PTR': lambda r: r.target.to_text(True)}[qtype]
    return [((name, qtype), read(r)) for r in answers]
spf.DNSLookup = lookup
found = {}
for domain, ips in questions:
    report = checkdmarc.spf.check_spf(domain, resolver=resolver)
    results = {ip: spf.check2(ip, 'news@' + domain, domain, timeout=5)[0] for ip in ips}
    found[domain] = {'valid': report['valid'], 'lookUps': report.get('dns_lookups'), 'voids': report.get('void_dns_lookups'),
      'error': report.get('error'), 'results': results}
print(json.dumps(found))
`

const domainOf = (name: string) => `${name}.${SPF_APEX}`

describeJudged('SPF on a zone that BIND serves', JUDGES, () => {
  let server: NameServer
  let ask: Ask
  let theirs: Readonly<Record<string, Verdict>>
  beforeAll(async () => {
    server = await startNameServer({ zones: { [SPF_APEX]: spfZone() } })
    ask = asking(server.servers[0]!)
    const questions = SPF_NAMES.map(({ name, senders }) => [domainOf(name), senders])
    const input = JSON.stringify([server.port, questions])
    theirs = JSON.parse(execFileSync(python!, ['-c', ASK], { input, encoding: 'utf8' })) as typeof theirs
  })
  afterAll(() => server?.stop())

  test('has more than forty names', () => {
    expect(SPF_NAMES.length).toBeGreaterThanOrEqual(40)
  })

  test.each(SPF_NAMES.map(({ name }) => name))('%s costs what checkdmarc counts', async (name) => {
    const { verdict, lookUps, voidLookUps } = await spfReport(domainOf(name), ask)
    const counted = theirs[domainOf(name)]!
    const ours = {
      valid: verdict === 'ok',
      // It counts nothing in what it cannot read.
      lookUps: counted.lookUps === null ? null : lookUps,
      voids: counted.voids === null ? null : voidLookUps,
    }
    const { valid, lookUps: theirLookUps, voids } = counted
    expect({ ...ours, ...CHECKDMARC_DIFFERS[name] }).toEqual({ valid, lookUps: theirLookUps, voids })
    if (CHECKDMARC_DIFFERS[name] !== undefined) expect(ours).not.toEqual({ valid, lookUps: theirLookUps, voids })
  })

  test.each(SPF_NAMES.flatMap(({ name, senders }) => senders.map((ip) => [name, ip] as const)))(
    '%s lets %s through as pyspf and mailauth do',
    async (name, ip) => {
      const domain = domainOf(name)
      const ours = await spfCheck({ ip, domain }, ask)
      const { status } = await mailauthSpf({
        ip,
        sender: `news@${domain}`,
        helo: 'h.example',
        mta: 'm',
        resolver: mailauthResolver(ask),
      } as never)
      const found = { pyspf: theirs[domain]!.results[ip], mailauth: status.result }
      expect(found).toEqual({ pyspf: ours, mailauth: ours, ...RECEIVERS_DIFFER[name] })
      if (RECEIVERS_DIFFER[name] !== undefined) expect(found).not.toEqual({ pyspf: ours, mailauth: ours })
    },
  )
})

/** What checkdmarc says where we say otherwise on purpose. */
const CHECKDMARC_DIFFERS: Readonly<Record<string, Partial<Pick<Verdict, 'valid' | 'lookUps' | 'voids'>>>> = {
  capitals: { valid: false, lookUps: null, voids: null },
  'exists-not': { voids: 0 },
  'void-includes-and-hosts': { valid: true, voids: 2 },
  pointer: { voids: 1 },
}
const RECEIVERS_DIFFER: Readonly<Record<string, { readonly pyspf: string; readonly mailauth: string }>> = {
  pointer: { pyspf: 'temperror', mailauth: 'temperror' },
}
