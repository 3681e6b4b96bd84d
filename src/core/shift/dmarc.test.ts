import { expect, test } from 'vitest'
import type { DnsAnswer } from '../base/dns.ts'
import { alignmentFault } from './alignment.ts'
import { readDmarc } from './dmarc.ts'

const answer = (...texts: string[]): DnsAnswer => ({
  kind: 'records',
  authoritative: true,
  records: texts.map((text) => ({ name: '_dmarc.example.com', type: 'TXT', ttlSeconds: 60, strings: [text] })),
})

test.each([
  ['v=DMARC1; p=quarantine; adkim=s; aspf=s', { adkim: 's', aspf: 's' }],
  ['v=DMARC1; p=none', { adkim: 'r', aspf: 'r' }],
  ['v=DMARC1;p=reject;aspf = S ;', { adkim: 'r', aspf: 's' }],
  ['v=DMARC1; p=none; adkim=x', { adkim: 'r', aspf: 'r' }],
])('%s', (text, modes) => {
  expect(readDmarc(answer(text))).toEqual({ kind: 'modes', modes })
})

test('other texts at the name are passed over, and two records are none', () => {
  expect(readDmarc(answer('hello', 'v=DMARC1; p=none; aspf=s'))).toMatchObject({ modes: { aspf: 's' } })
  expect(readDmarc(answer('v=DMARC1; p=none', 'v=DMARC1; p=reject'))).toEqual({ kind: 'none' })
  expect(readDmarc(answer('v=DMARC10; p=none'))).toEqual({ kind: 'none' })
})

test('a server that does not answer says nothing', () => {
  expect(readDmarc({ kind: 'fault', fault: 'SERVFAIL', message: 'ns1 answers SERVFAIL' })).toEqual({
    kind: 'unknown',
    message: 'ns1 answers SERVFAIL',
  })
  expect(readDmarc({ kind: 'noSuchName', authoritative: true, records: [] })).toEqual({ kind: 'none' })
})

// C35.
const STRICT = { adkim: 's', aspf: 's' } as const
const facts = (identity: string) => ({
  identity,
  verifiedForSending: true,
  dkim: { signingEnabled: true, status: 'SUCCESS', origin: 'EXTERNAL' },
  mailFrom: { domain: `bounce.${identity}`, status: 'SUCCESS', behaviour: 'USE_DEFAULT_VALUE' },
})

test('strict alignment is met by a signature of the very domain only, and by no MAIL FROM domain', () => {
  expect(alignmentFault(facts('example.com'), 'example.com', STRICT)).toBeUndefined()
  expect(alignmentFault(facts('mail.example.com'), 'example.com', STRICT)?.reason).toBe('notAligned')
  expect(alignmentFault(facts('example.com'), 'mail.example.com', STRICT)?.message).toBe(
    'mail for mail.example.com would fail DMARC: DKIM signs for example.com, and adkim=s asks for mail.example.com itself; MAIL FROM domain bounce.example.com cannot align with aspf=s',
  )
  expect(alignmentFault(facts('example.com'), 'mail.example.com', { adkim: 'r', aspf: 's' })).toBeUndefined()
  const pending = { ...facts('example.com'), dkim: { signingEnabled: true, status: 'PENDING', origin: 'EXTERNAL' } }
  expect(alignmentFault(pending, 'example.com', { adkim: 'r', aspf: 'r' })).toBeUndefined()
  expect(alignmentFault(pending, 'example.com', { adkim: 'r', aspf: 's' })?.reason).toBe('notAligned')
})
