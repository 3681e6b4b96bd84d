// What a request to the DNS team is made from. Nothing here writes words: request-pack.ts does, in two languages.
import type { WantedRecord } from './wanted-record.ts'

export type Language = 'ja' | 'en'

export interface Contact {
  readonly name: string
  readonly mail: string
  readonly telephone?: string
}

/** request: the first time; reminder: the same again, near or after its date; correction: what was published is not right. */
export type RequestKind = 'request' | 'reminder' | 'correction'

export interface DnsRequest {
  /** ASCII without spaces; the same for the same records, so that a mail said twice is seen to be one. */
  readonly id: string
  readonly kind: RequestKind
  /** The sending domain. */
  readonly domain: string
  /** The apex of the zone the records go into: names are also given relative to it. */
  readonly zoneApex: string
  /** All that is wanted, in the order to be shown; those to `keep` too. */
  readonly records: readonly WantedRecord[]
  readonly askedAt: number
  readonly dueAt: number
  /** The last day on which it does no harm yet, when there is one: a key ends then. */
  readonly latestAt?: number
  /** For a reminder: the how-manyth. */
  readonly reminder?: number
  readonly dnsTeam: string
  readonly contact: Contact
  /** IANA name; dates are told in it. */
  readonly timeZone: string
  /** Names of the authoritative servers, for the commands to check. */
  readonly nameServers: readonly string[]
}
