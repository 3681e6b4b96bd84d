// All rules, family by family, and the judge that asks each of them. The order is the order of the plan.
import type { Finding, Rule } from '../finding.ts'
import type { Plan } from '../plan.ts'
import { accessRules, privacyRules } from './access.ts'
import { alarmRules } from './alarms.ts'
import { calendarRules } from './calendar.ts'
import { costRules } from './cost.ts'
import { dkimRules } from './dkim.ts'
import { dmarcRules } from './dmarc.ts'
import { dnsRules } from './dns.ts'
import { functionRules } from './functions.ts'
import { sesRules } from './ses.ts'
import { storageRules } from './storage.ts'
import { volumeRules } from './volume.ts'

export const RULES: readonly Rule[] = [
  ...volumeRules,
  ...costRules,
  ...dnsRules,
  ...dmarcRules,
  ...dkimRules,
  ...sesRules,
  ...functionRules,
  ...alarmRules,
  ...storageRules,
  ...calendarRules,
  ...privacyRules,
  ...accessRules,
]

/** Everything that is wrong with a plan, as far as the plan itself tells. */
export function judgePlan(plan: Plan): readonly Finding[] {
  return RULES.flatMap(({ look, ...told }) => look(plan).map((sighting) => ({ ...told, ...sighting })))
}
