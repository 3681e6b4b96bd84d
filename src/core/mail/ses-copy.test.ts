import { array, assert, constantFrom, nat, property } from 'fast-check'
import { describe, expect, test } from 'vitest'
import { latin1Bytes, latin1Text } from '../base/bytes.ts'
import { measuredContent } from './content.ts'
import { sesCopy, type SesCopyOptions } from './ses-copy.ts'

const API: SesCopyOptions = { wire: 'api', mailId: '0KD5X2M7A0001', part: 1 }
const SMTP: SesCopyOptions = { wire: 'smtp', mailId: '0KD5X2M7A0001', part: 2, configurationSet: 'watari' }
const TAGS = 'X-SES-MESSAGE-TAGS: watari-mail=0KD5X2M7A0001, watari-part=2\r\n'

const contentOf = (...chunks: string[]) => measuredContent(chunks.map(latin1Bytes))
const textOf = (chunks: readonly Uint8Array[]) => chunks.map((chunk) => latin1Text(chunk)).join('')
const copyOf = (text: string, options: SesCopyOptions = API) => {
  const { content, repairs } = sesCopy(contentOf(text), options)
  return { text: textOf(content.chunks), repairs }
}

describe('what is left out', () => {
  test('hides Bcc in any case, with its folded lines', () => {
    const text =
      'To: a@example.com\r\nbCc: b@example.com,\r\n\tc@example.com\r\nResent-Bcc: d@example.com\r\nCc: z@example.com\r\n\r\nx\r\n'
    expect(copyOf(text)).toEqual({
      text: 'To: a@example.com\r\nCc: z@example.com\r\n\r\nx\r\n',
      repairs: ['removed-bcc', 'removed-resent-bcc'],
    })
  })

  test('takes out what a client says to SES, signatures and Return-Path', () => {
    const text =
      'Return-Path: <x@example.com>\r\nX-SES-CONFIGURATION-SET: attacker\r\nx-ses-message-tags: a=b\r\n' +
      'DKIM-Signature: v=1; d=example.com;\r\n b=abc\r\nDKIM-Signature: v=1\r\nX-Session: kept\r\nFrom: a@example.com\r\n\r\nx\r\n'
    expect(copyOf(text)).toEqual({
      text: 'X-Session: kept\r\nFrom: a@example.com\r\n\r\nx\r\n',
      repairs: [
        'removed-return-path',
        'removed-x-ses',
        'removed-x-ses',
        'removed-dkim-signature',
        'removed-dkim-signature',
      ],
    })
  })

  test('keeps the first of a field that SES takes once, names compared without case', () => {
    const text =
      'Message-ID: <1@example.com>\r\nMessage-Id: <2@example.com>\r\nDate: one\r\nDelivered-To: a@example.com\r\n' +
      'DATE: two\r\n three\r\nDelivered-To: b@example.com\r\nList-Unsubscribe: <https://example.com/1>\r\n' +
      'list-unsubscribe: <https://example.com/2>\r\nReceived: a\r\nReceived: b\r\nTo: c@example.com\r\nTo: d@example.com\r\n\r\nx\r\n'
    expect(copyOf(text)).toEqual({
      text:
        'Message-ID: <1@example.com>\r\nDate: one\r\nDelivered-To: a@example.com\r\n' +
        'List-Unsubscribe: <https://example.com/1>\r\nReceived: a\r\nReceived: b\r\nTo: c@example.com\r\nTo: d@example.com\r\n\r\nx\r\n',
      repairs: ['duplicate-message-id', 'duplicate-date', 'duplicate-delivered-to', 'duplicate-list-unsubscribe'],
    })
  })

  test('leaves the body alone, whatever it looks like', () => {
    const text = 'From: a@example.com\r\n\r\nBcc: b@example.com\r\nX-SES-X: y\r\n'
    expect(copyOf(text)).toEqual({ text, repairs: [] })
  })

  test('takes the last field of a mail without a body', () => {
    expect(copyOf('From: a@example.com\r\nBcc: b@example.com\r\n').text).toBe('From: a@example.com\r\n')
  })
})

