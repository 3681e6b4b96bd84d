// A zone of ours as the text of a master file (RFC 1035 5.1): one record a line, names absolute, so that BIND, NSD and Knot
// load it as it is and a person can read it. What is read back is exactly this form; anything else is an error with a line.
import { isIPv4, isIPv6 } from 'node:net'
import type { DnsRecord } from '../../core/base/dns.ts'
import { isWithin } from '../../core/base/dns-name.ts'

/** RFC 1035 3.3.14: a character-string has at most 255 octets. */
const STRING_OCTETS_MAX = 255
const HEAD = '; Written by Watari. It is replaced whole at every change; hands and other programs only read it.'
/** The last line: a file that was cut short does not have it. */
const END = '; end of zone'

export interface Soa {
  readonly ttlSeconds: number
  readonly primary: string
  /** A mailbox with a dot for the @ (RFC 1035 3.3.13). */
  readonly contact: string
  readonly serial: number
  readonly refreshSeconds: number
  readonly retrySeconds: number
  readonly expireSeconds: number
  readonly minimumSeconds: number
}

export interface ZoneContents {
  readonly apex: string
  readonly soa: Soa
  /** NS, A, AAAA and TXT. */
  readonly records: readonly DnsRecord[]
}

export function writeZone({ apex, soa, records }: ZoneContents): string {
  const times = [soa.serial, soa.refreshSeconds, soa.retrySeconds, soa.expireSeconds, soa.minimumSeconds].join(' ')
  return [
    HEAD,
    `${apex}. ${soa.ttlSeconds} IN SOA ${soa.primary}. ${soa.contact}. ${times}`,
    ...records.map(zoneLine),
    END,
    '',
  ].join('\n')
}

/** One record as its line, which is also how two records are told apart. */
export function zoneLine(record: DnsRecord): string {
  return `${record.name}. ${record.ttlSeconds} IN ${record.type} ${rdataOf(record)}`
}

function rdataOf(record: DnsRecord): string {
  switch (record.type) {
    case 'A':
    case 'AAAA':
      return record.address
    case 'NS':
    case 'CNAME':
      return `${record.target}.`
    case 'TXT':
      return record.strings.map(quoted).join(' ')
    default:
      throw new Error(`a zone of ours has no ${record.type} record at ${record.name}`)
  }
}

/** RFC 1035 5.1: quotes and backslashes are escaped, octets that are not printable ASCII are \DDD. */
function quoted(text: string): string {
  const escaped = text.replaceAll(/["\\]|[^ -~]/g, (char) =>
    char === '"' || char === '\\' ? `\\${char}` : `\\${String(char.charCodeAt(0)).padStart(3, '0')}`,
  )
  return `"${escaped}"`
}

/** Reads what `writeZone` wrote. Throws with the line and what to do, because serving half a zone denies the other half. */
export function readZone(text: string, apex: string): ZoneContents {
  const lines = text.split('\n')
  if (lines.at(-1) !== '' || lines.at(-2) !== END) throw new Error(`the zone file is cut short. ${MEND}`)
  let soa: Soa | undefined
  const records: DnsRecord[] = []
  for (const [at, line] of lines.entries()) {
    if (line === '' || line.startsWith(';')) continue
    const entry = readLine(line, apex)
    if (entry === undefined) throw new Error(`line ${at + 1} of the zone file cannot be read. ${MEND}`)
    if (entry.kind === 'soa' && soa) throw new Error(`line ${at + 1} of the zone file is a second SOA. ${MEND}`)
    if (entry.kind === 'soa') soa = entry.soa
    else records.push(entry.record)
  }
  if (soa === undefined) throw new Error(`the zone file has no SOA for ${apex}. ${MEND}`)
  return { apex, soa, records }
}

const MEND = 'Restore it from a backup, or move it away: a new zone is begun then, and its records are published again'

const LINE = /^([^ ]+)\. (\d{1,10}) IN (SOA|NS|A|AAAA|TXT) (.+)$/
const SOA_RDATA = /^([^ ]+)\. ([^ ]+)\. (\d{1,10}) (\d{1,10}) (\d{1,10}) (\d{1,10}) (\d{1,10})$/
const STRING = /"((?:[^"\\]|\\\d{3}|\\["\\])*)"/g
const STRINGS = /^"(?:[^"\\]|\\\d{3}|\\["\\])*"(?: "(?:[^"\\]|\\\d{3}|\\["\\])*")*$/

type Entry = { readonly kind: 'soa'; readonly soa: Soa } | { readonly kind: 'record'; readonly record: DnsRecord }

function readLine(line: string, apex: string): Entry | undefined {
  const [, name, ttl, type, rdata] = LINE.exec(line) ?? []
  if (name === undefined || rdata === undefined || !isWithin(name, apex)) return undefined
  const base = { name, ttlSeconds: Number(ttl) }
  if (type === 'SOA') return name === apex ? readSoa(base.ttlSeconds, rdata) : undefined
  const record = readRecord(base, type, rdata)
  return record && { kind: 'record', record }
}

function readSoa(ttlSeconds: number, rdata: string): Entry | undefined {
  const found = SOA_RDATA.exec(rdata)
  if (!found) return undefined
  const [serial = 0, refreshSeconds = 0, retrySeconds = 0, expireSeconds = 0, minimumSeconds = 0] = found
    .slice(3)
    .map(Number)
  const names = { primary: found[1]!, contact: found[2]! }
  return {
    kind: 'soa',
    soa: { ttlSeconds, ...names, serial, refreshSeconds, retrySeconds, expireSeconds, minimumSeconds },
  }
}

function readRecord(
  base: { readonly name: string; readonly ttlSeconds: number },
  type: string | undefined,
  rdata: string,
): DnsRecord | undefined {
  if (type === 'A') return isIPv4(rdata) ? { ...base, type, address: rdata } : undefined
  if (type === 'AAAA') return isIPv6(rdata) ? { ...base, type, address: rdata } : undefined
  if (type === 'NS') return rdata.endsWith('.') ? { ...base, type, target: rdata.slice(0, -1) } : undefined
  if (type !== 'TXT' || !STRINGS.test(rdata)) return undefined
  const strings = [...rdata.matchAll(STRING)].map(([, text = '']) => unquoted(text))
  return strings.every((text) => text.length <= STRING_OCTETS_MAX) ? { ...base, type, strings } : undefined
}

function unquoted(text: string): string {
  return text.replaceAll(/\\(?:(\d{3})|(.))/g, (_, code: string | undefined, char: string) =>
    code === undefined ? char : String.fromCharCode(Number(code)),
  )
}
