import { describe, expect, test } from 'vitest'
import { createRollingDay, createTokenBucket } from './quota.ts'

const HOUR = 3_600_000

describe('the token bucket', () => {
  test('passes a mail of fifty at a rate of fourteen, then makes the next wait for the debt', () => {
    const bucket = createTokenBucket(
      () => 14,
      () => 14,
    )
    expect(bucket.take(0, 50)).toBe(true)
    expect(bucket.take(0, 1)).toBe(false)
    expect(bucket.take(2_571, 1)).toBe(false)
    expect(bucket.take(2_600, 1)).toBe(true)
  })

  test('keeps to the rate over a minute, with one burst on top', () => {
    const bucket = createTokenBucket(
      () => 10,
      () => 5,
    )
    let taken = 0
    for (let at = 0; at < 60_000; at += 10) if (bucket.take(at, 1)) taken += 1
    expect(taken).toBeGreaterThanOrEqual(600)
    expect(taken).toBeLessThanOrEqual(606)
  })

  test('follows a rate that is changed', () => {
    let rate = 1
    const bucket = createTokenBucket(
      () => rate,
      () => 1,
    )
    expect(bucket.take(0, 1)).toBe(true)
    expect(bucket.take(0, 1)).toBe(false)
    expect(bucket.take(500, 3)).toBe(true)
    expect(bucket.take(1_000, 1)).toBe(false)
    rate = 100
    expect(bucket.take(1_100, 1)).toBe(true)
  })
})

describe('the rolling day', () => {
  test('lets a send go after 24 hours, not at midnight', () => {
    const day = createRollingDay()
    const start = 20 * HOUR
    day.add(start, 7)
    expect(day.total(start + 23 * HOUR)).toBe(7)
    expect(day.total(start + 24 * HOUR - 1)).toBe(7)
    expect(day.total(start + 24 * HOUR + 60_000)).toBe(0)
  })

  test('drops only what is old', () => {
    const day = createRollingDay()
    day.add(0, 1)
    day.add(10 * HOUR, 10)
    day.add(20 * HOUR, 100)
    expect(day.total(20 * HOUR)).toBe(111)
    expect(day.total(25 * HOUR)).toBe(110)
    expect(day.total(35 * HOUR)).toBe(100)
    expect(day.total(300 * HOUR)).toBe(0)
  })
})
