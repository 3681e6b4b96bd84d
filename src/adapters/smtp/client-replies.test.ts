import { describe, expect, test } from 'vitest'
import { capabilitiesIn } from './client-capabilities.ts'
import { ReplyReader, replyOf, type WireReply } from './client-replies.ts'

function read(...pieces: string[]): (WireReply | string)[] {
  const seen: (WireReply | string)[] = []
  const reader = new ReplyReader(
    (reply) => seen.push(reply),
    (fault) => seen.push(fault),
  )
  for (const piece of pieces) reader.push(piece)
  return seen
}

describe('replies', () => {
  test('come whole out of any pieces', () => {
    const whole = '250-first\r\n250-\r\n250 last\r\n354 go\r\n'
    const expected = [
      { code: 250, lines: ['first', '', 'last'] },
      { code: 354, lines: ['go'] },
    ]
    expect(read(whole)).toEqual(expected)
    for (let at = 1; at < whole.length; at += 1) expect(read(whole.slice(0, at), whole.slice(at))).toEqual(expected)
    expect(read(...whole.split(''))).toEqual(expected)
  })

  test('a code alone is a reply, and so is one that ends in LF alone', () => {
    expect(read('250\r\n221 bye\n')).toEqual([
      { code: 250, lines: [''] },
      { code: 221, lines: ['bye'] },
    ])
  })

  test.each([
    ['no code', 'hello\r\n'],
    ['two digits', '25 ok\r\n'],
    ['an empty line', '\r\n'],
    ['a fourth digit', '2500 ok\r\n'],
    ['a letter behind the code', '250x\r\n'],
    ['a sign', '-50 ok\r\n'],
    ['another code in the middle', '250-a\r\n550 b\r\n'],
  ])('%s is no reply', (_case, text) => {
    expect(read(text)).toEqual(['replyUnreadable'])
  })

  test('a fault is told once, and nothing is read behind it', () => {
    expect(read('x\r\n250 ok\r\n', '250 ok\r\n')).toEqual(['replyUnreadable'])
  })

  test('lines and replies have a limit', () => {
    expect(read(`250 ${'x'.repeat(4092)}\r\n`)).toHaveLength(1)
    expect(read(`250 ${'x'.repeat(4092)}\r\n`)[0]).toHaveProperty('code', 250)
    expect(read('250 ', ...Array.from({ length: 100 }, () => 'x'.repeat(100)))).toEqual(['replyLineTooLong'])
    expect(read('250-x\r\n'.repeat(127), '250 x\r\n')[0]).toHaveProperty('code', 250)
    expect(read('250-x\r\n'.repeat(128))).toEqual(['replyTooLong'])
  })

  test('keep their enhanced code apart from their text', () => {
    expect(replyOf({ code: 550, lines: ['5.1.1 no such', '5.1.1 user'] }, 'mx.example:25', 'RCPT TO')).toEqual({
      code: 550,
      enhanced: '5.1.1',
      text: 'no such user',
      host: 'mx.example:25',
      command: 'RCPT TO',
    })
    expect(replyOf({ code: 250, lines: ['Ok'] }, 'h', 'c')).toEqual({ code: 250, text: 'Ok', host: 'h', command: 'c' })
  })
})

test('a text is one line without control characters, and not endless', () => {
  const { text } = replyOf({ code: 550, lines: ['a\rb\u001b[31m\0', 'x'.repeat(3000)] }, 'h', 'c')
  expect([text.slice(0, 12), text.length]).toEqual(['a b [31m  xx', 1024])
})

describe('what a host offers', () => {
  test('is read from all lines but the first, whatever the case', () => {
    const offered = capabilitiesIn([
      'STARTTLS.example says hello',
      'pipelining',
      'Size 1000',
      '8bitmime',
      'auth plain LOGIN',
    ])
    expect(offered).toEqual({
      pipelining: true,
      size: true,
      eightBitMime: true,
      startTls: false,
      auth: new Set(['PLAIN', 'LOGIN']),
    })
  })

  test('includes AUTH in the old spelling, and adds up', () => {
    expect(capabilitiesIn(['h', 'AUTH=LOGIN', 'AUTH PLAIN']).auth).toEqual(new Set(['LOGIN', 'PLAIN']))
  })
})
