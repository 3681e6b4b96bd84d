import { describe, expect, test } from 'vitest'
import { readMailParameters, readPath } from './command.ts'

describe('a path', () => {
  test.each([
    ['<a@example.com>', 'a@example.com', ''],
    ['<>', '', ''],
    [' <a@example.com>', 'a@example.com', ''],
    ['<a@example.com> SIZE=10 BODY=7BIT', 'a@example.com', 'SIZE=10 BODY=7BIT'],
    ['<a@example.com>  ', 'a@example.com', ''],
    ['<"a b"@example.com>', '"a b"@example.com', ''],
    ['<"a>b"@example.com> SIZE=1', '"a>b"@example.com', 'SIZE=1'],
    ['<"a\\"> x"@example.com>', '"a\\"> x"@example.com', ''],
    ['<"victim@attacker.example x"@corp.example>', '"victim@attacker.example x"@corp.example', ''],
    ['<a..b.@docomo.ne.jp>', 'a..b.@docomo.ne.jp', ''],
    ['a@example.com SIZE=10', 'a@example.com', 'SIZE=10'],
    ['<m\xe9@example.com>', 'm\xe9@example.com', ''],
  ])('%s is read octet by octet', (text, address, parameters) => {
    expect(readPath(`MAIL FROM:${text}`, 10)).toEqual({ kind: 'path', address, parameters })
  })

  test.each([
    '',
    ' ',
    '  <a@example.com>',
    '<a@example.com',
    'a@example.com>',
    '<a@example.com>x',
    '<<a@example.com>>',
    '<a@example.com><b@example.com>',
    '<"a@example.com>',
    '"a b@example.com',
    'x<a@example.com>',
  ])('%j is malformed', (text) => {
    expect(readPath(`MAIL FROM:${text}`, 10).kind).toBe('malformed')
  })

  test('with a source route is declined', () => {
    expect(readPath('RCPT TO:<@a.example,@b.example:c@example.com>', 8)).toEqual({ kind: 'sourceRoute' })
  })
})

describe('the parameters of MAIL', () => {
  test.each([
    ['', undefined],
    ['SIZE=0', 0],
    ['size=1001 BODY=8BITMIME', 1_001],
    ['BODY=7bit AUTH=<>', undefined],
    ['AUTH=e+3Dmc2@example.com SIZE=7', 7],
  ])('%j are known', (text, size) => {
    expect(readMailParameters(text)).toEqual({ kind: 'parameters', size })
  })

  test.each(['SIZE=', 'SIZE', 'SIZE=-1', 'SIZE=1e3', 'SIZE=123456789012345678901', 'SIZE=1 SIZE=2', 'BODY='])(
    '%j are malformed',
    (text) => {
      expect(readMailParameters(text).kind).toBe('malformed')
    },
  )

  test.each(['SMTPUTF8', 'BODY=BINARYMIME', 'RET=HDRS', 'ENVID=x', 'SIZE=1 XCLIENT=y', 'REQUIRETLS', '__proto__=1'])(
    '%j are unknown',
    (text) => {
      expect(readMailParameters(text).kind).toBe('unknown')
    },
  )
})
