import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { lowerBound, natsAbove, rateOf, upperBound } from './evidence.ts'

describe('bounds on a rate', () => {
  // Written out from n·KL(k/n ‖ p) with a pocket calculator.
  test.each([
    [10, 100, 0.05, 2.065],
    [1, 13, 0.05, 0.086],
    [60, 12_000, 0.001, 48.66],
    [600, 12_000, 0.05, 0],
    [0, 1_000, 0.05, 0],
    [0, 0, 0.05, 0],
  ])('%d of %d above %d is believable to %d nats', (bad, of, rate, nats) => {
    expect(natsAbove({ bad, of }, rate)).toBeCloseTo(nats, 2)
  })

  test('nothing bad in 460 mails leaves one percent believable at 4.6 nats', () => {
    expect(upperBound({ bad: 0, of: 460 }, 4.6)).toBeCloseTo(0.00995, 4)
    expect(lowerBound({ bad: 0, of: 460 }, 4.6)).toBe(0)
  })

  test('no mails leave everything believable', () => {
    expect(rateOf({ bad: 0, of: 0 })).toBeUndefined()
    expect(lowerBound({ bad: 0, of: 0 }, 18)).toBe(0)
    expect(upperBound({ bad: 0, of: 0 }, 18)).toBe(1)
  })

  test('all bad is above any limit, however few they are', () => {
    expect(natsAbove({ bad: 6, of: 6 }, 0.05)).toBeCloseTo(17.97, 2)
    expect(upperBound({ bad: 6, of: 6 }, 18)).toBeCloseTo(1, 9)
  })

  const share = fc
    .tuple(fc.integer({ min: 1, max: 1_000_000 }), fc.double({ min: 0, max: 1, noNaN: true }))
    .map(([of, part]) => ({ bad: Math.floor(of * part), of }))

  test('they stand on either side of the bare rate, and close in as mails come', () => {
    fc.assert(
      fc.property(share, fc.double({ min: 0.5, max: 30, noNaN: true }), ({ bad, of }, nats) => {
        const rate = bad / of
        const [low, high] = [lowerBound({ bad, of }, nats), upperBound({ bad, of }, nats)]
        expect(low).toBeLessThanOrEqual(rate + 1e-9)
        expect(high).toBeGreaterThanOrEqual(rate - 1e-9)
        const [low10, high10] = [
          lowerBound({ bad: bad * 10, of: of * 10 }, nats),
          upperBound({ bad: bad * 10, of: of * 10 }, nats),
        ]
        expect(low10).toBeGreaterThanOrEqual(low - 1e-9)
        expect(high10).toBeLessThanOrEqual(high + 1e-9)
      }),
    )
  })

  test('chance alone passes 6 nats less than once in 400 looks', () => {
    // A fair lottery by a written-out generator: 2,000 samples of 500 mails at 2 %.
    let state = 20_261_125
    const random = (): number => {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
      return state / 4_294_967_296
    }
    let passed = 0
    for (let sample = 0; sample < 2_000; sample += 1) {
      let bad = 0
      for (let mail = 0; mail < 500; mail += 1) if (random() < 0.02) bad += 1
      if (natsAbove({ bad, of: 500 }, 0.02) >= 6) passed += 1
    }
    expect(passed).toBeLessThanOrEqual(5)
  })
})
