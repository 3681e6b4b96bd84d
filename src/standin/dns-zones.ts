// The data of the small DNS server and the look-up in it: authoritative answers, CNAMEs followed inside our zones,
// negative answers with the SOA (RFC 1034 4.3.2, RFC 2308). No sockets here.
import type { Answer } from 'dns-packet'
import { never } from './exhaustive.ts'

export interface DnsRecord {
  readonly name: string
  readonly type: 'A' | 'AAAA' | 'CNAME' | 'MX' | 'NS' | 'TXT'
  /** TXT: the whole text, cut into strings of 255 when it is sent. MX: `10 host`. Else as in a zone file. */
  readonly value: string
  readonly ttlSeconds?: number
}

export interface DnsLookup {
  readonly code: 'NOERROR' | 'NXDOMAIN' | 'REFUSED'
  readonly answers: readonly Answer[]
  readonly authorities: readonly Answer[]
}

export interface DnsZones {
  /** Makes a zone with an SOA and an NS; nothing when it is there. */
  addZone(apex: string): void
  /** Adds a record; the same name may have many. Its zone must exist. */
  add(record: DnsRecord): void
  /** Removes the records of a name, all or of one type; tells how many. */
  remove(name: string, type?: DnsRecord['type']): number
  lookup(name: string, type: string): DnsLookup
  list(): readonly DnsRecord[]
}

const TTL_SECONDS = 60
/** RFC 2308 5: how long "not there" may be kept. */
const NEGATIVE_TTL_SECONDS = 30
/** A longer chain is a mistake; BIND stops there too. */
const CNAME_HOPS_MAX = 16
/** RFC 1035 3.3: a character-string has at most 255 octets. */
const STRING_MAX = 255

const fold = (name: string): string => name.toLowerCase().replace(/\.$/, '')

interface ZoneData {
  /** Apex to the serial of its SOA. */
  readonly serials: Map<string, number>
  readonly records: Map<string, DnsRecord[]>
}

export function createDnsZones(): DnsZones {
  const data: ZoneData = { serials: new Map(), records: new Map() }
  const { serials, records } = data
  const put = (record: DnsRecord): void => {
    const name = fold(record.name)
    records.set(name, [...(records.get(name) ?? []), { ...record, name }])
  }
  const changed = (name: string): void => {
    const apex = zoneOf(data, name)
    if (apex !== undefined) serials.set(apex, serials.get(apex)! + 1)
  }
  return {
    addZone(apex) {
      const name = fold(apex)
      if (serials.has(name)) return
      serials.set(name, 1)
      put({ name, type: 'NS', value: `ns.${name}` })
    },
    add(record) {
      if (zoneOf(data, record.name) === undefined) throw new Error(`no zone for ${record.name}: add the zone first`)
      put(record)
      changed(record.name)
    },
    remove(name, type) {
      const key = fold(name)
      const before = records.get(key) ?? []
      const left = type === undefined ? [] : before.filter((record) => record.type !== type)
      if (left.length > 0) records.set(key, left)
      else records.delete(key)
      changed(key)
      return before.length - left.length
    },
    lookup: (name, type) => lookup(data, fold(name), type),
    list: () => [...records.values()].flat(),
  }
}

function zoneOf({ serials }: ZoneData, name: string): string | undefined {
  const labels = fold(name).split('.')
  return labels.map((_, index) => labels.slice(index).join('.')).find((apex) => serials.has(apex))
}

function lookup(data: ZoneData, question: string, type: string): DnsLookup {
  const answers: Answer[] = []
  let name = question
  if (zoneOf(data, name) === undefined) return { code: 'REFUSED', answers, authorities: [] }
  for (let hop = 0; hop < CNAME_HOPS_MAX; hop += 1) {
    const zone = zoneOf(data, name)
    // The chain leads out of our zones: what we know is the answer, the asker goes on elsewhere.
    if (zone === undefined) break
    const here = data.records.get(name) ?? []
    const wanted = here.filter((record) => type === 'ANY' || record.type === type).map(answerOf)
    if (type === 'SOA' && name === zone) wanted.push(soaOf(data, zone))
    if (wanted.length > 0) return { code: 'NOERROR', answers: [...answers, ...wanted], authorities: [] }
    const cname = here.find((record) => record.type === 'CNAME')
    if (cname === undefined) {
      return { code: exists(data, name) ? 'NOERROR' : 'NXDOMAIN', answers, authorities: [soaOf(data, zone)] }
    }
    answers.push(answerOf(cname))
    name = fold(cname.value)
  }
  return { code: 'NOERROR', answers, authorities: [] }
}

/** A name exists when it or a name under it has a record (RFC 4592 2.2.2). */
function exists({ records }: ZoneData, name: string): boolean {
  return records.has(name) || [...records.keys()].some((known) => known.endsWith(`.${name}`))
}

function soaOf({ serials }: ZoneData, apex: string): Answer {
  return {
    type: 'SOA',
    name: apex,
    ttl: NEGATIVE_TTL_SECONDS,
    data: {
      mname: `ns.${apex}`,
      rname: `hostmaster.${apex}`,
      serial: serials.get(apex) ?? 1,
      refresh: 3_600,
      retry: 600,
      expire: 86_400,
      minimum: NEGATIVE_TTL_SECONDS,
    },
  }
}

function answerOf(record: DnsRecord): Answer {
  const base = { name: record.name, ttl: record.ttlSeconds ?? TTL_SECONDS }
  switch (record.type) {
    case 'TXT':
      return { ...base, type: 'TXT', data: stringsOf(record.value) }
    case 'MX': {
      const [preference = '0', exchange = ''] = record.value.split(/\s+/)
      return { ...base, type: 'MX', data: { preference: Number(preference), exchange } }
    }
    case 'A':
    case 'AAAA':
    case 'CNAME':
    case 'NS':
      return { ...base, type: record.type, data: record.value }
    default:
      return never(record.type)
  }
}

function stringsOf(text: string): string[] {
  const strings: string[] = []
  for (let at = 0; at < text.length; at += STRING_MAX) strings.push(text.slice(at, at + STRING_MAX))
  return strings.length > 0 ? strings : ['']
}
