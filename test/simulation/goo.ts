// The policy of goo.ne.jp's plan, written out, as the simulations use it.
import type { Gate } from '../../src/core/shift/gates.ts'
import type { ShiftPolicy } from '../../src/core/shift/policy.ts'
import { DAY_MS, HOUR_MS } from './traffic.ts'

export const GATES: readonly Gate[] = [
  { name: 'bounce', rollBackAbove: 0.05, advanceBelow: 0.05, ratio: 1.5, margin: 0.003 },
  { name: 'complaint', rollBackAbove: 0.001, advanceBelow: 0.001, ratio: Number.POSITIVE_INFINITY, margin: 0 },
  { name: 'failure', rollBackAbove: 0.05, advanceBelow: 0.005, ratio: 1.5, margin: 0.01 },
  { name: 'latency', rollBackAbove: 0.05, advanceBelow: 0.05, ratio: 1.5, margin: 0.03 },
]

export const GOO: ShiftPolicy = {
  domain: 'goo.ne.jp',
  timeZone: 'Asia/Tokyo',
  mode: 'on',
  stages: [
    { percent: 10, leastMs: DAY_MS, leastMails: 100_000 },
    { percent: 50, leastMs: 3 * DAY_MS, leastMails: 1_000_000 },
    { percent: 100, leastMs: 7 * DAY_MS, leastMails: 5_000_000 },
  ],
  gates: GATES,
  slowMs: 60_000,
  dkimPassAbove: 0.99,
  quotaShare: 0.8,
  coolDownMs: DAY_MS,
  personMs: DAY_MS,
  holdBackMs: DAY_MS,
  recipientsPerDay: 5_300_000,
}

/** 2026-12-01 09:00 in Tokyo, a Tuesday. */
export const BEGIN = Date.UTC(2026, 11, 1, 0)
export const HOUR = HOUR_MS
export const DAY = DAY_MS
