// The section `dmarc`: where aggregate reports come in.
import { z } from 'zod'
import { mailbox, text, whole } from './plan-fields.ts'

const dmarc = z.strictObject({
  folder: text().default('dmarc'),
  address: mailbox().exactOptional(),
  days: whole(1, 3_650).default(90),
})

/** To be spread into the plan's schema. */
export const dmarcFields = { dmarc: dmarc.exactOptional() }
