// C15: 554 'not verified' speaks of a sender header and a Region, never of a recipient.
import { describe, expect, test } from 'vitest'
import { sesReadings } from '../../src/adapters/ses/outcomes.ts'
import { scanHeader } from '../../src/core/mail/header.ts'
import { SES_MESSAGE_OCTETS_MAX, sesFault } from '../../src/core/mail/ses-fitness.ts'
import { contentOf } from '../support/corpus.ts'

const POLICY = { identities: ['example.com'], sizeMax: SES_MESSAGE_OCTETS_MAX }
const faultOf = (headers: string) => {
  const content = contentOf(`${headers}\r\nhello\r\n`)
  return sesFault({ sender: 'a@example.com', header: scanHeader(content), content }, POLICY)
}

describe('before the route is chosen', () => {
  test.each([
    ['(a) a forwarded mail', 'From: "Foo" <foo@partner.example>\r\n', 'fromNotVerified', 'partner.example'],
    ['(b) a host name', 'From: root@web01.localdomain\r\n', 'fromNotVerified', 'web01.localdomain'],
    [
      '(c) a foreign Sender',
      'From: a@example.com\r\nSender: x@other.example\r\n',
      'senderHeaderNotVerified',
      'other.example',
    ],
    ['(f) no From', 'To: b@example.net\r\n', 'noFrom', 'From'],
  ])('%s is kept off SES, and the reason names header and identity', (_, headers, reason, named) => {
    const fault = faultOf(headers)
    expect(fault?.reason).toBe(reason)
    expect(fault?.message).toContain(named)
  })

  test('(e) letter case does not matter', () => {
    expect(faultOf('From: Foo@EXAMPLE.COM\r\n')).toBeUndefined()
  })
})

describe('when SES says it all the same', () => {
  const readings = sesReadings({ identities: ['example.com'] })
  const answer = (list: string, region = 'AP-NORTHEAST-1') =>
    readings.smtp(
      {
        code: 554,
        text: `Message rejected: Email address is not verified. The following identities failed the check in region ${region}: ${list}`,
        host: 'email-smtp.ap-northeast-1.amazonaws.com',
        command: 'end of DATA',
      },
      'content',
    )

  test('a foreign identity sends this mail by the old hosts and stops nothing', () => {
    expect(answer('Foo <foo@partner.example>')).toMatchObject({
      outcome: { kind: 'notForThisRoute' },
      signal: { kind: 'healthy' },
    })
  })

  test('(d) an identity of ours in the wrong Region stops the route, and no mail is lost by it', () => {
    expect(answer('a@example.com', 'US-EAST-1')).toMatchObject({
      outcome: { kind: 'deferred' },
      signal: { kind: 'misconfigured', reason: 'identityNotVerified' },
      counts: false,
    })
  })

  test('the address in a display name is nobody', () => {
    expect(answer('"a@example.com" <foo@partner.example>').signal.kind).toBe('healthy')
    expect(answer('"foo@partner.example" <a@example.com>').signal.kind).toBe('misconfigured')
  })

  test('no answer of this kind is ever a bounce', () => {
    for (const list of ['', '...', 'a@example.com', 'x@y', '"', '<>', 'a@example.net, b@example.net...']) {
      expect(answer(list).outcome.kind).not.toBe('rejected')
    }
  })
})
