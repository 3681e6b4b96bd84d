import { array, assert, constantFrom, integer, property, string } from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { ReplyStage } from '../../core/mail/outcome.ts'
import { type ApiError, sesReadings } from './outcomes.ts'

const readings = sesReadings({ identities: ['example.com'] })
const HOST = 'email-smtp.ap-northeast-1.amazonaws.com:587'

function smtp(line: string, stage: ReplyStage = 'content') {
  const reading = readings.smtp(
    { code: Number(line.slice(0, 3)), text: line.slice(4), host: HOST, command: 'end of DATA' },
    stage,
  )
  return briefly(reading)
}

function api(name: string, message: string, status = 400) {
  const error: ApiError = { name, message, status, requestId: 'r-1' }
  return briefly(readings.api(error, 'email.ap-northeast-1.amazonaws.com'))
}

function briefly({ outcome, signal, counts }: ReturnType<typeof readings.smtp>) {
  const reason = 'reason' in outcome ? outcome.reason : (outcome.remoteId ?? '')
  return `${outcome.kind} ${reason} / ${signal.kind}${'reason' in signal ? ` ${signal.reason}` : ''} / ${counts}`
}

const NOT_VERIFIED =
  'Message rejected: Email address is not verified. The following identities failed the check in region AP-NORTHEAST-1: '

describe('the SMTP wire at the final dot', () => {
  test.each([
    ['250 Ok 0106018f-1c2d-000000', 'delivered 0106018f-1c2d-000000 / healthy / true'],
    ['250 Ok', 'delivered  / healthy / true'],
    ['454 Throttling failure: Maximum sending rate exceeded.', 'deferred throttled / throttled / false'],
    ['454 Throttling failure: Maximum SigV2 SMTP sending rate exceeded.', 'deferred throttled / throttled / false'],
    ['454 Throttling failure: something new', 'deferred throttled / throttled / false'],
    ['454 Throttling failure: Daily message quota exceeded', 'deferred dailyQuota / dailyQuota / false'],
    ['454 Temporary service failure', 'deferred serviceFailure / unreachable serviceFailure / true'],
    ['451 4.4.2 Timeout waiting for data from client.', 'deferred serviceFailure / unreachable serviceFailure / true'],
    ['421 Too many concurrent SMTP connections', 'deferred throttled / throttled / false'],
    ['552 Message is too long.', 'notForThisRoute contentRefused / healthy / true'],
    ['554 Transaction failed: Duplicate header', 'notForThisRoute contentRefused / healthy / true'],
    ['554 Transaction failed: Recipient count exceeds 50.', 'notForThisRoute contentRefused / healthy / true'],
    [
      '554 Access denied: User arn:aws:iam::123456789012:user/u is not authorized to perform ses:SendRawEmail',
      'deferred accessDenied / misconfigured accessDenied / false',
    ],
    [
      '554 MAIL FROM domain not verified: DNS setup for MAIL FROM domain is invalid.',
      'deferred mailFromDomainNotVerified / misconfigured mailFromDomainNotVerified / false',
    ],
    [
      '554 Transaction failed: Configuration set <watari> does not exist.',
      'deferred configurationSetMissing / misconfigured configurationSetMissing / false',
    ],
    [
      '554 Message rejected: Sending paused for this account.',
      'deferred sendingPaused / misconfigured sendingPaused / false',
    ],
    ['554 Message rejected: a rule of tomorrow', 'notForThisRoute contentRefused / healthy / true'],
    ['554 Something nobody has seen before', 'deferred unknownAnswer / healthy / true'],
    ['550 5.1.1 user unknown', 'deferred unknownAnswer / healthy / true'],
    ['553 <taro@example.net> address unknown', 'notForThisRoute contentRefused / healthy / true'],
    ['354 go on', 'deferred unexpectedReply / healthy / true'],
  ])('reads %s', (line, expected) => {
    expect(smtp(line)).toBe(expected)
  })
})

