// The plan file as a person meets it: what it may leave out, and every message that a mistake earns, written out.
import fc from 'fast-check'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import type { Plan } from '../core/plan/plan.ts'
import { parsePlan, readPlan } from './config.ts'

const folder = mkdtempSync(join(tmpdir(), 'watari-plan-'))
afterAll(() => rmSync(folder, { recursive: true }))

const read = (text: string) => parsePlan(text, { file: 'p.yaml', hostname: 'gw1.example.jp' })
const LEAST = 'domain: example.jp\nlegacy:\n  hosts: [{ host: mx1.example.jp }]\n'

function planOf(text: string): Plan {
  const reading = read(text)
  if (reading.kind === 'faulty') throw new Error(reading.faults.join('\n'))
  return reading.plan
}
function faultsOf(text: string): readonly string[] {
  const reading = read(text)
  return reading.kind === 'faulty' ? reading.faults : []
}
function warningsOf(text: string): readonly string[] {
  const reading = read(text)
  return reading.kind === 'plan' ? reading.warnings : ['faulty']
}

describe('a plan', () => {
  it('needs a domain and one legacy host, and has honest defaults for the rest', () => {
    const plan = planOf(LEAST)
    expect(plan.domain).toBe('example.jp')
    expect(plan.region).toBe('ap-northeast-1')
    expect(plan.gateway.hostname).toBe('gw1.example.jp')
    expect(plan.gateway.senderDomains).toEqual(['example.jp'])
    expect(plan.gateway.clients).toEqual([])
    expect(plan.gateway.limits.messageOctets).toBe(41_943_040)
    expect(plan.legacy.hosts).toEqual([{ host: 'mx1.example.jp', port: 25 }])
    expect(plan.ses.identities).toEqual(['example.jp'])
    expect(plan.ses.smtpHost).toBe('email-smtp.ap-northeast-1.amazonaws.com')
    expect(plan.ses).not.toHaveProperty('ratePerSecond')
    expect(plan.stages.map((stage) => stage.percent)).toEqual([10, 50, 100])
    expect(plan.retry.lifetimeHours).toBe(96)
    expect(plan.addresses.dotDomains).toEqual(['docomo.ne.jp', 'ezweb.ne.jp'])
  })

  it('keeps 0 and 100 percent exactly, and fractions too', () => {
    const plan = planOf(`${LEAST}shares:\n  byDomain: { a.example: 0, b.example: 100, c.example: 0.01 }\n`)
    expect({ ...plan.shares.byDomain }).toEqual({ 'a.example': 0, 'b.example': 100, 'c.example': 0.01 })
  })

  it('answers nothing for names that every object has', () => {
    const plan = planOf(LEAST)
    expect(plan.shares.byStream['constructor']).toBeUndefined()
    expect(plan.addresses.dotAddresses['toString']).toBeUndefined()
  })

  it('writes domains in lower case', () => {
    const plan = planOf(
      'domain: EXAMPLE.jp\nlegacy:\n  hosts: [{ host: 192.0.2.1 }]\nshares: { byDomain: { DoCoMo.ne.jp: 5 } }\n',
    )
    expect(plan.domain).toBe('example.jp')
    expect(plan.shares.byDomain['docomo.ne.jp']).toBe(5)
  })

  it('of goo.ne.jp is shipped with the values of the design', () => {
    const reading = readPlan('plans/goo.ne.jp.yaml')
    if (reading.kind === 'faulty') throw new Error(reading.faults.join('\n'))
    const { plan, warnings } = reading
    expect(warnings).toEqual([])
    expect(plan.legacy.hosts).toHaveLength(12)
    expect(plan.volume).toEqual({ mailsPerDay: 5_300_000, mailsPerHour: 220_000, legacyHosts: 12 })
    expect(plan.budget.yenPerMonth).toBe(500_000)
    expect(Object.values(plan.budget.estimateYen!).reduce((sum, yen) => sum + yen, 0)).toBe(44_500)
    expect(plan.configurationSet.tlsPolicy).toBe('Require')
    expect(plan.alarms['ComplaintRateAlarm']?.threshold).toBe(0.1)
    expect(plan.lambda.dkim?.schedule).toBe('cron(0 9 1 * ? *)')
    expect(plan.identity.spf).toBe('v=spf1 include:amazonses.com ~all')
    expect(plan.schedule.phases?.map((phase) => phase.days)).toEqual([7, 7, 7, 0, 0, 14, 0, 0])
  })
})

