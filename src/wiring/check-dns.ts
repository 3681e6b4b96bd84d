// `watari check --dns`: asks the plan's resolvers and the receivers that matter, and judges what they say.
import { systemClock } from '../adapters/node/clock.ts'
import { keyRecordIn } from '../adapters/local/dkim-store.ts'
import { askStarttls } from '../adapters/smtp/starttls.ts'
import { circleOf } from '../core/dkim/circle.ts'
import type { Finding } from '../core/plan/finding.ts'
import { lookAtDns, type KnownKeys } from '../core/plan/live/dns-facts.ts'
import { judgeDns } from '../core/plan/live/judge-live.ts'
import type { Plan } from '../core/plan/plan.ts'
import { askResolvers, planDns } from './dkim.ts'

/** Where receivers are asked for STARTTLS: 25, but for tests. */
const SMTP_PORT = 25

export interface DnsWhere {
  /** Of the gateway that keeps the keys; without it the selectors are those that the plan would give. */
  readonly dataFolder?: string
  readonly smtpPort?: number
}

/** What does not answer is a finding. Rejected when the record of the keys is damaged, or is of another domain. */
export async function dnsFindings(plan: Plan, where: DnsWhere = {}): Promise<readonly Finding[]> {
  const { dataFolder, smtpPort = SMTP_PORT } = where
  const knownKeys = dataFolder === undefined ? undefined : await knownKeysIn(dataFolder, plan)
  const ask = askResolvers(planDns(plan, { clock: systemClock({ keepAlive: true }) }))
  const helo = plan.gateway.hostname
  const facts = await lookAtDns(plan, ask, {
    askStarttls: (host) => askStarttls({ host, port: smtpPort, helo }),
    ...(knownKeys === undefined ? {} : { knownKeys }),
  })
  return judgeDns(facts, plan)
}

/** Undefined before the first key. */
async function knownKeysIn(folder: string, { domain }: Plan): Promise<KnownKeys | undefined> {
  const record = await keyRecordIn(folder)
  if (record === undefined) return undefined
  if (record.domain !== domain) throw new Error(`the keys in ${folder} are of ${record.domain}, not of ${domain}`)
  const { current, coming, retiring } = circleOf(record)
  const living = [...(current === undefined ? [] : [current]), ...coming, ...retiring].map(({ selector }) => selector)
  return { living, ...(current === undefined ? {} : { current: current.selector }) }
}
