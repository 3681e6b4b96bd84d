import { describe, expect, test } from 'vitest'
import { answerRate } from './answer-rate.ts'

describe('the rate of answers', () => {
  test('counts a /24 and a /64 as one, and others by themselves', () => {
    const rate = answerRate()
    const taken = (address: string) =>
      Array.from({ length: 60 }, () => rate.take(address, 5_000)).filter(Boolean).length
    expect(taken('192.0.2.1')).toBe(60)
    expect(taken('192.0.2.2')).toBe(40)
    expect(taken('192.0.3.2')).toBe(60)
    expect(taken('2001:db8:1:2::1')).toBe(60)
    expect(taken('2001:db8:1:2:3::1')).toBe(40)
    expect(taken('2001:db8:1:3::1')).toBe(60)
    expect(taken('2001:db8::1')).toBe(60)
    expect(taken('2001:db8::ffff:2')).toBe(40)
  })

  test('begins anew every second', () => {
    const rate = answerRate()
    for (let i = 0; i < 100; i += 1) rate.take('192.0.2.1', 5_000)
    expect(rate.take('192.0.2.1', 5_999)).toBe(false)
    expect(rate.take('192.0.2.1', 6_000)).toBe(true)
  })

  test('gives no full answer to networks beyond what it counts', () => {
    const rate = answerRate()
    for (let i = 0; i < 9_999; i += 1) rate.take(`10.${i >> 8}.${i & 255}.1`, 5_000)
    expect(rate.take('192.0.2.1', 5_000)).toBe(true)
    expect(rate.take('192.0.3.1', 5_000)).toBe(false)
    expect(rate.take('192.0.2.1', 5_000)).toBe(true)
  })
})