describe('the SMTP wire before the content', () => {
  test.each<[ReplyStage, string, string]>([
    [
      'auth',
      '535 Authentication Credentials Invalid',
      'deferred credentialsRefused / misconfigured credentialsRefused / false',
    ],
    ['auth', '535 Account not subscribed to SES', 'deferred accessDenied / misconfigured accessDenied / false'],
    ['auth', '454 Temporary authentication failure', 'deferred serviceFailure / unreachable serviceFailure / false'],
    ['sender', '530 Authentication required', 'deferred credentialsRefused / misconfigured credentialsRefused / false'],
    ['connect', '421 Too many concurrent SMTP connections', 'deferred throttled / throttled / false'],
    ['connect', '554 no service here', 'deferred serviceFailure / unreachable serviceFailure / false'],
    [
      'sender',
      '451 4.4.2 Timeout waiting for data from client.',
      'deferred serviceFailure / unreachable serviceFailure / false',
    ],
    [
      'sender',
      '421 Maximum message count per session reached',
      'deferred serviceFailure / unreachable serviceFailure / false',
    ],
    ['sender', '501 Invalid MAIL FROM address provided', 'notForThisRoute senderAddressRefused / healthy / true'],
    ['sender', '553 <x> Invalid email address', 'notForThisRoute senderAddressRefused / healthy / true'],
    ['sender', '550 never heard of it', 'deferred unknownAnswer / healthy / true'],
    ['recipient', '553 <taro@example.net> address unknown', 'rejected recipientAddressRefused / healthy / true'],
    ['recipient', '553 address unknown', 'rejected recipientAddressRefused / healthy / true'],
    [
      'recipient',
      '553 <taro..x@carrier.example> address unknown',
      'notForThisRoute addressFormNotTaken / healthy / true',
    ],
    [
      'recipient',
      '553 <.taro@carrier.example> address unknown',
      'notForThisRoute addressFormNotTaken / healthy / true',
    ],
    [
      'recipient',
      '553 <"taro."@carrier.example> address unknown',
      'notForThisRoute addressFormNotTaken / healthy / true',
    ],
    ['recipient', '421 closing', 'deferred serviceFailure / unreachable serviceFailure / false'],
    ['recipient', '450 later', 'deferred serviceFailure / unreachable serviceFailure / true'],
    ['recipient', '550 no', 'deferred unknownAnswer / healthy / true'],
    ['data', '554 no', 'deferred unknownAnswer / healthy / true'],
    ['recipient', '250 Ok', 'deferred unexpectedReply / healthy / true'],
  ])('at %s reads %s', (stage, line, expected) => {
    expect(smtp(line, stage)).toBe(expected)
  })
})

describe('the API', () => {
  test.each([
    ['TooManyRequestsException', 'Maximum sending rate exceeded.', 429, 'deferred throttled / throttled / false'],
    ['ThrottlingException', 'Maximum sending rate exceeded.', 400, 'deferred throttled / throttled / false'],
    ['LimitExceededException', 'Maximum sending rate exceeded.', 400, 'deferred throttled / throttled / false'],
    ['TooManyRequestsException', 'Rate exceeded', 429, 'deferred throttled / throttled / false'],
    ['LimitExceededException', 'Daily message quota exceeded.', 400, 'deferred dailyQuota / dailyQuota / false'],
    ['ThrottlingException', 'Daily message quota exceeded', 400, 'deferred dailyQuota / dailyQuota / false'],
    ['TooManyRequestsException', 'Daily message quota exceeded.', 429, 'deferred dailyQuota / dailyQuota / false'],
    ['LimitExceededException', 'Some other limit', 400, 'deferred serviceFailure / unreachable serviceFailure / true'],
    [
      'MailFromDomainNotVerifiedException',
      'Mail from domain not verified',
      400,
      'deferred mailFromDomainNotVerified / misconfigured mailFromDomainNotVerified / false',
    ],
    [
      'NotFoundException',
      'Configuration set <watari> does not exist.',
      404,
      'deferred configurationSetMissing / misconfigured configurationSetMissing / false',
    ],
    [
      'BadRequestException',
      'Configuration set <watari> does not exist.',
      400,
      'deferred configurationSetMissing / misconfigured configurationSetMissing / false',
    ],
    ['SendingPausedException', '', 400, 'deferred sendingPaused / misconfigured sendingPaused / false'],
    ['AccountSuspendedException', '', 400, 'deferred sendingPaused / misconfigured sendingPaused / false'],
    ['AccessDeniedException', 'no', 403, 'deferred accessDenied / misconfigured accessDenied / false'],
    ['ExpiredTokenException', 'no', 403, 'deferred credentialsRefused / misconfigured credentialsRefused / false'],
    ['InvalidSignatureException', 'no', 403, 'deferred credentialsRefused / misconfigured credentialsRefused / false'],
    ['MessageRejected', 'Some content fault', 400, 'notForThisRoute contentRefused / healthy / true'],
    ['BadRequestException', "Missing required header 'From'.", 400, 'notForThisRoute contentRefused / healthy / true'],
    ['BadRequestException', 'A rule nobody has seen', 400, 'deferred unknownAnswer / healthy / true'],
    ['ValidationException', '1 validation error detected', 400, 'notForThisRoute contentRefused / healthy / true'],
    ['SerializationException', 'no', 400, 'notForThisRoute contentRefused / healthy / true'],
    ['InternalFailure', 'oops', 500, 'deferred serviceFailure / unreachable serviceFailure / true'],
    ['ServiceUnavailable', 'later', 503, 'deferred serviceFailure / unreachable serviceFailure / true'],
    ['Unknown', '', 413, 'notForThisRoute contentRefused / healthy / true'],
    ['Unknown', '', 407, 'deferred serviceFailure / unreachable serviceFailure / true'],
  ])('reads %s: %s', (name, message, status, expected) => {
    expect(api(name, message, status)).toBe(expected)
  })

  test('judges nobody when an address is refused, because one refuses the call for all', () => {
    const error = { name: 'BadRequestException', message: "Missing final '@domain'", status: 400, requestId: 'r-1' }
    const reading = readings.api(error, 'h')
    expect(reading.addressRefused).toBe(true)
    expect(reading.outcome.kind).toBe('notForThisRoute')
  })

  test('reads a text to its end and keeps its beginning', () => {
    const list = `${'foo@partner.example, '.repeat(100)}news@example.com`
    const message = `${NOT_VERIFIED.replace('Message rejected: ', '')}${list}`
    const reading = readings.api({ name: 'MessageRejected', message, status: 400, requestId: 'r-1' }, 'h')
    expect(reading.signal.kind).toBe('misconfigured')
    expect(reading.reply.text).toHaveLength(500 + 'MessageRejected:  (request r-1)'.length)
  })

  test('keeps the request id in the reply, for a support case', () => {
    const error = { name: 'MessageRejected', message: 'a\nb', status: 400, requestId: 'r-1' }
    expect(readings.api(error, 'h').reply).toEqual({
      code: 400,
      text: 'MessageRejected: a b (request r-1)',
      host: 'h',
      command: 'SendEmail',
    })
  })
})

