// A reply as a value: which of all that DNS can say was said. Nothing here asks anybody or guesses.
import type { Answer, DecodedPacket } from 'dns-packet'
import type { DnsAnswer, DnsFault, DnsQuestion, DnsRecord } from '../../core/base/dns.ts'
import { ALIASES_MAX } from './limits.ts'
import { canonicalName, isWithin } from '../../core/base/dns-name.ts'

/** RFC 2181 8: a TTL with its highest bit set counts as zero. */
const TTL_MAX = 0x7fff_ffff

const FAULT_OF_CODE: Readonly<Record<string, DnsFault>> = {
  FORMERR: 'FORMERR',
  SERVFAIL: 'SERVFAIL',
  NOTIMP: 'NOTIMP',
  REFUSED: 'REFUSED',
  NOTAUTH: 'notAuthoritative',
}

export type Asking = 'authoritative' | 'recursive'
type Fault = Extract<DnsAnswer, { kind: 'fault' }>

/** What a whole (not truncated) reply says to the question. */
export function answerIn(packet: DecodedPacket, code: string, question: DnsQuestion, how: Asking): DnsAnswer {
  const said = recordsOf(packet.answers)
  const aliases = question.type === 'CNAME' ? [] : aliasesFrom(question.name, said)
  // Before the code: BIND says SERVFAIL of a circle, and shows it.
  if ('kind' in aliases) return aliases
  if (code !== 'NOERROR' && code !== 'NXDOMAIN') {
    return fault(FAULT_OF_CODE[code] ?? 'garbled', `the server answered ${code}`)
  }
  const last = aliases.at(-1)
  const owner = last?.target ?? question.name
  const found = said.filter((record) => record.type === question.type && record.name === owner)
  const authoritative = packet.flag_aa
  if (how === 'authoritative' && !authoritative) return fault('notAuthoritative', referral(packet))
  if (found.length > 0) return { kind: 'records', authoritative, records: [...aliases, ...found] }
  const denial = denialOf(packet, owner)
  if (code === 'NXDOMAIN') return { kind: 'noSuchName', authoritative, records: aliases, ...denial }
  if (how === 'recursive' && !authoritative && isReferral(packet)) return fault('notAuthoritative', referral(packet))
  // Only aliases and no word about where they lead: the target is another server's. A resolver would have gone there.
  if (last && how === 'authoritative' && denial === undefined) {
    return { kind: 'records', authoritative, records: aliases }
  }
  return { kind: 'noSuchRecord', authoritative, records: aliases, ...denial }
}

function fault(fault: DnsFault, message: string): Fault {
  return { kind: 'fault', fault, message }
}

type Alias = Extract<DnsRecord, { target: string }>

/** The aliases in the order they are followed, however they were sorted in the answer. */
function aliasesFrom(name: string, said: readonly DnsRecord[]): readonly Alias[] | Fault {
  const followed: Alias[] = []
  for (let at = name; ;) {
    const here = said.filter((record): record is Alias => record.type === 'CNAME' && record.name === at)
    const targets = new Set(here.map(({ target }) => target))
    const alias = here[0]
    if (alias === undefined) return followed
    // RFC 2181 10.1: one name has one canonical name.
    if (targets.size > 1) return fault('garbled', `${at} has ${targets.size} aliases; a name can have one`)
    followed.push(alias)
    if (alias.target === name || followed.some((earlier) => earlier.name === alias.target)) {
      return fault('aliasLoop', `the alias ${at} -> ${alias.target} leads back to where it came from`)
    }
    if (followed.length > ALIASES_MAX) return fault('aliasLoop', `${name} leads through over ${ALIASES_MAX} aliases`)
    at = alias.target
  }
}

/** RFC 2308 2.1, 2.2: a denial carries the SOA of the zone that denies; 5: the lower of two numbers is its life. */
function denialOf(
  packet: DecodedPacket,
  owner: string,
): { readonly negativeTtlSeconds: number; readonly zone: string } | undefined {
  for (const record of recordsOf(packet.authorities)) {
    if (record.type !== 'SOA' || !isWithin(owner, record.name)) continue
    return { negativeTtlSeconds: Math.min(record.ttlSeconds, record.minimumSeconds), zone: record.name }
  }
  return undefined
}

function isReferral(packet: DecodedPacket): boolean {
  const authorities = recordsOf(packet.authorities)
  return authorities.some(({ type }) => type === 'NS') && !authorities.some(({ type }) => type === 'SOA')
}

function referral(packet: DecodedPacket): string {
  const servers = recordsOf(packet.authorities).flatMap((record) => (record.type === 'NS' ? [record.target] : []))
  const named = servers.slice(0, 3).join(', ')
  return isReferral(packet)
    ? `the server does not serve this zone; it refers to ${named === '' ? 'the root' : named}`
    : 'the server answers, but not as one that serves this zone (no AA bit)'
}

function recordsOf(section: readonly Answer[] | undefined): readonly DnsRecord[] {
  return (section ?? []).flatMap((record) => recordOf(record) ?? [])
}

/** Undefined for types and classes that nobody here asks for. */
function recordOf(record: Answer): DnsRecord | undefined {
  if (record.type === 'OPT' || !('data' in record) || (record.class ?? 'IN') !== 'IN') return undefined
  const ttl = record.ttl ?? 0
  const base = { name: canonicalName(record.name), ttlSeconds: ttl > TTL_MAX ? 0 : ttl }
  switch (record.type) {
    case 'A':
    case 'AAAA':
      return { ...base, type: record.type, address: record.data }
    case 'CNAME':
    case 'NS':
      return { ...base, type: record.type, target: canonicalName(record.data) }
    case 'MX':
      return {
        ...base,
        type: 'MX',
        preference: record.data.preference ?? 0,
        exchange: canonicalName(record.data.exchange),
      }
    case 'SOA':
      return {
        ...base,
        type: 'SOA',
        primary: canonicalName(record.data.mname),
        serial: record.data.serial ?? 0,
        minimumSeconds: record.data.minimum ?? 0,
      }
    case 'TXT':
      return { ...base, type: 'TXT', strings: stringsOf(record.data) }
    default:
      return undefined
  }
}

function stringsOf(strings: string | Buffer | readonly (string | Buffer)[]): readonly string[] {
  const list = typeof strings === 'string' || Buffer.isBuffer(strings) ? [strings] : strings
  return list.map((text) => (typeof text === 'string' ? text : text.toString('latin1')))
}
