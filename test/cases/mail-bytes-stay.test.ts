// C09, C10 (c, d), M4: what goes to SES is what came in, but for the header fields that are left out by a written rule.
import { describe, expect, test } from 'vitest'
import { scanHeader } from '../../src/core/mail/header.ts'
import { messageForm } from '../../src/core/mail/message-form.ts'
import { sesCopy, type SesWire } from '../../src/core/mail/ses-copy.ts'
import { sesFault } from '../../src/core/mail/ses-fitness.ts'
import { contentOf, CORPUS, stuffed, textOf } from '../support/corpus.ts'

const MAIL_ID = '0KD5X2M7A0001'
const copyOf = (text: string, wire: SesWire, chunkOctets?: number) =>
  sesCopy(contentOf(text, chunkOctets), { wire, mailId: MAIL_ID, part: 1, configurationSet: 'watari' })
const ADDED = `X-SES-CONFIGURATION-SET: watari\r\nX-SES-MESSAGE-TAGS: watari-mail=${MAIL_ID}, watari-part=1\r\n`

/** What shall be missing from a mail of the corpus: the very lines, written out. All other mails lose nothing. */
const LEFT_OUT: Readonly<Record<string, readonly string[]>> = {
  '29-dkim-signature.eml': [
    'DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/simple; d=example.com; s=onprem;\r\n\tt=1764028800; bh=47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=;\r\n\th=From:To:Subject:Date:Message-ID;\r\n\tb=AAAA\r\n\t BBBB==\r\n',
  ],
  '30-dkim-signatures-two.eml': [
    'DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/simple; d=example.com; s=onprem;\r\n\tt=1764028800; bh=47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=;\r\n\th=From:To:Subject:Date:Message-ID;\r\n\tb=AAAA\r\n\t BBBB==\r\n',
    'dkim-signature: v=1; d=example.com; s=second;\r\n b=CCCC\r\n',
  ],
  '31-bcc-folded.eml': [
    'bCc: =?ISO-2022-JP?B?GyRCSGtMKRsoQg==?= <b@example.com>,\r\n\tc@example.com,\r\n =?ISO-2022-JP?B?GyRCRmI9bxsoQg==?= <d@example.com>\r\n',
  ],
  '32-x-ses-headers.eml': [
    'X-SES-CONFIGURATION-SET: other\r\n',
    'x-ses-message-tags: a=b,\r\n c=d\r\n',
    'X-SES-RETURN-PATH-ARN: arn:aws:ses:us-east-1:123456789012:identity/example.com\r\n',
  ],
  '33-duplicate-once-only.eml': [
    'Message-Id: <second-33@example.com>\r\n',
    'DATE: Thu, 26 Nov 2026 09:00:00 +0900\r\n',
    'list-unsubscribe:\r\n <https://example.com/2>\r\n',
  ],
  '35-return-path-and-delivered-to.eml': ['Return-Path: <x@example.com>\r\n', 'Delivered-To: b@example.com\r\n'],
}

function expectedFor({ name, text }: { name: string; text: string }): string {
  return (LEFT_OUT[name] ?? []).reduce((rest, lines) => {
    expect(rest.split(lines)).toHaveLength(2)
    return rest.replace(lines, '')
  }, text)
}

test('only what SES would refuse is kept off it', () => {
  const policy = { identities: ['example.com'], sizeMax: 40_000_000 }
  const kept = CORPUS.flatMap(({ name, text }) => {
    const content = contentOf(text)
    const fault = sesFault({ sender: 'a@example.com', header: scanHeader(content), content }, policy)
    return fault === undefined ? [] : [`${name} ${fault.reason}`]
  })
  expect(kept).toEqual([
    '36-decorated-mail.eml fromNotVerified',
    '49-raw-iso-2022-jp-address.eml addressHeaderNotAscii',
  ])
})

test('the corpus is there', () => {
  expect(CORPUS.length).toBeGreaterThanOrEqual(30)
  const known = new Set(CORPUS.map(({ name }) => name))
  for (const name of Object.keys(LEFT_OUT)) expect(known).toContain(name)
})

describe.each(CORPUS)('$name', (mail) => {
  const expected = expectedFor(mail)

  test('reaches the API as it came', () => {
    for (const chunkOctets of [1, 61, 4_096]) {
      const { content, repairs } = copyOf(mail.text, 'api', chunkOctets)
      expect(textOf(messageForm(content))).toBe(expected)
      expect(repairs).toHaveLength(LEFT_OUT[mail.name]?.length ?? 0)
    }
  })

  test('reaches the SMTP wire as it came, behind the two fields that are put in', () => {
    for (const chunkOctets of [1, 61, 4_096]) {
      const { content } = copyOf(mail.text, 'smtp', chunkOctets)
      expect(textOf(content.chunks)).toBe(ADDED + stuffed(expected))
    }
  })

  test('is measured right after the change', () => {
    const { content } = copyOf(mail.text, 'smtp')
    expect(content.wireSize).toBe(ADDED.length + stuffed(expected).length)
    expect(content.size).toBe(ADDED.length + expected.length)
  })
})
