import { array, assert, constantFrom, property } from 'fast-check'
import { describe, expect, test } from 'vitest'
import { isUnderIdentity, mailboxDomains, mailboxes } from './mailbox.ts'

describe('the domains of an address field', () => {
  test.each([
    ['a bare address', 'news@example.com', ['example.com']],
    ['a display name', 'News Desk <news@Example.COM>', ['example.com']],
    ['a quoted display name with an address in it', '"info@other.example" <news@example.com>', ['example.com']],
    ['a bare display name with an address in it', 'info@other.example <news@example.com>', ['example.com']],
    ['a quoted display name with brackets in it', '"<info@other.example>" <news@example.com>', ['example.com']],
    ['a quoted quote', '"a \\" <info@other.example>" <news@example.com>', ['example.com']],
    ['a comment with an address', 'news@example.com (info@other.example)', ['example.com']],
    ['nested comments', '(a (b@other.example) c) news@example.com', ['example.com']],
    ['an encoded word', '=?ISO-2022-JP?B?GyRCMnEwdxsoQg==?= <news@example.com>', ['example.com']],
    ['several mailboxes', 'a@example.com, "B, C" <b@example.net>', ['example.com', 'example.net']],
    ['a group', 'Staff: a@example.com, b@example.net;', ['example.com', 'example.net']],
    ['an empty group', 'undisclosed-recipients:;', []],
    ['nothing', '', []],
    ['a quoted local part with an @', '"a@other.example"@example.com', ['example.com']],
    ['a quoted local part in brackets', '<"a@other.example x"@example.com>', ['example.com']],
    ['a name without a domain', 'root', ['']],
    ['empty brackets', 'nobody <>', ['']],
    ['a quoted string alone', '"a@example.com"', ['']],
    ['an obsolete route', '<@relay.example,@other.example:news@example.com>', ['example.com']],
    ['a domain literal', 'a@[IPv6:2001:db8::1], b@example.com', ['[ipv6:2001:db8::1]', 'example.com']],
    ['white space round the @', 'news @ example . com', ['example.com']],
    ['a dot at the end', 'news@example.com.', ['example.com']],
    ['two pairs of brackets', 'A <a@example.com> <b@other.example>', ['example.com']],
    ['a bracket without an end', 'A <a@example.com', ['example.com']],
    ['a quote without an end', '"A <a@example.com>', ['']],
    ['a carrier address', 'taro..x.@carrier.example', ['carrier.example']],
    // The octets of 「あ＠＜」 and of a half-width word: `$"!w!c` and `<@"`.
    ['raw ISO-2022-JP', '\u001b$B$"!w!c\u001b(B \u001b(I<@"\u001b(B <news@example.com>', ['example.com']],
    ['raw ISO-2022-JP without its end', '\u001b$B$"!w!c <news@other.example>', []],
    ['a tab from folding', 'a@example.com,\tb@example.net', ['example.com', 'example.net']],
  ])('reads %s', (_, text, domains) => {
    expect(mailboxDomains(text)).toEqual(domains)
  })

  test('gives the addresses without display names and comments', () => {
    expect(mailboxes('"x@other.example" <a@example.com> (c), b@example.net')).toEqual([
      'a@example.com',
      'b@example.net',
    ])
  })

  test('ends on any text', () => {
    assert(
      property(array(constantFrom(...'<>()[]"\\:;,@a. '.split(''))), (characters) => {
        for (const domain of mailboxDomains(characters.join(''))) expect(typeof domain).toBe('string')
      }),
      { numRuns: 3_000 },
    )
  })
})

describe('identities', () => {
  test('cover their subdomains and ignore case, but not names that merely end alike', () => {
    expect(isUnderIdentity('EXAMPLE.com', ['example.COM'])).toBe(true)
    expect(isUnderIdentity('news.example.com', ['example.com'])).toBe(true)
    expect(isUnderIdentity('badexample.com', ['example.com'])).toBe(false)
    expect(isUnderIdentity('com', ['example.com'])).toBe(false)
    expect(isUnderIdentity('', ['example.com'])).toBe(false)
    expect(isUnderIdentity('example.com', [])).toBe(false)
  })
})
