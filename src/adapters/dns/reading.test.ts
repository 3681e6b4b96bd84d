import { decode, encode, type Answer } from 'dns-packet'
import { describe, expect, test } from 'vitest'
import { alias, text } from '../../../test/support/scripted-name-server.ts'
import type { DnsType } from '../../core/base/dns.ts'
import { answerIn, type Asking } from './reading.ts'

const NAME = 'k.goo.example'
const soa = (name: string, ttl: number, minimum: number): Answer => ({
  name,
  type: 'SOA',
  ttl,
  data: { mname: `ns.${name}`, rname: `dns.${name}`, serial: 1, refresh: 1, retry: 1, expire: 1, minimum },
})
const ns = (name: string, data: string): Answer => ({ name, type: 'NS', ttl: 60, data })

interface Said {
  readonly answers?: readonly Answer[]
  readonly authorities?: readonly Answer[]
  readonly aa?: boolean
  readonly code?: string
  readonly type?: DnsType
  readonly how?: Asking
}

/** Through the wire form, so that names and octets are those of a real message. */
function read({
  answers = [],
  authorities = [],
  aa = true,
  code = 'NOERROR',
  type = 'TXT',
  how = 'authoritative',
}: Said) {
  const packet = decode(
    encode({ type: 'response', flags: aa ? 0x0400 : 0, answers: [...answers], authorities: [...authorities] }),
  )
  return answerIn(packet, code, { name: NAME, type }, how)
}

describe('reading an answer', () => {
  test('puts aliases in the order they are followed, whatever order they came in', () => {
    const answers = [text('c.example', 'x'), alias('b.example', 'c.example'), alias(NAME, 'B.example')]
    expect(read({ answers })).toMatchObject({
      kind: 'records',
      records: [{ name: NAME, target: 'b.example' }, { name: 'b.example', target: 'c.example' }, { strings: ['x'] }],
    })
  })

  test('leaves out what was not asked for: other names, types and classes', () => {
    const answers: Answer[] = [
      text('other.example', 'forged'),
      { name: NAME, type: 'A', ttl: 1, data: '192.0.2.1' },
      { name: NAME, type: 'TXT', class: 'CH', ttl: 1, data: 'chaos' },
      text(NAME, 'real'),
    ]
    expect(read({ answers })).toMatchObject({ records: [{ strings: ['real'] }] })
  })

  test('shows an alias itself when the alias is asked for', () => {
    expect(read({ answers: [alias(NAME, 'c.example')], type: 'CNAME' })).toMatchObject({
      kind: 'records',
      records: [{ type: 'CNAME', target: 'c.example' }],
    })
  })

  test.each([
    ['to itself', [alias(NAME, NAME)]],
    ['there and back', [alias(NAME, 'b.example'), alias('b.example', NAME)]],
    ['into a circle', [alias(NAME, 'b.example'), alias('b.example', 'c.example'), alias('c.example', 'b.example')]],
    ['through nine', Array.from({ length: 9 }, (_, i) => alias(i === 0 ? NAME : `a${i}.example`, `a${i + 1}.example`))],
  ])('calls aliases %s a loop, also when the server says SERVFAIL', (_, answers) => {
    expect(read({ answers })).toMatchObject({ kind: 'fault', fault: 'aliasLoop' })
    expect(read({ answers, code: 'SERVFAIL' })).toMatchObject({ kind: 'fault', fault: 'aliasLoop' })
  })

  test('follows eight aliases', () => {
    const answers = Array.from({ length: 8 }, (_, i) => alias(i === 0 ? NAME : `a${i}.example`, `a${i + 1}.example`))
    expect(read({ answers: [...answers, text('a8.example', 'x')] })).toMatchObject({ kind: 'records' })
  })

  test('does not choose between two aliases of one name', () => {
    const answers = [alias(NAME, 'b.example'), alias(NAME, 'c.example'), text('b.example', 'x')]
    expect(read({ answers })).toMatchObject({ kind: 'fault', fault: 'garbled' })
  })

  test.each([
    [300, 120, 120],
    [60, 3_600, 60],
    [0, 3_600, 0],
    [0xffff_ffff, 30, 0],
  ])('takes the lower of the TTL %i and the minimum %i of the SOA', (ttl, minimum, expected) => {
    expect(read({ authorities: [soa('goo.example', ttl, minimum)], code: 'NXDOMAIN' })).toEqual({
      kind: 'noSuchName',
      authoritative: true,
      records: [],
      negativeTtlSeconds: expected,
      zone: 'goo.example',
    })
  })

  test('counts a TTL with its highest bit set as zero', () => {
    const answers: Answer[] = [{ name: NAME, type: 'TXT', ttl: 0x8000_0000, data: 'x' }]
    expect(read({ answers })).toMatchObject({ records: [{ ttlSeconds: 0 }] })
  })

  test('takes no denial from the SOA of a zone that the name is not in', () => {
    const denial = read({ authorities: [soa('oo.example', 300, 60)], code: 'NXDOMAIN' })
    expect(denial).toEqual({ kind: 'noSuchName', authoritative: true, records: [] })
  })

  test('goes on where an authority gives an alias alone, and ends where its zone denies the target', () => {
    const answers = [alias(NAME, 'b.goo.example')]
    expect(read({ answers })).toMatchObject({ kind: 'records', records: [{ target: 'b.goo.example' }] })
    expect(read({ answers, authorities: [soa('goo.example', 300, 60)] })).toMatchObject({ kind: 'noSuchRecord' })
    expect(read({ answers, code: 'NXDOMAIN' })).toMatchObject({
      kind: 'noSuchName',
      records: [{ target: 'b.goo.example' }],
    })
  })

  test('takes an alias alone from a resolver as "no such record", because it would have gone on', () => {
    const answers = [alias(NAME, 'b.example')]
    expect(read({ answers, aa: false, how: 'recursive' })).toMatchObject({ kind: 'noSuchRecord' })
  })

  test.each([
    ['with the record itself', { answers: [text(NAME, 'from a cache')] }],
    ['with "no such name"', { code: 'NXDOMAIN', authorities: [soa('goo.example', 300, 60)] }],
    ['with nothing', {}],
    ['with a referral to a child', { authorities: [ns('k.goo.example', 'ns.other.example')] }],
    ['with a referral to the root', { authorities: [ns('.', 'a.root-servers.net')] }],
  ])('believes no authority without the AA bit: %s', (_, said) => {
    expect(read({ ...said, aa: false })).toMatchObject({ kind: 'fault', fault: 'notAuthoritative' })
  })

  test('names where a referral leads, for whoever has to mend the delegation', () => {
    expect(read({ authorities: [ns('k.goo.example', 'ns.other.example')], aa: false })).toMatchObject({
      message: 'the server does not serve this zone; it refers to ns.other.example',
    })
  })

  test('sees that a resolver refers instead of asking, and takes an empty answer for a denial', () => {
    const referring = { aa: false, how: 'recursive', authorities: [ns('example', 'a.nic.example')] } as const
    expect(read(referring)).toMatchObject({ kind: 'fault', fault: 'notAuthoritative' })
    expect(read({ aa: false, how: 'recursive' })).toEqual({ kind: 'noSuchRecord', authoritative: false, records: [] })
  })
})
