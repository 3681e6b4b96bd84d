import { domainToASCII } from 'node:url'
import { describe, expect, test } from 'vitest'
import { canonical, domainOf, isUnder, parseMailbox, quotedSpelling, spelled, type Mailbox } from './address.ts'

const parse = (text: string): Mailbox => {
  const mailbox = parseMailbox(text, domainToASCII)
  if (typeof mailbox === 'string') throw new Error(`${text} was refused: ${mailbox}`)
  return mailbox
}

describe('parseMailbox', () => {
  test.each([
    ['user@example.com', 'user', 'example.com'],
    ['User.Name+tag@EXAMPLE.Co.JP', 'User.Name+tag', 'example.co.jp'],
    ['-taro@carrier.example', '-taro', 'carrier.example'],
    ['"taro..x"@carrier.example', '"taro..x"', 'carrier.example'],
    ['"a b\\"c"@example.com', '"a b\\"c"', 'example.com'],
    ['user@[192.0.2.1]', 'user', '[192.0.2.1]'],
    ['xn--gr-zia@example.com', 'xn--gr-zia', 'example.com'],
  ])('splits %s and keeps the local part as given', (text, local, domain) => {
    expect(parse(text)).toMatchObject({ local, domain })
  })

  test.each(['a..b@carrier.example', 'a.@carrier.example', '.a@carrier.example'])(
    'takes %s and says that its dots are out of place',
    (text) => {
      expect(parse(text)).toMatchObject({ quoted: false, dotted: true })
    },
  )

  test('turns a Unicode domain into punycode', () => {
    expect(spelled(parse('info@例え.example'))).toBe('info@xn--r8jz45g.example')
  })

  test('never turns a Unicode local part into anything', () => {
    expect(parseMailbox('お客様@example.com', domainToASCII)).toBe('nonAsciiLocalPart')
  })

  // C06a: one pair of quotes round a local part that looks like an address of its own.
  test('takes the domain behind the closing quote, whatever stands inside', () => {
    expect(parse('"victim@attacker.example x"@corp.example').domain).toBe('corp.example')
  })

  test.each([
    '',
    '@example.com',
    'user',
    'user@',
    'user@-example.com',
    'user@exa mple.com',
    'us er@example.com',
    '"open@example.com',
    '"closed"example.com',
    '"a\r\nb"@example.com',
    'a@b@example.com',
    'user@example.com\r\nRCPT TO:<evil@example.net>',
    `${'a'.repeat(65)}@example.com`,
    `a@${'b'.repeat(256)}`,
    'user@example..com',
    'user@[300;rm]',
  ])('refuses %j', (text) => {
    expect(parseMailbox(text, domainToASCII)).toBe('syntax')
  })
})

describe('canonical', () => {
  test('makes quoted and bare spellings one recipient, and both cases one', () => {
    const spellings = ['"Taro..X"@Carrier.Example', 'taro..x@carrier.example', '"taro..\\x"@carrier.example']
    expect(spellings.map((text) => canonical(parse(text)))).toEqual(Array(3).fill('taro..x@carrier.example'))
  })

  test('keeps a plus tag, which is another mailbox', () => {
    expect(canonical(parse('reader+x@example.com'))).toBe('reader+x@example.com')
  })
})

describe('quotedSpelling', () => {
  test.each([
    ['a..b@carrier.example', '"a..b"@carrier.example'],
    ['a.@carrier.example', '"a."@carrier.example'],
    ['.a@carrier.example', '".a"@carrier.example'],
    ['"a..b"@carrier.example', '"a..b"@carrier.example'],
    ['plain.name@example.com', 'plain.name@example.com'],
  ])('%s becomes %s', (text, expected) => {
    expect(quotedSpelling(text)).toBe(expected)
  })
})

test('the domain of the null reverse-path is empty', () => {
  expect(domainOf('')).toBe('')
  expect(domainOf('a@Example.COM')).toBe('example.com')
})

test('a name that merely ends alike is not under a domain', () => {
  expect(isUnder('mail.example.com', 'example.com')).toBe(true)
  expect(isUnder('example.com', 'example.com')).toBe(true)
  expect(isUnder('badexample.com', 'example.com')).toBe(false)
})
