import { describe, expect, test } from 'vitest'
import { addDmarcReport, EMPTY_DMARC, sumOf, type DmarcRecord } from './dmarc-record.ts'
import type { DmarcReport, DmarcRow } from './dmarc-report.ts'

const BEGIN = Date.UTC(2026, 10, 25)
const DAY = 86_400_000
const AT = { nowMs: BEGIN + DAY, days: 90 }

const aRow = (overrides: Partial<DmarcRow> = {}): DmarcRow => ({
  sourceIp: '54.240.10.11',
  mails: 10,
  disposition: 'none',
  headerFrom: 'goo.ne.jp',
  dkimPass: true,
  spfPass: true,
  signatures: [
    { domain: 'amazonses.com', selector: 'x', result: 'pass' },
    { domain: 'goo.ne.jp', selector: 'watari2', result: 'pass' },
  ],
  ...overrides,
})

const aReport = (overrides: Partial<DmarcReport> = {}): DmarcReport => ({
  reporter: 'google.com',
  reportId: '1',
  beginAt: BEGIN,
  endAt: BEGIN + DAY - 1_000,
  domain: 'goo.ne.jp',
  rows: [aRow()],
  unreadableRows: 0,
  ...overrides,
})

function added(record: DmarcRecord, report: DmarcReport, at = AT): DmarcRecord {
  const addition = addDmarcReport(record, report, at)
  if (addition.kind !== 'added') throw new Error(addition.kind)
  return addition.record
}

test('rows of one selector and network are one line, and single addresses are not kept', () => {
  const rows = [aRow(), aRow({ sourceIp: '54.240.10.12', mails: 5, dkimPass: false, spfPass: false })]
  expect(added(EMPTY_DMARC, aReport({ rows })).lines).toEqual([
    {
      day: '2026-11-25',
      reporter: 'google.com',
      selector: 'watari2',
      source: '54.240.***.***',
      domain: 'goo.ne.jp',
      bySes: true,
      mails: 15,
      dkimPassed: 10,
      spfPassed: 10,
      dmarcPassed: 10,
    },
  ])
})

describe('the selector of a row', () => {
  test.each<readonly [string, DmarcRow['signatures'], string]>([
    ['is that of our domain', aRow().signatures, 'watari2'],
    [
      'is the one that held, of two of ours',
      [
        { domain: 'goo.ne.jp', selector: 'old', result: 'fail' },
        { domain: 'goo.ne.jp', selector: 'new', result: 'pass' },
      ],
      'new',
    ],
    ['is the broken one, when none held', [{ domain: 'goo.ne.jp', selector: 'old', result: 'fail' }], 'old'],
    ['is not told', [{ domain: 'goo.ne.jp', selector: '', result: 'pass' }], '(not told)'],
    ['is none, when only SES signed', [{ domain: 'amazonses.com', selector: 'x', result: 'pass' }], '(unsigned)'],
    ['is none, when nobody signed', [], '(unsigned)'],
  ])('%s', (_what, signatures, selector) => {
    expect(added(EMPTY_DMARC, aReport({ rows: [aRow({ signatures })] })).lines[0]!.selector).toBe(selector)
  })
})

test('a report that comes again changes nothing; the same id of another reporter is another report', () => {
  const once = added(EMPTY_DMARC, aReport())
  expect(addDmarcReport(once, aReport(), AT)).toEqual({ kind: 'known' })
  expect(added(once, aReport({ reporter: 'Yahoo' })).reports).toHaveLength(2)
})

test.each([
  ['past what is kept', BEGIN - 91 * DAY],
  ['from a day to come', BEGIN + 4 * DAY],
])('a report %s is not counted', (_what, beginAt) => {
  expect(addDmarcReport(EMPTY_DMARC, aReport({ beginAt }), AT)).toEqual({ kind: 'outOfTime' })
})

test('old days and old ids go as new ones come', () => {
  const old = added(EMPTY_DMARC, aReport())
  const record = added(old, aReport({ reportId: '2', beginAt: BEGIN + 100 * DAY }), {
    nowMs: BEGIN + 101 * DAY,
    days: 90,
  })
  expect(record.lines.map(({ day }) => day)).toEqual(['2027-03-05'])
  expect(record.reports.map(({ reportId }) => reportId)).toEqual(['2'])
})

test('a day of forgeries from everywhere stays bounded and loses no mail', () => {
  const rows = Array.from({ length: 30_000 }, (_, i) =>
    aRow({ sourceIp: `${(i >> 8) + 1}.${i & 255}.0.1`, mails: 1, signatures: [], dkimPass: false, spfPass: false }),
  )
  const record = added(EMPTY_DMARC, aReport({ rows: [aRow({ mails: 1_000 }), ...rows] }))
  // What is left over is two lines: some of the addresses are of SES.
  expect(record.lines).toHaveLength(2_002)
  expect(record.lines[0]).toMatchObject({ selector: 'watari2', mails: 1_000 })
  expect(record.lines.at(-1)).toMatchObject({ reporter: 'others', selector: '(unsigned)', source: 'others' })
  expect(sumOf(record.lines)).toEqual({ mails: 31_000, dkimPassed: 1_000, spfPassed: 1_000, dmarcPassed: 1_000 })
})
