// The judge of the plan where the sender is another than the first: five hundred mails a day, forty million, or no word of it;
// and where words are other than the first's.
import { describe, expect, it } from 'vitest'
import type { Finding } from '../core/plan/finding.ts'
import { judgePlan } from '../core/plan/findings/all.ts'
import { parsePlan } from './config.ts'

const LEAST = `
domain: example.jp
legacy: { hosts: [{ host: mx1.example.jp, port: 25 }] }
ses: { identities: [example.jp] }
`

function findings(more: string): readonly Finding[] {
  const reading = parsePlan(LEAST + more, { file: 'plan', hostname: 'localhost' })
  if (reading.kind === 'faulty') throw new Error(reading.faults.join('\n'))
  return judgePlan(reading.plan)
}

const told = (more: string) =>
  findings(more).map(({ id, what, sum }) => [id, what.en, ...sum.map(({ en }) => en)].join('\n'))

const BOUNCES = `
alarms:
  Bounces: { metric: Bounce, threshold: 5, comparison: GreaterThanThreshold, periodSeconds: 300 }
  Silence: { metric: Delivery, threshold: 1, comparison: LessThanThreshold, missingData: breaching }
`

describe('a plan that states the least', () => {
  it('has no finding', () => {
    expect(told('')).toEqual([])
  })
})

describe('a sender of five hundred mails a day', () => {
  it('hears that an alarm on a count cannot fire, not that it is always red', () => {
    const quota = 'quota: { grantedRecipientsPerDay: 1000, grantedRatePerSecond: 1 }\n'
    const stages = 'stages: [{ percent: 100, leastMails: 500 }]\n'
    expect(told(`volume: { mailsPerDay: 500 }\n${quota}${stages}${BOUNCES}`)).toEqual([
      `alarm-count-as-percent
Bounces: it fires at 6 of Bounce in 300 s, and fewer mails are sent in that time.
500 a day × 300 ÷ 86,400 s = 1.7 mails in a period`,
    ])
  })

  it('hears that a stage made for another volume never ends', () => {
    const quota = 'quota: { grantedRecipientsPerDay: 1000, grantedRatePerSecond: 1 }\n'
    expect(told(`volume: { mailsPerDay: 500 }\n${quota}stages: [{ percent: 10 }]\n`)).toEqual([
      `calendar-stage-never-ends
The stage of 10 % lasts 200 days until its mails are sent.
10,000 ÷ (500 a day × 10 %) = 200 d`,
    ])
  })

  it('sees the days of the mails in the calendar as well', () => {
    const schedule = 'schedule: { migrationDays: 20, phases: [{ phase: 1, name: all, days: 10 }] }\n'
    const stages = 'stages: [{ percent: 100, leastHours: 24, leastMails: 6000 }]\n'
    const quota = 'quota: { grantedRecipientsPerDay: 1000, grantedRatePerSecond: 1 }\n'
    expect(told(`volume: { mailsPerDay: 500 }\n${quota}${stages}${schedule}`)).toEqual([
      `calendar-stages-do-not-fit
Phases and stages take 22 days.
10 d + 288 h = 22 d > 20 d
100 %: 6,000 mails take 288 h`,
    ])
  })
})

describe('a sender of forty million a day', () => {
  const stages = 'stages: [{ percent: 100, leastMails: 1000000 }]\n'

  it('has no finding with the quota and the rate it needs', () => {
    const quota = 'quota: { grantedRecipientsPerDay: 50000000, grantedRatePerSecond: 600 }\n'
    expect(told(`volume: { mailsPerDay: 40000000 }\n${quota}${stages}`)).toEqual([])
  })

  it('hears that a quota without the room of the gate stops the shift', () => {
    const quota = 'quota: { grantedRecipientsPerDay: 45000000, grantedRatePerSecond: 600 }\n'
    expect(told(`volume: { mailsPerDay: 40000000 }\n${quota}${stages}`)).toEqual([
      `quota-not-granted
The stage of 100 % needs more than was granted.
100 % of 40,000,000 = 40,000,000 recipients a day
granted: 45,000,000
45,000,000 × 80 % (gates.quotaPercentMax) = 36,000,000 < 40,000,000`,
    ])
  })
})

describe('a schedule', () => {
  const ids = (means: string) =>
    findings(`lambda: { dkim: { schedule: cron(0 0 1 * ? *), scheduleMeans: '${means}' } }\n`).map(({ id }) => id)

  it.each(['09:00 JST', '9:00', '00:00 UTC', '00:00 UTC (09:00 JST)', '09:00 JST = 00:00 UTC'])(
    'is as it is meant: %s',
    (means) => {
      expect(ids(means)).toEqual([])
    },
  )

  it.each(['00:00', '00:00 JST', '09:00 UTC'])('is not as it is meant: %s', (means) => {
    expect(ids(means)).toEqual(['schedule-in-utc'])
  })
})
