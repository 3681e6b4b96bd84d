// Follows the account (M6): what GetAccount says becomes the pacer's rate and the quota's room. When SES cannot be asked,
// what was known goes on; when nothing was ever known, one recipient a second, the least that any account may send.
import type { Clock } from '../base/clock.ts'
import { SECOND_MS } from '../base/clock.ts'
import type { Log } from '../base/log.ts'
import { rateShare, type Pacer } from './pace.ts'
import type { AccountFacts, SesAccount } from './ports-ses.ts'
import type { QuotaWatch } from './quota.ts'

/** The sandbox's rate: https://docs.aws.amazon.com/ses/latest/dg/quotas.html */
export const LEAST_RATE_PER_SECOND = 1
/** The alert level of the design, §8.2: a warning at 80 % of the quota. */
const QUOTA_WARNING_PERCENT = 80

export interface AccountWatchOptions {
  readonly account: SesAccount
  readonly pacer: Pacer
  readonly quota: QuotaWatch
  readonly clock: Clock
  readonly log: Log
  /** Gateways that share the account. */
  readonly gateways: number
  /** The plan's own limits, where it has them; the smaller of plan and account holds. */
  readonly ratePerSecond?: number
  readonly dailyQuota?: number
  readonly everySeconds: number
  /** Called after each answer, so that a route that waited for room looks again. */
  readonly refreshed: () => void
}

export interface AccountWatch {
  /** Asks now, then every `everySeconds`, until stopped. */
  run(): Promise<void>
  stop(): void
  readonly facts: () => AccountFacts | undefined
}

export function accountWatch(options: AccountWatchOptions): AccountWatch {
  const { account, clock, log } = options
  let stopped = false
  let facts: AccountFacts | undefined
  let failing = false
  let warned = false
  const ask = async (): Promise<void> => {
    try {
      facts = await account.facts()
      failing = false
      apply(options, facts)
      const used = options.quota.usedPercent() ?? 0
      if (used >= QUOTA_WARNING_PERCENT && !warned) log.warn('quota', { usedPercent: Math.round(used) })
      warned = used >= QUOTA_WARNING_PERCENT
      options.refreshed()
    } catch {
      if (!failing) log.warn('accountNotRead', { known: facts !== undefined })
      failing = true
    }
  }
  return {
    async run() {
      while (!stopped) {
        await ask()
        await clock.sleep(options.everySeconds * SECOND_MS)
      }
    },
    stop() {
      stopped = true
    },
    facts: () => facts,
  }
}

function apply({ pacer, quota, gateways, ratePerSecond, dailyQuota }: AccountWatchOptions, facts: AccountFacts): void {
  pacer.setRate(rateShare(Math.min(facts.maxPerSecond, ratePerSecond ?? Number.POSITIVE_INFINITY), gateways))
  const accountMax = facts.maxIn24Hours === 'unlimited' ? Number.POSITIVE_INFINITY : facts.maxIn24Hours
  const max = Math.min(accountMax, dailyQuota ?? Number.POSITIVE_INFINITY)
  quota.refreshed({ max24Hours: Number.isFinite(max) ? max : undefined, sentLast24Hours: facts.sentIn24Hours })
}
