// Which lines of main.cf and transport change, for hosts that give mail on and for the plan's own legacy hosts.
import { describe, expect, test } from 'vitest'
import { relayAdvice } from './advice.ts'
import { parseMainCf, parseTransport } from './main-cf.ts'

const PLACE = { gatewayHost: 'gw.example.jp', gatewayPort: 2525, legacyHosts: ['postfix01.goo.ne.jp'] }
const advise = (mainCf: string, transport = '') => relayAdvice(parseMainCf(mainCf), parseTransport(transport), PLACE)

describe('main.cf', () => {
  test('is read as Postfix reads it: comments, continuation lines, the last setting, names in values', () => {
    const { settings } = parseMainCf(
      '# relayhost = no\nrelayhost = first\nmynetworks = 127.0.0.0/8,\n  # a comment between\n  10.0.0.0/8\nmydomain = goo.ne.jp\nmyhostname = postfix01.$mydomain\nrelayhost = [$myhostname]:25\n',
    )
    expect(settings.get('relayhost')).toMatchObject({ value: '[postfix01.goo.ne.jp]:25', fromLine: 8, toLine: 8 })
    expect(settings.get('mynetworks')).toMatchObject({ value: '127.0.0.0/8, 10.0.0.0/8', fromLine: 3, toLine: 5 })
  })

  test('a circle of names ends', () => {
    expect(parseMainCf('a = $b\nb = $a\n').settings.get('a')!.value).toMatch(/^\$[ab]$/)
  })
})

describe('a host that gives its mail on', () => {
  test('gets Watari as its relayhost where the setting stands, and TLS in its log', () => {
    const { role, edits } = advise(
      'myhostname = app1.goo.ne.jp\nrelayhost =\n  [old.example]\nsmtp_tls_security_level = may\n',
    )
    expect(role).toBe('client')
    expect(edits).toEqual([
      {
        file: 'main.cf',
        line: 2,
        removed: ['relayhost =', '  [old.example]'],
        added: ['relayhost = [gw.example.jp]:2525'],
      },
      { file: 'main.cf', line: 4, removed: [], added: ['smtp_tls_loglevel = 1'] },
    ])
  })

  test('sends nothing past Watari by its transport table; local lines stay', () => {
    const { edits } = advise(
      'relayhost = [gw.example.jp]:2525\nsmtp_tls_loglevel = 1\n',
      '# table\ndocomo.ne.jp\tslow:\nezweb.ne.jp smtp:[mx.old.example]:25\nlocal.example local:\nx.example :[1.2.3.4]\n',
    )
    expect(edits).toEqual([
      {
        file: 'transport',
        line: 3,
        removed: ['ezweb.ne.jp smtp:[mx.old.example]:25'],
        added: ['ezweb.ne.jp\tsmtp:[gw.example.jp]:2525'],
      },
      {
        file: 'transport',
        line: 5,
        removed: ['x.example :[1.2.3.4]'],
        added: ['x.example\tsmtp:[gw.example.jp]:2525'],
      },
    ])
  })

  test('that is set already needs no edit', () => {
    expect(advise('relayhost = [gw.example.jp]:2525\nsmtp_tls_loglevel = 1\n').edits).toEqual([])
  })
})

describe('a legacy host of the plan', () => {
  test('is never given Watari as its relayhost, and is told when it has it', () => {
    const { role, loops, edits } = advise(
      'myhostname = postfix01.goo.ne.jp\nrelayhost = [gw.example.jp]:2525\nsmtp_tls_loglevel = 1\n',
    )
    expect([role, loops]).toEqual(['legacyHost', true])
    expect(edits).toEqual([
      { file: 'main.cf', line: 2, removed: ['relayhost = [gw.example.jp]:2525'], added: ['relayhost ='] },
    ])
  })
})

test.each([
  ['virtual_alias_maps = hash:/etc/postfix/virtual', 'rewriting'],
  ['smtpd_milters = inet:localhost:8891', 'filters'],
  ['always_bcc = all@example.jp', 'copies'],
  ['message_size_limit = 104857600', 'large'],
  ['soft_bounce = yes', 'softBounce'],
  ['smtp_quote_rfc821_envelope = no', 'quoting'],
  ['sender_dependent_relayhost_maps = hash:/x', 'senderRelays'],
  ['default_transport = error', 'default'],
])('%s is worth a remark: %s', (line, id) => {
  expect(advise(`${line}\n`).remarks.map((remark) => remark.id)).toContain(id)
  expect(advise('smtp_sasl_auth_enable = yes\n').remarks).toEqual([])
})
