import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { atOnce } from './pauses.ts'
import { xmlReading } from './xml.ts'

const readXml = (text: string) => atOnce(xmlReading(text))

const root = (text: string) => {
  const reading = readXml(text)
  return reading.kind === 'read' ? reading.root : reading.reason
}

test('reads elements and their text, without prefixes, attributes, comments and instructions', () => {
  expect(
    root('<?xml version="1.0"?><!-- c --><n:A x="1>2" y=\'<\'>\n <B/> t &amp; <![CDATA[<u>]]><!-- <C> --></n:A>\n'),
  ).toEqual({
    name: 'a',
    text: 't & <u>',
    children: [{ name: 'b', text: '', children: [] }],
  })
})

test('knows the five entities and character numbers, and expands no other', () => {
  expect(root('<a>&lt;&gt;&quot;&apos;&#26085;&#x672C;&xxe;&constructor;&#x110000;&amp;lt;</a>')).toMatchObject({
    text: '<>"\'日本&xxe;&constructor;&#x110000;&lt;',
  })
})

describe('refuses', () => {
  test.each([
    ['<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>', 'doctype'],
    ['<!DOCTYPE lolz [<!ENTITY lol "lol"><!ENTITY lol2 "&lol;&lol;">]><a>&lol2;</a>', 'doctype'],
    ['<a><!ELEMENT b></a>', 'doctype'],
    ['<a>'.repeat(33) + '</a>'.repeat(33), 'tooDeep'],
    ['<a>'.repeat(100_000), 'tooDeep'],
    ['<a>', 'malformed'],
    ['<a></b>', 'malformed'],
    ['</a>', 'malformed'],
    ['<a/><b/>', 'malformed'],
    ['', 'malformed'],
    ['words', 'malformed'],
    ['<a/>words', 'malformed'],
    ['<a', 'malformed'],
    ['<a x="', 'malformed'],
    ['<a <b>', 'malformed'],
    ['<>', 'malformed'],
    ['< a/>', 'malformed'],
    ['<!-- ', 'malformed'],
    ['<![CDATA[', 'malformed'],
    ['<?xml', 'malformed'],
  ])('%j as %s', (text, reason) => {
    expect(root(text.slice(0, 400_000))).toBe(reason)
  })

  test('more elements than any report has', () => {
    expect(root(`<a>${'<b/>'.repeat(1_000_000)}</a>`)).toBe('tooMany')
  })
})

test('reads or refuses any text', () => {
  const piece = fc.constantFrom(
    '<a>',
    '</a>',
    '<b/>',
    '&amp;',
    '<!--',
    '-->',
    '<![CDATA[',
    ']]>',
    '"',
    '>',
    '<',
    'x',
    '<?',
    '?>',
  )
  fc.assert(
    fc.property(fc.array(fc.oneof(piece, fc.string({ maxLength: 5 })), { maxLength: 40 }), (pieces) => {
      expect(['read', 'refused']).toContain(readXml(pieces.join('')).kind)
    }),
  )
})