describe('what is put in', () => {
  test('the configuration set and the tags, as header fields on the SMTP wire', () => {
    expect(copyOf('From: a@example.com\r\nX-SES-CONFIGURATION-SET: mine\r\n\r\nx\r\n', SMTP)).toEqual({
      text: `X-SES-CONFIGURATION-SET: watari\r\n${TAGS}From: a@example.com\r\n\r\nx\r\n`,
      repairs: ['removed-x-ses'],
    })
  })

  test('only the tags where no set is chosen', () => {
    const { configurationSet: _, ...withoutSet } = SMTP
    expect(copyOf('From: a@example.com\r\n\r\nx\r\n', withoutSet).text).toBe(`${TAGS}From: a@example.com\r\n\r\nx\r\n`)
  })

  test('nothing on the API wire: a clean mail is its own copy', () => {
    const content = contentOf('From: a@example.com\r\n\r\nx\r\n')
    expect(sesCopy(content, API).content).toBe(content)
  })

  test('refuses a mail id or a set that would break the header', () => {
    expect(() => copyOf('From: a\r\n\r\n', { ...SMTP, mailId: 'a\r\nBcc: b' })).toThrow('mail id')
    expect(() => copyOf('From: a\r\n\r\n', { ...SMTP, configurationSet: 'a b' })).toThrow('set name')
    expect(() => copyOf('From: a\r\n\r\n', { ...SMTP, part: 0 })).toThrow('numbered from 1')
  })
})

describe('the measures of the copy', () => {
  test('are those of its octets', () => {
    const text = 'Bcc: x@example.com\r\n..odd: y\r\nFrom: a@example.com\r\n\r\n..\r\nx\r\n'
    for (const options of [API, SMTP]) {
      const { content } = sesCopy(contentOf(text), options)
      const again = measuredContent(content.chunks)
      expect({ ...content, longestLine: 0 }).toEqual({ ...again, longestLine: 0 })
      expect(content.longestLine).toBeGreaterThanOrEqual(again.longestLine)
    }
  })

  test('count a stuffed dot that went with its field', () => {
    // '..bcc' on the wire is the field '.bcc', which is none of ours; X-SES never begins with a dot, so nothing goes.
    expect(copyOf('..bcc: x\r\nFrom: a\r\n\r\nx\r\n').repairs).toEqual([])
    const { content } = sesCopy(contentOf('.Bcc: x\r\nFrom: a\r\n\r\nx\r\n'), API)
    expect({ text: textOf(content.chunks), size: content.size }).toEqual({ text: 'From: a\r\n\r\nx\r\n', size: 14 })
  })
})

test('shares the chunks of the body with the original', () => {
  const content = contentOf('From: a@example.com\r\nBcc: b@exa', 'mple.com\r\n\r\nbody', ' goes on\r\n', 'and on\r\n')
  const copy = sesCopy(content, API).content
  expect(textOf(copy.chunks)).toBe('From: a@example.com\r\n\r\nbody goes on\r\nand on\r\n')
  expect(copy.chunks[2]).toBe(content.chunks[2])
  expect(copy.chunks[3]).toBe(content.chunks[3])
  expect(copy.chunks[1]!.buffer).toBe(content.chunks[1]!.buffer)
})

test('refuses to copy a mail whose header hides what comes after its fault', () => {
  expect(() => copyOf('From: a\r\nno name here\r\nBcc: b@example.com\r\n\r\n')).toThrow('may hide a Bcc')
})

test('every field that stays keeps its octets and its order, and every octet after the header stays', () => {
  const field = constantFrom(
    'Bcc: a\r\n',
    'From: a\r\n b\r\n',
    'X-Ses-A: b\r\n',
    'Date: a\r\n',
    'X: \x1b$B\r\n\t\x8e\r\n',
  )
  const body = constantFrom('', '\r\n', '\r\n..\r\nBcc: x\r\n', '\r\n\x1b(B\r\n\r\n')
  assert(
    property(array(field), body, nat(80), (fields, tail, cut) => {
      const whole = fields.join('') + tail
      const { content } = sesCopy(contentOf(whole.slice(0, cut), whole.slice(cut)), API)
      const stays = fields.filter(
        (text, i) => !/^(bcc|x-ses-a):/i.test(text) && !(/^(date|from):/i.test(text) && fields.indexOf(text) < i),
      )
      expect(textOf(content.chunks)).toBe(stays.join('') + tail)
    }),
    { numRuns: 2_000 },
  )
})
