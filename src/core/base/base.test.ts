import { expect, test } from 'vitest'
import { base64Lines, latin1Bytes, latin1Text, utf8Bytes, utf8FromLatin1 } from './bytes.ts'
import { rfcDate } from './rfc-date.ts'

test('dates are written as RFC 5322 wants them', () => {
  expect(rfcDate(Date.UTC(2026, 0, 5, 7, 8, 9))).toBe('Mon, 5 Jan 2026 07:08:09 +0000')
})

test('UTF-8 and base64 agree with the platform', () => {
  const text = 'メールを\u{1F426}届ける\ud800x'
  expect(Buffer.from(utf8Bytes(text)).toString('utf8')).toBe('メールを\u{1F426}届ける\ufffdx')
  expect(base64Lines(utf8Bytes('渡り鳥'.repeat(20))).replaceAll('\r\n', '')).toBe(
    Buffer.from('渡り鳥'.repeat(20)).toString('base64'),
  )
  expect(
    Math.max(
      ...base64Lines(utf8Bytes('x'.repeat(500)))
        .split('\r\n')
        .map((line) => line.length),
    ),
  ).toBe(76)
})

test('UTF-8 read as Latin-1 is read back, and what is no UTF-8 is said to be none', () => {
  expect(utf8FromLatin1(Buffer.from('例え 100%').toString('latin1'))).toBe('例え 100%')
  expect(utf8FromLatin1('caf\u00e9')).toBeUndefined()
})

test('Latin-1 text of more octets than a call takes arguments', () => {
  const bytes = latin1Bytes('ab\u00ff'.repeat(100_000))
  expect(latin1Text(bytes)).toBe('ab\u00ff'.repeat(100_000))
  expect(latin1Text(bytes, 1, 3)).toBe('b\u00ff')
})
