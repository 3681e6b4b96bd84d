import { expect, test } from 'vitest'
import { createClock } from './clock.ts'
import { createCredentials, smtpPasswordFor } from './credentials.ts'

const EXAMPLE = 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY'

// Public vectors; the second secret is that of case C37.
test.each([
  [EXAMPLE, 'ap-northeast-1', 'BEBMrlH2tcrvRtSfkd6WbOlpfHSCPAV60ZayJ9ZqHS5c'],
  [EXAMPLE, 'us-west-2', 'BF2PynzbSCAjX08zhZZnP/kW+T9P5zs/1Er0pi5vTEmd'],
  [EXAMPLE, 'us-east-1', 'BLBM/9hSUELfq8Gw+rU1YcBjkOxGbhT2XG763xVLGWL9'],
  ['synthetic/secret+key0001', 'ap-northeast-1', 'BINhvcErXaVOe+cw62fw+jV2myyu2SejMjZQJ6Nu2egQ'],
  ['synthetic/secret+key0001', 'us-east-1', 'BBvRgNlk0lx+DbGgucchBnKVfATyEykO6QiBzwwU9hPe'],
])('derives the SMTP password of %s in %s', (secret, region, password) => {
  expect(smtpPasswordFor(secret, region)).toBe(password)
})

test('a new key is unknown until it is active, and a removed one at once', async () => {
  const clock = createClock({ frozen: true, startAt: 0 })
  const credentials = createCredentials('ap-northeast-1', clock)
  credentials.add({ accessKeyId: 'AKIANEW', secretAccessKey: EXAMPLE, activeInMs: 60_000 })
  const password = 'BEBMrlH2tcrvRtSfkd6WbOlpfHSCPAV60ZayJ9ZqHS5c'
  expect(credentials.smtpLogin('AKIANEW', password)).toBe(false)
  expect(credentials.secretOf('AKIANEW')).toBeUndefined()
  await clock.advance(60_000)
  expect(credentials.smtpLogin('AKIANEW', password)).toBe(true)
  expect(credentials.smtpLogin('AKIANEW', EXAMPLE)).toBe(false)
  expect(credentials.smtpLogin('AKIAOTHER', password)).toBe(false)
  expect(credentials.remove('AKIANEW')).toBe(true)
  expect(credentials.smtpLogin('AKIANEW', password)).toBe(false)
})
