import { describe, expect, test } from 'vitest'
import { afterSignal, allowance, closed, RUNNING, type Breaker } from './breaker.ts'
import type { RouteSignal } from './outcome.ts'

const reply = { code: 454, text: 'Throttling failure', host: 'ses', command: 'end of DATA' }
const NOW = 1_000_000
const MIDDLE = 0.5

function after(breaker: Breaker, ...signals: readonly (readonly [RouteSignal, number])[]) {
  let alarms = 0
  let state = breaker
  for (const [signal, at] of signals) {
    const step = afterSignal(state, signal, at, MIDDLE)
    state = step.breaker
    if (step.alarm) alarms += 1
  }
  return { breaker: state, alarms }
}

describe('a route that SES throttles', () => {
  test('waits a little, then tries one, and raises no alarm', () => {
    const { breaker, alarms } = after(RUNNING, [{ kind: 'throttled', reply }, NOW])
    expect(breaker).toMatchObject({ condition: 'pausing', reason: 'throttled', until: NOW + 250 })
    expect([allowance(breaker, NOW), allowance(breaker, NOW + 250)]).toEqual([0, 1])
    expect(alarms).toBe(0)
  })

  test('counts the answers of one wave as one trouble', () => {
    const wave = Array.from({ length: 50 }, (_, i): [RouteSignal, number] => [{ kind: 'throttled', reply }, NOW + i])
    expect(after(RUNNING, ...wave).breaker.troubles).toBe(1)
  })

  test('waits longer each time, and no longer than five seconds', () => {
    let breaker = RUNNING
    const pauses: number[] = []
    let now = NOW
    for (let i = 0; i < 7; i += 1) {
      breaker = afterSignal(breaker, { kind: 'throttled', reply }, now, MIDDLE).breaker
      pauses.push(breaker.until - now)
      now = breaker.until
    }
    expect(pauses).toEqual([250, 500, 1_000, 2_000, 4_000, 5_000, 5_000])
  })

  test('runs again after one good answer', () => {
    expect(after(RUNNING, [{ kind: 'throttled', reply }, NOW], [{ kind: 'healthy' }, NOW + 300]).breaker).toEqual(
      RUNNING,
    )
  })
})

describe('a route whose daily quota is used up', () => {
  test('waits ten minutes as a whole and alarms once, however often it is refused', () => {
    const refusals = Array.from({ length: 20 }, (_, i): [RouteSignal, number] => [
      { kind: 'dailyQuota', reply },
      NOW + i * 600_000,
    ])
    const { breaker, alarms } = after(RUNNING, ...refusals)
    expect(breaker).toMatchObject({ condition: 'pausing', reason: 'dailyQuota' })
    expect(alarms).toBe(1)
  })

  test('alarms again for a new shortage after it had worked', () => {
    const { alarms } = after(
      RUNNING,
      [{ kind: 'dailyQuota', reply }, NOW],
      [{ kind: 'healthy' }, NOW + 600_000],
      [{ kind: 'dailyQuota', reply }, NOW + 700_000],
    )
    expect(alarms).toBe(2)
  })
})

describe('a route that is misconfigured', () => {
  const broken: RouteSignal = { kind: 'misconfigured', reason: 'identityNotVerified' }

  test('stops, alarms once, and tries one part every five minutes', () => {
    const { breaker, alarms } = after(RUNNING, [broken, NOW], [broken, NOW + 1], [broken, NOW + 300_000])
    expect(breaker).toMatchObject({ condition: 'stopped', reason: 'identityNotVerified', until: NOW + 600_000 })
    expect(alarms).toBe(1)
  })

  test('is not reopened by a good answer to a mail that was already under way', () => {
    expect(after(RUNNING, [broken, NOW], [{ kind: 'healthy' }, NOW + 5]).breaker.condition).toBe('stopped')
  })

  test('is not turned into a mere pause by a late throttling answer', () => {
    expect(after(RUNNING, [broken, NOW], [{ kind: 'throttled', reply }, NOW + 5]).breaker.condition).toBe('stopped')
  })

  test('runs again when the try after the pause succeeds', () => {
    expect(after(RUNNING, [broken, NOW], [{ kind: 'healthy' }, NOW + 300_001]).breaker).toEqual(RUNNING)
  })
})

describe('a route that nobody answers on', () => {
  const gone: RouteSignal = { kind: 'unreachable', reason: 'connectionRefused' }

  test('wakes nobody for a restart of some seconds', () => {
    expect(after(RUNNING, [gone, NOW], [gone, NOW + 1_000], [gone, NOW + 3_000]).alarms).toBe(0)
  })

  test('alarms once when it lasts a minute', () => {
    const tries = [0, 1, 3, 7, 15, 31, 63, 123, 183].map((s): [RouteSignal, number] => [gone, NOW + s * 1_000])
    expect(after(RUNNING, ...tries).alarms).toBe(1)
  })
})

test('a route that a person closed stays closed whatever is answered', () => {
  const breaker = closed(NOW)
  expect(after(breaker, [{ kind: 'healthy' }, NOW + 1], [{ kind: 'throttled', reply }, NOW + 2]).breaker).toEqual(
    breaker,
  )
  expect(allowance(breaker, NOW + 1e12)).toBe(0)
})
