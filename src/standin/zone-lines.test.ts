import { expect, test } from 'vitest'
import { zoneLines } from './zone-lines.ts'

test('lines of a request become records, with names made whole and strings joined', () => {
  const text = `; a request
$ORIGIN goo.ne.jp.

; add: watari1._domainkey.goo.ne.jp.
watari1._domainkey 3600 IN TXT "v=DKIM1; k=rsa; p=AAA" "BBB"
@ 300 IN TXT "say \\"hi\\""
bounce 3600 IN MX 10 feedback-smtp.ap-northeast-1.amazonses.com.
other.example.net. 60 IN CNAME target.example.org.
`
  expect(zoneLines(text)).toEqual([
    { name: 'watari1._domainkey.goo.ne.jp', type: 'TXT', value: 'v=DKIM1; k=rsa; p=AAABBB', ttlSeconds: 3_600 },
    { name: 'goo.ne.jp', type: 'TXT', value: 'say "hi"', ttlSeconds: 300 },
    { name: 'bounce.goo.ne.jp', type: 'MX', value: '10 feedback-smtp.ap-northeast-1.amazonses.com', ttlSeconds: 3_600 },
    { name: 'other.example.net', type: 'CNAME', value: 'target.example.org', ttlSeconds: 60 },
  ])
})

test.each(['watari1 IN TXT "x"', 'watari1 60 IN A 192.0.2.1', 'watari1 60 IN TXT unquoted', 'watari1 60 IN TXT "x" y'])(
  '%s is refused as it stands',
  (line) => {
    expect(zoneLines(line)).toEqual({ fault: `not understood: ${line}` })
  },
)
