import { expect, test } from 'vitest'
import { headerBlock, measuredContent } from './content.ts'

const content = (...chunks: string[]) =>
  measuredContent(chunks.map((chunk) => new Uint8Array(Buffer.from(chunk, 'latin1'))))

test('octets are counted as sent and as meant: a stuffed dot is on the wire and not in the message', () => {
  expect(content('a\r\n..\r', '\n..b\r\n')).toMatchObject({ wireSize: 12, size: 10, dotStuffed: true, eightBit: false })
})

// RFC 5321 4.5.3.1.6: 998 octets without the CRLF, and without the dot that stuffing added.
test('a legal line of 998 octets that begins with a dot is 998 octets long', () => {
  expect(content(`..${'x'.repeat(997)}\r\nshort\r\n`).longestLine).toBe(998)
  expect(content('x'.repeat(400), `${'x'.repeat(599)}\r\n`).longestLine).toBe(999)
})

test('the header block ends with its last line, wherever the chunks are cut', () => {
  expect(Buffer.from(headerBlock(content('A: b\r', '\nC: d\r\n\r', '\nbody\r\n'), 1_000)).toString()).toBe(
    'A: b\r\nC: d\r\n',
  )
  expect(Buffer.from(headerBlock(content('A: b\r\nC: d\r\n'), 1_000)).toString()).toBe('A: b\r\nC: d\r\n')
  expect(headerBlock(content(`A: ${'b'.repeat(100)}\r\n\r\n`), 10)).toHaveLength(10)
})
