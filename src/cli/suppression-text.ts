// How the suppression list looks to people.
import type { ReconcileReport } from '../core/feedback/reconcile-report.ts'
import type { ReconcileState } from '../core/feedback/reconcile-loop.ts'
import type { SuppressionStatus } from '../core/feedback/suppression-desk.ts'
import type { Evidence, SuppressionRecord } from '../core/feedback/suppression.ts'
import type { FileReport } from './import-file.ts'
import { facts, grouped, localTime, table } from './output.ts'

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

export function statusText({ entries, removals, reconciliation, lookedAt, lookedWholeAt }: SuppressionStatus): string {
  const total = Object.values(entries).reduce((sum, count) => sum + count, 0)
  return facts([
    ['On the list', grouped(total)],
    ...Object.entries(entries).map(([reason, count]) => [`  ${reason}`, grouped(count)] as const),
    ['Taken off', grouped(removals)],
    ['Account seen', `${whenOrNever(lookedAt)}, all of it ${whenOrNever(lookedWholeAt)}`],
    ['Next', nextText(reconciliation)],
  ])
}

function whenOrNever(at: number | undefined): string {
  return at === undefined ? 'never' : localTime(at)
}

function nextText({ running, nextAt }: ReconcileState): string {
  if (running) return 'it is being reconciled now'
  return nextAt === undefined ? 'by command only' : localTime(nextAt)
}

export function reconcileText({ running, last }: ReconcileState): string {
  if (running) return 'It is being reconciled; watari suppression status tells when that is done.\n'
  return last === undefined ? 'Nothing was reconciled; the log tells why.\n' : reportText(last)
}

function reportText(report: ReconcileReport): string {
  const { whole, seen, added, removed, put, waiting, gone, keptThoughGone, refused, unreadable } = report
  const would = report.dryRun ? 'would be ' : ''
  const lines: readonly (readonly [string, number])[] = [
    [`${would}new here`, added],
    [`${would}off here, because gone there`, gone],
    [`${would}taken off there, because taken off here`, removed],
    [`${would}put there`, put],
    ['wait to be put there: export them, or the next runs do it', waiting],
    ['gone there in such numbers that they stay here: docs/suppression.md', keptThoughGone],
    ['not taken by SES', refused],
    ['no address as Watari knows them, left alone', unreadable],
  ]
  const looked = `Looked at ${whole ? 'the whole list' : 'what is new on the list'} of the account: ${grouped(seen)}\n`
  const told = lines.filter(([, count], i) => i < 4 || count > 0)
  return looked + told.map(([what, count]) => `  ${grouped(count).padStart(9)}  ${what}\n`).join('')
}

/** More are a list for a program: --json. */
const FAULTS_SHOWN_MAX = 20

export function importText(report: FileReport, dryRun: boolean): string {
  const { file, lines, added, widened, known, keptOff, passed, faults, firstFaults } = report
  const would = dryRun ? ' would be' : ''
  const counts: readonly (readonly [string, number])[] = [
    [`${would} new`.trim(), added],
    ['on the list, and the file knows more', widened],
    ['on the list', known],
    ['left off, because a person took them off', keptOff],
    ['lines that say nothing against an address', passed],
    ['lines not understood', faults],
  ]
  const told = counts.filter(([, count], i) => i === 0 || count > 0)
  const shown = firstFaults
    .slice(0, FAULTS_SHOWN_MAX)
    .map(({ line, what, mend }) => `  line ${line} ${what}. ${mend}\n`)
  const more = faults > shown.length ? `  and ${grouped(faults - shown.length)} more; --json tells them\n` : ''
  return [
    `${file}: ${grouped(lines)} lines\n`,
    ...told.map(([what, count]) => `  ${grouped(count).padStart(9)}  ${what}\n`),
    ...shown,
    more,
  ].join('')
}
