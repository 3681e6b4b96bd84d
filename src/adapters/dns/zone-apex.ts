// The records a zone of ours has of itself: SOA, NS, and the addresses of name servers within it.
import type { DnsRecord } from '../../core/base/dns.ts'
import { canonicalName, isWithin } from '../../core/base/dns-name.ts'
import type { Soa } from './zone-text.ts'

/** Serials are counted in 32 bits (RFC 1982); zero has a special meaning for some programs. */
const SERIAL_MAX = 0xffff_ffff
/** Of SOA, NS and their addresses; texts have TTLs of their own. An hour, so that the server can move within a night. */
const APEX_TTL_SECONDS = 3_600
const SOA_TIMES = {
  // Secondaries ask every hour, again after ten minutes, and give up after two weeks (RFC 1912 2.2).
  refreshSeconds: 3_600,
  retrySeconds: 600,
  expireSeconds: 1_209_600,
  // How long "not there" is remembered: short, because a record is looked for just before and after it is written.
  minimumSeconds: 60,
}

const MAILBOX = /^[a-z0-9_-]+$/i

export interface ZoneNameServer {
  readonly name: string
  /** Needed when the name lies in the zone itself. */
  readonly addresses: readonly string[]
}

/** Who answers for a zone. */
export interface ZoneOwner {
  readonly nameServers: readonly ZoneNameServer[]
  /** The mailbox of who answers for the zone, 'dns@example.com'. */
  readonly contact: string
}

/** NS records, and addresses of those name servers that lie in the zone itself (glue). */
export function apexRecordsOf(apex: string, nameServers: readonly ZoneNameServer[]): readonly DnsRecord[] {
  if (nameServers.length === 0) throw new Error(`the zone ${apex} needs a name server`)
  return nameServers.flatMap(({ name, addresses }): readonly DnsRecord[] => {
    const target = canonicalName(name)
    const isInside = isWithin(target, apex)
    if (isInside && addresses.length === 0) throw new Error(`${target} lies in its own zone and needs an address`)
    const glue = addresses.map((address): DnsRecord => ({
      name: target,
      ttlSeconds: APEX_TTL_SECONDS,
      type: address.includes(':') ? 'AAAA' : 'A',
      address,
    }))
    return [{ name: apex, ttlSeconds: APEX_TTL_SECONDS, type: 'NS', target }, ...(isInside ? glue : [])]
  })
}

export function soaOf({ nameServers, contact }: ZoneOwner, serial: number): Soa {
  const [mailbox = '', domain = ''] = contact.split('@')
  if (!MAILBOX.test(mailbox) || domain === '') {
    throw new Error(
      `the contact ${JSON.stringify(contact)} of a zone must be mailbox@domain, without a dot before the @`,
    )
  }
  const primary = canonicalName(nameServers[0]!.name)
  return {
    ttlSeconds: APEX_TTL_SECONDS,
    primary,
    contact: canonicalName(`${mailbox}.${domain}`),
    serial,
    ...SOA_TIMES,
  }
}

/** False when the plan has other name servers or another contact than the zone. */
export function sameSoa(soa: Soa, options: ZoneOwner): boolean {
  return JSON.stringify(soa) === JSON.stringify(soaOf(options, soa.serial))
}

/** The moment in seconds, so that a zone begun anew is newer than the one before; at least one more than the last. */
export function nextSerial(serial: number, nowMs: number): number {
  const seconds = Math.floor(nowMs / 1_000)
  const next = seconds > serial && seconds <= SERIAL_MAX ? seconds : serial + 1
  return next > SERIAL_MAX ? 1 : next
}
