// Whether mail through SES would be aligned now (S7), from SES and from the domain's own DMARC record.
import type { DnsAnswer } from '../core/base/dns.ts'
import type { SesIdentity } from '../core/base/identity.ts'
import { alignmentFault, type AlignmentDoubt } from '../core/shift/alignment.ts'
import { readDmarc, RELAXED } from '../core/shift/dmarc.ts'

export interface ReadinessOptions {
  readonly domain: string
  readonly identity: SesIdentity
  /** TXT at a name, by a resolver; without it alignment is taken to be relaxed. */
  readonly text?: (name: string) => Promise<DnsAnswer>
  /** Why nobody knows at the moment what SES signs with. */
  readonly switching?: () => string | undefined
}

const unknown = (message: string): AlignmentDoubt => ({ message, sure: false })

/** Why the stage may not rise, and whether that is known: who could not be asked has not said no, and moves no stage down. */
export function alignmentNow(options: ReadinessOptions): () => Promise<AlignmentDoubt | undefined> {
  const { domain, identity, text, switching } = options
  return async () => {
    const busy = switching?.()
    if (busy !== undefined) return unknown(busy)
    const dmarc = text === undefined ? undefined : readDmarc(await text(`_dmarc.${domain}`))
    if (dmarc?.kind === 'unknown') {
      return unknown(
        `DNS could not be asked for the DMARC record of ${domain} (${dmarc.message}), so nobody knows which alignment it wants; try again`,
      )
    }
    const modes = dmarc?.kind === 'modes' ? dmarc.modes : RELAXED
    try {
      const fault = alignmentFault(await identity.facts(domain), domain, modes)
      return fault && { message: fault.message, sure: fault.unsure !== true }
    } catch {
      return unknown(
        'SES could not be asked whether mail through it would be aligned; check the credentials and the endpoint',
      )
    }
  }
}
