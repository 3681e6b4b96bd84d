import { expect, test } from 'vitest'
import { parseMessage, withCrlf } from './message.ts'

const parse = (text: string) => parseMessage(Buffer.from(text, 'latin1'))

test('finds fields, unfolds values and keeps the octets of each', () => {
  const message = parse('From: a@x.example\r\nsUbject: one\r\n\ttwo\r\n\r\nbody\r\n')
  expect(message.fields).toEqual([
    { name: 'From', key: 'from', raw: 'From: a@x.example\r\n', value: 'a@x.example' },
    { name: 'sUbject', key: 'subject', raw: 'sUbject: one\r\n\ttwo\r\n', value: 'one two' },
  ])
  expect(message.body.toString()).toBe('body\r\n')
})

test('a line that is no field has no name', () => {
  expect(parse('From: a@x.example\r\nnonsense\r\n\r\n').fields.map(({ key }) => key)).toEqual(['from', ''])
})

test('a message may be only a header, only a body, or nothing', () => {
  expect(parse('Subject: x').fields.map(({ value }) => value)).toEqual(['x'])
  expect(parse('\r\nbody').body.toString()).toBe('body')
  expect(parse('').fields).toEqual([])
})

test('measures the longest line with its end, and finds line ends that stand alone', () => {
  expect(parse(`${'x'.repeat(998)}\r\n`).longestLine).toBe(1_000)
  expect(parse('a\r\nb\r\n').bareLineEnds).toBe(false)
  expect(parse('a\nb\r\n').bareLineEnds).toBe(true)
  expect(parse('a\rb\r\n').bareLineEnds).toBe(true)
})

test('makes CRLF of LF and leaves CRLF alone', () => {
  expect(withCrlf(Buffer.from('a\nb\r\n\n')).toString()).toBe('a\r\nb\r\n\r\n')
})
