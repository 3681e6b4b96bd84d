// C39, as far as a plan can tell: the spelling of event types, the letters of dimensions, and two kinds in one destination.
import { describe, expect, test } from 'vitest'
import type { ConfigurationSetPlan } from '../../src/core/plan/design.ts'
import { judgePlan } from '../../src/core/plan/findings/all.ts'
import { readPlan } from '../../src/wiring/config.ts'

const EVENTS = ['send', 'delivery', 'bounce', 'complaint', 'reject', 'deliveryDelay', 'renderingFailure']
const CAPITALS = ['SEND', 'DELIVERY', 'BOUNCE', 'COMPLAINT', 'REJECT', 'DELIVERY_DELAY', 'RENDERING_FAILURE']

function idsWith(change: ConfigurationSetPlan): readonly string[] {
  const reading = readPlan('plans/goo.ne.jp.mended.yaml')
  if (reading.kind === 'faulty') throw new Error(reading.faults.join('\n'))
  const { plan } = reading
  return judgePlan({ ...plan, configurationSet: { ...plan.configurationSet, ...change } }).map(({ id }) => id)
}

describe('event types', () => {
  test.each([[EVENTS], [CAPITALS]])('are taken in one spelling: %j', (eventTypes) => {
    expect(idsWith({ eventTypes })).toEqual([])
  })

  test('are refused in two spellings, and in a third', () => {
    expect(idsWith({ eventTypes: [...EVENTS.slice(1), 'SEND'] })).toEqual(['ses-event-spelling'])
    expect(idsWith({ eventTypes: [...EVENTS, 'Email Bounced'] })).toEqual(['ses-event-spelling'])
  })
})

describe('a dimension', () => {
  test.each([
    ['news', []],
    ['goo-ne-jp_1', []],
    ['a b', ['ses-dimension-value']],
    ['例', ['ses-dimension-value']],
    // CloudFormation takes no dots, though the API does.
    ['example.com', ['ses-dimension-value']],
  ])('with the default %j', (value, ids) => {
    expect(idsWith({ dimensions: [{ name: 'stream', default: value }] })).toEqual(ids)
  })
})

describe('a destination', () => {
  test('has one kind', () => {
    expect(idsWith({ eventDestination: 'SNS' })).toEqual([])
    expect(idsWith({ eventDestination: 'CloudWatch and SNS' })).toEqual(['ses-event-destination'])
  })
})
