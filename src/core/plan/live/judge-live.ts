// Judges what is true today beside what the plan says: DNS, SES, and the mail of the old hosts.
import type { Baseline } from '../baseline/baseline.ts'
import type { Explanation, Finding, Sighting } from '../finding.ts'
import type { Plan } from '../plan.ts'
import { baselineNotes } from './baseline-notes.ts'
import { baselineRules, type BaselineRule } from './baseline-rules.ts'
import type { DnsFacts } from './dns-facts.ts'
import { dnsLiveRules, type DnsRule } from './dns-rules.ts'
import { policyLiveRules } from './policy-rules.ts'
import { SES_RULES, type SesFacts } from './ses-rules.ts'

export const DNS_RULES: readonly DnsRule[] = [...dnsLiveRules, ...policyLiveRules]
export const BASELINE_RULES: readonly BaselineRule[] = [...baselineRules, ...baselineNotes]
/** Everything that only a look at the world finds. */
export const LIVE_RULES: readonly Explanation[] = [...DNS_RULES, ...SES_RULES, ...BASELINE_RULES]

interface LiveRule<F> extends Explanation {
  readonly look: (facts: F, plan: Plan) => readonly Sighting[]
}

export const judgeDns = (facts: DnsFacts, plan: Plan) => judged(DNS_RULES, facts, plan)
export const judgeSes = (facts: SesFacts, plan: Plan) => judged(SES_RULES, facts, plan)
export const judgeBaseline = (baseline: Baseline, plan: Plan) => judged(BASELINE_RULES, baseline, plan)

function judged<F>(rules: readonly LiveRule<F>[], facts: F, plan: Plan): readonly Finding[] {
  return rules.flatMap(({ look, ...told }) => look(facts, plan).map((sighting) => ({ ...told, ...sighting })))
}
