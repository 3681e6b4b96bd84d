import { describe, expect, test } from 'vitest'
import { atOnce } from '../base/pauses.ts'
import { dmarcReading, isAligned } from './dmarc-report.ts'

const readDmarcReport = (text: string) => atOnce(dmarcReading(text))

const RANGE = '<date_range><begin>1795564800</begin><end>1795651199</end></date_range>'
const METADATA = `<report_metadata><org_name>r.example</org_name><report_id>1</report_id>${RANGE}</report_metadata>`
const POLICY = '<policy_published><domain>GOO.ne.jp</domain></policy_published>'

function report(records: string, metadata = METADATA, policy = POLICY) {
  return readDmarcReport(`<feedback>${metadata}${policy}${records}</feedback>`)
}

const row = (inner: string, after = '') =>
  `<record><row><source_ip>192.0.2.1</source_ip><count>2</count>${inner}</row>${after}</record>`

test.each([
  ['<org_name>noreply-dmarc@r.example</org_name>', 'r.example'],
  ['<email>"Taro T"@r.example</email>', 'r.example'],
  ['<org_name>Rex</org_name><email>a@b.example</email>', 'Rex'],
])('a reporter that is a person’s address, %s, is its domain', (who, reporter) => {
  const metadata = `<report_metadata>${who}<report_id>1</report_id>${RANGE}</report_metadata>`
  expect(report('', metadata)).toMatchObject({ report: { reporter } })
})

test('reads who, when, whose and each row', () => {
  const results =
    '<identifiers><header_from>goo.ne.jp</header_from></identifiers><auth_results><dkim><domain>goo.ne.jp</domain><selector>watari2</selector><result>pass</result></dkim></auth_results>'
  const evaluated =
    '<policy_evaluated><disposition>none</disposition><dkim>pass</dkim><spf>fail</spf></policy_evaluated>'
  expect(report(row(evaluated, results))).toEqual({
    kind: 'report',
    report: {
      reporter: 'r.example',
      reportId: '1',
      beginAt: Date.UTC(2026, 10, 25),
      endAt: Date.UTC(2026, 10, 25, 23, 59, 59),
      domain: 'goo.ne.jp',
      unreadableRows: 0,
      rows: [
        {
          sourceIp: '192.0.2.1',
          mails: 2,
          disposition: 'none',
          headerFrom: 'goo.ne.jp',
          dkimPass: true,
          spfPass: false,
          signatures: [{ domain: 'goo.ne.jp', selector: 'watari2', result: 'pass' }],
        },
      ],
    },
  })
})

describe('without a verdict, the results tell', () => {
  test.each([
    ['<dkim><domain>goo.ne.jp</domain><result>pass</result></dkim>', true],
    ['<dkim><domain>mail.goo.ne.jp</domain><result>pass</result></dkim>', true],
    ['<dkim><domain>amazonses.com</domain><result>pass</result></dkim>', false],
    ['<dkim><domain>goo.ne.jp</domain><result>fail</result></dkim>', false],
    ['', false],
  ])('%s', (results, dkimPass) => {
    expect(report(row('', `<auth_results>${results}</auth_results>`))).toMatchObject({
      report: { rows: [{ dkimPass }] },
    })
  })
})

describe('a report that is none', () => {
  test.each([
    ['hello', 'malformed'],
    ['<!DOCTYPE feedback SYSTEM "http://evil.example/x"><feedback/>', 'doctype'],
    ['<html><body>Not found</body></html>', 'noReport'],
    [`<feedback>${POLICY}</feedback>`, 'noRange'],
    [
      `<feedback><report_metadata>${RANGE.replace('1795564800', 'soon')}</report_metadata>${POLICY}</feedback>`,
      'noRange',
    ],
    [`<feedback>${METADATA}</feedback>`, 'noDomain'],
  ])('%s is told as %s', (text, reason) => {
    expect(readDmarcReport(text)).toMatchObject({ kind: 'unreadable', reason })
  })
})

test('rows without count or source, and absurd ones, are counted as unreadable', () => {
  const bad = [
    '<record><row><source_ip>192.0.2.1</source_ip></row></record>',
    '<record><row><count>1</count></row></record>',
    '<record><row><source_ip>192.0.2.1</source_ip><count>-1</count></row></record>',
    '<record><row><source_ip>192.0.2.1</source_ip><count>1e99</count></row></record>',
    '<record><row><source_ip>192.0.2.1</source_ip><count>1.5</count></row></record>',
    '<record/>',
  ]
  expect(report(bad.join('') + row(''))).toMatchObject({ report: { unreadableRows: 6, rows: [{ mails: 2 }] } })
})

test('a report without an id has that of its domain and time', () => {
  const bare = `<report_metadata>${RANGE}</report_metadata>`
  expect(report('', bare)).toMatchObject({
    report: { reporter: 'unknown', reportId: 'goo.ne.jp 1795564800000 1795651199000', rows: [] },
  })
})

test.each([
  ['goo.ne.jp', 'goo.ne.jp', true],
  ['goo.ne.jp', 'mail.goo.ne.jp', true],
  ['mail.goo.ne.jp', 'goo.ne.jp', true],
  ['oo.ne.jp', 'goo.ne.jp', false],
  ['jp', 'goo.ne.jp', false],
  ['', 'goo.ne.jp', false],
])('%s and %s aligned: %s', (domain, headerFrom, expected) => {
  expect(isAligned(domain, headerFrom)).toBe(expected)
})
