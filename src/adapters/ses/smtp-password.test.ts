import { describe, expect, test } from 'vitest'
import { regionOfSmtpHost, smtpLoginFault, smtpPassword } from './smtp-password.ts'

const TOKYO = 'ap-northeast-1'
const HOST = 'email-smtp.ap-northeast-1.amazonaws.com'
/** Made up; its passwords were computed elsewhere. */
const SECRET = 'synthetic/secret+key0001'
const PASSWORD = 'BINhvcErXaVOe+cw62fw+jV2myyu2SejMjZQJ6Nu2egQ'

describe('the derivation', () => {
  test.each([
    ['wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY', TOKYO, 'BEBMrlH2tcrvRtSfkd6WbOlpfHSCPAV60ZayJ9ZqHS5c'],
    ['wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY', 'us-west-2', 'BF2PynzbSCAjX08zhZZnP/kW+T9P5zs/1Er0pi5vTEmd'],
    ['wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY', 'us-east-1', 'BLBM/9hSUELfq8Gw+rU1YcBjkOxGbhT2XG763xVLGWL9'],
    [SECRET, TOKYO, PASSWORD],
    [SECRET, 'us-east-1', 'BBvRgNlk0lx+DbGgucchBnKVfATyEykO6QiBzwwU9hPe'],
  ])('of %s for %s', (secretAccessKey, region, password) => {
    expect(smtpPassword({ secretAccessKey, region })).toBe(password)
  })
})

describe('the Region of a host', () => {
  test.each([
    [HOST, TOKYO],
    ['EMAIL-SMTP.US-EAST-1.AMAZONAWS.COM', 'us-east-1'],
    ['email-smtp-fips.us-gov-west-1.amazonaws.com', 'us-gov-west-1'],
    ['vpce-0abc-1def.email-smtp.ap-northeast-1.vpce.amazonaws.com', TOKYO],
    ['127.0.0.1', undefined],
    ['email-smtp.ap-northeast-1.amazonaws.com.evil.example', undefined],
  ])('%s', (host, region) => {
    expect(regionOfSmtpHost(host)).toBe(region)
  })
})

describe('a login that SES would refuse', () => {
  const OTHER = 'BBvRgNlk0lx+DbGgucchBnKVfATyEykO6QiBzwwU9hPe'
  const old = Buffer.from(PASSWORD, 'base64').fill(2, 0, 1).toString('base64')
  const login = { host: HOST, password: PASSWORD, region: TOKYO, secretAccessKey: SECRET }

  test.each([
    ['is found good when it is', {}, undefined],
    ['of a host in another Region', { host: 'email-smtp.us-east-1.amazonaws.com' }, 'hostOfOtherRegion'],
    ['with a password of another Region', { password: OTHER }, 'passwordOfOtherRegion'],
    ['with the bare secret', { password: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY' }, 'bareSecret'],
    ['with a password of the old kind', { password: old }, 'oldPassword'],
    ['with something else', { password: 'hunter2' }, 'notAPassword'],
    ['with nothing', { password: '' }, 'notAPassword'],
    ['at the stand-in is judged by its form alone', { host: '127.0.0.1' }, undefined],
  ])('%s', (_, change, reason) => {
    expect(smtpLoginFault({ ...login, ...change })?.reason).toBe(reason)
  })

  test('cannot be proved without the secret, and is let try', () => {
    expect(smtpLoginFault({ host: HOST, password: OTHER, region: TOKYO })).toBeUndefined()
  })

  test('is explained without showing a secret', () => {
    for (const password of [OTHER, old, 'hunter2', 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY']) {
      const message = smtpLoginFault({ ...login, password })!.message
      expect(message).not.toContain(password)
      expect(message).not.toContain(SECRET)
    }
  })
})
