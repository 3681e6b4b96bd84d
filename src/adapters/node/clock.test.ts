// The machine's clock: only that it sleeps, wakes and lets go.
import { getEventListeners } from 'node:events'
import { describe, expect, it } from 'vitest'
import { systemClock } from './clock.ts'
import { systemRandom } from './random.ts'

describe('a sleep', () => {
  it('ends after its time, and at once when it is none', async () => {
    await systemClock().sleep(1)
    await systemClock().sleep(0)
    await systemClock().sleep(-5)
  })

  it('ends at once when it is aborted, before or during, and leaves no listener behind', async () => {
    const abort = new AbortController()
    const asleep = systemClock().sleep(3_600_000, abort.signal)
    expect(getEventListeners(abort.signal, 'abort')).toHaveLength(1)
    abort.abort()
    await asleep
    await systemClock().sleep(3_600_000, abort.signal)
    expect(getEventListeners(abort.signal, 'abort')).toHaveLength(0)
  })

  it('of a month does not end at once, as a timer of 2^31 ms would', async () => {
    const abort = new AbortController()
    let ended = false
    const asleep = systemClock()
      .sleep(30 * 86_400_000, abort.signal)
      .then(() => (ended = true))
    await systemClock().sleep(5)
    expect(ended).toBe(false)
    abort.abort()
    await asleep
  })
})

describe('chance', () => {
  it('is in [0, 1) and spread over it', () => {
    const random = systemRandom()
    const drawn = Array.from({ length: 10_000 }, () => random.next())
    expect(Math.min(...drawn)).toBeGreaterThanOrEqual(0)
    expect(Math.max(...drawn)).toBeLessThan(1)
    for (let tenth = 0; tenth < 10; tenth += 1) {
      const count = drawn.filter((value) => Math.floor(value * 10) === tenth).length
      // 1,000 expected; eight standard deviations either way fail once in 10^15 runs.
      expect(count).toBeGreaterThan(760)
      expect(count).toBeLessThan(1_240)
    }
  })
})
