// What the kept DMARC figures amount to over some days: in all, and by day, selector and source network. Pure.
import { DAY_MS } from '../base/clock.ts'
import { isUnder } from '../mail/address.ts'
import { dayOf, merged, sumOf, type DmarcCounts, type DmarcLine, type DmarcRecord } from './dmarc-record.ts'

export interface DmarcSummary {
  /** First and last day that were asked for, UTC. */
  readonly fromDay: string
  readonly toDay: string
  readonly reports: number
  readonly reporters: readonly string[]
  readonly unreadableRows: number
  readonly total: DmarcCounts
  /** Newest day first, within it the most mails first. */
  readonly lines: readonly Omit<DmarcLine, 'reporter' | 'domain' | 'bySes'>[]
}

/** The last `days` days up to today. A day's reports come in the day after. */
export function summarizeDmarc(record: DmarcRecord, { nowMs, days }: { nowMs: number; days: number }): DmarcSummary {
  const [fromDay, toDay] = [dayOf(nowMs - (days - 1) * DAY_MS), dayOf(nowMs)]
  const inside = (day: string) => day >= fromDay && day <= toDay
  const lines = record.lines.filter(({ day }) => inside(day))
  const reports = record.reports.filter(({ beginAt }) => inside(dayOf(beginAt)))
  return {
    fromDay,
    toDay,
    reports: reports.length,
    reporters: [...new Set(reports.map(({ reporter }) => reporter))].toSorted(),
    unreadableRows: reports.reduce((sum, { unreadableRows }) => sum + unreadableRows, 0),
    total: sumOf(lines),
    lines: merged(lines, ({ selector, source }) => ({ reporter: '', selector, source }))
      .toSorted((a, b) => b.day.localeCompare(a.day) || b.mails - a.mails)
      .map(({ reporter: _reporter, ...line }) => line),
  }
}

/** Days that a robot looks back: the reports of a day come in the day after, and some a day later. */
const SES_DAYS = 3

export interface DkimResults {
  readonly passed: number
  readonly total: number
}

/** How much of the mail of `domain` that SES sent carried a DKIM signature that held; undefined when nobody reported any. */
export function dkimBySes(
  record: DmarcRecord | undefined,
  { domain, nowMs }: { readonly domain: string; readonly nowMs: number },
): DkimResults | undefined {
  const fromDay = dayOf(nowMs - SES_DAYS * DAY_MS)
  const lines = (record?.lines ?? []).filter(
    (line) =>
      line.bySes === true && isUnder(line.domain ?? '', domain) && line.day >= fromDay && line.day <= dayOf(nowMs),
  )
  const { mails, dkimPassed } = sumOf(lines)
  return mails === 0 ? undefined : { passed: dkimPassed, total: mails }
}

/** In percent, cut (not rounded) to two digits, so that 100 is said of all and of nothing less. */
export function percentOf(part: number, whole: number): string {
  if (whole === 0) return '-'
  return `${(Math.floor((part / whole) * 10_000) / 100).toFixed(2)} %`
}
