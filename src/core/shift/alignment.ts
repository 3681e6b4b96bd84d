// Whether mail that SES sends for a domain would pass DMARC (S7): the stage stays 0 while it would not.
// Its rule: anything but the exact word SUCCESS is not ready.
import { READY, type IdentityFacts } from '../base/identity.ts'
import { RELAXED, type AlignmentModes } from './dmarc.ts'

type AlignmentFaultReason = 'identityMissing' | 'identityNotVerified' | 'notAligned'

export interface AlignmentFault {
  readonly reason: AlignmentFaultReason
  /** SES could not look for a while, and signs as before: no reason to go back, and none to go up. */
  readonly unsure?: true
  /** What is missing on each of the two ways, for the person who can mend it. */
  readonly message: string
}

/** SES has not been able to look at DNS, and says nothing of the mail. */
const TEMPORARY = 'TEMPORARY_FAILURE'

/** Why mail through SES would not be aligned, and whether that is known or only feared. */
export interface AlignmentDoubt {
  readonly message: string
  readonly sure: boolean
}

/**
 * Why mail with From addresses in `domain` would not be aligned, or undefined when it would.
 * One way is enough (RFC 7489 3.1): a DKIM signature with d= the identity, or a MAIL FROM domain under it.
 */
export function alignmentFault(
  facts: IdentityFacts | undefined,
  domain: string,
  modes: AlignmentModes = RELAXED,
): AlignmentFault | undefined {
  if (facts === undefined) {
    return { reason: 'identityMissing', message: `SES has no identity for ${domain}: create it first` }
  }
  if (!facts.verifiedForSending) {
    return { reason: 'identityNotVerified', message: `SES has not verified ${domain} for sending yet` }
  }
  const dkim = dkimFault(facts, domain, modes)
  const mailFrom = mailFromFault(facts, domain, modes)
  if (dkim === undefined || mailFrom === undefined) return undefined
  const message = `mail for ${domain} would fail DMARC: ${dkim}; ${mailFrom}`
  const unsure = [facts.dkim.status, facts.mailFrom?.status].includes(TEMPORARY)
  return { reason: 'notAligned', message, ...(unsure ? { unsure } : {}) }
}

function dkimFault({ identity, dkim }: IdentityFacts, domain: string, { adkim }: AlignmentModes): string | undefined {
  if (adkim === 's' && identity !== domain.toLowerCase()) {
    return `DKIM signs for ${identity}, and adkim=s asks for ${domain} itself`
  }
  // Relaxed alignment: an identity signs for its subdomains as well.
  if (!isSameOrUnder(domain, identity)) return `DKIM signs for ${identity}`
  if (!dkim.signingEnabled) return `DKIM signing is off (status ${dkim.status})`
  return dkim.status === READY ? undefined : `DKIM status is ${dkim.status}, not ${READY}`
}

function mailFromFault({ mailFrom }: IdentityFacts, domain: string, { aspf }: AlignmentModes): string | undefined {
  if (mailFrom === undefined) return 'there is no MAIL FROM domain of its own'
  // SES takes only a subdomain of the identity as MAIL FROM domain, and strict mode asks for the same name (facts 2.8).
  if (aspf === 's') return `MAIL FROM domain ${mailFrom.domain} cannot align with aspf=s`
  // The organizational domain is not known here, so only a MAIL FROM domain under the From domain counts:
  // a sibling may align as well, but saying so on a guess would let unaligned mail out.
  if (!isSameOrUnder(mailFrom.domain, domain)) return `MAIL FROM domain ${mailFrom.domain} is not under ${domain}`
  return mailFrom.status === READY ? undefined : `MAIL FROM status is ${mailFrom.status}, not ${READY}`
}

function isSameOrUnder(name: string, parent: string): boolean {
  const [lower, owner] = [name.toLowerCase(), parent.toLowerCase()]
  return lower === owner || lower.endsWith(`.${owner}`)
}
