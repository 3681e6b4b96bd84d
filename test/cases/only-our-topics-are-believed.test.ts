// C28: a valid signature proves some topic, not ours; addresses of certificates and confirmations are the sender's words.
import { beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { feedbackDoor } from '../../src/adapters/ses/feedback-door.ts'
import type { DoorAnswer } from '../../src/core/feedback/door.ts'
import { sesBounce, TOPIC_ARN } from '../support/feedback-events.ts'
import { testSigner, type TestSigner } from '../support/sns.ts'

const CERTIFICATE =
  'https://sns.ap-northeast-1.amazonaws.com/SimpleNotificationService-0000000000000000000000000000000a.pem'
const CONFIRM = `https://sns.ap-northeast-1.amazonaws.com/?Action=ConfirmSubscription&TopicArn=${TOPIC_ARN}&Token=token-1`
const EVIL_TOPIC = 'arn:aws:sns:ap-northeast-1:000000000002:evil'

let signer: TestSigner
let asked: string[]
let fails: boolean
let now: number

beforeAll(async () => {
  signer = await testSigner()
})
beforeEach(() => {
  asked = []
  fails = false
  now = 0
})

const doorOf = (values: { rawDelivery?: boolean; eventBridgeToken?: string } = {}) => {
  const { rawDelivery = false, ...token } = values
  const call = (url: string): Promise<string> => {
    asked.push(url)
    return fails ? Promise.reject(new Error('no answer')) : Promise.resolve(signer.certificate)
  }
  return feedbackDoor({
    topics: [{ arn: TOPIC_ARN, rawDelivery }],
    ...token,
    web: { certificate: call, confirm: async (url) => void (await call(url)) },
    now: () => now,
  })
}

const send = (
  body: unknown,
  {
    headers = {},
    path = '/sns',
    door = doorOf(),
  }: { headers?: Record<string, string>; path?: string; door?: ReturnType<typeof doorOf> } = {},
): Promise<DoorAnswer> =>
  door({ path, body: typeof body === 'string' ? body : JSON.stringify(body), header: (name) => headers[name] })

const bounce = JSON.stringify(sesBounce())
const taken = { kind: 'record', record: { kind: 'event', event: { kind: 'bounce' } } }
const refused = (status: number, reason: string) => ({ kind: 'refused', status, reason })

test('(a) a signed message of another topic is refused before its certificate is looked at', async () => {
  expect(await send(signer.notification(bounce, { TopicArn: EVIL_TOPIC }))).toMatchObject(refused(403, 'foreignTopic'))
  expect(await send(signer.confirmation({ TopicArn: EVIL_TOPIC }))).toMatchObject(refused(403, 'foreignTopic'))
  expect(asked).toEqual([])
})

describe('(b) a certificate comes from the host of SNS in the Region of the topic, by its exact path', () => {
  test.each([
    'https://s3.amazonaws.com/b/SimpleNotificationService-x.pem',
    'https://sns.ap-northeast-1.amazonaws.com.evil.example/SimpleNotificationService-0a.pem',
    'https://sns.us-east-1.amazonaws.com/SimpleNotificationService-0a.pem',
    'http://sns.ap-northeast-1.amazonaws.com/SimpleNotificationService-0a.pem',
    'https://sns.ap-northeast-1.amazonaws.com:8443/SimpleNotificationService-0a.pem',
    'https://evil@sns.ap-northeast-1.amazonaws.com/SimpleNotificationService-0a.pem',
    'https://sns.ap-northeast-1.amazonaws.com/b/SimpleNotificationService-0a.pem',
    'https://sns.ap-northeast-1.amazonaws.com/SimpleNotificationService-x.pem',
    'https://sns.ap-northeast-1.amazonaws.com/SimpleNotificationService-0a.pem?a=b',
    'https://sns.ap-northeast-1.amazonaws.com/SimpleNotificationService-0a.pem#a',
    'file:///etc/passwd',
    '',
    undefined,
  ])('not from %s', async (SigningCertURL) => {
    expect(await send(signer.notification(bounce, { SigningCertURL }))).toMatchObject(
      refused(403, 'foreignCertificate'),
    )
    expect(asked).toEqual([])
  })
})

describe('(c) a confirmation goes to SNS or nowhere', () => {
  test.each([
    'http://169.254.169.254/latest',
    'https://169.254.169.254/?Action=ConfirmSubscription',
    `https://sns.ap-northeast-1.amazonaws.com/?Action=ConfirmSubscription&TopicArn=${EVIL_TOPIC}&Token=t`,
    `https://sns.ap-northeast-1.amazonaws.com/?Action=DeleteTopic&TopicArn=${TOPIC_ARN}`,
    CONFIRM.replace('https', 'http'),
    CONFIRM.replace('.com', '.com.evil.example'),
  ])('not to %s', async (SubscribeURL) => {
    expect(await send(signer.confirmation({ SubscribeURL }))).toMatchObject(refused(403, 'foreignSubscribeUrl'))
    expect(asked).toEqual([CERTIFICATE])
  })

  test('to SNS, for a topic of ours, once its signature is proven', async () => {
    expect(await send(signer.confirmation())).toEqual({ kind: 'confirmed', topicArn: TOPIC_ARN })
    expect(asked).toEqual([CERTIFICATE, CONFIRM])
  })

  test('not without a signature', async () => {
    expect(await send({ ...signer.confirmation(), Signature: 'AAAA' })).toMatchObject(refused(403, 'badSignature'))
    expect(asked).toEqual([CERTIFICATE])
  })
})

describe('(d) a signature is verified', () => {
  test.each([
    ['version 1 with a Subject', { SignatureVersion: '1', Subject: 'Amazon SES Email Event Notification' }],
    ['version 1 without', { SignatureVersion: '1' }],
    ['version 2 with a Subject', { SignatureVersion: '2', Subject: 'x' }],
    ['version 2 without', { SignatureVersion: '2' }],
  ])('of %s', async (_, values) => {
    expect(await send(signer.notification(bounce, values))).toMatchObject(taken)
  })

  test.each([
    ['another message', { Message: '{}' }],
    ['a Subject that was added', { Subject: 'x' }],
    ['another time', { Timestamp: '2026-11-26T00:00:00.000Z' }],
    ['another id', { MessageId: 'x' }],
    ['a version of tomorrow', { SignatureVersion: '3' }],
    ['a version from the prototype', { SignatureVersion: 'constructor' }],
    ['no signature', { Signature: undefined }],
    ['a signature that is no base64', { Signature: '*' }],
  ])('and found wrong for %s', async (_, changed) => {
    expect(await send({ ...signer.notification(bounce), ...changed })).toMatchObject(refused(403, 'badSignature'))
  })

  test('with a certificate that is fetched once a day', async () => {
    const door = doorOf()
    await Promise.all(Array.from({ length: 20 }, () => send(signer.notification(bounce), { door })))
    expect(asked).toEqual([CERTIFICATE])
    now = 25 * 3_600_000
    expect(await send(signer.notification(bounce), { door })).toMatchObject(taken)
    expect(asked).toHaveLength(2)
  })

  test('with a certificate that no flood of made-up ones drives out', async () => {
    const door = doorOf()
    await send(signer.notification(bounce), { door })
    fails = true
    for (let n = 1; n <= 100; n += 1) {
      const SigningCertURL = `https://sns.ap-northeast-1.amazonaws.com/SimpleNotificationService-${n}.pem`
      await send(signer.notification(bounce, { SigningCertURL }), { door })
    }
    expect(await send(signer.notification(bounce), { door })).toMatchObject(taken)
    expect(asked.filter((url) => url === CERTIFICATE)).toHaveLength(1)
  })

  test('later, when its certificate cannot be had now', async () => {
    const door = doorOf()
    fails = true
    expect(await send(signer.notification(bounce), { door })).toMatchObject({ kind: 'later', reason: 'noCertificate' })
    expect(await send(signer.notification(bounce), { door })).toMatchObject({ kind: 'later' })
    expect(asked).toHaveLength(1)
    fails = false
    now = 6_000
    expect(await send(signer.notification(bounce), { door })).toMatchObject(taken)
  })
})

test.each([
  ['(e) ten thousand brackets', '['.repeat(10_000), 'tooDeep'],
  ['ten thousand objects', '{"a":'.repeat(10_000), 'tooDeep'],
  ['nothing', '', 'noJson'],
  ['an event without an envelope', bounce, 'noEnvelope'],
])('%s is answered 400', async (_, body, reason) => {
  expect(await send(body)).toMatchObject(refused(400, reason))
})

describe('raw delivery, which nobody signs,', () => {
  const headers = { 'x-amz-sns-rawdelivery': 'true', 'x-amz-sns-topic-arn': TOPIC_ARN }

  test('is taken where the plan allows it', async () => {
    expect(await send(bounce, { headers, door: doorOf({ rawDelivery: true }) })).toMatchObject(taken)
  })

  test('is refused where it does not, and for other topics', async () => {
    expect(await send(bounce, { headers })).toMatchObject(refused(403, 'rawDelivery'))
    const evil = { ...headers, 'x-amz-sns-topic-arn': EVIL_TOPIC }
    expect(await send(bounce, { headers: evil, door: doorOf({ rawDelivery: true }) })).toMatchObject(
      refused(403, 'foreignTopic'),
    )
  })
})

describe('EventBridge', () => {
  const event = { 'detail-type': 'Email Bounced', source: 'aws.ses', detail: sesBounce() }
  const door = () => doorOf({ eventBridgeToken: 'secret-1' })
  const path = '/eventbridge'

  test('is let in by its secret', async () => {
    expect(await send(event, { path, door: door(), headers: { 'x-watari-token': 'secret-1' } })).toMatchObject(taken)
  })

  test.each([{}, { 'x-watari-token': '' }, { 'x-watari-token': 'secret-2' }])(
    'is kept out with %j',
    async (headers) => {
      expect(await send(event, { path, door: door(), headers })).toMatchObject(refused(403, 'badToken'))
    },
  )

  test('is kept out when the plan names no secret', async () => {
    expect(await send(event, { path, headers: { 'x-watari-token': '' } })).toMatchObject(refused(403, 'noToken'))
  })
})

test('there are two paths', async () => {
  expect(await send(bounce, { path: '/' })).toMatchObject(refused(404, 'noSuchPath'))
})
