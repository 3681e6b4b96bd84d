// What a plan leaves out, so that silence is not taken for praise: a section that states nothing has nothing to be judged by.
import { dailyMails } from '../load.ts'
import type { Plan } from '../plan.ts'

/** Names of sections that state nothing by which rules go, in the order of docs/plan.md. */
export function unstatedIn(plan: Plan): readonly string[] {
  const { identity, configurationSet, quota, lambda, budget } = plan
  const isStated: Readonly<Record<string, boolean>> = {
    volume: dailyMails(plan) !== undefined,
    targets: Object.keys(plan.targets).length > 0,
    identity: Object.keys(identity).length > 0,
    configurationSet: Object.keys(configurationSet).length > 0,
    quota: Object.keys(quota).length > 0,
    lambda: Object.keys(lambda).length > 0,
    alarms: Object.keys(plan.alarms).length > 0,
    archive: plan.archive.transitions !== undefined,
    recovery: Object.keys(plan.recovery).length > 0,
    security: Object.keys(plan.security).length > 0,
    budget: budget.yenPerMonth !== undefined,
    schedule: (plan.schedule.phases ?? []).length > 0,
  }
  return Object.keys(isStated).filter((section) => isStated[section] === false)
}
