// A zone as our server looks things up in it: records by name and type in the form the codec takes, and the names that are
// there without records because something lies below them.
import type { Answer } from 'dns-packet'
import type { DnsRecord } from '../../core/base/dns.ts'
import { isWithin, parentOf } from '../../core/base/dns-name.ts'
import type { Soa, ZoneContents } from './zone-text.ts'

export interface ZoneIndex {
  readonly apex: string
  /** By name; empty for a name that only has names below it (RFC 8020). */
  readonly names: ReadonlyMap<string, readonly Answer[]>
  /** The SOA as a denial carries it: its TTL is how long the denial holds (RFC 2308 3). */
  readonly denial: Answer
}

/** A version of the zone is indexed once. */
const indexes = new WeakMap<ZoneContents, ZoneIndex>()

export function indexOf(zone: ZoneContents): ZoneIndex {
  const known = indexes.get(zone)
  if (known) return known
  const index = build(zone)
  indexes.set(zone, index)
  return index
}

function build({ apex, soa, records }: ZoneContents): ZoneIndex {
  const names = new Map<string, Answer[]>([[apex, [soaAnswer(apex, soa, soa.ttlSeconds)]]])
  for (const record of records) {
    for (let at: string | undefined = record.name; at !== undefined && isWithin(at, apex); at = parentOf(at)) {
      if (!names.has(at)) names.set(at, [])
    }
    const answer = answerOf(record)
    if (answer) names.get(record.name)?.push(answer)
  }
  return { apex, names, denial: soaAnswer(apex, soa, Math.min(soa.ttlSeconds, soa.minimumSeconds)) }
}

function answerOf(record: DnsRecord): Answer | undefined {
  const base = { name: record.name, ttl: record.ttlSeconds }
  switch (record.type) {
    case 'A':
    case 'AAAA':
      return { ...base, type: record.type, data: record.address }
    case 'NS':
      return { ...base, type: 'NS', data: record.target }
    case 'TXT':
      return { ...base, type: 'TXT', data: record.strings.map((text) => Buffer.from(text, 'latin1')) }
    default:
      return undefined
  }
}

function soaAnswer(apex: string, soa: Soa, ttl: number): Answer {
  return {
    name: apex,
    type: 'SOA',
    ttl,
    data: {
      mname: soa.primary,
      rname: soa.contact,
      serial: soa.serial,
      refresh: soa.refreshSeconds,
      retry: soa.retrySeconds,
      expire: soa.expireSeconds,
      minimum: soa.minimumSeconds,
    },
  }
}
