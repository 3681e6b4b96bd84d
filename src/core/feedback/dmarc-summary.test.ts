// What the robot is told of DKIM: mail by SES alone, of the plan's domain, of the last days.
import { describe, expect, test } from 'vitest'
import { addDmarcReport, EMPTY_DMARC, type DmarcRecord } from './dmarc-record.ts'
import type { DmarcReport, DmarcRow } from './dmarc-report.ts'
import { dkimBySes } from './dmarc-summary.ts'

const NOW = Date.UTC(2026, 10, 25, 12)
const DAY = 86_400_000
const SES = '54.240.10.11'
const OLD_HOST = '203.0.113.1'
const OURS = { domain: 'goo.ne.jp', nowMs: NOW }

function row(sourceIp: string, mails: number, dkimPass: boolean): DmarcRow {
  const headerFrom = 'goo.ne.jp'
  return { sourceIp, mails, dkimPass, spfPass: true, disposition: 'none', headerFrom, signatures: [] }
}

function recordOf(...reports: readonly (Partial<DmarcReport> & { readonly rows: readonly DmarcRow[] })[]): DmarcRecord {
  let record = EMPTY_DMARC
  for (const [i, report] of reports.entries()) {
    const whole = {
      reporter: 'r',
      reportId: `${i}`,
      beginAt: NOW - DAY,
      endAt: NOW,
      domain: 'goo.ne.jp',
      unreadableRows: 0,
    }
    const added = addDmarcReport(record, { ...whole, ...report }, { nowMs: NOW, days: 90 })
    if (added.kind !== 'added') throw new Error(added.kind)
    record = added.record
  }
  return record
}

describe('DKIM by SES', () => {
  test('is of what SES sent, not of the old hosts or of forgers', () => {
    const rows = [
      row(SES, 9_700, true),
      row(SES, 300, false),
      row(OLD_HOST, 50_000, false),
      row('2001:db8::1', 5, false),
    ]
    expect(dkimBySes(recordOf({ rows }), OURS)).toEqual({ passed: 9_700, total: 10_000 })
  })

  test('is told apart within one network of the report', () => {
    // 23.251.224.0/19 is SES, its neighbour is not; both are kept as 23.251.
    const rows = [row('23.251.224.1', 10, true), row('23.251.223.255', 90, false)]
    expect(dkimBySes(recordOf({ rows }), OURS)).toEqual({ passed: 10, total: 10 })
  })

  test('is of the last three days and today, and of the plan’s domain', () => {
    const record = recordOf(
      { rows: [row(SES, 1, true)], beginAt: NOW - 3 * DAY },
      { rows: [row(SES, 20, false)], beginAt: NOW - 4 * DAY },
      { rows: [row(SES, 300, true)], domain: 'news.goo.ne.jp' },
      { rows: [row(SES, 4_000, false)], domain: 'other.example' },
    )
    expect(dkimBySes(record, OURS)).toEqual({ passed: 301, total: 301 })
  })

  test.each<readonly [string, DmarcRecord | undefined]>([
    ['no report was read', undefined],
    ['nothing came by SES', recordOf({ rows: [row(OLD_HOST, 10, true)] })],
    [
      'the record is of a time when it was not noted',
      {
        reports: [],
        lines: [
          {
            day: '2026-11-25',
            reporter: 'r',
            selector: 's',
            source: '54.240.***.***',
            mails: 1,
            dkimPassed: 0,
            spfPassed: 0,
            dmarcPassed: 0,
          },
        ],
      },
    ],
  ])('is unknown when %s', (_when, record) => {
    expect(dkimBySes(record, OURS)).toBeUndefined()
  })
})
