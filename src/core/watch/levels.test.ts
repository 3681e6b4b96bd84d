// The levels of §8.2 and our own: when each is bad, when it is not, and when there is nothing to tell by.
import { describe, expect, test } from 'vitest'
import { anObservation, cell, figuresOf, WATCH_BEGIN } from '../../../test/support/watch-world.ts'
import { EMPTY_CELL, type FigureRow } from '../base/figures.ts'
import { ALERT_LEVELS, type AlertId, type Finding } from './alerts.ts'
import { judge } from './levels.ts'
import type { WatchObservation } from './observation.ts'
import { DESIGN_THRESHOLDS, thresholdFaults } from './thresholds.ts'

function found(alert: AlertId, changes: Partial<WatchObservation>, scope = ''): Finding {
  return judge(anObservation(changes), DESIGN_THRESHOLDS).find((one) => one.alert === alert && one.scope === scope)!
}

const MINUTE = 60_000
const row = (minutesAgo: number, route: 'ses' | 'legacy', counts: FigureRow['counts']): FigureRow => ({
  atMs: WATCH_BEGIN - minutesAgo * MINUTE,
  route,
  label: '',
  counts,
  latency: {},
})
const minutes = (...rows: readonly FigureRow[]) => ({ figures: { ...figuresOf(EMPTY_CELL), minutes: rows } })

test('the levels of the design are those of §8.2', () => {
  expect(DESIGN_THRESHOLDS).toEqual({
    bounce: 0.05,
    complaint: 0.001,
    success: 0.95,
    quota: 0.8,
    functionErrors: 0.005,
    keyDays: 30,
  })
  expect(ALERT_LEVELS).toMatchObject({
    BounceRate: 'critical',
    ComplaintRate: 'critical',
    SendSuccessRate: 'critical',
    DKIMExpiry: 'critical',
    SendingQuota: 'warning',
    LambdaErrors: 'warning',
    UnusualTrafficPattern: 'warning',
  })
})

test('a day on which all is well has no bad finding', () => {
  expect(judge(anObservation(), DESIGN_THRESHOLDS).filter(({ verdict }) => verdict === 'bad')).toEqual([])
})

