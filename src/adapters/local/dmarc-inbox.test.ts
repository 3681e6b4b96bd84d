import { existsSync, readdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { DMARC_COUNTS, DMARC_FILES, inboxWithCorpus } from '../../../test/support/dmarc-corpus.ts'
import { atOnce } from '../../core/base/pauses.ts'
import { dmarcReading } from '../../core/feedback/dmarc-report.ts'

test.each(DMARC_FILES)('%s is read as a person counts it', async (name) => {
  const { inbox, end } = await inboxWithCorpus([name])
  const opened = await inbox.open(name)
  end()
  if (opened.kind !== 'texts') throw new Error(opened.message)
  const readings = opened.texts.map((text) => atOnce(dmarcReading(text)))
  expect(readings).toHaveLength(1)
  const [reading] = readings
  if (reading?.kind !== 'report') throw new Error(reading?.message)
  const { reporter, rows, unreadableRows, beginAt, domain } = reading.report
  const mails = rows.reduce((sum, row) => sum + row.mails, 0)
  const passed = rows.reduce((sum, row) => sum + (row.dkimPass ? row.mails : 0), 0)
  expect([reporter, rows.length, unreadableRows, mails, passed]).toEqual(DMARC_COUNTS[name])
  expect([domain, beginAt]).toEqual(['goo.ne.jp', Date.UTC(2026, 10, 25)])
})

test('takes what is complete, in order, and nothing that is still written or no report', async () => {
  const { inbox, folder, end } = await inboxWithCorpus(['02-yahoo.xml.gz', '01-google.zip'])
  for (const name of ['.hidden.xml', 'readme.txt', 'new.xml']) writeFileSync(join(folder, name), '')
  const soon = Date.UTC(2026, 10, 26, 1) / 1_000 - 1
  utimesSync(join(folder, 'new.xml'), soon, soon)
  expect(await inbox.waiting(10)).toEqual(['01-google.zip', '02-yahoo.xml.gz'])
  expect(await inbox.waiting(1)).toEqual(['01-google.zip'])
  await inbox.putAway('01-google.zip')
  await inbox.setAside('02-yahoo.xml.gz', 'notOurs')
  expect(await inbox.waiting(10)).toEqual([])
  expect([...readdirSync(join(folder, 'read')), ...readdirSync(join(folder, 'unreadable'))]).toEqual([
    '01-google.zip',
    'notOurs-02-yahoo.xml.gz',
  ])
  end()
})

test('keeps a mail whole, under its id', async () => {
  const { inbox, folder, end } = await inboxWithCorpus([])
  await inbox.keep('07QZ0000G0001', [new Uint8Array([65]), new Uint8Array([66])])
  expect(readFileSync(join(folder, '07QZ0000G0001.eml'), 'latin1')).toBe('AB')
  expect(existsSync(join(folder, '.07QZ0000G0001.new'))).toBe(false)
  end()
})

test.each([
  ['Subject: hello\r\n\r\nI have no attachment\r\n', 'noAttachment'],
  ['', 'noAttachment'],
  ['Content-Type: application/zip\r\nContent-Transfer-Encoding: base64\r\n\r\nUEsDBAAA\r\n', 'damaged'],
])('a mail %j is told as %s', async (mail, reason) => {
  const { inbox, end } = await inboxWithCorpus([])
  await inbox.keep('m', [Buffer.from(mail)])
  expect(await inbox.open('m.eml')).toMatchObject({ kind: 'unreadable', reason })
  end()
})

test('a mail nested without end is left at a depth', async () => {
  const { inbox, end } = await inboxWithCorpus([])
  const nested = Array.from(
    { length: 50 },
    (_, i) => `Content-Type: multipart/mixed; boundary=b${i}\r\n\r\n--b${i}\r\n`,
  ).join('')
  await inbox.keep('m', [Buffer.from(nested)])
  expect(await inbox.open('m.eml')).toMatchObject({ kind: 'unreadable', reason: 'noAttachment' })
  end()
})
