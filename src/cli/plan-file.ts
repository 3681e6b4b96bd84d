// Finds and reads the plan for a command, or fails with every fault of it.
import type { Plan } from '../core/plan/plan.ts'
import type { PlaceOf } from '../wiring/config.ts'
import { pathIn, type Environment } from './context.ts'
import { CommandError, EXIT } from './exit.ts'
import type { Programs } from './programs.ts'

export interface LoadedPlan {
  readonly plan: Plan
  readonly file: string
  readonly warnings: readonly string[]
  readonly placeOf: PlaceOf
}

/** `required` is for what runs in earnest: then no plan is taken that nobody named. */
export function loadPlan(
  environment: Environment,
  programs: Programs,
  choice: { readonly named?: string | undefined; readonly required: boolean },
): LoadedPlan {
  const named = choice.named ?? environment.variables['WATARI_PLAN']
  if (named === undefined && choice.required) {
    throw new CommandError(EXIT.usage, 'noPlan', 'no plan is named', 'Name it with --plan FILE or $WATARI_PLAN.')
  }
  const file = named === undefined ? programs.shippedPlan : pathIn(environment, named)
  const reading = programs.readPlan(file)
  if (reading.kind === 'faulty') {
    throw new CommandError(EXIT.data, 'planFaulty', reading.faults.join('\n'), 'docs/plan.md lists all keys.')
  }
  return { plan: reading.plan, file, warnings: reading.warnings, placeOf: reading.placeOf }
}
