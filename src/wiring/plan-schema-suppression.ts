// The section `suppression`: who gets nothing by SES, and how the list is kept in step with the account's.
import { z } from 'zod'
import { oneOf } from './plan-fields.ts'

const suppression = z.strictObject({
  onHit: oneOf(['bounce', 'legacy']).default('bounce'),
})

/** To be spread into the plan's schema. */
export const suppressionFields = { suppression: suppression.prefault({}) }
