// Reads the list in which SES names the identities that failed its check: `"Foo" <foo@partner.example>, example.net`.
// Its rule: an address in a display name is nobody's identity, and half an identity is none.
import { mailboxDomains } from '../../core/mail/mailbox.ts'

/** The domains of the identities in the list, lower case; empty when none can be read. */
export function domainsInIdentityList(list: string): readonly string[] {
  // SES cuts a long list with three dots: what stands before them may be half an identity.
  const whole = /\.\.\.\s*$/.test(list) ? list.replace(/(?:,|^)[^,]*\.\.\.\s*$/, '') : list
  // An identity may be given as its ARN, whose colons would read as group names.
  const names = whole.replaceAll(/arn:aws[\w-]*:ses:[\w-]*:\d*:identity\//gi, '')
  return mailboxDomains(withBareDomains(names)).filter((domain) => domain !== '')
}

/** A domain identity stands in the list without an @: it is given one, so that one reader serves both. */
function withBareDomains(list: string): string {
  return list.replaceAll(/(^|,)\s*([a-z0-9][a-z0-9-]{0,62}(?:\.[a-z0-9-]{1,63})+)\s*(?=,|$)/gi, '$1 identity@$2')
}
