import { describe, expect, test } from 'vitest'
import { gateFault } from './gate.ts'
import { quotaWatch } from './quota.ts'
import { memoryQueue } from '../../../test/support/fakes.ts'

describe('the gate', () => {
  const limits = { queueDiskOctets: 1_000, freeDiskOctets: 100, queueAgeHours: 24 }
  const facts = {
    counts: { ...memoryQueue().counts(), diskBytes: 999 },
    freeOctets: 100,
    nowMs: 200_000_000,
    stopping: false,
  }

  test('is open below every limit', () => {
    expect(gateFault(limits, facts)).toBeUndefined()
  })

  test('closes at the limit on disk, on a nearly full disk, behind an old mail, and while stopping', () => {
    const old = { ...facts.counts, oldestAcceptedAt: facts.nowMs - 24 * 3_600_000 - 1 }
    expect(gateFault(limits, { ...facts, counts: { ...facts.counts, diskBytes: 1_000 } })?.reason).toBe('queueFull')
    expect(gateFault(limits, { ...facts, freeOctets: 99 })?.reason).toBe('queueFull')
    expect(gateFault(limits, { ...facts, counts: old })?.reason).toBe('queueFull')
    expect(gateFault(limits, { ...facts, stopping: true })?.reason).toBe('stopping')
  })
})

// C12.
describe('the daily quota', () => {
  test('-1 is unlimited: no percentage, no end', () => {
    const watch = quotaWatch({ gateways: 1 })
    watch.refreshed({ max24Hours: undefined, sentLast24Hours: 5_000 })
    watch.sent(1e9)
    expect([watch.hasRoom(), watch.usedPercent()]).toEqual([true, undefined])
  })

  test('41,000 of 50,000 is 82 percent', () => {
    const watch = quotaWatch({ gateways: 1 })
    watch.refreshed({ max24Hours: 50_000, sentLast24Hours: 41_000 })
    expect(watch.usedPercent()).toBe(82)
  })

  test('ends when what was left is sent, and goes on when the window has moved', () => {
    const watch = quotaWatch({ gateways: 1 })
    watch.refreshed({ max24Hours: 100, sentLast24Hours: 90 })
    watch.sent(9)
    expect(watch.hasRoom()).toBe(true)
    watch.sent(1)
    expect(watch.hasRoom()).toBe(false)
    watch.refreshed({ max24Hours: 100, sentLast24Hours: 60 })
    expect(watch.hasRoom()).toBe(true)
  })

  test('is shared by gateways that do not see each other', () => {
    const watch = quotaWatch({ gateways: 4 })
    watch.refreshed({ max24Hours: 100, sentLast24Hours: 60 })
    watch.sent(10)
    expect(watch.hasRoom()).toBe(false)
  })

  test('does not hold mail back before anything is known', () => {
    expect(quotaWatch({ gateways: 1 }).hasRoom()).toBe(true)
  })
})
