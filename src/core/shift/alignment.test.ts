import { expect, test } from 'vitest'
import { alignmentFault } from './alignment.ts'
import type { IdentityFacts } from '../base/identity.ts'

type Change = Omit<Partial<IdentityFacts>, 'dkim' | 'mailFrom'> & {
  dkim?: Partial<IdentityFacts['dkim']>
  mailFrom?: Partial<NonNullable<IdentityFacts['mailFrom']>>
}

/** An identity with nothing set up but its verification. */
const facts = ({ dkim, mailFrom, ...change }: Change = {}): IdentityFacts => ({
  identity: 'example.com',
  verifiedForSending: true,
  dkim: { signingEnabled: false, status: 'NOT_STARTED', origin: 'EXTERNAL', ...dkim },
  ...(mailFrom && {
    mailFrom: { domain: 'bounce.example.com', status: 'SUCCESS', behaviour: 'USE_DEFAULT_VALUE', ...mailFrom },
  }),
  ...change,
})
const SIGNED = { signingEnabled: true, status: 'SUCCESS' }

test.each<[string, Change, string | undefined]>([
  ['a signature alone', { dkim: SIGNED }, undefined],
  ['a MAIL FROM domain alone', { mailFrom: {} }, undefined],
  ['both', { dkim: SIGNED, mailFrom: {} }, undefined],
  ['a MAIL FROM domain while DKIM is pending', { dkim: { ...SIGNED, status: 'PENDING' }, mailFrom: {} }, undefined],
  ['nothing', {}, 'notAligned'],
  ['a verified key that does not sign', { dkim: { signingEnabled: false, status: 'SUCCESS' } }, 'notAligned'],
  ['DKIM pending', { dkim: { ...SIGNED, status: 'PENDING' } }, 'notAligned'],
  ['DKIM with a temporary failure', { dkim: { ...SIGNED, status: 'TEMPORARY_FAILURE' } }, 'notAligned'],
  ['a status in lower case', { dkim: { ...SIGNED, status: 'success' } }, 'notAligned'],
  ['a status of tomorrow', { dkim: { ...SIGNED, status: 'SUCCESS_PARTIAL' } }, 'notAligned'],
  ['a failed MAIL FROM domain', { mailFrom: { status: 'FAILED' } }, 'notAligned'],
  ['a MAIL FROM domain of somebody else', { mailFrom: { domain: 'bounce.example.net' } }, 'notAligned'],
  ['a MAIL FROM domain that ends alike', { mailFrom: { domain: 'badexample.com' } }, 'notAligned'],
  ['an identity that is not verified', { verifiedForSending: false, dkim: SIGNED }, 'identityNotVerified'],
])('%s', (_, change, reason) => {
  expect(alignmentFault(facts(change), 'Example.com')?.reason).toBe(reason)
})

test('a subdomain is signed for by its parent, but a parent not by its child', () => {
  expect(alignmentFault(facts({ dkim: SIGNED }), 'mail.example.com')).toBeUndefined()
  expect(alignmentFault(facts({ identity: 'mail.example.com', dkim: SIGNED }), 'example.com')?.reason).toBe(
    'notAligned',
  )
})

test('an identity that SES does not have is named', () => {
  expect(alignmentFault(undefined, 'example.com')).toEqual({
    reason: 'identityMissing',
    message: 'SES has no identity for example.com: create it first',
  })
})

test('the message says what is missing on both ways', () => {
  expect(alignmentFault(facts({ dkim: { ...SIGNED, status: 'PENDING' } }), 'example.com')?.message).toBe(
    'mail for example.com would fail DMARC: DKIM status is PENDING, not SUCCESS; there is no MAIL FROM domain of its own',
  )
})
