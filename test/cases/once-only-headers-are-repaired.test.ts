// C18, C19: what SES would refuse as a second copy is repaired by a written rule and counted; clients cannot steer SES;
// signatures of the old hosts stay on the old hosts.
import { describe, expect, test } from 'vitest'
import { inspector } from '../../src/core/mail/inspect.ts'
import { sesCopy, type SesWire } from '../../src/core/mail/ses-copy.ts'
import { contentOf, textOf } from '../support/corpus.ts'

const FROM = 'From: a@example.com\r\n'
const copyOf = (headers: string, wire: SesWire = 'api') => {
  const options = { wire, mailId: '0KD5X2M7A0001', part: 1, configurationSet: 'watari' }
  const { content, repairs } = sesCopy(contentOf(`${headers}\r\nhello\r\n`), options)
  return { text: textOf(content.chunks).replace('\r\nhello\r\n', ''), repairs }
}

describe('C18', () => {
  test.each([
    [
      '(a) Message-ID and Message-Id',
      'Message-ID: <1@example.com>\r\n',
      'Message-Id: <2@example.com>\r\n',
      'duplicate-message-id',
    ],
    ['(b) two Date', 'Date: one\r\n', 'Date: two\r\n', 'duplicate-date'],
    [
      '(c) two Delivered-To',
      'Delivered-To: a@example.com\r\n',
      'Delivered-To: b@example.com\r\n',
      'duplicate-delivered-to',
    ],
    [
      '(d) two List-Unsubscribe',
      'List-Unsubscribe: <https://example.com/1>\r\n',
      'List-Unsubscribe: <https://example.com/2>\r\n',
      'duplicate-list-unsubscribe',
    ],
  ])('%s: the first is kept, the second counted', (_, first, second, repair) => {
    expect(copyOf(FROM + first + second)).toEqual({ text: FROM + first, repairs: [repair] })
  })

  test('(e) two Content-Type are refused as ambiguous, on whichever route', () => {
    const inspect = inspector({ ses: { identities: ['example.com'], sizeMax: 40_000_000 } })
    const content = contentOf(`${FROM}Content-Type: text/plain\r\ncontent-TYPE: text/html\r\n\r\nhello\r\n`)
    expect(inspect('a@example.com', content).refusal?.reason).toBe('headerAmbiguous')
  })

  test('(g) X-SES fields of the client are removed and ours put in, on the SMTP wire', () => {
    const headers = `X-SES-CONFIGURATION-SET: attacker\r\n${FROM}X-SES-MESSAGE-TAGS: a=b\r\n`
    expect(copyOf(headers, 'smtp')).toEqual({
      text: `X-SES-CONFIGURATION-SET: watari\r\nX-SES-MESSAGE-TAGS: watari-mail=0KD5X2M7A0001, watari-part=1\r\n${FROM}`,
      repairs: ['removed-x-ses', 'removed-x-ses'],
    })
  })

  test('(g) and on the API wire only removed, because set and tags go as parameters there', () => {
    const headers = `X-SES-CONFIGURATION-SET: attacker\r\n${FROM}X-SES-MESSAGE-TAGS: a=b\r\n`
    expect(copyOf(headers)).toEqual({ text: FROM, repairs: ['removed-x-ses', 'removed-x-ses'] })
  })
})

describe('C19', () => {
  const signature = (selector: string) =>
    `DKIM-Signature: v=1; d=example.com; s=${selector};\r\n\th=from:date:message-id:subject; b=AAAA\r\n`

  test('one signature, or two, are removed for SES and counted', () => {
    expect(copyOf(signature('onprem') + FROM)).toEqual({ text: FROM, repairs: ['removed-dkim-signature'] })
    expect(copyOf(signature('onprem') + FROM + signature('second'))).toEqual({
      text: FROM,
      repairs: ['removed-dkim-signature', 'removed-dkim-signature'],
    })
  })

  test('the mail that the old hosts get keeps its signatures: the copy leaves the original alone', () => {
    const text = `${signature('onprem')}${FROM}\r\nhello\r\n`
    const content = contentOf(text)
    sesCopy(content, { wire: 'smtp', mailId: '0KD5X2M7A0001', part: 1 })
    expect(textOf(content.chunks)).toBe(text)
  })
})