describe('an identity that is not verified', () => {
  test.each([
    [
      'a foreign one: only this mail is not for SES',
      'foo@partner.example',
      'notForThisRoute identityNotOurs / healthy / true',
    ],
    [
      'one of ours: the route stops',
      'news@example.com',
      'deferred identityNotVerified / misconfigured identityNotVerified / false',
    ],
    [
      'one of ours among others',
      'foo@partner.example, news@EXAMPLE.com',
      'deferred identityNotVerified / misconfigured identityNotVerified / false',
    ],
    [
      'a subdomain of ours',
      'a@mail.example.com',
      'deferred identityNotVerified / misconfigured identityNotVerified / false',
    ],
    [
      'a display name that holds an address of ours',
      '"news@example.com" <foo@partner.example>',
      'notForThisRoute identityNotOurs / healthy / true',
    ],
    [
      'a display name that holds a foreign address',
      '"foo@partner.example" <news@example.com>',
      'deferred identityNotVerified / misconfigured identityNotVerified / false',
    ],
    [
      'a display name with a comma',
      '"Foo, Bar" <foo@partner.example>',
      'notForThisRoute identityNotOurs / healthy / true',
    ],
    ['a domain', 'partner.example', 'notForThisRoute identityNotOurs / healthy / true'],
    [
      'our domain',
      'partner.example, example.com',
      'deferred identityNotVerified / misconfigured identityNotVerified / false',
    ],
    [
      'an ARN',
      'arn:aws:ses:ap-northeast-1:123456789012:identity/partner.example',
      'notForThisRoute identityNotOurs / healthy / true',
    ],
    ['a list that was cut', 'foo@partner.example, b@exam...', 'notForThisRoute identityNotOurs / healthy / true'],
    [
      'a list cut to nothing',
      'foo@part...',
      'deferred identityNotVerified / misconfigured identityNotVerified / false',
    ],
    ['nothing', '', 'deferred identityNotVerified / misconfigured identityNotVerified / false'],
    [
      'a display name that says what SES says of quotas',
      '"Daily message quota exceeded" <foo@partner.example>',
      'notForThisRoute identityNotOurs / healthy / true',
    ],
  ])('%s', (_, list, expected) => {
    expect(smtp(`554 ${NOT_VERIFIED}${list}`)).toBe(expected)
    expect(api('MessageRejected', NOT_VERIFIED.replace('Message rejected: ', '') + list)).toBe(expected)
  })

  test('a text without the list stops the route too, and bounces nobody', () => {
    expect(smtp('554 Message rejected: Email address is not verified.')).toBe(
      'deferred identityNotVerified / misconfigured identityNotVerified / false',
    )
  })
})

test('an address that says what SES says is not believed', () => {
  expect(smtp('553 <"daily message quota exceeded"@example.net> address unknown', 'recipient')).toBe(
    'notForThisRoute addressFormNotTaken / healthy / true',
  )
})

test('no answer but a refused recipient of plain form is ever a bounce', () => {
  const stages: ReplyStage[] = ['connect', 'hello', 'auth', 'sender', 'recipient', 'data', 'content']
  const words = [
    'Message rejected',
    'address unknown',
    '<a@example.net>',
    'user unknown',
    'Access denied',
    'quota',
    ': ',
  ]
  const text = array(constantFrom(...words, 'x'), { maxLength: 6 }).map((all) => all.join(' '))
  assert(
    property(integer({ min: 200, max: 699 }), text, constantFrom(...stages), (code, said, stage) => {
      const { outcome } = readings.smtp({ code, text: said, host: HOST, command: 'x' }, stage)
      if (outcome.kind !== 'rejected') return
      expect([stage, said.includes('address unknown'), code >= 400]).toEqual(['recipient', true, true])
    }),
    { numRuns: 3_000 },
  )
  assert(
    property(string(), text, integer({ min: 400, max: 599 }), (name, message, status) => {
      expect(readings.api({ name, message, status, requestId: 'r' }, 'h').outcome.kind).not.toMatch(
        /rejected|delivered/,
      )
    }),
    { numRuns: 1_000 },
  )
})
