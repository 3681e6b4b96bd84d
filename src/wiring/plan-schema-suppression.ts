// The section `suppression`: who gets nothing by SES, and how the list is kept in step with the account's.
import { z } from 'zod'
import { amount, oneOf, whole } from './plan-fields.ts'

const suppression = z.strictObject({
  onHit: oneOf(['bounce', 'legacy']).default('bounce'),
  // 0: only by command. SES answers one control call a second for the whole account.
  reconcileHours: amount(0, 720).default(6),
  // Nine minutes of the account's control calls; more go by import jobs.
  putsPerRun: whole(0, 100_000).default(500),
})

/** To be spread into the plan's schema. */
export const suppressionFields = { suppression: suppression.prefault({}) }