describe('rates', () => {
  test.each([
    ['6 % bounce', 'BounceRate', { delivered: 9_400, hardBounced: 600 }, 'bad', 0.06],
    ['5 % bounce: not over', 'BounceRate', { delivered: 9_500, hardBounced: 500 }, 'good', 0.05],
    ['1 of 13 bounces', 'BounceRate', { delivered: 12, hardBounced: 1 }, 'good', 1 / 13],
    ['13 of 13 bounce', 'BounceRate', { hardBounced: 13 }, 'good', 1],
    ['12 of 100 bounce', 'BounceRate', { delivered: 88, hardBounced: 12 }, 'bad', 0.12],
    ['soft bounces are no hard ones', 'BounceRate', { delivered: 900, softBounced: 100 }, 'good', 0],
    ['0.12 % complain', 'ComplaintRate', { delivered: 10_000, complained: 12 }, 'bad', 0.0012],
    ['0.1 % complain: not over', 'ComplaintRate', { delivered: 10_000, complained: 10 }, 'good', 0.001],
    ['2 of 1,500 complain', 'ComplaintRate', { delivered: 1_500, complained: 2 }, 'good', 2 / 1_500],
    ['94 % go through', 'SendSuccessRate', { delivered: 9_400, softBounced: 400, refused: 200 }, 'bad', 0.94],
    ['95 % go through: not under', 'SendSuccessRate', { delivered: 9_500, refused: 500 }, 'good', 0.95],
    ['hard bounces are the list’s fault', 'SendSuccessRate', { delivered: 9_000, hardBounced: 1_000 }, 'good', 1],
    ['0 of 4 go through', 'SendSuccessRate', { refused: 4 }, 'good', 0],
  ] as const)('%s', (_, alert, counts, verdict, rate) => {
    const finding = found(alert, { figures: figuresOf(cell(counts)) })
    expect(finding.verdict).toBe(verdict)
    expect(finding.facts).toMatchObject({ rate })
  })

  test('the old route stands beside the rate, over the same time', () => {
    const figures = figuresOf(
      cell({ delivered: 9_400, hardBounced: 600 }),
      cell({ delivered: 93_000, hardBounced: 7_000 }),
    )
    expect(found('BounceRate', { figures }).facts).toMatchObject({ legacyRate: 0.07, legacyOf: 100_000 })
  })

  test('SES’s own figure counts at any volume, and before the first bounce there is none', () => {
    const few = { figures: figuresOf(cell({ delivered: 12, hardBounced: 1 })) }
    expect(found('BounceRate', { ...few, reputation: { bounce: 0.06 } })).toMatchObject({
      verdict: 'bad',
      facts: { rate: 0.06, threshold: 0.05 },
    })
    expect(found('ComplaintRate', { ...few, reputation: { complaint: 0.0012 } }).verdict).toBe('bad')
    expect(found('BounceRate', { ...few, reputation: {} }).verdict).toBe('good')
  })

  test.each([
    ['81 % of the quota', { sentIn24Hours: 8_100_000, maxIn24Hours: 10_000_000 }, 'bad'],
    ['80 % of the quota', { sentIn24Hours: 8_000_000, maxIn24Hours: 10_000_000 }, 'good'],
    ['an unlimited quota', { sentIn24Hours: 8_000_000 }, 'good'],
  ])('%s', (_, quota, verdict) => {
    const account = { sendingEnabled: true, enforcement: 'HEALTHY', ...quota }
    expect(found('SendingQuota', { account }).verdict).toBe(verdict)
  })

  test('functions fail above 0.5 %, and where there are none nothing is said', () => {
    expect(found('LambdaErrors', { functions: { invocations: 10_000, errors: 51 } }).verdict).toBe('bad')
    expect(found('LambdaErrors', { functions: { invocations: 10_000, errors: 50 } }).verdict).toBe('good')
    expect(found('LambdaErrors', {}).verdict).toBe('unknown')
  })

  test.each([
    [29, 'bad'],
    [30, 'good'],
    [-1, 'bad'],
  ])('a key with %i days left is %s', (days, verdict) => {
    const endsAt = WATCH_BEGIN + days * 86_400_000 + 1
    expect(found('DKIMExpiry', { key: { selector: 'watari1', endsAt } })).toMatchObject({ verdict, facts: { days } })
  })
})

