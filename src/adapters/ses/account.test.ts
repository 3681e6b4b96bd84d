import * as http from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, test } from 'vitest'
import { fakeClock } from '../../../test/support/fakes.ts'
import { sesAccount } from './account.ts'
import { type ControlPlane, sesControlPlane } from './control-plane.ts'
import { sesIdentity } from './identity.ts'

const stops: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const stop of stops.splice(0).toReversed()) await stop()
})

/** A control plane that answers each path with what is written here, and notes when it was asked. */
async function fakeControlPlane(answers: Readonly<Record<string, readonly [number, unknown]>>) {
  const clock = fakeClock(0)
  const asked: string[] = []
  const server = http.createServer((request, response) => {
    asked.push(`${clock.now()} ${request.method} ${request.url}`)
    const [status, body] = answers[request.url!] ?? [404, { message: 'no such thing' }]
    const named = status === 404 ? { 'x-amzn-errortype': 'NotFoundException' } : {}
    response.writeHead(status, { 'content-type': 'application/json', ...named })
    response.end(JSON.stringify(body))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const place = {
    region: 'ap-northeast-1',
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    credentials: { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'synthetic' },
  }
  const controlPlane: ControlPlane = sesControlPlane(place, clock)
  stops.push(async () => {
    await controlPlane.stop()
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  })
  return { clock, asked, controlPlane }
}

const ACCOUNT = {
  SendQuota: { Max24HourSend: 10_000_000, MaxSendRate: 200, SentLast24Hours: 41_000.5 },
  SendingEnabled: true,
  ProductionAccessEnabled: true,
  EnforcementStatus: 'HEALTHY',
}

describe('the account', () => {
  test('tells its quotas and its state', async () => {
    const { controlPlane } = await fakeControlPlane({ '/v2/email/account': [200, ACCOUNT] })
    expect(await sesAccount(controlPlane).facts()).toEqual({
      maxPerSecond: 200,
      maxIn24Hours: 10_000_000,
      sentIn24Hours: 41_000.5,
      sendingEnabled: true,
      productionAccess: true,
      enforcement: 'HEALTHY',
    })
  })

  test('says -1 as unlimited', async () => {
    const SendQuota = { Max24HourSend: -1, MaxSendRate: 14, SentLast24Hours: 5_000 }
    const { controlPlane } = await fakeControlPlane({ '/v2/email/account': [200, { ...ACCOUNT, SendQuota }] })
    expect((await sesAccount(controlPlane).facts()).maxIn24Hours).toBe('unlimited')
  })

  test('takes a missing word for the worse, and a missing quota for no answer', async () => {
    const { SendQuota } = ACCOUNT
    const some = await fakeControlPlane({ '/v2/email/account': [200, { SendQuota }] })
    expect(await sesAccount(some.controlPlane).facts()).toMatchObject({ sendingEnabled: false, enforcement: 'UNKNOWN' })
    const none = await fakeControlPlane({ '/v2/email/account': [200, {}] })
    await expect(sesAccount(none.controlPlane).facts()).rejects.toThrow('no sending quota')
  })
})

describe('an identity', () => {
  test('tells its DKIM and its MAIL FROM', async () => {
    const { controlPlane } = await fakeControlPlane({
      '/v2/email/identities/Example.com': [
        200,
        {
          IdentityType: 'DOMAIN',
          VerifiedForSendingStatus: true,
          DkimAttributes: {
            SigningEnabled: true,
            Status: 'SUCCESS',
            SigningAttributesOrigin: 'EXTERNAL',
            Tokens: ['watari1'],
          },
          VerificationInfo: { ErrorType: 'TYPE_NOT_FOUND' },
          MailFromAttributes: {
            MailFromDomain: 'bounce.example.com',
            MailFromDomainStatus: 'PENDING',
            BehaviorOnMxFailure: 'REJECT_MESSAGE',
          },
        },
      ],
    })
    expect(await sesIdentity(controlPlane).facts('Example.com')).toEqual({
      identity: 'example.com',
      verifiedForSending: true,
      dkim: {
        signingEnabled: true,
        status: 'SUCCESS',
        origin: 'EXTERNAL',
        tokens: ['watari1'],
        error: 'TYPE_NOT_FOUND',
      },
      mailFrom: { domain: 'bounce.example.com', status: 'PENDING', behaviour: 'REJECT_MESSAGE' },
    })
  })

  test('takes what SES leaves out for not ready', async () => {
    const { controlPlane } = await fakeControlPlane({ '/v2/email/identities/example.com': [200, {}] })
    expect(await sesIdentity(controlPlane).facts('example.com')).toEqual({
      identity: 'example.com',
      verifiedForSending: false,
      dkim: { signingEnabled: false, status: 'NOT_STARTED', origin: 'UNKNOWN' },
    })
  })

  test('is undefined when SES has none, and an error when SES cannot be asked', async () => {
    const { controlPlane, clock } = await fakeControlPlane({ '/v2/email/identities/broken.example': [500, {}] })
    expect(await sesIdentity(controlPlane).facts('example.com')).toBeUndefined()
    const second = sesIdentity(controlPlane).facts('broken.example')
    void clock.advance(1_100)
    await expect(second).rejects.toThrow()
  })
})

test('no two calls of the control plane are less than a second apart, whoever asks', async () => {
  const { controlPlane, clock, asked } = await fakeControlPlane({ '/v2/email/account': [200, ACCOUNT] })
  const account = sesAccount(controlPlane)
  const identity = sesIdentity(controlPlane)
  const answers: string[] = []
  void account.facts().then(() => answers.push('account'))
  void identity.facts('example.com').then(() => answers.push('identity'))
  void account.facts().then(() => answers.push('account'))
  while (answers.length < 3) {
    await clock.advance(100)
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
  expect(answers).toEqual(['account', 'identity', 'account'])
  const times = asked.map((line) => Number(line.split(' ')[0]))
  expect(times[1]! - times[0]!).toBeGreaterThanOrEqual(1_000)
  expect(times[2]! - times[1]!).toBeGreaterThanOrEqual(1_000)
})
