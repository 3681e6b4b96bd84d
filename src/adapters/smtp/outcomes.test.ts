import { describe, expect, test } from 'vitest'
import type { ReplyStage } from '../../core/mail/outcome.ts'
import { plainSmtpReading } from './outcomes.ts'

function read(said: string, stage: ReplyStage) {
  const [, code, enhanced, text] = /^(\d{3})(?: ([245]\.\d+\.\d+))? ?(.*)$/.exec(said)!
  const reply = {
    code: Number(code),
    ...(enhanced !== undefined && { enhanced }),
    text: text!,
    host: 'mx.example:25',
    command: 'X',
  }
  const { outcome, signal, counts } = plainSmtpReading(reply, stage)
  const reason = outcome.kind === 'delivered' ? outcome.remoteId : outcome.reason
  return [outcome.kind, reason, signal.kind, counts ? 'counts' : 'not counted']
}

describe('what a plain SMTP host says', () => {
  test.each<[ReplyStage, string, string[]]>([
    ['content', '250 2.0.0 Ok: queued as 4XyZ1', ['delivered', '4XyZ1', 'healthy', 'counts']],
    ['content', '250 ok', ['delivered', undefined as never, 'healthy', 'counts']],
    ['content', '451 4.3.0 Error: queue file write error', ['deferred', 'deferredByHost', 'healthy', 'counts']],
    ['content', '421 4.4.2 timeout', ['deferred', 'hostClosing', 'unreachable', 'counts']],
    ['content', '554 5.7.1 rejected by filter', ['rejected', 'rejectedByHost', 'healthy', 'counts']],
    ['content', '552 5.3.4 message too big', ['rejected', 'rejectedByHost', 'healthy', 'counts']],
    ['content', '354 more', ['deferred', 'unexpectedReply', 'healthy', 'counts']],
    ['content', '199 what', ['deferred', 'unexpectedReply', 'healthy', 'counts']],
    ['content', '999 what', ['deferred', 'unexpectedReply', 'healthy', 'counts']],
    ['recipient', '550 5.1.1 unknown user', ['rejected', 'rejectedByHost', 'healthy', 'counts']],
    [
      'recipient',
      '504 5.5.2 <a@b>: Recipient address rejected: need fully-qualified address',
      ['rejected', 'rejectedByHost', 'healthy', 'counts'],
    ],
    ['recipient', '504 5.5.4 parameter not implemented', ['deferred', 'unexpectedReply', 'healthy', 'counts']],
    ['recipient', '501 5.1.3 bad address syntax', ['rejected', 'rejectedByHost', 'healthy', 'counts']],
    ['recipient', '450 4.2.0 greylisted', ['deferred', 'deferredByHost', 'healthy', 'counts']],
    ['recipient', '452 4.5.3 too many recipients', ['deferred', 'deferredByHost', 'healthy', 'counts']],
    ['recipient', '421 4.3.2 closing', ['deferred', 'hostClosing', 'unreachable', 'not counted']],
    ['sender', '553 5.1.8 sender rejected', ['rejected', 'rejectedByHost', 'healthy', 'counts']],
    ['sender', '552 5.3.4 size exceeds limit', ['rejected', 'rejectedByHost', 'healthy', 'counts']],
    ['sender', '452 4.3.1 insufficient system storage', ['deferred', 'hostInTrouble', 'unreachable', 'not counted']],
    ['sender', '451 4.7.1 later', ['deferred', 'deferredByHost', 'healthy', 'counts']],
    ['sender', '555 5.5.4 unsupported parameter', ['deferred', 'unexpectedReply', 'healthy', 'counts']],
    ['sender', '503 5.5.1 nested MAIL', ['deferred', 'unexpectedReply', 'healthy', 'counts']],
    ['sender', '250 fine', ['deferred', 'unexpectedReply', 'healthy', 'counts']],
    ['data', '554 5.5.1 no valid recipients', ['rejected', 'rejectedByHost', 'healthy', 'counts']],
    ['data', '250 what', ['deferred', 'unexpectedReply', 'healthy', 'counts']],
  ])('%s: %s', (stage, said, expected) => {
    expect(read(said, stage)).toEqual(expected)
  })
})

describe('what a host says of itself bounces nobody', () => {
  test.each<[ReplyStage, string, string[]]>([
    ['connect', '554 5.3.2 no service here', ['deferred', 'hostRefuses', 'unreachable', 'not counted']],
    ['connect', '421 too many connections', ['deferred', 'hostUnavailable', 'unreachable', 'not counted']],
    ['hello', '550 5.7.1 who are you', ['deferred', 'hostRefuses', 'unreachable', 'not counted']],
    ['auth', '535 5.7.8 bad credentials', ['deferred', 'credentials', 'misconfigured', 'not counted']],
    ['auth', '530 5.7.0 must issue STARTTLS', ['deferred', 'credentials', 'misconfigured', 'not counted']],
    ['auth', '454 4.7.0 temporary failure', ['deferred', 'hostUnavailable', 'unreachable', 'not counted']],
    [
      'sender',
      '530 5.7.0 authentication required',
      ['deferred', 'authenticationRequired', 'misconfigured', 'not counted'],
    ],
    [
      'recipient',
      '554 5.7.1 <a@example.jp>: Relay access denied',
      ['deferred', 'clientNotAllowed', 'misconfigured', 'not counted'],
    ],
    [
      'recipient',
      '454 4.7.1 <a@example.jp>: Relay access denied',
      ['deferred', 'clientNotAllowed', 'misconfigured', 'not counted'],
    ],
    ['recipient', '550 5.7.1 Relaying denied', ['deferred', 'clientNotAllowed', 'misconfigured', 'not counted']],
    [
      'recipient',
      '554 5.7.1 <x[192.0.2.1]>: Client host rejected: Access denied',
      ['deferred', 'clientNotAllowed', 'misconfigured', 'not counted'],
    ],
    ['sender', '521 5.3.2 takes no mail', ['deferred', 'hostRefuses', 'unreachable', 'counts']],
  ])('%s: %s', (stage, said, expected) => {
    expect(read(said, stage)).toEqual(expected)
  })

  test('an address that says so does not stop the route', () => {
    expect(read('550 5.1.1 <"relay access denied"@example.jp>: unknown user', 'recipient')).toEqual([
      'rejected',
      'rejectedByHost',
      'healthy',
      'counts',
    ])
  })
})
