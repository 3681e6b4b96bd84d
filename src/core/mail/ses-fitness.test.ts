import { describe, expect, test } from 'vitest'
import { latin1Bytes } from '../base/bytes.ts'
import { measuredContent } from './content.ts'
import { scanHeader } from './header.ts'
import { SES_MESSAGE_OCTETS_MAX, sesFault, type SesPolicy } from './ses-fitness.ts'

const POLICY: SesPolicy = { identities: ['example.com'], sizeMax: SES_MESSAGE_OCTETS_MAX }

const faultOf = (
  text: string,
  options: { sender?: string; policy?: Partial<SesPolicy>; chunkOctets?: number } = {},
) => {
  const { sender = 'a@example.com', policy = {}, chunkOctets = text.length || 1 } = options
  const chunks = Array.from({ length: Math.ceil(text.length / chunkOctets) }, (_, i) =>
    latin1Bytes(text.slice(i * chunkOctets, (i + 1) * chunkOctets)),
  )
  const content = measuredContent(chunks)
  return sesFault({ sender, header: scanHeader(content), content }, { ...POLICY, ...policy })
}
const reasonOf = (...args: Parameters<typeof faultOf>) => faultOf(...args)?.reason
const FROM = 'From: news@example.com\r\n'

describe('the identities', () => {
  test('lets a mail pass whose sender, From and Sender are verified', () => {
    expect(faultOf(`${FROM}Sender: app@mail.example.com\r\n\r\nx\r\n`)).toBeUndefined()
    expect(faultOf('From: Foo@EXAMPLE.COM\r\n\r\nx\r\n', { sender: 'v+a=b@Bounce.Example.Com' })).toBeUndefined()
  })

  test.each([
    ['a null sender', `${FROM}\r\n`, { sender: '' }, 'nullSender'],
    ['a foreign envelope sender', `${FROM}\r\n`, { sender: 'a@partner.example' }, 'senderNotVerified'],
    ['a forwarded mail', 'From: "Foo" <foo@partner.example>\r\n\r\n', {}, 'fromNotVerified'],
    ['a local host name', 'From: root@web01.localdomain\r\n\r\n', {}, 'fromNotVerified'],
    ['a From without a domain', 'From: root\r\n\r\n', {}, 'fromNotVerified'],
    ['a second mailbox in From', 'From: a@example.com, b@partner.example\r\n\r\n', {}, 'fromNotVerified'],
    ['a second From header', `${FROM}FROM: b@partner.example\r\n\r\n`, {}, 'fromNotVerified'],
    [
      'a verified address only in the display name',
      'From: "a@example.com" <b@partner.example>\r\n\r\n',
      {},
      'fromNotVerified',
    ],
    ['a foreign Sender', `${FROM}Sender: x@other.example\r\n\r\n`, {}, 'senderHeaderNotVerified'],
    ['no From', 'To: a@example.com\r\n\r\nFrom: a@example.com\r\n', {}, 'noFrom'],
    ['an empty From', 'From: \r\n\r\n', {}, 'noFrom'],
    ['a header that cannot be read', `${FROM}what is this\r\n\r\n`, {}, 'headerMalformed'],
    ['no identity at all', `${FROM}\r\n`, { policy: { identities: [] } }, 'senderNotVerified'],
  ])('keeps off SES %s', (_, text, options, reason) => {
    expect(reasonOf(text, options)).toBe(reason)
  })

  test('takes no display-name address for a sender', () => {
    expect(faultOf('From: "foo@partner.example" <news@example.com>\r\n\r\n')).toBeUndefined()
  })

  test('does not ask about Return-Path, because the copy for SES has none', () => {
    expect(faultOf(`Return-Path: <x@partner.example>\r\n${FROM}\r\n`)).toBeUndefined()
  })

  test('names the header and the domain, never the address', () => {
    expect(faultOf('From: taro.yamada@partner.example\r\n\r\n')).toEqual({
      reason: 'fromNotVerified',
      message:
        'the From header has the domain partner.example, which is under no verified identity: verify it in SES or change it',
    })
    expect(faultOf('From: a@b\x1b[31mc.example\r\n\r\n')?.message).toContain('b?[31mc.example')
  })
})

describe('the content', () => {
  test('keeps a mail with two Content-Type headers off SES', () => {
    expect(reasonOf(`${FROM}Content-Type: text/plain\r\ncontent-type: text/html\r\n\r\nx\r\n`)).toBe('contentTypeTwice')
  })

  test('keeps raw 8-bit address headers off SES, and lets other 8-bit content pass', () => {
    expect(reasonOf(`${FROM}To: \x93\xfa\x96\x7b <a@example.net>\r\n\r\n`)).toBe('addressHeaderNotAscii')
    expect(reasonOf(`From: \xe6\x97\xa5 <news@example.com>\r\n\r\n`)).toBe('addressHeaderNotAscii')
    expect(reasonOf('From: \x1b$B2q0w\x1b(B <news@example.com>\r\n\r\n')).toBe('addressHeaderNotAscii')
    expect(faultOf(`${FROM}Subject: \x1b$B2q0w\x1b(B\r\n\r\n\x1b$B2q0w\x1b(B\r\n`)).toBeUndefined()
    expect(faultOf(`${FROM}Subject: \x93\xfa\x96\x7b\r\n\r\n\xe6\x97\xa5\r\n`)).toBeUndefined()
  })

  test('keeps a line of 999 octets off SES and lets 998 pass', () => {
    expect(faultOf(`${FROM}\r\n${'x'.repeat(998)}\r\n`)).toBeUndefined()
    expect(reasonOf(`${FROM}\r\n${'x'.repeat(999)}\r\n`)).toBe('lineTooLong')
  })

  test('lets a long line go where the plan says so', () => {
    expect(faultOf(`${FROM}\r\n${'x'.repeat(999)}\r\n`, { policy: { longLines: 'send' } })).toBeUndefined()
  })

  test('keeps a mail over the size off SES', () => {
    const text = `${FROM}\r\n${'x\r\n'.repeat(20)}`
    expect(text.length).toBe(86)
    expect(faultOf(text, { policy: { sizeMax: 86 } })).toBeUndefined()
    expect(reasonOf(text, { policy: { sizeMax: 85 } })).toBe('tooBigForSes')
  })
})

const multipart = (parts: number, boundary = 'b1', type = `multipart/mixed; boundary="${boundary}"`) =>
  `${FROM}Content-Type: ${type}\r\n\r\n${`--${boundary}\r\n\r\nhello\r\n`.repeat(parts)}--${boundary}--\r\n`

describe('MIME parts', () => {
  test('lets 500 pass and keeps 501 off SES', () => {
    expect(faultOf(multipart(500))).toBeUndefined()
    expect(reasonOf(multipart(501))).toBe('tooManyMimeParts')
  })

  test('finds them wherever the content is cut', () => {
    for (const chunkOctets of [1, 7, 4_096]) expect(reasonOf(multipart(501), { chunkOctets })).toBe('tooManyMimeParts')
  })

  test('counts no lines of hyphens that are no boundary', () => {
    expect(faultOf(multipart(3) + '--------\r\n'.repeat(1_000))).toBeUndefined()
    expect(faultOf(multipart(3) + '-- \r\n--x\r\n'.repeat(1_000))).toBeUndefined()
  })

  test('does not look into a mail that is not multipart', () => {
    expect(faultOf(multipart(600, 'b1', 'text/plain'))).toBeUndefined()
  })
})
