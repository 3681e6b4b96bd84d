// C31: long keys come back split wrongly, cut, doubled, or as the wrong record type; a checker that only looks for one good
// string says all is well.
import { describe, expect, test } from 'vitest'
import type { DnsAnswer, DnsRecord } from '../../src/core/base/dns.ts'
import { readKeyRecord } from '../../src/core/dkim/key-record.ts'
import { RECORDS } from '../support/dns-request.ts'

const NAME = 's2025._domainkey.example.com'
const KEY = RECORDS.keys[0].value.slice('v=DKIM1; k=rsa; p='.length)
const OTHER = RECORDS.keys[1].value.slice('v=DKIM1; k=rsa; p='.length)
const VALUE = `v=DKIM1; k=rsa; p=${KEY}`

const text = (...strings: string[]): DnsRecord => ({ name: NAME, type: 'TXT', ttlSeconds: 300, strings })
const alias: DnsRecord = { name: NAME, type: 'CNAME', ttlSeconds: 60, target: 's2025.dkim.vendor.example' }
const answer = (...records: DnsRecord[]): DnsAnswer => ({ kind: 'records', authoritative: true, records })
const read = (...records: DnsRecord[]) => readKeyRecord(answer(...records), KEY)

describe('right', () => {
  test.each<[string, DnsRecord[], readonly string[]]>([
    ['one record in two strings', [text(VALUE.slice(0, 255), VALUE.slice(255))], []],
    ['one record in ten strings', [text(...(VALUE.match(/.{1,45}/g) ?? []))], []],
    ['an alias to a name that has it', [alias, { ...text(VALUE), name: 's2025.dkim.vendor.example' }], ['alias']],
    [
      'white space inside p= and behind it',
      [text(`v=DKIM1; k=rsa; p=${KEY.slice(0, 100)} ${KEY.slice(100)}  `)],
      ['whiteSpace'],
    ],
    ['no v= tag', [text(`p=${KEY}`)], []],
    [
      'tags in another order, and one of tomorrow',
      [text(`v=DKIM1; p=${KEY}; n=note; z=1; k=rsa; s=email; h=sha256`)],
      [],
    ],
    ['a test flag', [text(`v=DKIM1; t=y; p=${KEY}`)], ['testMode']],
  ])('%s', (_, records, notes) => {
    expect(read(...records)).toEqual({ kind: 'right', ttlSeconds: 300, notes })
  })
})

describe('wrong, with the name of how it came about', () => {
  test.each<[string, string, DnsRecord[]]>([
    ['splitOverRecords', 'two records, one half each', [text(VALUE.slice(0, 255)), text(VALUE.slice(255))]],
    ['splitOverRecords', 'the halves the other way round', [text(VALUE.slice(255)), text(VALUE.slice(0, 255))]],
    ['cut', 'one record that ends at 255', [text(VALUE.slice(0, 255))]],
    ['twoRecords', 'the old key beside the new one', [text(`v=DKIM1; k=rsa; p=${OTHER}`), text(VALUE)]],
    ['twoRecords', 'the right key twice', [text(VALUE), text(VALUE)]],
    ['otherKey', 'another key', [text(`v=DKIM1; k=rsa; p=${OTHER}`)]],
    ['shouldBeCname', 'the target of an alias as text', [text('s2025.dkim.vendor.example.')]],
    ['tagTwice', 'p= twice', [text(`v=DKIM1; p=${KEY}; p=${KEY}`)]],
    ['quotesInside', 'quotation marks of the zone file', [text(`"${VALUE}"`)]],
    ['backslashInside', 'backslashes of the zone file', [text(`v=DKIM1\\; k=rsa\\; p=${KEY}`)]],
    ['wrongTag', 'a key of another algorithm', [text(`v=DKIM1; k=ed25519; p=${KEY}`)]],
    ['wrongTag', 'a key for sha1 only', [text(`v=DKIM1; h=sha1; p=${KEY}`)]],
    ['wrongTag', 'v= that is not first', [text(`k=rsa; v=DKIM1; p=${KEY}`)]],
    ['notAKey', 'words', [text('this name is reserved')]],
  ])('%s: %s', (fault, _, records) => {
    expect(read(...records)).toMatchObject({ kind: 'wrong', fault })
  })

  test('without what was found there being quoted at length', () => {
    const state = read(text(`v=DKIM1; p=${OTHER}`))
    expect(state.kind === 'wrong' ? state.found.length : 0).toBeLessThan(60)
  })
})

test('an empty p= is a revoked key, whatever else stands there', () => {
  expect(read(text('v=DKIM1; k=rsa; p='))).toEqual({ kind: 'revoked', ttlSeconds: 300 })
  expect(read(text('p= ;'))).toEqual({ kind: 'revoked', ttlSeconds: 300 })
})

test('a name that is not there is absent, and a server in trouble says nothing', () => {
  const absent: DnsAnswer = { kind: 'noSuchName', authoritative: true, records: [], negativeTtlSeconds: 900 }
  expect(readKeyRecord(absent, KEY)).toEqual({ kind: 'absent', negativeTtlSeconds: 900 })
  expect(readKeyRecord({ ...absent, kind: 'noSuchRecord' }, KEY)).toEqual({ kind: 'absent', negativeTtlSeconds: 900 })
  expect(readKeyRecord({ ...absent, records: [alias] }, KEY)).toMatchObject({ alias: 's2025.dkim.vendor.example' })
  expect(readKeyRecord({ kind: 'fault', fault: 'SERVFAIL', message: 'ns1 answers SERVFAIL' }, KEY)).toMatchObject({
    kind: 'unknown',
    fault: 'SERVFAIL',
  })
})

test('a text of a hundred thousand tags is read in no time', () => {
  const startedAt = performance.now()
  expect(read(text(`v=DKIM1; ${'a=b; '.repeat(100_000)}p=${KEY}`)).kind).toBe('wrong')
  expect(performance.now() - startedAt).toBeLessThan(1_000)
})
