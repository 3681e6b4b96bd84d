// C40: SES reputation metrics are fractions, may not exist at all, and an outage sends no data.
import { describe, expect, test } from 'vitest'
import type { AlarmPlan } from '../../src/core/plan/design.ts'
import { judgePlan } from '../../src/core/plan/findings/all.ts'
import { readPlan } from '../../src/wiring/config.ts'

function idsWith(alarms: Readonly<Record<string, AlarmPlan>>): readonly string[] {
  const reading = readPlan('plans/goo.ne.jp.mended.yaml')
  if (reading.kind === 'faulty') throw new Error(reading.faults.join('\n'))
  return judgePlan({ ...reading.plan, alarms: { ...alarms } }).map(({ id }) => id)
}

const SILENCE: AlarmPlan = { metric: 'Delivery', threshold: 1, missingData: 'breaching' }
const rate = (metric: string, threshold: number, missingData = 'ignore'): AlarmPlan => ({
  metric,
  threshold,
  missingData,
})

describe('a threshold', () => {
  test.each([
    ['Reputation.BounceRate', 5],
    ['Reputation.BounceRate', 1],
    ['Reputation.ComplaintRate', 1],
  ])('of %s at %d can never fire, and is refused', (metric, threshold) => {
    expect(idsWith({ SILENCE, A: rate(metric, threshold) })).toEqual(['alarm-never-fires'])
  })

  test('of 0.1 for complaints would fire long after SES has stopped the account', () => {
    expect(idsWith({ SILENCE, A: rate('Reputation.ComplaintRate', 0.1) })).toEqual(['alarm-after-review'])
  })

  test.each([
    ['Reputation.BounceRate', 0.05],
    ['Reputation.ComplaintRate', 0.001],
    ['Reputation.BounceRate', 0.04],
  ])('of %s at %d is what SES asks for', (metric, threshold) => {
    expect(idsWith({ SILENCE, A: rate(metric, threshold) })).toEqual([])
  })
})

describe('silence', () => {
  test('is no bounce: a rate alarm must not fire when its metric does not exist yet', () => {
    expect(idsWith({ SILENCE, A: rate('Reputation.BounceRate', 0.05, 'breaching') })).toEqual([
      'alarm-silence-is-breaching',
    ])
  })

  test('must be heard by an alarm of its own, because a dead pipeline leaves all lamps green', () => {
    expect(idsWith({ A: rate('Reputation.BounceRate', 0.05) })).toEqual(['alarm-silence-unheard'])
  })
})