describe('a fault in a plan', () => {
  it.each([
    [
      'missing keys',
      'region: ap-northeast-1\n',
      [
        'p.yaml:1:1: domain is missing. Write a domain such as example.jp (punycode for other scripts).',
        'p.yaml:1:1: legacy is missing. Write a section with its keys indented below it: hosts, connectionsPerHost, tls, connectSeconds, replySeconds, mailsPerConnection.',
      ],
    ],
    [
      'a misspelled key',
      `${LEAST}gateway:\n  limits:\n    recipiants: 5\n`,
      ['p.yaml:6:5: gateway.limits.recipiants is no key of a plan. Did you mean recipients?'],
    ],
    [
      'a key at the wrong place',
      `${LEAST}messageOctets: 5\n`,
      ['p.yaml:4:1: messageOctets is no key of a plan. Did you mean gateway.limits.messageOctets?'],
    ],
    [
      'an unknown key',
      `${LEAST}status: { colour: red }\n`,
      ['p.yaml:4:11: status.colour is no key of a plan. Known here: host, port.'],
    ],
    [
      'a number as text',
      `${LEAST}gateway: { port: '25' }\n`,
      ['p.yaml:4:18: gateway.port is a text. Write a whole number from 0 to 65535.'],
    ],
    [
      'a number out of range',
      `${LEAST}ses: { partRecipients: 51 }\n`,
      ['p.yaml:4:24: ses.partRecipients is 51, the most is 50. Write a whole number from 1 to 50.'],
    ],
    [
      'a fraction of a thing that has none',
      `${LEAST}ses: { gateways: 1.5 }\n`,
      ['p.yaml:4:18: ses.gateways is the number 1.5. Write a whole number from 1 to 1000.'],
    ],
    [
      'a percent sign',
      `${LEAST}stages:\n  - percent: 10%\n`,
      ['p.yaml:5:14: stages[1].percent is a text. Write a number from 0 to 100, without %.'],
    ],
    [
      'more than all',
      `${LEAST}shares: { byDomain: { a.example: 100.5 } }\n`,
      ['p.yaml:4:34: shares.byDomain.a.example is 100.5, the most is 100. Write a number from 0 to 100, without %.'],
    ],
    [
      'a choice that is none',
      `${LEAST}ses:\n  wire: stmp\n`,
      ['p.yaml:5:9: ses.wire cannot be "stmp" (did you mean smtp?). Write api or smtp.'],
    ],
    [
      'an empty section',
      `${LEAST}retry:\n`,
      [
        'p.yaml:4:7: retry is empty. Write a section with its keys indented below it: lifetimeHours, firstSeconds, longestSeconds, unclearMinutes.',
      ],
    ],
    [
      'a domain that is none',
      `${LEAST}shares: { byDomain: { docomo: 5 } }\n`,
      ['p.yaml:4:23: shares.byDomain.docomo this key is not a domain name. Write receiving domain: percent.'],
    ],
    [
      'a network with host bits',
      `${LEAST}gateway:\n  clients:\n    - 192.0.2.1\n    - 192.0.2.9/24\n`,
      [
        'p.yaml:7:7: gateway.clients[2] "192.0.2.9/24" has host bits set: the network is 192.0.2.0/24. Write an address such as 192.0.2.1, or a network such as 192.0.2.0/24.',
      ],
    ],
    [
      'an open relay',
      `${LEAST}gateway: { clients: [0.0.0.0/0] }\n`,
      [
        'p.yaml:4:22: gateway.clients[1] "0.0.0.0/0" is the whole Internet: an open relay. Write an address such as 192.0.2.1, or a network such as 192.0.2.0/24.',
      ],
    ],
    [
      'no legacy host',
      'domain: example.jp\nlegacy: { hosts: [] }\n',
      [
        'p.yaml:2:18: legacy.hosts is an empty list, the least is 1. Write a list, each entry on its own line after "- ", at least 1.',
      ],
    ],
    [
      'the same host twice',
      'domain: example.jp\nlegacy:\n  hosts:\n    - host: mx1.example.jp\n    - host: MX1.example.jp\n',
      ['p.yaml:5:7: legacy.hosts[2] is mx1.example.jp:25 once more. List each host once.'],
    ],
    [
      'half of TLS',
      `${LEAST}gateway: { tlsKeyFile: k.pem }\n`,
      [
        'p.yaml:4:24: gateway.tlsKeyFile is set without tlsCertFile. Give both, or neither, and a self-signed pair is made.',
      ],
    ],
    [
      'stages that do not rise',
      `${LEAST}stages: [{ percent: 50 }, { percent: 10 }]\n`,
      ['p.yaml:4:38: stages[2].percent is 10, and the stage before is 50. Stages rise: write the smaller one first.'],
    ],
    [
      'a rule for a domain without such addresses',
      `${LEAST}addresses: { dotAddresses: { example.com: quote } }\n`,
      [
        'p.yaml:4:43: addresses.dotAddresses.example.com has a rule, but is not in addresses.dotDomains, so such addresses are refused. Add example.com to addresses.dotDomains.',
      ],
    ],
    [
      'a first wait over the longest',
      `${LEAST}retry: { firstSeconds: 7200 }\n`,
      [
        'p.yaml:4:24: retry.firstSeconds is 7200, more than longestSeconds, 3600. The first wait must not be longer than the longest.',
      ],
    ],
    [
      'http where it would carry credentials',
      `${LEAST}ses: { apiEndpoint: http://192.0.2.1:80 }\n`,
      [
        'p.yaml:4:21: ses.apiEndpoint this text is http, which only loopback may be. Write an https address such as https://email.ap-northeast-1.amazonaws.com.',
      ],
    ],
    [
      'a key written twice',
      `${LEAST}domain: example.com\n`,
      ['p.yaml:4:1: this is not YAML: Map keys must be unique.'],
    ],
    [
      'a broken file',
      'domain: [a\n',
      [
        'p.yaml:2:1: this is not YAML: Flow sequence in block collection must be sufficiently indented and end with a ].',
      ],
    ],
    ['an empty file', '', ['p.yaml: is empty. Begin with "domain: example.jp"; docs/plan.md lists all keys.']],
    ['a list', '- a\n', ['p.yaml: is no plan. Begin with "domain: example.jp"; docs/plan.md lists all keys.']],
  ])('is told with its place and its cure: %s', (_, text, expected) => {
    expect(faultsOf(text)).toEqual(expected)
  })

  it('is told with all others at once, in the order of the file', () => {
    const faults = faultsOf(`${LEAST}status: { port: -1 }\nses: { wire: no }\nregion: Tokyo\n`)
    expect(faults).toEqual([
      'p.yaml:4:17: status.port is -1, the least is 0. Write a whole number from 0 to 65535.',
      'p.yaml:5:14: ses.wire cannot be "no". Write api or smtp.',
      'p.yaml:6:9: region "Tokyo" is no AWS region. Write an AWS region such as ap-northeast-1.',
    ])
  })

  it('is one of at most 20 that are shown', () => {
    const faults = faultsOf(`${LEAST}${Array.from({ length: 30 }, (_, i) => `zz${i}: 1\n`).join('')}`)
    expect(faults).toHaveLength(21)
    expect(faults[20]).toBe('p.yaml: and 10 more')
  })

  it.each([
    ['the split key is short', 'split: { key: hunter2-secret }\n'],
    ['the split key is no text', 'split: hunter2-secret\n'],
    ['the split key stands beside a file', 'split: { key: hunter2-secret-hunter2, keyFile: a }\n'],
    ['a password stands in the endpoint', 'ses: { apiEndpoint: "https://u:hunter2-secret@192.0.2.3" }\n'],
    ['a password stands where a name belongs', 'ses: { credentials: { smtpPasswordVariable: "hunter2-secret" } }\n'],
    ['a password has no place at all', 'ses: { password: hunter2-secret }\n'],
  ])('never shows a secret, when %s', (_, text) => {
    const faults = faultsOf(LEAST + text)
    expect(faults).toHaveLength(1)
    expect(faults.join()).not.toContain('hunter2')
  })

  it('is an access key where the name of a variable belongs, and the key is not shown', () => {
    expect(faultsOf(`${LEAST}ses: { credentials: { accessKeyIdVariable: AKIAIOSFODNN7EXAMPLE } }\n`)).toEqual([
      'p.yaml:4:44: ses.credentials.accessKeyIdVariable this text looks like a credential itself, which must not be in the plan. Write the name of an environment variable that holds the credential.',
    ])
  })

  it('is a file that is not there, not text, or blown up by aliases', () => {
    expect(readPlan(join(folder, 'none.yaml'))).toEqual({
      kind: 'faulty',
      faults: [`${join(folder, 'none.yaml')}: there is no such file. Name the plan with --plan FILE.`],
    })
    writeFileSync(join(folder, 'sjis.yaml'), Buffer.from([0x83, 0x81, 0x81]))
    expect(readPlan(join(folder, 'sjis.yaml'))).toMatchObject({ kind: 'faulty' })
    const bomb = `a: &a [1,1,1,1,1,1,1,1,1]\n${'bcdefgh'
      .split('')
      .map((name, i) => `${name}: &${name} [${Array(9).fill(`*${'abcdefgh'[i]}`).join(',')}]\n`)
      .join('')}`
    expect(faultsOf(bomb)).toEqual(['p.yaml: has more than 100 uses of aliases. Write the values out.'])
  })
})

