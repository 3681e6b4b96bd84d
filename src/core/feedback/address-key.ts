// One name for one recipient, however SES or a person spells it: quotes and case do not make another person.
import { canonical, parseMailbox } from '../mail/address.ts'

/** What cannot be read as an address is its own name, in lower case. SES shows domains in ASCII. */
export function oneSpelling(address: string): string {
  const mailbox = parseMailbox(address, (domain) => domain)
  return typeof mailbox === 'string' ? address.toLowerCase() : canonical(mailbox)
}
