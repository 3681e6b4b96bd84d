import { describe, expect, test } from 'vitest'
import { maskAddress, maskIp, maskText } from './mask.ts'

describe('maskAddress', () => {
  test.each([
    ['tanaka@mail.goo.ne', 'tan***@***.***.***'],
    ['abcd@example.com', 'abc***@***.***'],
    // The design's own example shows these whole.
    ['abc@example.com', '***@***.***'],
    ['ab@example.com', '***@***.***'],
    ['a@example.com', '***@***.***'],
    ['"quoted name"@example.com', '***@***.***'],
    ['"victim@attacker.example x"@corp.example', '***@***.***'],
    ['a@b@example.com', '***@***.***'],
    ['no-at-sign', 'no-***'],
    ['', '<>'],
  ])('%s is shown as %s', (address, shown) => {
    expect(maskAddress(address)).toBe(shown)
  })
})

describe('maskIp', () => {
  test.each([
    ['203.0.113.7', '203.0.***.***'],
    ['::ffff:203.0.113.7', '203.0.***.***'],
    ['2001:db8:1:2::7', '2001:db8:***'],
    ['::1', '***'],
    ['not an address', '***'],
  ])('%s is shown as %s', (address, shown) => {
    expect(maskIp(address)).toBe(shown)
  })
})

describe('a text about somebody', () => {
  test.each([
    ['tanaka: user unknown', ['tanaka@example.com'], 'tan***: user unknown'],
    ['no mailbox TANAKA here', ['tanaka+sale@example.com'], 'no mailbox tan*** here'],
    ['tanaka+sale is full', ['tanaka+sale@example.com'], 'tan*** is full'],
    ['tanakas and xtanaka stay', ['tanaka@example.com'], 'tanakas and xtanaka stay'],
    ['"a b" is unknown', ['"a b"@example.com'], '"***" is unknown'],
    ['ab is unknown', ['ab@example.com'], '*** is unknown'],
    ['a.*b? unknown', ['a.*b?@example.com'], '*** unknown'],
    ['x: unknown', ['x@example.com', '', '@'], 'x: unknown'],
    ['from tanaka to suzuki', ['tanaka@a', 'suzuki@b'], 'from tan*** to suz***'],
  ])('%j about %j is %j', (text, named, shown) => {
    expect(maskText(text, named)).toBe(shown)
  })
})

describe('maskText', () => {
  test.each([
    ['5.1.1 <tanaka@example.com>: Recipient address rejected', '5.1.1 <tan***@***.***>: Recipient address rejected'],
    ['host mx.example[192.0.2.9] said: 550', 'host mx.example[192.0.***.***] said: 550'],
    ['from 2001:db8:5::9 refused', 'from 2001:db8:*** refused'],
    ['bad \u001b[31mcolour\r\nand line', 'bad  [31mcolour and line'],
    ['AUTH AEFLSUFTWU5USEVUSUMAcHctc3ludGhldGljLTE= failed', 'AUTH *** failed'],
    ['250 Ok 0106018f1c2d3e4f-1a2b3c4d-0001-000000', '250 Ok 0106018f1c2d3e4f-1a2b3c4d-0001-000000'],
    ['queued as 4HnkK60lBRz6tl1', 'queued as 4HnkK60lBRz6tl1'],
    ['"odd one"@example.com unknown', '***@***.*** unknown'],
    ['at 10:20:30 today', 'at 10:20:30 today'],
  ])('%j becomes %j', (text, shown) => {
    expect(maskText(text)).toBe(shown)
  })

  test('cuts what is longer than a line of a log should be', () => {
    expect(maskText('x '.repeat(10_000)).length).toBe(512)
  })
})
