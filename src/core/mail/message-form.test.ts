import { array, assert, constantFrom, nat, property } from 'fast-check'
import { expect, test } from 'vitest'
import { latin1Bytes, latin1Text } from '../base/bytes.ts'
import { messageForm } from './message-form.ts'

const formOf = (...chunks: string[]) =>
  messageForm({ chunks: chunks.map(latin1Bytes), dotStuffed: true })
    .map((piece) => latin1Text(piece))
    .join('')

/** As plain as it can be said: the whole text, line by line. */
const unstuffed = (wire: string) =>
  wire
    .split('\r\n')
    .map((line) => (line.startsWith('.') ? line.slice(1) : line))
    .join('\r\n')

test('takes the first dot off each line that begins with one', () => {
  expect(formOf('..\r\n..a\r\na..b\r\n.\r\n...\r\n')).toBe('.\r\n.a\r\na..b\r\n\r\n..\r\n')
})

test('leaves dots that follow a line feed alone or a carriage return alone', () => {
  expect(formOf('a\n.b\r.c\r\n')).toBe('a\n.b\r.c\r\n')
})

test('finds the dot when the chunk edge stands before it, behind it, or inside the CRLF', () => {
  expect(formOf('a\r\n', '..b\r\n')).toBe('a\r\n.b\r\n')
  expect(formOf('a\r\n.', '.b\r\n')).toBe('a\r\n.b\r\n')
  expect(formOf('a\r', '\n..b\r\n')).toBe('a\r\n.b\r\n')
  expect(formOf('a', '\r', '\n', '.', '.', 'b\r\n')).toBe('a\r\n.b\r\n')
  expect(formOf('.', '.b\r\n')).toBe('.b\r\n')
})

test('leaves a dot in mid-line at octet 4,097 of 4,096-octet writes', () => {
  const text = `${'x'.repeat(4_096)}.y\r\n`
  expect(formOf(text.slice(0, 4_096), text.slice(4_096))).toBe(text)
})

test('shares the chunks of content that has no dot lines', () => {
  const chunks = [latin1Bytes('a.b\r\n')]
  expect(messageForm({ chunks, dotStuffed: false })).toBe(chunks)
})

test('equals the plain reading of the whole text, wherever it is cut', () => {
  const wire = array(constantFrom('.', '..', '\r\n', 'a', '\r', '\n', '.\r\n'), { maxLength: 40 })
  assert(
    property(wire, array(nat(40), { maxLength: 6 }), (tokens, cuts) => {
      const text = tokens.join('')
      const edges = [0, ...cuts.map((cut) => Math.min(cut, text.length)).toSorted((a, b) => a - b), text.length]
      const pieces = edges.slice(1).map((edge, i) => text.slice(edges[i], edge))
      expect(formOf(...pieces)).toBe(unstuffed(text))
    }),
    { numRuns: 3_000 },
  )
})
