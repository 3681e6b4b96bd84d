// What a domain's DMARC record asks of alignment (RFC 7489 6.3). Nothing here judges the policy itself.
import type { DnsAnswer } from '../base/dns.ts'

/** r: the organizational domain is enough; s: the names must be equal (RFC 7489 3.1). */
export interface AlignmentModes {
  readonly adkim: 'r' | 's'
  readonly aspf: 'r' | 's'
}

/** What holds without a record, and for a tag that is not there. */
export const RELAXED: AlignmentModes = { adkim: 'r', aspf: 'r' }

export type DmarcReading =
  | { readonly kind: 'modes'; readonly modes: AlignmentModes }
  /** No record, or several: receivers then apply no policy (RFC 7489 6.6.3). */
  | { readonly kind: 'none' }
  /** DNS did not say. */
  | { readonly kind: 'unknown'; readonly message: string }

/** Reads the answer to TXT at `_dmarc.` of the From domain. */
export function readDmarc(answer: DnsAnswer): DmarcReading {
  if (answer.kind === 'fault') return { kind: 'unknown', message: answer.message }
  if (answer.kind !== 'records') return { kind: 'none' }
  const texts = answer.records.flatMap((record) => (record.type === 'TXT' ? [record.strings.join('')] : []))
  const records = texts.filter((text) => /^v\s*=\s*DMARC1\s*(?:;|$)/.test(text))
  const [record] = records
  if (record === undefined || records.length > 1) return { kind: 'none' }
  return { kind: 'modes', modes: { adkim: modeIn(record, 'adkim'), aspf: modeIn(record, 'aspf') } }
}

function modeIn(record: string, tag: 'adkim' | 'aspf'): 'r' | 's' {
  const value = new RegExp(`(?:^|;)\\s*${tag}\\s*=\\s*([^;]*)`, 'i').exec(record)?.[1]?.trim().toLowerCase()
  return value === 's' ? 's' : 'r'
}
