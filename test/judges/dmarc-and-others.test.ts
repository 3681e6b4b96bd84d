// DMARC as checkdmarc, authheaders and mailauth see it, asked of one BIND on the loopback: what a record asks of alignment, and
// which mails pass (C35). Where we differ on purpose, docs/findings.md says why.
import { execFileSync, spawnSync } from 'node:child_process'
import { dmarc } from 'mailauth'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { IdentityFacts } from '../../src/core/base/identity.ts'
import type { Ask } from '../../src/core/base/spf-report.ts'
import { alignmentFault } from '../../src/core/shift/alignment.ts'
import { readDmarc } from '../../src/core/shift/dmarc.ts'
import { asking, mailauthResolver } from '../support/ask-server.ts'
import { DMARC_NAMES, type DmarcName } from '../support/dmarc-zones.ts'
import { describeJudged, type Judge } from '../support/judge.ts'
import { BIND, startNameServer, type NameServer } from '../support/name-server.ts'

const PYTHONS = ['python3', '/usr/bin/python3', '.venv/bin/python']
const python = PYTHONS.find((name) => spawnSync(name, ['-c', 'import checkdmarc, authheaders']).status === 0)
const JUDGES: Judge = {
  name: 'checkdmarc and authheaders',
  get: 'pip install checkdmarc==6.0.4 authheaders==0.16.3',
  missing: () => BIND.missing() ?? (python === undefined ? 'no Python here has checkdmarc and authheaders' : undefined),
}

type Mail = DmarcName['mails'][number]
/** The names lie right under a public suffix that all judges know, so that each is an organizational domain of its own. */
const APEX = 'ne.jp'
const domainOf = (name: string) => `${name}.${APEX}`
const under = (label: string, domain: string) => (label === '' ? domain : `${label}.${domain}`)
/** What SES takes by itself. */
const SES = 'amazonses.com'

const ASK = `
import json, sys, dns.resolver, checkdmarc.dmarc, authres, authheaders, authheaders.dmarc_lookup
port, questions = json.load(sys.stdin)
resolver = dns.resolver.Resolver(configure=False)
resolver.nameservers, resolver.port, resolver.lifetime = ['127.0.0.1'], port, 5
authheaders.dmarc_lookup.resolve = resolver.resolve
found = {}
for domain, mails in questions:
    report = checkdmarc.dmarc.check_dmarc(domain, resolver=resolver)
    tags = report.get('tags') or {}
    results = [authheaders.dmarc_per_from(m['from'], authres.SPFAuthenticationResult(result='pass', smtp_mailfrom='news@' + m['mailFrom']),
      authres.DKIMAuthenticationResult(result='pass', header_d=m['dkim']))[0] for m in mails]
    found[domain] = {'valid': report['valid'], 'adkim': tags.get('adkim', {}).get('value'), 'aspf': tags.get('aspf', {}).get('value'), 'results': results}
print(json.dumps(found))
`

interface Verdict {
  readonly valid: boolean
  readonly adkim: string | null
  readonly aspf: string | null
  readonly results: readonly string[]
}

describeJudged('DMARC on a zone that BIND serves', JUDGES, () => {
  let server: NameServer
  let ask: Ask
  let theirs: Readonly<Record<string, Verdict>>
  beforeAll(async () => {
    server = await startNameServer({ zones: { [APEX]: ZONE } })
    ask = asking(server.servers[0]!)
    const questions = DMARC_NAMES.map(({ name, mails }) => [
      domainOf(name),
      mails.map((mail) => passed(mail, domainOf(name))),
    ])
    const input = JSON.stringify([server.port, questions])
    theirs = JSON.parse(execFileSync(python!, ['-c', ASK], { input, encoding: 'utf8' })) as typeof theirs
  })
  afterAll(() => server?.stop())

  test.each(DMARC_NAMES.map(({ name }) => name))('%s asks for the alignment that checkdmarc reads', async (name) => {
    const reading = readDmarc(await ask({ name: `_dmarc.${domainOf(name)}`, type: 'TXT' }))
    const { valid, adkim, aspf } = theirs[domainOf(name)]!
    expect(reading).toEqual(valid ? { kind: 'modes', modes: { adkim, aspf } } : { kind: 'none' })
  })

  test.each(DMARC_NAMES.flatMap(({ name, mails }) => mails.map((mail, i) => [name, mail, i] as const)))(
    '%s: %j is judged as authheaders and mailauth judge it',
    async (name, mail, i) => {
      const domain = domainOf(name)
      const answer = await dmarc({ ...mailauthMail(mail, domain), resolver: mailauthResolver(ask) } as never)
      const mailauth = answer === false ? 'false' : answer.status.result
      const ours = await verdictOf(mail, domain, ask)
      const found = { authheaders: theirs[domain]!.results[i], mailauth }
      const theirsToBe = { authheaders: ours, mailauth: ours, ...DIFFER[name] }
      // mailauth takes the organizational domain under strict alignment as well.
      const lax = name.startsWith('strict') || STRICT_TOO.has(name)
      expect(found).toEqual(
        lax && ours === 'fail' && found.mailauth === 'pass' ? { ...theirsToBe, mailauth: 'pass' } : theirsToBe,
      )
    },
  )
})

/** Both want `v=DMARC1` without blanks. */
const DIFFER: Readonly<Record<string, Partial<{ authheaders: string; mailauth: string }>>> = {
  blanks: { authheaders: 'none', mailauth: 'none' },
}
const STRICT_TOO: ReadonlySet<string> = new Set(['noblanks', 'capitaltags'])

const ZONE = [
  '$TTL 60',
  `@ SOA ns.${APEX}. root.${APEX}. 1 3600 600 86400 60`,
  `@ NS ns.${APEX}.`,
  'ns A 127.0.0.1',
  ...DMARC_NAMES.flatMap(({ name, texts }) => texts.map((text) => `_dmarc.${name} TXT "${text}"`)),
  '',
].join('\n')

/** What passed SPF and DKIM: without a domain of its own that of SES. */
function passed({ from, dkim, mailFrom }: Mail, domain: string) {
  return {
    from: under(from, domain),
    dkim: dkim === undefined ? SES : under(dkim, domain),
    mailFrom: mailFrom === undefined ? SES : under(mailFrom, domain),
  }
}

function mailauthMail(mail: Mail, domain: string) {
  const { from, dkim, mailFrom } = passed(mail, domain)
  return { headerFrom: from, spfDomains: [mailFrom], dkimDomains: [{ domain: dkim }] }
}

async function verdictOf({ from, dkim, mailFrom }: Mail, domain: string, ask: Ask): Promise<string> {
  const reading = readDmarc(await ask({ name: `_dmarc.${domain}`, type: 'TXT' }))
  if (reading.kind !== 'modes') return 'none'
  const facts: IdentityFacts = {
    identity: domain,
    verifiedForSending: true,
    dkim: { signingEnabled: dkim !== undefined, status: 'SUCCESS', origin: 'EXTERNAL' },
    ...(mailFrom === undefined
      ? {}
      : { mailFrom: { domain: under(mailFrom, domain), status: 'SUCCESS', behaviour: 'USE_DEFAULT_VALUE' } }),
  }
  return alignmentFault(facts, under(from, domain), reading.modes) === undefined ? 'pass' : 'fail'
}
