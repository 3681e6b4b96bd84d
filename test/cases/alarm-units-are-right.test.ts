// Case C40: reputation metrics are fractions, may not exist, mislead at low volume, and an outage sends no data at all.
import { describe, expect, test } from 'vitest'
import { EMPTY_CELL, type FigureRow } from '../../src/core/base/figures.ts'
import type { AlertId, Verdict } from '../../src/core/watch/alerts.ts'
import { judge } from '../../src/core/watch/levels.ts'
import type { WatchObservation } from '../../src/core/watch/observation.ts'
import { DESIGN_THRESHOLDS, thresholdFaults } from '../../src/core/watch/thresholds.ts'
import { watchOf } from '../../src/core/watch/watch.ts'
import { parsePlan } from '../../src/wiring/config.ts'
import { anObservation, cell, figuresOf, memoryStore, WATCH_BEGIN } from '../support/watch-world.ts'
import { fakeClock, recordedLog } from '../support/fakes.ts'

const verdictOf = (alert: AlertId, changes: Partial<WatchObservation>, thresholds = DESIGN_THRESHOLDS): Verdict =>
  judge(anObservation(changes), thresholds).find((finding) => finding.alert === alert)!.verdict

const REPUTATION = { reputation: { bounce: 0.06, complaint: 0.0012 } }
const AS_WRITTEN = { ...DESIGN_THRESHOLDS, bounce: 5, complaint: 0.1 }

describe('the datapoints 0.06 and 0.0012', () => {
  test('are over 0.05 and 0.001', () => {
    expect(verdictOf('BounceRate', REPUTATION)).toBe('bad')
    expect(verdictOf('ComplaintRate', REPUTATION)).toBe('bad')
  })

  test('are never over 5 and 0.1, so a watch with those does not start', () => {
    expect(verdictOf('BounceRate', REPUTATION, AS_WRITTEN)).toBe('good')
    expect(verdictOf('ComplaintRate', REPUTATION, AS_WRITTEN)).toBe('good')
    expect(thresholdFaults(AS_WRITTEN).map(({ name, message }) => [name, message])).toEqual([
      ['bounce', 'bounce is 5: a rate is a fraction, and its limit lies between 0 and 1'],
      ['complaint', 'complaint is 0.1: SES may pause an account at 0.005, so this alert would come too late'],
    ])
    expect(() =>
      watchOf({
        observe: () => Promise.resolve(anObservation()),
        store: memoryStore(),
        notifiers: [],
        thresholds: AS_WRITTEN,
        policy: {
          timeZone: 'Asia/Tokyo',
          openAfterLooks: 2,
          closeAfterLooks: 15,
          closeAfterLooksMost: 240,
          joinMs: 0,
          reminderHours: 0,
        },
        settings: { domain: 'example.jp', timeZone: 'Asia/Tokyo', languages: ['en'], runbooks: '' },
        clock: fakeClock(),
        log: recordedLog(),
      }),
    ).toThrow('between 0 and 1')
  })

  test('an account without any bounce has no metric, and that is good', () => {
    expect(verdictOf('BounceRate', { reputation: {}, figures: figuresOf(EMPTY_CELL) })).toBe('good')
  })
})

test.each([
  ['bouncePercentMax: 100', 'bounce is 1: a rate is a fraction'],
  ['bouncePercentMax: 0', 'bounce is 0: a rate is a fraction'],
  ['complaintPercentMax: 10', 'SES may pause an account at 0.005'],
])('a plan with %s is faulty', (gate, why) => {
  const text = `domain: example.jp\nlegacy:\n  hosts: [{ host: mx1.example.jp }]\ngates: { ${gate} }\n`
  const reading = parsePlan(text, { file: 'p.yaml', hostname: 'gw1.example.jp' })
  expect(reading).toMatchObject({ kind: 'faulty', faults: [expect.stringContaining(why)] })
})

test('13 sends with 1 bounce raise nothing', () => {
  const figures = figuresOf(cell({ sent: 13, delivered: 12, hardBounced: 1 }))
  expect(judge(anObservation({ figures }), DESIGN_THRESHOLDS).filter(({ verdict }) => verdict === 'bad')).toEqual([])
})

describe('500 mails queued and nothing sent for three hours', () => {
  const routes = [{ route: 'ses', state: 'running', reason: '', waiting: 500 }] as const

  test('is bad, where every rate is good for want of data', () => {
    const figures = figuresOf(EMPTY_CELL)
    expect(verdictOf('QueueStuck', { routes, figures })).toBe('bad')
    for (const alert of ['BounceRate', 'ComplaintRate', 'SendSuccessRate'] as const) {
      expect(verdictOf(alert, { routes, figures })).toBe('good')
    }
  })

  test('is bad too when what was sent cannot be read', () => {
    const { figures: _, ...unread } = anObservation({ routes, figuresFailed: 'the disk is gone' })
    const findings = judge(unread, DESIGN_THRESHOLDS).filter(({ verdict }) => verdict === 'bad')
    expect(findings.map(({ alert }) => alert)).toEqual(['QueueStuck', 'FiguresUnreadable'])
  })
})

test('an event pipeline that is dead is an alert of its own, though its rates look perfect', () => {
  const sent: FigureRow = { atMs: WATCH_BEGIN - 600_000, route: 'ses', label: '', counts: { sent: 3_000 }, latency: {} }
  const figures = { ...figuresOf(cell({ sent: 30_000, delivered: 20_000 })), minutes: [sent] }
  const bad = judge(anObservation({ figures }), DESIGN_THRESHOLDS).filter(({ verdict }) => verdict === 'bad')
  expect(bad.map(({ alert }) => alert)).toEqual(['EventPipelineDead'])
})
