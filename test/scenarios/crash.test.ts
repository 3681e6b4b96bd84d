// The crash test at a count that every run can afford; `npm run test:crash` kills two hundred times.
import { expect, test } from 'vitest'
import { crashTest } from '../crash/crash.ts'

const SEED = 20_261_125

// M2, C05b: 250 is a promise.
test.each(['api', 'smtp'] as const)(
  'killed with -9 under load, with SES by %s, the gateway loses no promised mail',
  async (wire) => {
    const report = await crashTest({ kills: 6, seed: SEED, wire, clients: 8 })
    expect(report.promised).toBeGreaterThan(100)
    expect(report).toMatchObject({ lost: 0, twiceUnlisted: 0, bothRoutes: 0, leftInQueue: 0 })
    expect(report.twice).toBeLessThanOrEqual(report.inDoubt)
  },
)
