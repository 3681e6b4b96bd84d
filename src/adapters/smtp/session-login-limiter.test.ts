import { expect, test } from 'vitest'
import { loginLimiter } from './session-login-limiter.ts'

test('an address may try again a minute after its first failure', () => {
  let nowMs = 0
  const limiter = loginLimiter({ perMinute: 2, now: () => nowMs })
  limiter.failed('192.0.2.1')
  nowMs = 30_000
  limiter.failed('192.0.2.1')
  expect([limiter.mayTry('192.0.2.1'), limiter.mayTry('192.0.2.2')]).toEqual([false, true])
  nowMs = 59_999
  expect(limiter.mayTry('192.0.2.1')).toBe(false)
  nowMs = 60_000
  expect(limiter.mayTry('192.0.2.1')).toBe(true)
})

test('all addresses of a /64 count as one host', () => {
  const limiter = loginLimiter({ perMinute: 1, now: () => 0 })
  limiter.failed('2001:db8:0:1::5')
  expect(['2001:db8:0:1:a:b:c:d', '2001:db8:0:2::5', '2001:db8::5'].map((address) => limiter.mayTry(address))).toEqual([
    false,
    true,
    true,
  ])
})

test('guessing from ever new addresses takes no memory, and lets the oldest go', () => {
  const limiter = loginLimiter({ perMinute: 1, now: () => 0 })
  for (let i = 0; i < 10_001; i += 1) limiter.failed(`10.0.${i >> 8}.${i & 255}`)
  expect([limiter.mayTry('10.0.0.0'), limiter.mayTry('10.0.0.1')]).toEqual([true, false])
})
