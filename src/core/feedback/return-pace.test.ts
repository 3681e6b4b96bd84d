import { expect, test } from 'vitest'
import { returnPace } from './return-pace.ts'

const NOW = Date.UTC(2026, 10, 25)
const turns = (limits: Parameters<typeof returnPace>[0], domains: readonly string[]): number[] => {
  const pace = returnPace(limits)
  return domains.map((domain) => pace(domain, NOW) - NOW)
}

test('a few reports leave at once', () => {
  expect(turns({ perMinute: 60, perDomainPerMinute: 60 }, Array(10).fill('example.com') as string[])).toEqual(
    Array(10).fill(0),
  )
})

test('the eleventh of sixty a minute waits a second, the twelfth two, and none is dropped', () => {
  const later = turns({ perMinute: 60, perDomainPerMinute: 60 }, Array(13).fill('example.com') as string[])
  expect(later.slice(10)).toEqual([1_000, 2_000, 3_000])
})

test('one busy sender does not delay another, until all together are too many', () => {
  const busy = Array(12).fill('busy.example') as string[]
  expect(turns({ perMinute: 600, perDomainPerMinute: 60 }, [...busy, 'quiet.example']).slice(-3)).toEqual([
    1_000, 2_000, 0,
  ])
  expect(turns({ perMinute: 60, perDomainPerMinute: 60 }, [...busy, 'quiet.example']).slice(-1)).toEqual([3_000])
})

test('after a quiet time reports leave at once again', () => {
  const pace = returnPace({ perMinute: 60, perDomainPerMinute: 60 })
  for (let i = 0; i < 20; i += 1) pace('example.com', NOW)
  expect(pace('example.com', NOW + 60_000)).toBe(NOW + 60_000)
})

test('nothing waits longer than twelve hours', () => {
  const pace = returnPace({ perMinute: 1, perDomainPerMinute: 1 })
  let last = 0
  for (let i = 0; i < 2_000; i += 1) last = pace('example.com', NOW)
  expect(last).toBe(NOW + 12 * 3_600_000)
})

test('remembers a bounded number of domains, and those beyond share the total', () => {
  const pace = returnPace({ perMinute: 1e9, perDomainPerMinute: 6 })
  for (let i = 0; i < 1_000; i += 1) pace(`d${i}.example`, NOW)
  expect([pace('new.example', NOW), pace('new.example', NOW)]).toEqual([NOW, NOW])
})
