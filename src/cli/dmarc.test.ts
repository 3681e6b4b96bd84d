// `watari dmarc show` over a record in memory: what is printed, and how it ends.
import { expect, test } from 'vitest'
import type { DmarcRecord } from '../core/feedback/dmarc-record.ts'
import { runCommand } from './program.ts'
import type { DmarcOf } from './programs.ts'

const NOW = Date.UTC(2026, 10, 26, 12)
const notStarted = () => Promise.reject(new Error('not started in this test'))

async function watari(line: string, dmarc: DmarcOf) {
  let out = ''
  let error = ''
  const terminal = {
    out: (text: string) => void (out += text),
    error: (text: string) => void (error += text),
    color: false,
    errorColor: false,
    now: () => NOW,
  }
  const environment = { terminal, variables: {}, folder: '/', password: notStarted }
  const reading = () => ({ kind: 'faulty', faults: [] }) as const
  const programs = { up: notStarted, gateway: notStarted, standin: notStarted, version: '0.1.0', shippedPlan: '' }
  const code = await runCommand(['dmarc', ...line.split(' ')], environment, { ...programs, readPlan: reading, dmarc })
  return { code, out, error }
}

const line = { day: '2026-11-25', source: '54.240.***.***', spfPassed: 10, dmarcPassed: 10 }
const RECORD: DmarcRecord = {
  reports: [
    { reporter: 'google.com', reportId: '1', beginAt: Date.UTC(2026, 10, 25), mails: 10_010, unreadableRows: 0 },
    { reporter: 'Yahoo', reportId: '1', beginAt: Date.UTC(2026, 10, 25), mails: 5, unreadableRows: 2 },
    { reporter: 'old', reportId: '1', beginAt: Date.UTC(2026, 9, 1), mails: 5, unreadableRows: 9 },
  ],
  lines: [
    { ...line, reporter: 'google.com', selector: '(unsigned)', mails: 10, dkimPassed: 0 },
    {
      ...line,
      reporter: 'google.com',
      selector: 'watari2',
      mails: 10_000,
      dkimPassed: 9_999,
      spfPassed: 10_000,
      dmarcPassed: 10_000,
    },
    { ...line, reporter: 'Yahoo', selector: 'watari2', mails: 5, dkimPassed: 5, spfPassed: 5, dmarcPassed: 5 },
    { ...line, day: '2026-10-01', reporter: 'old', selector: 'old', mails: 5, dkimPassed: 5 },
  ],
}

test('prints the rate of all, and each selector and source of each day', async () => {
  const { code, out } = await watari('show', async () => RECORD)
  expect(code).toBe(0)
  expect(out).toBe(
    [
      'DKIM passed for 99.89 % of 10,015 mails, 2026-11-19 to 2026-11-26 (UTC), by 2 reports of 2 receivers.',
      '2 rows of these reports could not be read.',
      '',
      'DAY         SELECTOR    SOURCE           MAILS     DKIM       SPF     DMARC',
      '2026-11-25  watari2     54.240.***.***  10,005  99.99 %  100.00 %  100.00 %',
      '2026-11-25  (unsigned)  54.240.***.***      10   0.00 %  100.00 %  100.00 %',
      '',
    ].join('\n'),
  )
})

test('says the same in Japanese', async () => {
  const { out } = await watari('show --lang ja', async () => RECORD)
  expect(out).toContain('DKIM 合格率 99.89 %(10,015 通、2026-11-19 から 2026-11-26(UTC)、受信側 2 社のレポート 2 件)')
  expect(out).toContain('このうち 2 行は読み取れませんでした。')
})

test('prints JSON for programs, and days of choice', async () => {
  const { out } = await watari('show --json --days 1', async () => RECORD)
  expect(JSON.parse(out)).toEqual({
    fromDay: '2026-11-26',
    toDay: '2026-11-26',
    reports: 0,
    reporters: [],
    unreadableRows: 0,
    total: { mails: 0, dkimPassed: 0, spfPassed: 0, dmarcPassed: 0 },
    lines: [],
  })
})

test('ends in words without a report, and with a damaged record', async () => {
  expect(await watari('show', async () => undefined)).toMatchObject({
    code: 1,
    error: expect.stringContaining('no DMARC report was read yet') as string,
  })
  expect(await watari('show', () => Promise.reject(new Error('/d/x is damaged: move it away')))).toMatchObject({
    code: 65,
    error: expect.stringContaining('/d/x is damaged') as string,
  })
})
