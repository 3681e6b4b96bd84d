// The account's quotas and state, from GetAccount.
import { GetAccountCommand, type GetAccountCommandOutput } from '@aws-sdk/client-sesv2'
import type { AccountFacts, SesAccount } from '../../core/mail/ports-ses.ts'
import type { ControlPlane } from './control-plane.ts'

export function sesAccount(controlPlane: ControlPlane): SesAccount {
  return {
    facts: async () => accountFacts(await controlPlane.call((client) => client.send(new GetAccountCommand()))),
  }
}

function accountFacts(answer: GetAccountCommandOutput): AccountFacts {
  const { Max24HourSend: max, MaxSendRate: rate, SentLast24Hours: sent } = answer.SendQuota ?? {}
  // A quota that is missing is not a quota of zero: guessing either way would stop the route or overrun it.
  if (max === undefined || rate === undefined || sent === undefined) throw new Error('GetAccount gave no sending quota')
  return {
    maxPerSecond: rate,
    maxIn24Hours: max < 0 ? 'unlimited' : max,
    sentIn24Hours: sent,
    sendingEnabled: answer.SendingEnabled ?? false,
    productionAccess: answer.ProductionAccessEnabled ?? false,
    enforcement: answer.EnforcementStatus ?? 'UNKNOWN',
  }
}
