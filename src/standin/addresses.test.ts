import { describe, expect, test } from 'vitest'
import { addressFault, mailboxesIn } from './addresses.ts'

describe('an address', () => {
  test.each([
    ['a@example.com', undefined],
    ['A.b+c_d@mail.Example.CO.jp', undefined],
    ['"a..b"@docomo.ne.jp', undefined],
    ['"a b"@example.com', undefined],
    ['a..b@docomo.ne.jp', 'Local address contains dot-dot'],
    ['a.@ezweb.ne.jp', 'Local address ends with dot'],
    ['.a@ezweb.ne.jp', 'Local address starts with dot'],
    ['', "Missing final '@domain'"],
    ['root', "Missing final '@domain'"],
    ['@example.com', 'Missing local name'],
    ['a@', 'Missing domain'],
    ['a b@example.com', 'Local address contains control or whitespace'],
    ['a,b@example.com', 'Local address contains illegal character'],
    ['a@localhost', 'Domain contains illegal character'],
    ['a@-x.example', 'Domain contains illegal character'],
    ['a@exa mple.com', 'Domain contains control or whitespace'],
    ['日本@example.com', 'Local address contains illegal character'],
  ])('%s', (address, fault) => {
    expect(addressFault(address, 'refuse')).toBe(fault)
  })

  test('with odd dots is taken when the switch says so, and nothing else with it', () => {
    expect(addressFault('a..b@docomo.ne.jp', 'accept')).toBeUndefined()
    expect(addressFault('a b..c@docomo.ne.jp', 'accept')).toBe('Local address contains control or whitespace')
  })
})

describe('an address header', () => {
  test.each<[string, string[], string[]]>([
    ['a@x.example', ['a@x.example'], ['a@x.example']],
    [
      '"Foo, Bar" <foo@x.example>, b@y.example',
      ['foo@x.example', 'b@y.example'],
      ['"Foo, Bar" <foo@x.example>', 'b@y.example'],
    ],
    ['Foo (the, one) <foo@x.example>', ['foo@x.example'], ['Foo (the, one) <foo@x.example>']],
    ['foo@x.example (Foo)', ['foo@x.example'], ['foo@x.example (Foo)']],
    [
      'Team: a@x.example, b@x.example;, c@x.example',
      ['a@x.example', 'b@x.example', 'c@x.example'],
      ['a@x.example', 'b@x.example', 'c@x.example'],
    ],
    ['undisclosed-recipients:;', [], []],
    ['"a\\"b <c" <d@x.example>', ['d@x.example'], ['"a\\"b <c" <d@x.example>']],
    ['<>', [''], ['']],
    ['', [], []],
  ])('%s', (value, addresses, shown) => {
    expect(mailboxesIn(value).map(({ address }) => address)).toEqual(addresses)
    expect(mailboxesIn(value).map((mailbox) => mailbox.shown)).toEqual(shown)
  })
})
