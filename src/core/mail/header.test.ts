import { array, assert, constantFrom, nat, property } from 'fast-check'
import { describe, expect, test } from 'vitest'
import { latin1Bytes } from '../base/bytes.ts'
import { measuredContent } from './content.ts'
import { fieldName, fieldsNamed, fieldText, HEADER_FIELDS_MAX, isEightBit, messageIdOf, scanHeader } from './header.ts'

const contentOf = (...chunks: string[]) => measuredContent(chunks.map(latin1Bytes))
const scan = (...chunks: string[]) => scanHeader(contentOf(...chunks))
const namesIn = (...chunks: string[]) => {
  const header = scan(...chunks)
  return header.fields.map((field) => fieldName(header, field))
}

describe('finding the header', () => {
  test('finds the fields with their folded lines and stops at the blank line', () => {
    const header = scan('Received: a\r\n\tb\r\nRECEIVED: c\r\nSubject: =?x?\r\n =?y?\r\n\r\nTo: body\r\n')
    expect(header.fields.map((field) => fieldName(header, field))).toEqual(['received', 'received', 'subject'])
    expect(header.fields[0]).toEqual({ start: 0, nameEnd: 8, colon: 8, end: 17 })
    expect(header.end).toBe(52)
    expect(header.received).toBe(2)
    expect(header.fault).toBeUndefined()
  })

  test('takes a mail without a body, and a mail without a header', () => {
    expect(namesIn('From: a@example.com\r\n')).toEqual(['from'])
    expect(scan('\r\nbody\r\n')).toMatchObject({ fields: [], end: 0 })
    expect(scan()).toMatchObject({ fields: [], end: 0 })
  })

  test('reads a header that is cut anywhere by chunks', () => {
    const text = 'From: a@example.com\r\nTo: b@example.com,\r\n c@example.com\r\nSubject: x\r\n\r\nbody\r\n.\r\n'
    for (let cut = 0; cut <= text.length; cut += 1) {
      const header = scan(text.slice(0, cut), text.slice(cut))
      expect([cut, header.end, header.fields.length, header.fault]).toEqual([cut, 69, 3, undefined])
    }
    expect(namesIn(...text.split(''))).toEqual(['from', 'to', 'subject'])
  })

  test('knows a name with white space before its colon, which RFC 5322 4.5.8 still allows to be read', () => {
    const header = scan('Subject \t: x\r\n\r\n')
    expect(header.fields.map((field) => fieldName(header, field))).toEqual(['subject'])
  })

  test('takes the stuffed dot off a name that begins with one', () => {
    expect(namesIn('..odd: x\r\n\r\n')).toEqual(['.odd'])
    const header = scan('.From: x\r\n.received: y\r\n\r\n')
    expect([fieldsNamed(header, 'from').length, header.received]).toEqual([1, 1])
  })

  test.each([
    ['a line without a colon', 'From: a@example.com\r\nhello world\r\n\r\n', 'lineWithoutName'],
    ['a space inside a name', 'From the start: x\r\n\r\n', 'nameMalformed'],
    ['an empty name', ': x\r\n\r\n', 'nameMalformed'],
    ['an 8-bit name', 'F\xe9: x\r\n\r\n', 'nameMalformed'],
    ['a folded line with nothing before it', ' x: y\r\n\r\n', 'nameMalformed'],
    ['an escape in a name', '\x1b$B: y\r\n\r\n', 'nameMalformed'],
  ])('says what is wrong with %s', (_, text, fault) => {
    expect(scan(text).fault).toBe(fault)
  })

  test('stops at its limits, so that a header without an end costs no second copy of the mail', () => {
    const line = `X-Filler: ${'x'.repeat(900)}\r\n`
    expect(scan(line.repeat(200)).fault).toBe('headerTooLong')
    expect(scan(...Array.from({ length: 200 }, () => line)).fault).toBe('headerTooLong')
    expect(scan('X: y\r\n'.repeat(HEADER_FIELDS_MAX + 1)).fault).toBe('tooManyFields')
    expect(scan('X: y\r\n'.repeat(HEADER_FIELDS_MAX)).fault).toBeUndefined()
    expect(scan(`X: ${'y'.repeat(900)}\r\n${` ${'z'.repeat(900)}\r\n`.repeat(200)}`).fault).toBe('headerTooLong')
  })

  test('never throws and never runs past the octets it was given', () => {
    assert(
      property(
        array(
          array(constantFrom('\r', '\n', '\t', ' ', '.', ':', 'a', 'Z', '\xff')).map((all) => all.join('')),
          { maxLength: 4 },
        ),
        (chunks) => {
          const header = scan(...chunks)
          const total = chunks.join('').length
          expect(header.end).toBeLessThanOrEqual(total)
          let last = 0
          for (const field of header.fields) {
            expect(field.start).toBe(last)
            expect(field.end).toBeGreaterThan(field.colon)
            last = field.end
          }
          expect(header.end).toBe(last)
        },
      ),
      { numRuns: 2_000 },
    )
  })

  test('reads the same fields however the octets are cut', () => {
    const text = array(constantFrom('From: a\r\n', ' b\r\n', '\r\n', 'X-Y : z\r\n', 'bad\r\n', '..d: e\r\n'))
    assert(
      property(text, array(nat(60), { maxLength: 3 }), (lines, cuts) => {
        const whole = lines.join('')
        const edges = [0, ...cuts.map((cut) => Math.min(cut, whole.length)).toSorted((a, b) => a - b), whole.length]
        const pieces = edges.slice(1).map((edge, i) => whole.slice(edges[i], edge))
        const { fields, end, fault, received } = scan(whole)
        expect(scan(...pieces)).toMatchObject({ fields, end, received, ...(fault && { fault }) })
      }),
      { numRuns: 1_000 },
    )
  })
})

describe('reading fields', () => {
  test('finds fields by name without regard to case, and unfolds them', () => {
    const header = scan('TO: a@example.com,\r\n\tb@example.com \r\nto:c@example.com\r\n\r\n')
    expect(fieldsNamed(header, 'to').map((field) => fieldText(header, field))).toEqual([
      'a@example.com,\tb@example.com',
      'c@example.com',
    ])
    expect(fieldsNamed(header, 'cc')).toEqual([])
  })

  test('gives the original Message-ID without its brackets', () => {
    expect(messageIdOf(scan('Message-Id: <a.b@example.com>\r\n\r\n'))).toBe('a.b@example.com')
    expect(messageIdOf(scan('Message-ID:\r\n <a.b@example.com> (made here)\r\n\r\n'))).toBe('a.b@example.com')
    expect(messageIdOf(scan('Message-ID: none\r\n\r\n'))).toBeUndefined()
    expect(messageIdOf(scan('Subject: x\r\n\r\n'))).toBeUndefined()
  })

  test('tells a field with raw 8-bit octets', () => {
    const header = scan('To: \x93\xfa <a@example.com>\r\nCc: b@example.com\r\n\r\n')
    expect(header.fields.map((field) => isEightBit(header, field))).toEqual([true, false])
  })
})
