import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { DnsRecord } from '../../core/base/dns.ts'
import { readZone, writeZone, type ZoneContents } from './zone-text.ts'
import { stringsOf } from '../../core/base/txt-strings.ts'

const SOA = {
  ttlSeconds: 86_400,
  primary: 'ns1.dkim.example',
  contact: 'dns.goo.example',
  serial: 7,
  refreshSeconds: 3_600,
  retrySeconds: 600,
  expireSeconds: 1_209_600,
  minimumSeconds: 60,
}
const ns: DnsRecord = { name: 'dkim.example', ttlSeconds: 86_400, type: 'NS', target: 'ns1.dkim.example' }
const txt = (...strings: string[]): DnsRecord => ({ name: 's1.dkim.example', ttlSeconds: 300, type: 'TXT', strings })
const zone = (...records: DnsRecord[]): ZoneContents => ({ apex: 'dkim.example', soa: SOA, records })

describe('a zone as text', () => {
  test('is a master file with a record a line', () => {
    const records: DnsRecord[] = [
      ns,
      { name: 'ns1.dkim.example', ttlSeconds: 60, type: 'A', address: '192.0.2.1' },
      { name: 'ns1.dkim.example', ttlSeconds: 60, type: 'AAAA', address: '2001:db8::1' },
      txt('v=DKIM1; p=', 'MI"I\\B', '\u0000é'),
    ]
    expect(writeZone(zone(...records)).split('\n')).toEqual([
      '; Written by Watari. It is replaced whole at every change; hands and other programs only read it.',
      'dkim.example. 86400 IN SOA ns1.dkim.example. dns.goo.example. 7 3600 600 1209600 60',
      'dkim.example. 86400 IN NS ns1.dkim.example.',
      'ns1.dkim.example. 60 IN A 192.0.2.1',
      'ns1.dkim.example. 60 IN AAAA 2001:db8::1',
      's1.dkim.example. 300 IN TXT "v=DKIM1; p=" "MI\\"I\\\\B" "\\000\\233"',
      '; end of zone',
      '',
    ])
  })

  test('comes back octet by octet, whatever octets a text has', () => {
    const octets = fc.array(fc.nat(255), { maxLength: 600 }).map((codes) => String.fromCharCode(...codes))
    fc.assert(
      fc.property(fc.array(octets, { minLength: 1, maxLength: 4 }), (texts) => {
        const whole = zone(ns, ...texts.map((text) => txt(...stringsOf(text))))
        expect(readZone(writeZone(whole), 'dkim.example')).toEqual(whole)
      }),
    )
  })

  test('has a string of 255 octets, then the next', () => {
    expect(stringsOf('')).toEqual([''])
    expect(stringsOf('a'.repeat(255))).toEqual(['a'.repeat(255)])
    expect(stringsOf('a'.repeat(256))).toEqual(['a'.repeat(255), 'a'])
  })

  const written = writeZone(zone(ns, txt('x')))

  test('is not read when it was cut short anywhere', () => {
    for (let length = 0; length < written.length; length += 1) {
      expect(() => readZone(written.slice(0, length), 'dkim.example')).toThrow(/cut short/)
    }
  })

  test.each([
    ['a string without an end', '"x"', '"x'],
    ['a string of 256 octets', '"x"', `"${'x'.repeat(256)}"`],
    ['a text without quotes', '"x"', 'x'],
    ['an escape of nothing', '"x"', '"\\x"'],
    ['a relative name', '\ns1.dkim.example.', '\ns1'],
    ['a name outside the zone', '\ns1.dkim.example.', '\ns1.example.'],
    ['a type we do not serve', 'IN TXT "x"', 'IN CNAME x.example.'],
    ['another class', 'IN TXT', 'CH TXT'],
    ['a TTL that is none', ' 300 ', ' 3h '],
    ['a directive', '\ns1.dkim.example. 300', '\n$INCLUDE'],
  ])('is not read with %s; the error says which line and what to do', (_, from, to) => {
    expect(() =>
      readZone(
        written.replace(from, () => to),
        'dkim.example',
      ),
    ).toThrow(/^line 4 of the zone file cannot be read\. Restore it from a backup/)
  })

  test('is not read without its SOA, with two, or as another zone', () => {
    const lines = written.split('\n')
    const without = lines.filter((line) => !line.includes('SOA')).join('\n')
    expect(() => readZone(without, 'dkim.example')).toThrow(/no SOA for dkim\.example/)
    const twice = [lines[0], lines[1], ...lines.slice(1)].join('\n')
    expect(() => readZone(twice, 'dkim.example')).toThrow(/line 3 of the zone file is a second SOA/)
    expect(() => readZone(written, 'other.example')).toThrow(/line 2/)
  })
})
