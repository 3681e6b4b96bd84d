// C37 (derivation): the SMTP password of SES depends on the Region; what cannot work is explained before it is tried.
import { expect, test } from 'vitest'
import { sesReadings } from '../../src/adapters/ses/outcomes.ts'
import { smtpLoginFault, smtpPassword } from '../../src/adapters/ses/smtp-password.ts'

const SECRET = 'synthetic/secret+key0001'
const TOKYO = 'BINhvcErXaVOe+cw62fw+jV2myyu2SejMjZQJ6Nu2egQ'
const VIRGINIA = 'BBvRgNlk0lx+DbGgucchBnKVfATyEykO6QiBzwwU9hPe'
const login = {
  host: 'email-smtp.ap-northeast-1.amazonaws.com',
  region: 'ap-northeast-1',
  secretAccessKey: SECRET,
}

test('one secret has one password a Region', () => {
  expect(smtpPassword({ secretAccessKey: SECRET, region: 'ap-northeast-1' })).toBe(TOKYO)
  expect(smtpPassword({ secretAccessKey: SECRET, region: 'us-east-1' })).toBe(VIRGINIA)
})

test("only the password of the host's Region is let through", () => {
  const oldKind = Buffer.from(TOKYO, 'base64').fill(2, 0, 1).toString('base64')
  expect(smtpLoginFault({ ...login, password: TOKYO })).toBeUndefined()
  expect(smtpLoginFault({ ...login, password: VIRGINIA })?.reason).toBe('passwordOfOtherRegion')
  expect(smtpLoginFault({ ...login, password: oldKind })?.reason).toBe('oldPassword')
  expect(smtpLoginFault({ ...login, password: 'a'.repeat(40) })?.reason).toBe('bareSecret')
  expect(smtpLoginFault({ ...login, password: TOKYO, region: 'us-east-1' })?.reason).toBe('hostOfOtherRegion')
})

test('535 stops the route once, bounces nobody, and counts against no mail', () => {
  const { smtp } = sesReadings({ identities: ['example.com'] })
  const reply = { code: 535, text: 'Authentication Credentials Invalid', host: login.host, command: 'AUTH' }
  expect(smtp(reply, 'auth')).toMatchObject({
    outcome: { kind: 'deferred' },
    signal: { kind: 'misconfigured', reason: 'credentialsRefused' },
    counts: false,
  })
})
