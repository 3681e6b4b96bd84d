// What the watch, its reports and its checklists are made from.
import type { SuppressionOperations } from '../core/feedback/suppression-desk.ts'
import type { Operations } from '../core/mail/operations.ts'
import type { ShiftDesk } from '../core/shift/desk.ts'
import type { Plan } from '../core/plan/plan.ts'
import type { Basics } from './basics.ts'
import type { KeyLife } from './dkim.ts'
import type { MailFlow } from './mail-flow.ts'
import type { Environment } from './ses-place.ts'

export interface WatchParts {
  readonly plan: Plan
  readonly dataFolder: string
  readonly environment: Environment
  readonly basics: Basics
  readonly operations: Pick<Operations, 'status'>
  readonly flow: Pick<MailFlow, 'figures' | 'ses' | 'store'>
  readonly suppression: Pick<SuppressionOperations, 'status'>
  /** Undefined where the plan leaves keys alone. */
  readonly keys: Pick<KeyLife, 'signing'> | undefined
  readonly shift: Pick<ShiftDesk, 'alarms'>
}
