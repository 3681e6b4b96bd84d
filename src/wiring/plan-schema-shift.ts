// The section `shift`: whether the robot moves the stage by itself, and how it judges.
import { z } from 'zod'
import { amount, oneOf } from './plan-fields.ts'

/** CreateTable, TableName. */
const table = () =>
  z
    .string()
    .regex(/^[\w.-]{3,255}$/, { error: 'is no name of a table' })
    .describe('a table in DynamoDB: 3 to 255 letters, digits and _.-')

const shift = z.strictObject({
  // Careful until a plan says otherwise: it looks, decides and records.
  robot: oneOf(['off', 'advise', 'rollBack', 'on']).default('advise'),
  table: table().exactOptional(),
  coolDownHours: amount(0.1, 720).default(24),
  personHours: amount(0, 720).default(24),
  holdBackHours: amount(0.1, 168).default(24),
  // SES may be so much worse than legacy, in the same hours and domains, before it counts as a fault.
  worseRatio: amount(1, 10).default(1.5),
})

/** To be spread into the plan's schema. */
export const shiftFields = { shift: shift.prefault({}) }
