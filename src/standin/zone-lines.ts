// Reads lines of a zone file (RFC 1035 5.1) as a request to a DNS team gives them: one record a line, names relative to $ORIGIN.
// Enough to play the DNS team by hand; not a zone file parser.
import type { DnsRecord } from './dns-zones.ts'

/** A request has a dozen lines. */
const LINES_MAX = 1_000

/** The records, or the first line that is none of the forms known here. */
export function zoneLines(text: string): readonly DnsRecord[] | { readonly fault: string } {
  const records: DnsRecord[] = []
  let origin = ''
  for (const line of text.split(/\r?\n/, LINES_MAX)) {
    const bare = line.trim()
    if (bare === '' || bare.startsWith(';')) continue
    const moved = /^\$ORIGIN\s+(\S+?)\.?$/i.exec(bare)
    if (moved !== null) {
      origin = moved[1]!.toLowerCase()
      continue
    }
    const record = recordIn(bare, origin)
    if (record === undefined) return { fault: `not understood: ${bare.slice(0, 80)}` }
    records.push(record)
  }
  return records
}

function recordIn(line: string, origin: string): DnsRecord | undefined {
  const match = /^(\S+)\s+(\d+)\s+IN\s+(TXT|CNAME|MX)\s+(.+)$/i.exec(line)
  if (match === null) return undefined
  const [, name, ttl, type, rest] = match
  const value = type!.toUpperCase() === 'TXT' ? joined(rest!) : rest!.replace(/\.$/, '')
  if (value === undefined) return undefined
  return { name: absolute(name!, origin), type: type!.toUpperCase() as 'TXT', value, ttlSeconds: Number(ttl) }
}

function absolute(name: string, origin: string): string {
  if (name.endsWith('.')) return name.slice(0, -1).toLowerCase()
  return name === '@' ? origin : `${name.toLowerCase()}.${origin}`
}

/** `"first" "second"` with nothing between; undefined when it is not quoted strings alone. */
function joined(text: string): string | undefined {
  const strings = text.match(/"(?:[^"\\]|\\.)*"/g)
  if (strings === null || strings.join(' ') !== text.trim().replaceAll(/\s+(?=")/g, ' ')) return undefined
  return strings.map((string) => string.slice(1, -1).replaceAll(/\\(.)/g, '$1')).join('')
}
