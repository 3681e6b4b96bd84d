// Judges what is true today beside what the plan says.
import type { Finding } from '../finding.ts'
import type { Plan } from '../plan.ts'
import type { DnsFacts } from './dns-facts.ts'
import { dnsLiveRules, type DnsRule } from './dns-rules.ts'
import { policyLiveRules } from './policy-rules.ts'

export const DNS_RULES: readonly DnsRule[] = [...dnsLiveRules, ...policyLiveRules]

export function judgeDns(facts: DnsFacts, plan: Plan): readonly Finding[] {
  return DNS_RULES.flatMap(({ look, ...told }) => look(facts, plan).map((sighting) => ({ ...told, ...sighting })))
}
