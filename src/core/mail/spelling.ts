// A courier whose next hop wants some addresses spelled otherwise (M9). The queue, the log and a DSN keep the spelling that
// was given; outcomes come back in the order of the recipients, so nothing has to be translated back.
import { quotedSpelling } from './address.ts'
import type { Courier } from './ports.ts'

/** Quotes local parts with dots out of place, which SES refuses bare. */
export function quotingCourier(courier: Courier): Courier {
  return {
    capacity: () => courier.capacity(),
    deliver: (part) => courier.deliver({ ...part, recipients: part.recipients.map(quotedSpelling) }),
    stop: () => courier.stop(),
  }
}
