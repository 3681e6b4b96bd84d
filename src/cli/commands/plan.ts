// `watari plan show`: the plan as the gateway sees it, defaults filled in, secrets hidden. Reading it is judging it.
import type { Command } from 'commander'
import { stringify } from 'yaml'
import type { Plan } from '../../core/plan/plan.ts'
import { contextOf, printJson, shared, type Environment } from '../context.ts'
import { loadPlan } from '../plan-file.ts'
import type { Programs } from '../programs.ts'
import { addPlanCalendarCommand } from './plan-calendar.ts'
import { addPlanQuotaCommand } from './plan-quota.ts'

interface Options {
  readonly data?: string
  readonly json?: boolean
  readonly plan?: string
}

export function addPlanCommands(program: Command, environment: Environment, programs: Programs): void {
  const plan = program
    .command('plan')
    .helpGroup('Before the move:')
    .summary('the plan with all defaults, its days, its quota')
    .description('The plan with all defaults, its calendar, and the request for quota. `watari check` judges it.')

  shared(plan.command('show'))
    .option('--plan <file>', 'plan file (default: $WATARI_PLAN, or the plan of goo.ne.jp)')
    .summary('the plan with all defaults')
    .description('The plan with all defaults, secrets hidden. A faulty plan is told fault by fault (exit 65).')
    .action((options: Options) => {
      const context = contextOf(environment, options)
      const { plan, file, warnings } = loadPlan(environment, programs, { named: options.plan, required: false })
      for (const warning of warnings) context.terminal.error(`watari: warning: ${warning}\n`)
      const shown = withoutSecrets(plan)
      if (context.json) printJson(context, shown)
      else context.terminal.out(`# ${file}\n${stringify(plainly(shown), { lineWidth: 0 })}`)
    })

  addPlanCalendarCommand(plan, environment, programs)
  addPlanQuotaCommand(plan, environment, programs)
}

/** Everything else in a plan only names where a secret is. */
function withoutSecrets(plan: Plan): Plan {
  return plan.split.key === undefined ? plan : { ...plan, split: { ...plan.split, key: '***' } }
}

/** YAML has no idea of an object without a prototype. */
function plainly(plan: Plan): unknown {
  return JSON.parse(JSON.stringify(plan))
}
