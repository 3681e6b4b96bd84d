import { expect, test } from 'vitest'
import { accountWatch, type AccountWatchOptions } from './account-watch.ts'
import { pacer } from './pace.ts'
import type { AccountFacts } from './ports-ses.ts'
import { quotaWatch } from './quota.ts'
import { fakeClock, recordedLog } from '../../../test/support/fakes.ts'

const FACTS: AccountFacts = {
  maxPerSecond: 200,
  maxIn24Hours: 10_000_000,
  sentIn24Hours: 0,
  sendingEnabled: true,
  productionAccess: true,
  enforcement: 'HEALTHY',
}

function watched(answers: readonly (AccountFacts | Error)[], overrides: Partial<AccountWatchOptions> = {}) {
  const clock = fakeClock()
  const log = recordedLog()
  const pace = pacer(1)
  const quota = quotaWatch({ gateways: 2 })
  let asked = 0
  let refreshed = 0
  const watch = accountWatch({
    account: {
      facts: async () => {
        const answer = answers[Math.min(asked, answers.length - 1)]!
        asked += 1
        if (answer instanceof Error) throw answer
        return answer
      },
    },
    pacer: pace,
    quota,
    clock,
    log,
    gateways: 2,
    everySeconds: 60,
    refreshed: () => (refreshed += 1),
    ...overrides,
  })
  void watch.run()
  return { clock, log, pace, quota, refreshed: () => refreshed }
}

test('each gateway takes its part of the rate that the account has, and follows it', async () => {
  const { clock, pace } = watched([FACTS, { ...FACTS, maxPerSecond: 300 }])
  await clock.advance(0)
  expect(pace.recipientsPerSecond).toBe(100)
  await clock.advance(60_000)
  expect(pace.recipientsPerSecond).toBe(150)
})

test("the plan's rate holds when it is the smaller one", async () => {
  const { clock, pace } = watched([FACTS], { ratePerSecond: 50 })
  await clock.advance(0)
  expect(pace.recipientsPerSecond).toBe(25)
})

test('what was known goes on while SES cannot be asked, and the log says so once', async () => {
  const { clock, pace, log } = watched([FACTS, new Error('timeout')])
  await clock.advance(600_000)
  expect(pace.recipientsPerSecond).toBe(100)
  expect(log.lines.map(({ event }) => event)).toEqual(['accountNotRead'])
})

test('an account that was never read may send one recipient a second', async () => {
  const { clock, pace } = watched([new Error('timeout')])
  await clock.advance(0)
  expect(pace.recipientsPerSecond).toBe(1)
})

// C12: 82 % is a warning, and unlimited is none.
test('eighty percent of the quota is a warning, once', async () => {
  const { clock, log } = watched([{ ...FACTS, maxIn24Hours: 50_000, sentIn24Hours: 41_000 }])
  await clock.advance(180_000)
  expect(log.lines).toEqual([{ level: 'warn', event: 'quota', fields: { usedPercent: 82 } }])
})

test('an unlimited quota warns of nothing and has room', async () => {
  const { clock, log, quota } = watched([{ ...FACTS, maxIn24Hours: 'unlimited', sentIn24Hours: 5_000 }])
  await clock.advance(60_000)
  expect(log.lines).toEqual([])
  expect(quota.hasRoom()).toBe(true)
})