describe('any text at all', () => {
  const shipped = readFileSync('plans/goo.ne.jp.yaml', 'utf8')

  it('is a plan or faulty, and never breaks the reader', () => {
    const piece = fc.constantFrom(
      ':',
      '-',
      '{',
      '}',
      '[',
      ']',
      '&a',
      '*a',
      '!!binary',
      '|',
      '>',
      '\n',
      ' ',
      '\t',
      '"',
      "'",
      '#',
      '%',
      '?',
      '<<',
      '\u0000',
      '~',
      '__proto__',
    )
    const mutation = fc.record({ at: fc.nat(shipped.length), cut: fc.nat(40), put: fc.array(piece, { maxLength: 6 }) })
    fc.assert(
      fc.property(fc.array(mutation, { minLength: 1, maxLength: 4 }), (mutations) => {
        const text = mutations.reduce(
          (text, { at, cut, put }) => text.slice(0, at) + put.join('') + text.slice(at + cut),
          shipped,
        )
        const reading = read(text)
        if (reading.kind === 'faulty') {
          expect(reading.faults.length).toBeGreaterThan(0)
          for (const fault of reading.faults) expect(fault).toMatch(/^p\.yaml:/)
        }
      }),
      { numRuns: 150 },
    )
  })

  it.each(['['.repeat(100_000), 'a: '.repeat(20_000), '? '.repeat(50_000), '- '.repeat(50_000)])(
    'may be nested without end',
    (text) => {
      expect(read(text).kind).toBe('faulty')
    },
  )

  it('cannot reach the prototype of objects', () => {
    expect(faultsOf(`${LEAST}__proto__: { polluted: true }\n`)).toEqual([
      'p.yaml:4:1: __proto__ is no key of a plan. docs/plan.md lists all keys.',
    ])
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined()
  })
})

describe('a warning about a plan', () => {
  it('is given for wide networks, which hide who is behind them (C04)', () => {
    const text = `${LEAST}gateway:\n  clients: [172.16.0.0/12, 192.0.2.0/24, "fd00::/48"]\n  proxies: [10.0.0.0/8]\n`
    expect(warningsOf(text)).toEqual([
      'p.yaml:5:13: gateway.clients[1] is a wide private network: whoever is in it, or behind a NAT in it, may send. List the machines one by one, or let them use AUTH.',
      'p.yaml:5:42: gateway.clients[3] is a wide private network: whoever is in it, or behind a NAT in it, may send. List the machines one by one, or let them use AUTH.',
      'p.yaml:6:13: gateway.proxies[1] is a wide private network: whoever is in it, or behind a NAT in it, may send. List the machines one by one, or let them use AUTH.',
    ])
  })
})
