import { expect, test } from 'vitest'
import { ContentScanner } from './content-scanner.ts'

/** The offset behind the end over all pieces, or -1. */
function endOf(scanner: ContentScanner, pieces: readonly string[]): number {
  let before = 0
  for (const piece of pieces) {
    const end = scanner.scan(Buffer.from(piece, 'latin1'), 0)
    if (end >= 0) return before + end
    before += piece.length
  }
  return -1
}

test('the content ends at CRLF.CRLF', () => {
  expect(endOf(new ContentScanner(), ['one\r\ntwo\r\n.\r\nQUIT\r\n'])).toBe(13)
})

test('the very first line may be the end', () => {
  expect(endOf(new ContentScanner(), ['.\r\n'])).toBe(3)
})

test('the end is found wherever TCP cuts it', () => {
  const text = 'one\r\n.\r\n'
  for (let cut = 0; cut <= text.length; cut += 1) {
    expect(endOf(new ContentScanner(), [text.slice(0, cut), text.slice(cut)])).toBe(8)
  }
  expect(endOf(new ContentScanner(), text.split(''))).toBe(8)
})

test.each([
  '\n.\r\n',
  '\n.\n',
  '\r\n.\n',
  '\r.\r',
  '\r\r\n.\r\r\n',
  '\r\n.\r\r\n',
  '\r\n.\rX',
  '\n.\r',
  '\r.\r\n',
  '.\r\n',
])('nothing else ends it: %j', (end) => {
  const scanner = new ContentScanner()
  expect(endOf(scanner, [`x${end}more\r\n`])).toBe(-1)
  const byOctet = new ContentScanner()
  expect(endOf(byOctet, `x${end}more\r\n`.split(''))).toBe(-1)
  // `x.` is a plain line; all others hold a CR or LF alone.
  expect([scanner.hasBareLineEnding, byOctet.hasBareLineEnding]).toEqual(
    end === '.\r\n' ? [false, false] : [true, true],
  )
})

test('a line of one dot and a space goes on', () => {
  expect(endOf(new ContentScanner(), ['. \r\n.x\r\n..\r\n'])).toBe(-1)
})

test('dot lines are counted, the final one not', () => {
  const scanner = new ContentScanner()
  endOf(scanner, ['..one\r\n.two\r\nthree.\r\n..\r\n.\r\n'])
  expect(scanner.dotLines).toBe(3)
})

test('the longest line is measured without its CRLF, over pieces too', () => {
  const scanner = new ContentScanner()
  endOf(scanner, ['12345\r\n123', '4567', '8\r', '\n123\r\n', '.\r\n'])
  expect(scanner.longestLine).toBe(8)
})

test('octets over 127 are seen anywhere in a line', () => {
  for (const text of ['\xe9\r\n', 'abcdefghij\x80klmnopqrstuvw\r\n', '.\xff\r\n', 'abcdefgh\xa0\r\n', 'x\r\xe9\r\n']) {
    const scanner = new ContentScanner()
    endOf(scanner, [text])
    expect(scanner.hasEightBit).toBe(true)
  }
  const plain = new ContentScanner()
  endOf(plain, ['\t\x00abc~\x7f\r\n'])
  expect(plain.hasEightBit).toBe(false)
})
