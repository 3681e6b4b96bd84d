// Names with SPF records, and senders to be judged by them: what the published rules of SPF allow, forbid and count (RFC 7208),
// and what administrators get wrong. All lie in one zone, so that a real name server can serve them.

export const SPF_APEX = 'zone.example'

export interface SpfName {
  /** The label under the apex. */
  readonly name: string
  /** Lines of the zone, with names relative to this one's: `@` is the name itself. */
  readonly lines: readonly string[]
  readonly senders: readonly string[]
}

const IN = '192.0.2.1'
const OUT = '203.0.113.9'
const spf = (text: string) => `@ TXT "v=spf1${text === '' ? '' : ` ${text}`}"`
/** `count` names h0, h1, … with one address each. */
const hosts = (count: number, address = '198.51.100.1') => Array.from({ length: count }, (_, i) => `h${i} A ${address}`)
const terms = (count: number) => Array.from({ length: count }, (_, i) => `a:h${i}.@`).join(' ')

/** `.@` and `:@` inside a record stand for the name itself; `ses.@` is one shared name. */
export const SPF_NAMES: readonly SpfName[] = [
  { name: 'networks', lines: [spf('ip4:192.0.2.0/24 -all')], senders: [IN, OUT] },
  { name: 'softfail', lines: [spf('ip4:192.0.2.0/24 ~all')], senders: [IN, OUT] },
  { name: 'neutral', lines: [spf('ip4:192.0.2.0/24 ?all')], senders: [IN, OUT] },
  { name: 'no-all', lines: [spf('ip4:192.0.2.0/24')], senders: [IN, OUT] },
  { name: 'version-alone', lines: [spf('')], senders: [IN] },
  { name: 'everybody', lines: [spf('+all')], senders: [OUT] },
  { name: 'nobody', lines: [spf('-all')], senders: [IN] },
  { name: 'six', lines: [spf('ip6:2001:db8::/32 -all')], senders: ['2001:db8::1', '2001:db9::1', IN] },
  { name: 'host', lines: ['@ A 192.0.2.1', spf('a -all')], senders: [IN, OUT] },
  { name: 'host-elsewhere', lines: ['out A 192.0.2.1', spf('a:out.@ -all')], senders: [IN, OUT] },
  { name: 'host-network', lines: ['@ A 192.0.2.77', spf('a/24 -all')], senders: [IN, OUT] },
  {
    name: 'exchangers',
    lines: ['@ MX 10 m1.@.', '@ MX 20 m2.@.', 'm1 A 198.51.100.1', 'm2 A 192.0.2.1', spf('mx -all')],
    senders: [IN, OUT],
  },
  { name: 'include', lines: [spf('include:ses.@ -all'), 'ses TXT "v=spf1 ip4:192.0.2.0/24 -all"'], senders: [IN, OUT] },
  // C34: SES beside the old hosts.
  {
    name: 'both-routes',
    lines: [spf('ip4:198.51.100.0/24 include:ses.@ ~all'), 'ses TXT "v=spf1 ip4:192.0.2.0/24 ip4:203.0.113.0/28 -all"'],
    senders: [IN, OUT, '198.51.100.4', '8.8.8.8'],
  },
  {
    name: 'include-softfails',
    lines: [spf('include:in.@ ip4:203.0.113.0/24 -all'), 'in TXT "v=spf1 ip4:192.0.2.0/24 ~all"'],
    senders: [IN, OUT],
  },
  {
    name: 'include-negated',
    lines: [spf('-include:in.@ +all'), 'in TXT "v=spf1 ip4:192.0.2.0/24 -all"'],
    senders: [IN, OUT],
  },
  { name: 'include-without-record', lines: [spf('include:in.@ -all'), 'in TXT "hello"'], senders: [IN] },
  { name: 'include-nowhere', lines: [spf('include:nowhere.@ -all')], senders: [IN] },
  { name: 'include-itself', lines: [spf('include:@ -all')], senders: [IN] },
  { name: 'redirect', lines: [spf('redirect=to.@'), 'to TXT "v=spf1 ip4:192.0.2.0/24 -all"'], senders: [IN, OUT] },
  { name: 'redirect-after-all', lines: [spf('-all redirect=to.@'), 'to TXT "v=spf1 +all"'], senders: [IN] },
  { name: 'redirect-nowhere', lines: [spf('redirect=nowhere.@')], senders: [IN] },
  { name: 'exists', lines: [spf('exists:there.@ -all'), 'there A 127.0.0.2'], senders: [IN] },
  { name: 'exists-not', lines: [spf('exists:nowhere.@ -all')], senders: [IN] },
  { name: 'unknown-modifier', lines: [spf('moo=cow ip4:192.0.2.0/24 -all')], senders: [IN, OUT] },
  { name: 'capitals', lines: ['@ TXT "V=SPF1 IP4:192.0.2.0/24 -ALL"'], senders: [IN, OUT] },
  { name: 'many-blanks', lines: [spf('  ip4:192.0.2.0/24    -all  ')], senders: [IN, OUT] },
  { name: 'two-strings', lines: ['@ TXT "v=spf1 ip4:192.0" ".2.0/24 -all"'], senders: [IN, OUT] },
  { name: 'two-records', lines: [spf('ip4:192.0.2.0/24 -all'), '@ TXT "v=spf1 -all"'], senders: [IN] },
  {
    name: 'beside-other-texts',
    lines: [spf('ip4:192.0.2.0/24 -all'), '@ TXT "site-verification=1"', '@ TXT "v=spf10 +all"'],
    senders: [IN, OUT],
  },
  { name: 'none', lines: ['@ TXT "hello"'], senders: [IN] },
  { name: 'nothing', lines: ['@ A 192.0.2.1'], senders: [IN] },
  { name: 'bad-mechanism', lines: [spf('ip5:192.0.2.0 -all')], senders: [OUT] },
  { name: 'bad-network', lines: [spf('ip4:192.0.2.300 -all')], senders: [OUT] },
  { name: 'bad-prefix', lines: [spf('ip4:192.0.2.0/33 -all')], senders: [OUT] },
  { name: 'empty-domain', lines: [spf('include: -all')], senders: [OUT] },
  { name: 'redirect-twice', lines: [spf('redirect=to.@ redirect=to.@'), 'to TXT "v=spf1 -all"'], senders: [IN] },
  // C34 (d): exactly ten; (a) and (b): eleven, with the match early, late and not at all.
  { name: 'ten', lines: [spf(`${terms(10)} ip4:192.0.2.0/24 -all`), ...hosts(10)], senders: [IN, OUT] },
  {
    name: 'eleven',
    lines: [spf(`${terms(11)} -all`), ...hosts(10), 'h10 A 192.0.2.1'],
    senders: ['198.51.100.1', IN, OUT],
  },
  { name: 'eleven-after-match', lines: [spf(`ip4:192.0.2.0/24 ${terms(11)} -all`), ...hosts(11)], senders: [IN, OUT] },
  {
    name: 'eleven-by-includes',
    lines: [
      spf('mx include:a.@ include:b.@ include:ses.@ ~all'),
      '@ MX 10 m1.@.',
      '@ MX 20 m2.@.',
      '@ MX 30 m3.@.',
      'm1 A 198.51.100.11',
      'm2 A 198.51.100.12',
      'm3 A 198.51.100.13',
      'a TXT "v=spf1 include:a1.@ include:a2.@ include:a3.@ include:a4.@ -all"',
      ...[1, 2, 3, 4].map((n) => `a${n} TXT "v=spf1 ip4:198.51.100.${n} -all"`),
      'b TXT "v=spf1 a:h0.@ a:h1.@ a:h2.@ -all"',
      ...hosts(3, '203.0.113.77'),
      'ses TXT "v=spf1 ip4:192.0.2.0/24 -all"',
    ],
    senders: ['198.51.100.11', '198.51.100.3', IN, OUT],
  },
  // C34 (f): three terms that find nothing; two are borne.
  { name: 'two-void', lines: [spf('a:n1.@ a:n2.@ ip4:192.0.2.0/24 -all')], senders: [IN, OUT] },
  { name: 'three-void', lines: [spf('a:n1.@ a:n2.@ a:n3.@ ip4:192.0.2.0/24 -all')], senders: [IN, OUT] },
  { name: 'void-includes-and-hosts', lines: [spf('a:n1.@ mx:n2.@ exists:n3.@ -all')], senders: [OUT] },
  { name: 'macros', lines: [spf('exists:%{i}._spf.@ ip4:192.0.2.0/24 -all')], senders: [IN] },
  { name: 'pointer', lines: [spf('ptr ip4:192.0.2.0/24 -all')], senders: [IN] },
]

export function spfZone(names: readonly SpfName[] = SPF_NAMES): string {
  const head = [
    '$TTL 60',
    `@ SOA ns.${SPF_APEX}. root.${SPF_APEX}. 1 3600 600 86400 60`,
    `@ NS ns.${SPF_APEX}.`,
    `ns.${SPF_APEX}. A 127.0.0.1`,
  ]
  const bodies = names.flatMap(({ name, lines }) => [
    `$ORIGIN ${name}.${SPF_APEX}.`,
    ...lines.map((line) => whole(line, `${name}.${SPF_APEX}`)),
  ])
  return `$ORIGIN ${SPF_APEX}.\n${[...head, ...bodies].join('\n')}\n`
}

/** The name in place of `.@`, `:@` and `=@`, and texts in strings that DNS can hold (RFC 1035 3.3.14). */
function whole(line: string, name: string): string {
  return line
    .replaceAll(/([.:=])@/g, `$1${name}`)
    .replaceAll(/"([^"]{201,})"/g, (_, text: string) =>
      (text.match(/.{1,200}/g) ?? []).map((part) => `"${part}"`).join(' '),
    )
}
