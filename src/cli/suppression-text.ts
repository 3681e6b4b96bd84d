// How the suppression list looks to people.
import type { Evidence, SuppressionRecord } from '../core/feedback/suppression.ts'
import { facts, localTime, table } from './output.ts'

export function recordText({ address, entry, removal, account }: SuppressionRecord): string {
  return facts([
    ['Address', address],
    ['Listed', entry === undefined ? 'no' : `${entry.reason}, since ${localTime(entry.addedAt)}`],
    ...(entry === undefined
      ? []
      : ([
          ['By', entry.by],
          ['Evidence', evidenceText(entry.evidence)],
          ['Source', entry.evidence.source ?? '-'],
          ['Why', entry.note ?? '-'],
        ] as const)),
    ...(removal === undefined
      ? []
      : ([['Removed', `${localTime(removal.at)} by ${removal.by}: ${removal.note}`]] as const)),
    ['SES', account === undefined ? 'not known there' : `${account.reason}, seen ${localTime(account.seenAt)}`],
  ])
}

function evidenceText({ word, status, count, firstAt, lastAt }: Evidence): string {
  const times = count === 1 ? 'once' : `${count} times`
  const last = lastAt === undefined ? '' : `, last ${localTime(lastAt)}`
  const first = firstAt === undefined || firstAt === lastAt ? '' : `, first ${localTime(firstAt)}`
  return `${word}${status === undefined ? '' : ` ${status}`}, ${times}${first}${last}`
}

/** One line an address. */
export function recordTable(records: readonly SuppressionRecord[]): string {
  return table(
    ['ADDRESS', 'REASON', 'STATUS', 'TIMES', 'SINCE', 'BY'],
    records.map(({ address, entry, removal }) =>
      entry === undefined
        ? [address, 'removed', '-', '-', removal === undefined ? '-' : localTime(removal.at), removal?.by ?? '-']
        : [
            address,
            entry.reason,
            entry.evidence.status ?? '-',
            entry.evidence.count,
            localTime(entry.addedAt),
            entry.by,
          ],
    ),
  )
}
