// How much may be sent: recipients a second with a small credit, and recipients in any 24 hours (AWS guide, "quotas").
// Nothing here reads a clock.

const DAY_MS = 86_400_000
/** Grain of the rolling day: 1,441 numbers whatever the volume. A minute leaves when all of it is older than 24 hours. */
const GRAIN_MS = 60_000
const GRAINS = DAY_MS / GRAIN_MS + 1

export interface TokenBucket {
  /** Takes `count` when there is any credit; the credit may go below zero, so a mail of 50 passes a rate of 14. */
  take(nowMs: number, count: number): boolean
}

/** Credit grows by `rate()` a second up to `burst()`. Both are asked each time, because knobs change them. */
export function createTokenBucket(rate: () => number, burst: () => number): TokenBucket {
  let credit = Number.POSITIVE_INFINITY
  let at = 0
  return {
    take(nowMs, count) {
      credit = Math.min(burst(), credit + (Math.max(0, nowMs - at) / 1_000) * rate())
      at = nowMs
      if (credit <= 0) return false
      credit -= count
      return true
    },
  }
}

export interface RollingDay {
  add(nowMs: number, count: number): void
  total(nowMs: number): number
}

export function createRollingDay(): RollingDay {
  const counts = new Float64Array(GRAINS)
  let total = 0
  let newest = 0
  const rollTo = (nowMs: number): number => {
    const grain = Math.floor(nowMs / GRAIN_MS)
    const from = Math.max(newest + 1, grain - GRAINS + 1)
    for (let passed = from; passed <= grain; passed += 1) {
      total -= counts[passed % GRAINS]!
      counts[passed % GRAINS] = 0
    }
    newest = Math.max(newest, grain)
    return newest % GRAINS
  }
  return {
    add(nowMs, count) {
      counts[rollTo(nowMs)]! += count
      total += count
    },
    total(nowMs) {
      rollTo(nowMs)
      return total
    },
  }
}
