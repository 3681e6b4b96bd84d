// `watari check --dns`: asks the plan's resolvers and the receivers that matter, and judges what they say.
import { systemClock } from '../adapters/node/clock.ts'
import { askStarttls } from '../adapters/smtp/starttls.ts'
import type { Finding } from '../core/plan/finding.ts'
import { lookAtDns } from '../core/plan/live/dns-facts.ts'
import { judgeDns } from '../core/plan/live/judge-live.ts'
import type { Plan } from '../core/plan/plan.ts'
import { askResolvers, planDns } from './dkim.ts'

/** Where receivers are asked for STARTTLS: 25, but for tests. */
const SMTP_PORT = 25

/** Never rejects: what does not answer is a finding. */
export async function dnsFindings(plan: Plan, smtpPort = SMTP_PORT): Promise<readonly Finding[]> {
  const ask = askResolvers(planDns(plan, { clock: systemClock({ keepAlive: true }) }))
  const helo = plan.gateway.hostname
  const facts = await lookAtDns(plan, ask, (host) => askStarttls({ host, port: smtpPort, helo }))
  return judgeDns(facts, plan)
}
