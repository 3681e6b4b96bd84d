// C10 (a, b): a line over 998 octets is seen before the route is chosen; nothing cuts it, because that would change it.
import { expect, test } from 'vitest'
import { inspector } from '../../src/core/mail/inspect.ts'
import { contentOf } from '../support/corpus.ts'

const inspect = inspector({ ses: { identities: ['example.com'], sizeMax: 40_000_000 } })
const keptOff = (headers: string, line: string) =>
  inspect('a@example.com', contentOf(`From: a@example.com\r\n${headers}\r\n${line}\r\n`)).keptOffSes()

test.each([
  [
    'an HTML line of 1,200 octets',
    'Content-Type: text/html\r\nContent-Transfer-Encoding: 7bit\r\n',
    `<p>${'x'.repeat(1_193)}</p>`,
  ],
  ['a base64 part in one line of 5,000 octets', 'Content-Transfer-Encoding: base64\r\n', 'QUJD'.repeat(1_250)],
])('%s is kept off SES', (_, headers, line) => {
  expect(keptOff(headers, line)).toBe('lineTooLong')
})

test('998 octets are not too long', () => {
  expect(keptOff('', 'x'.repeat(998))).toBeUndefined()
})
