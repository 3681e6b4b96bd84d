// The split (M3, S5, M9): which route each recipient takes, asked once at accept and again when the stage has gone down.
import type { KeyedHash } from '../base/hash.ts'
import { bucketOf, routeFor, shareFor, type Route } from '../shift/route.ts'
import type { Shares, Stage } from '../shift/stage.ts'
import { canonical, parseMailbox } from './address.ts'

/** What SES shall get of an address with dots out of place: the quoted spelling, or nothing, because legacy keeps it. */
export type DotAddressRule = 'quote' | 'legacy'

export interface SplitOptions {
  readonly hash: KeyedHash
  readonly stage: () => Stage
  readonly shares: Shares
  /** By receiving domain; a domain that is not here keeps such addresses on legacy. */
  readonly dotAddresses: Readonly<Record<string, DotAddressRule>>
}

export type Split = (recipient: string, stream: string) => Route

export function splitter({ hash, stage, shares, dotAddresses }: SplitOptions): Split {
  return (recipient, stream) => {
    const now = stage()
    if (now.percent <= 0) return 'legacy'
    // Accepted addresses are ASCII; one that no longer parses has no identity to hash, so it stays where all mail was.
    const mailbox = parseMailbox(recipient, () => '')
    if (typeof mailbox === 'string') return 'legacy'
    const percent = shareFor(now, shares, { domain: mailbox.domain, stream })
    if (routeFor(percent, () => bucketOf(hash.hash32(canonical(mailbox)))) === 'legacy') return 'legacy'
    if (mailbox.domain.startsWith('[')) return 'legacy'
    return mailbox.dotted && dotAddresses[mailbox.domain] !== 'quote' ? 'legacy' : 'ses'
  }
}
