// Whether mail that SES sends for a domain would pass DMARC (S7): the stage stays 0 while it would not.
// Its rule: anything but the exact word SUCCESS is not ready.
import type { IdentityFacts } from './ports.ts'

const READY = 'SUCCESS'

type AlignmentFaultReason = 'identityMissing' | 'identityNotVerified' | 'notAligned'

export interface AlignmentFault {
  readonly reason: AlignmentFaultReason
  /** What is missing on each of the two ways, for the person who can mend it. */
  readonly message: string
}

/**
 * Why mail with From addresses in `domain` would not be aligned, or undefined when it would.
 * One way is enough (RFC 7489 3.1): a DKIM signature with d= the identity, or a MAIL FROM domain under it.
 */
export function alignmentFault(facts: IdentityFacts | undefined, domain: string): AlignmentFault | undefined {
  if (facts === undefined) {
    return { reason: 'identityMissing', message: `SES has no identity for ${domain}: create it first` }
  }
  if (!facts.verifiedForSending) {
    return { reason: 'identityNotVerified', message: `SES has not verified ${domain} for sending yet` }
  }
  const dkim = dkimFault(facts, domain)
  const mailFrom = mailFromFault(facts, domain)
  if (dkim === undefined || mailFrom === undefined) return undefined
  return { reason: 'notAligned', message: `mail for ${domain} would fail DMARC: ${dkim}; ${mailFrom}` }
}

function dkimFault({ identity, dkim }: IdentityFacts, domain: string): string | undefined {
  // Relaxed alignment: an identity signs for its subdomains as well.
  if (!isSameOrUnder(domain, identity)) return `DKIM signs for ${identity}`
  if (!dkim.signingEnabled) return `DKIM signing is off (status ${dkim.status})`
  return dkim.status === READY ? undefined : `DKIM status is ${dkim.status}, not ${READY}`
}

function mailFromFault({ mailFrom }: IdentityFacts, domain: string): string | undefined {
  if (mailFrom === undefined) return 'there is no MAIL FROM domain of its own'
  // The organizational domain is not known here, so only a MAIL FROM domain under the From domain counts:
  // a sibling may align as well, but saying so on a guess would let unaligned mail out.
  if (!isSameOrUnder(mailFrom.domain, domain)) return `MAIL FROM domain ${mailFrom.domain} is not under ${domain}`
  return mailFrom.status === READY ? undefined : `MAIL FROM status is ${mailFrom.status}, not ${READY}`
}

function isSameOrUnder(name: string, parent: string): boolean {
  const [lower, owner] = [name.toLowerCase(), parent.toLowerCase()]
  return lower === owner || lower.endsWith(`.${owner}`)
}
