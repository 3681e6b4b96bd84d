// The files of a request: lines for a zone file, a table for a spreadsheet, and commands to check.
import type { NoticeFile } from '../base/notice.ts'
import type { DnsRequest } from './request.ts'
import { quotedStrings } from './txt-value.ts'
import type { WantedRecord } from './wanted-record.ts'

export function requestFiles(request: DnsRequest, work: readonly WantedRecord[]): readonly NoticeFile[] {
  return [
    { name: 'records.zone', mediaType: 'text/plain; charset=utf-8', text: zoneFragment(request, work) },
    { name: 'records.csv', mediaType: 'text/csv; charset=utf-8', text: table(request, work) },
    { name: 'check.sh', mediaType: 'text/x-shellscript; charset=utf-8', text: checks(request, work) },
  ]
}

/** The name as a zone file of this zone writes it; names outside are full, with their dot (RFC 1035 5.1). */
export function relativeName(name: string, zoneApex: string): string {
  if (name === zoneApex) return '@'
  return name.endsWith(`.${zoneApex}`) ? name.slice(0, -zoneApex.length - 1) : `${name}.`
}

/** The value as a zone file writes it. */
export function zoneValue({ type, value }: WantedRecord): string {
  switch (type) {
    case 'TXT':
      return quotedStrings(value)
    case 'CNAME':
    case 'MX':
    default:
      return `${value}.`
  }
}

function zoneFragment({ id, zoneApex, records }: DnsRequest, work: readonly WantedRecord[]): string {
  const line = (record: WantedRecord) =>
    `${relativeName(record.name, zoneApex)} ${record.ttlSeconds} IN ${record.type} ${zoneValue(record)}`
  const asked = work.flatMap((record) => [
    `; ${record.action}: ${record.name}.`,
    ...(record.type === 'TXT' ? [`; joined: ${record.value}`] : []),
    record.action === 'remove' ? `; remove: ${line(record)}` : line(record),
    '',
  ])
  const kept = records.filter(({ action, today }) => action === 'keep' && today !== undefined)
  return [
    `; ${id}`,
    `$ORIGIN ${zoneApex}.`,
    '',
    ...asked,
    ...(kept.length === 0 ? [] : ['; keep as they are:', ...kept.map((record) => `; ${line(record)}`), '']),
  ].join('\n')
}

/** Excel in Japan reads UTF-8 rightly only behind a byte order mark. */
const BYTE_ORDER_MARK = '\uFEFF'

function table({ zoneApex }: DnsRequest, work: readonly WantedRecord[]): string {
  const header = ['action', 'name', 'relative', 'type', 'ttl', 'value', 'purpose', 'today', 'fault']
  const rows = work.map((record) => [
    record.action,
    `${record.name}.`,
    relativeName(record.name, zoneApex),
    record.type,
    String(record.ttlSeconds),
    record.value,
    record.purpose,
    (record.today ?? []).join(' | '),
    record.fault ?? '',
  ])
  return `${BYTE_ORDER_MARK}${[header, ...rows].map((row) => row.map(cell).join(',')).join('\r\n')}\r\n`
}

/** RFC 4180. A cell that begins like a formula would be run by a spreadsheet; no value of ours does, foreign ones may. */
function cell(text: string): string {
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}

/** Resolvers that everybody can ask. */
const PUBLIC_RESOLVERS = ['8.8.8.8', '1.1.1.1']

/** The commands for one record, the zone's own servers first. */
export function checkCommands({ nameServers }: DnsRequest, { name, type }: WantedRecord): readonly string[] {
  return [
    ...nameServers.map((server) => `dig +norecurse +short @${server} ${name} ${type}`),
    ...PUBLIC_RESOLVERS.map((resolver) => `dig +short @${resolver} ${name} ${type}`),
  ]
}

function checks(request: DnsRequest, work: readonly WantedRecord[]): string {
  const parts = work.flatMap((record) => [
    `echo '== ${record.name} ${record.type}'`,
    `# ${zoneValue(record)}`,
    ...checkCommands(request, record),
    '',
  ])
  return ['#!/bin/sh', `# ${request.id}: what each server should answer stands above its commands.`, '', ...parts].join(
    '\n',
  )
}