describe('silence and standstill', () => {
  test('mails that SES took and no event of any is a dead pipeline: soon at volume, later at night', () => {
    expect(found('EventPipelineDead', minutes(row(10, 'ses', { sent: 200 })))).toMatchObject({
      verdict: 'bad',
      facts: { sent: 200, events: 0, minutes: 15 },
    })
    expect(found('EventPipelineDead', minutes(row(10, 'ses', { sent: 199 }))).verdict).toBe('unknown')
    expect(found('EventPipelineDead', minutes(row(20, 'ses', { sent: 20 })))).toMatchObject({
      verdict: 'bad',
      facts: { sent: 20, minutes: 30 },
    })
  })

  test('one event is enough to be alive, and nothing sent proves nothing', () => {
    const alive = minutes(row(10, 'ses', { sent: 5_000 }), row(1, 'ses', { softBounced: 1 }))
    expect(found('EventPipelineDead', alive).verdict).toBe('good')
    expect(found('EventPipelineDead', minutes()).verdict).toBe('unknown')
    const legacyOnly = minutes(row(10, 'ses', { sent: 500 }), row(10, 'legacy', { sent: 500, delivered: 500 }))
    expect(found('EventPipelineDead', legacyOnly).verdict).toBe('bad')
  })

  test('old hosts that tell no outcome are told of only where their logs are followed', () => {
    const silent = minutes(row(20, 'legacy', { sent: 500 }))
    expect(found('LegacyLogSilent', silent).verdict).toBe('bad')
    expect(found('LegacyLogSilent', { ...silent, legacyLogs: false })).toBeUndefined()
  })

  const waiting = (count: number, state = 'running') => ({
    routes: [{ route: 'ses', state, reason: '', waiting: count } as const],
  })
  test.each([
    ['500 wait and nothing was sent', { ...waiting(500), ...minutes() }, 'bad'],
    ['500 wait and one was sent', { ...waiting(500), ...minutes(row(14, 'ses', { sent: 1 })) }, 'good'],
    ['500 wait and one was sent an hour ago', { ...waiting(500), ...minutes(row(60, 'ses', { sent: 1 })) }, 'bad'],
    ['19 wait, which may all be backing off', { ...waiting(19), ...minutes() }, 'good'],
    ['a person has stopped the route', { ...waiting(500, 'stoppedByPerson'), ...minutes() }, 'good'],
    ['the gateway has just started', { ...waiting(500), ...minutes(), startedAt: WATCH_BEGIN - 5 * MINUTE }, 'good'],
  ])('%s: %s', (_, changes, verdict) => {
    expect(found('QueueStuck', changes, 'ses').verdict).toBe(verdict)
  })

  test.each([
    ['SesPaused', { sendingEnabled: false, enforcement: 'HEALTHY' }, 'bad'],
    ['SesPaused', { sendingEnabled: true, enforcement: 'SHUTDOWN' }, 'bad'],
    ['SesPaused', { sendingEnabled: true, enforcement: 'PROBATION' }, 'good'],
    ['SesUnderReview', { sendingEnabled: true, enforcement: 'PROBATION' }, 'bad'],
    ['SesUnderReview', { sendingEnabled: true, enforcement: 'HEALTHY' }, 'good'],
  ] as const)('%s with %j is %s', (alert, account, verdict) => {
    expect(found(alert, { account: { ...account, sentIn24Hours: 0 } }).verdict).toBe(verdict)
  })

  test('an account that cannot be asked leaves what is open open', () => {
    const { account: _, ...observation } = anObservation()
    const findings = judge(observation, DESIGN_THRESHOLDS)
    expect(findings.filter(({ verdict }) => verdict === 'unknown').map(({ alert }) => alert)).toEqual([
      'EventPipelineDead',
      'LegacyLogSilent',
      'SesPaused',
      'SesUnderReview',
      'SendingQuota',
      'LambdaErrors',
      'UnusualTrafficPattern',
    ])
  })

  test('a stopped route, a gateway that takes no mail, and a disk that fills', () => {
    const stopped = { routes: [{ route: 'ses', state: 'stopped', reason: 'misconfigured', waiting: 0 } as const] }
    expect(found('RouteStopped', stopped, 'ses').verdict).toBe('bad')
    expect(found('GatewayRefusesMail', { notReadyBecause: ['the queue is full'] }).verdict).toBe('bad')
    const disk = { usedOctets: 2, limitOctets: 100, leastFreeOctets: 10 }
    expect(found('StorageFilling', { disk: { ...disk, freeOctets: 29 } })).toMatchObject({
      verdict: 'bad',
      facts: { rate: 0.81, leftOctets: 19 },
    })
    expect(found('StorageFilling', { disk: { ...disk, freeOctets: 31 } }).verdict).toBe('good')
  })
})

describe('traffic against the same hour of the week', () => {
  const look = (accepted: number, before: readonly number[]) => ({
    figures: { ...figuresOf(EMPTY_CELL), traffic: { hourAt: WATCH_BEGIN, accepted, before } },
  })
  test.each([
    ['as always', 220_000, [210_000, 225_000, 218_000], 'good'],
    ['more than twice the most', 460_000, [210_000, 225_000, 218_000], 'bad'],
    ['less than half the least', 100_000, [210_000, 225_000, 218_000], 'bad'],
    ['nothing at all', 0, [210_000, 225_000, 218_000], 'bad'],
    ['as in the weekly campaign', 400_000, [400_000, 390_000, 410_000], 'good'],
    ['two weeks are not enough to know', 1_000_000, [210_000, 225_000], 'good'],
    ['a handful at night', 40, [10, 12, 9], 'good'],
    ['one odd week of eight is left out', 460_000, [9e6, 2e5, 2e5, 2e5, 2e5, 2e5, 2e5, 1], 'bad'],
  ])('%s', (_, accepted, weeks, verdict) => {
    expect(found('UnusualTrafficPattern', look(accepted, weeks)).verdict).toBe(verdict)
  })
})

test.each([0, 1, 5, -0.1, Number.NaN, Number.POSITIVE_INFINITY])('a limit of %d is refused', (bounce) => {
  expect(thresholdFaults({ ...DESIGN_THRESHOLDS, bounce })).toMatchObject([{ name: 'bounce' }])
})
