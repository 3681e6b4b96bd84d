import { describe, expect, test } from 'vitest'
import type { Stage } from '../shift/stage.ts'
import { splitter } from './split.ts'
import { testHash } from '../../../test/support/fakes.ts'

const stageAt = (percent: number): Stage => ({ percent, changedAt: 0, changedBy: 'tester', reason: 'test' })
const addresses = Array.from({ length: 100_000 }, (_, i) => `user${i}@domain${i % 97}.example`)

function sesAt(percent: number, key = 'goo.ne.jp'): Set<string> {
  const shares = { byDomain: {}, byStream: {} }
  const split = splitter({ hash: testHash(key), stage: () => stageAt(percent), shares, dotAddresses: {} })
  return new Set(addresses.filter((address) => split(address, 'stream') === 'ses'))
}

describe('the split over 100,000 recipients', () => {
  const [ten, fifty] = [sesAt(10), sesAt(50)]

  // A keyed hash draws each person by lot: over 100,000 the standard deviation is 0.16 points at 50 % and 0.09 at 10 %.
  test('is near its share for every key: no key strays further than chance does', () => {
    const strays = ['a', 'b', 'c', 'd', 'e'].map((key) => Math.abs(sesAt(50, key).size / 1_000 - 50))
    expect(Math.max(...strays)).toBeLessThan(4 * 0.16)
  })

  test('gives SES 10 and 50 percent within 0.2 points', () => {
    expect(ten.size / 1_000).toBeGreaterThan(9.8)
    expect(ten.size / 1_000).toBeLessThan(10.2)
    expect(fifty.size / 1_000).toBeGreaterThan(49.8)
    expect(fifty.size / 1_000).toBeLessThan(50.2)
  })

  test('is exact at 0 and at 100', () => {
    expect([sesAt(0).size, sesAt(100).size]).toEqual([0, 100_000])
  })

  test('nobody who was in at 10 percent is out at 50', () => {
    expect([...ten].filter((address) => !fifty.has(address))).toEqual([])
  })

  test('is the same for every gateway with the same key, and another for another key', () => {
    expect(sesAt(10)).toEqual(ten)
    const other = splitter({
      hash: testHash('other'),
      stage: () => stageAt(10),
      shares: { byDomain: {}, byStream: {} },
      dotAddresses: {},
    })
    expect(addresses.filter((address) => other(address, 's') === 'ses' && ten.has(address)).length).toBeLessThan(2_000)
  })
})

describe('shares under the stage', () => {
  const at = (percent: number) =>
    splitter({
      hash: testHash(),
      stage: () => stageAt(percent),
      shares: { byDomain: { 'carrier.example': 0, 'large.example': 100 }, byStream: { 'otp.example': 0 } },
      dotAddresses: {},
    })

  test('a receiving domain with share 0 gets nothing through SES, even at stage 100', () => {
    expect(at(100)('user@carrier.example', 'news.example')).toBe('legacy')
    expect(at(100)('user@Carrier.Example', 'news.example')).toBe('legacy')
  })

  test('a stream with share 0 stays on legacy', () => {
    expect(at(100)('user@large.example', 'otp.example')).toBe('legacy')
  })

  test('the stage is the ceiling of every share', () => {
    expect(at(0)('user@large.example', 'news.example')).toBe('legacy')
  })
})

describe('old carrier addresses', () => {
  const split = splitter({
    hash: testHash(),
    stage: () => stageAt(100),
    shares: { byDomain: {}, byStream: {} },
    dotAddresses: { 'quoting.example': 'quote', 'keeping.example': 'legacy' },
  })

  test.each([
    ['a..b@quoting.example', 'ses'],
    ['a..b@keeping.example', 'legacy'],
    ['a..b@unlisted.example', 'legacy'],
    ['"a..b"@unlisted.example', 'ses'],
    ['user@[192.0.2.1]', 'legacy'],
  ])('%s goes by %s', (address, route) => {
    expect(split(address, 's')).toBe(route)
  })

  test('quoted and bare spellings of one mailbox take the same route at every stage', () => {
    for (let percent = 5; percent < 100; percent += 5) {
      const some = splitter({
        hash: testHash(),
        stage: () => stageAt(percent),
        shares: { byDomain: {}, byStream: {} },
        dotAddresses: { 'carrier.example': 'quote' },
      })
      const routes = ['taro..x@carrier.example', '"taro..x"@carrier.example', 'Taro..X@CARRIER.example'].map((a) =>
        some(a, 's'),
      )
      expect(new Set(routes).size).toBe(1)
    }
  })
})
