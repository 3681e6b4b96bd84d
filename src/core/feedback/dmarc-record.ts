// What is kept of DMARC reports: one line for each day, reporter, selector and source network, and which reports were counted.
// Pure. Its rule: a report counts once, and the record does not grow without end.
import { DAY_MS } from '../base/clock.ts'
import { maskIp } from '../mail/mask.ts'
import { isAligned, type DmarcReport, type DmarcRow } from './dmarc-report.ts'
import { isSesAddress } from './ses-networks.ts'

export interface DmarcCounts {
  readonly mails: number
  /** With a valid signature of an aligned domain. */
  readonly dkimPassed: number
  readonly spfPassed: number
  /** Either. */
  readonly dmarcPassed: number
}

export interface DmarcLine extends DmarcCounts {
  /** UTC, of the report's beginning: '2026-11-25'. */
  readonly day: string
  readonly reporter: string
  /** Of the aligned signature; UNSIGNED or UNTOLD in its place. */
  readonly selector: string
  /** `203.0.***.***` */
  readonly source: string
  /** Whose policy was applied; one of ours. Lines of an older record lack it and the next. */
  readonly domain?: string
  /** Whether SES sent it: by the whole address, of which only the network is kept. */
  readonly bySes?: boolean
}

export interface CountedReport {
  readonly reporter: string
  readonly reportId: string
  readonly beginAt: number
  readonly mails: number
  readonly unreadableRows: number
}

export interface DmarcRecord {
  readonly reports: readonly CountedReport[]
  readonly lines: readonly DmarcLine[]
}

export const EMPTY_DMARC: DmarcRecord = { reports: [], lines: [] }

/** No aligned signature at all. */
const UNSIGNED = '(unsigned)'
/** Signed, and the reporter leaves the selector out. */
const UNTOLD = '(not told)'
/** Where lines of a day go that are too many: forged mail comes from everywhere. */
const OTHERS = 'others'
/** Lines of one day kept apart: dozens of reporters and networks, several selectors. */
const LINES_OF_DAY_MAX = 2_000
/** Reports remembered; a domain known to everybody gets some hundreds a day. */
const REPORTS_MAX = 50_000

export type DmarcAddition =
  | { readonly kind: 'added'; readonly record: DmarcRecord; readonly counts: DmarcCounts }
  /** It was counted before. */
  | { readonly kind: 'known' }
  /** Its day is past what is kept, or has not come yet. */
  | { readonly kind: 'outOfTime' }

/** A day ahead of us may be a time zone; more is a clock or a forgery. */
const AHEAD_MAX_MS = 2 * DAY_MS

export function addDmarcReport(
  record: DmarcRecord,
  report: DmarcReport,
  { nowMs, days }: { readonly nowMs: number; readonly days: number },
): DmarcAddition {
  const { reporter, reportId, beginAt, unreadableRows } = report
  const oldestAt = nowMs - days * DAY_MS
  if (beginAt < oldestAt || beginAt > nowMs + AHEAD_MAX_MS) return { kind: 'outOfTime' }
  if (record.reports.some((one) => one.reportId === reportId && one.reporter === reporter)) return { kind: 'known' }
  const added = report.rows.map((row) => lineOf(row, report))
  const counts = sumOf(added)
  const kept = record.lines.filter(({ day }) => Date.parse(day) >= oldestAt - DAY_MS)
  const counted = { reporter, reportId, beginAt, mails: counts.mails, unreadableRows }
  const reports = [...record.reports.filter((one) => one.beginAt >= oldestAt), counted].slice(-REPORTS_MAX)
  return { kind: 'added', record: { reports, lines: bounded(kept, added, dayOf(beginAt)) }, counts }
}

function lineOf(row: DmarcRow, { beginAt, reporter, domain }: DmarcReport): DmarcLine {
  const { mails, dkimPass, spfPass, sourceIp } = row
  return {
    day: dayOf(beginAt),
    reporter,
    selector: selectorOf(row),
    source: maskIp(sourceIp),
    domain,
    bySes: isSesAddress(sourceIp),
    mails,
    dkimPassed: dkimPass ? mails : 0,
    spfPassed: spfPass ? mails : 0,
    dmarcPassed: dkimPass || spfPass ? mails : 0,
  }
}

/** SES signs each mail twice; the signature of amazonses.com is not ours. Of two of ours, the one that held counts. */
function selectorOf({ signatures, headerFrom }: DmarcRow): string {
  const ours = signatures.filter(({ domain }) => isAligned(domain, headerFrom))
  const best = ours.find(({ result }) => result === 'pass') ?? ours[0]
  if (best === undefined) return UNSIGNED
  return best.selector === '' ? UNTOLD : best.selector
}

function bounded(kept: readonly DmarcLine[], added: readonly DmarcLine[], day: string): readonly DmarcLine[] {
  const today = merged(
    [...kept.filter((line) => line.day === day), ...added],
    ({ reporter, selector, source, ...by }) => {
      return { reporter, selector, source, ...sender(by) }
    },
  ).toSorted((a, b) => b.mails - a.mails)
  const rest = today.slice(LINES_OF_DAY_MAX)
  const others = merged(rest, ({ selector, ...by }) => ({
    reporter: OTHERS,
    selector: selector === UNSIGNED ? UNSIGNED : OTHERS,
    source: OTHERS,
    ...sender(by),
  }))
  return [...kept.filter((line) => line.day !== day), ...today.slice(0, LINES_OF_DAY_MAX), ...others]
}

type Group = Pick<DmarcLine, 'reporter' | 'selector' | 'source' | 'domain' | 'bySes'>

function sender({ domain, bySes }: Pick<DmarcLine, 'domain' | 'bySes'>): Pick<DmarcLine, 'domain' | 'bySes'> {
  return { ...(domain === undefined ? {} : { domain }), ...(bySes === undefined ? {} : { bySes }) }
}

/** Lines of one group and day as one, in the order of their first. */
export function merged(lines: readonly DmarcLine[], groupOf: (line: DmarcLine) => Group): readonly DmarcLine[] {
  const groups = new Map<string, DmarcLine>()
  for (const line of lines) {
    const group = groupOf(line)
    const key = JSON.stringify([line.day, group.reporter, group.selector, group.source, group.domain, group.bySes])
    const before = groups.get(key)
    groups.set(key, { day: line.day, ...group, ...sumOf(before === undefined ? [line] : [before, line]) })
  }
  return [...groups.values()]
}

export function sumOf(lines: readonly DmarcCounts[]): DmarcCounts {
  const sum = (of: (line: DmarcCounts) => number) => lines.reduce((total, line) => total + of(line), 0)
  return {
    mails: sum(({ mails }) => mails),
    dkimPassed: sum(({ dkimPassed }) => dkimPassed),
    spfPassed: sum(({ spfPassed }) => spfPassed),
    dmarcPassed: sum(({ dmarcPassed }) => dmarcPassed),
  }
}

export function dayOf(atMs: number): string {
  return new Date(atMs).toISOString().slice(0, 10)
}
