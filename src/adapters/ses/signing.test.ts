import { describe, expect, test } from 'vitest'
import type { ControlPlane } from './control-plane.ts'
import { sesControlPlane } from './control-plane.ts'
import { sesSigning } from './signing.ts'
import { forgeKey } from '../node/dkim-key.ts'
import { standinForTest, DOMAIN } from '../../../test/support/standin-client.ts'
import type { Standin } from '../../standin/standin.ts'

/** No spacing: the stand-in for tests does not limit control calls. */
const HASTY = { now: () => 0, sleep: async () => {} }

async function inWorld(
  act: (world: { standin: Standin; plane: ControlPlane; signing: ReturnType<typeof sesSigning> }) => Promise<void>,
  settings: Parameters<typeof standinForTest>[0] = {},
): Promise<void> {
  const standin = await standinForTest(settings)
  const { accessKeyId, secretAccessKey } = standin.credentials
  const place = { region: 'ap-northeast-1', endpoint: standin.apiUrl, credentials: { accessKeyId, secretAccessKey } }
  const plane = sesControlPlane(place, HASTY)
  const keys = new Map<string, string>([['watari1', (await forgeKey()).privateKey]])
  const signing = sesSigning({
    controlPlane: plane,
    mailFromFailure: 'USE_DEFAULT_VALUE',
    privateKey: async (selector) => {
      const key = keys.get(selector)
      if (key === undefined) throw new Error(`there is no key ${selector}`)
      return key
    },
  })
  try {
    await act({ standin, plane, signing })
  } finally {
    await plane.stop()
    await standin.stop()
  }
}

describe('SES as the signer', () => {
  test('is given a key for an identity it has, twice with the same end', () =>
    inWorld(async ({ signing }) => {
      expect(await signing.useKey(DOMAIN, 'watari1')).toEqual({ kind: 'done' })
      expect(await signing.useKey(DOMAIN, 'watari1')).toEqual({ kind: 'done' })
      expect(await signing.facts(DOMAIN)).toMatchObject({
        identity: DOMAIN,
        dkim: { origin: 'EXTERNAL', status: 'PENDING', signingEnabled: true, tokens: ['watari1'] },
      })
    }))

  test('creates the identity where there is none', () =>
    inWorld(async ({ signing }) => {
      expect(await signing.facts('new.example')).toBe('missing')
      expect(await signing.useKey('new.example', 'watari1')).toEqual({ kind: 'done' })
      expect(await signing.facts('new.example')).toMatchObject({ dkim: { origin: 'EXTERNAL', status: 'PENDING' } })
    }))

  test('switches signing on, and takes a MAIL FROM domain', () =>
    inWorld(async ({ signing }) => {
      expect(await signing.enableSigning(DOMAIN)).toEqual({ kind: 'done' })
      expect(await signing.useMailFrom(DOMAIN, `feedback.${DOMAIN}`)).toEqual({ kind: 'done' })
      expect(await signing.facts(DOMAIN)).toMatchObject({
        mailFrom: { domain: `feedback.${DOMAIN}`, status: 'PENDING', behaviour: 'USE_DEFAULT_VALUE' },
      })
    }))

  test('refuses a value it does not take, and says so without the value', () =>
    inWorld(async ({ signing }) => {
      const answer = await signing.useMailFrom(DOMAIN, 'bounce.elsewhere.example')
      expect(answer).toMatchObject({ kind: 'refused', reason: 'valueRefused' })
    }))

  test('that has no such identity refuses what needs one, as it does in life', () =>
    inWorld(async ({ signing }) => {
      expect(await signing.enableSigning('nothing.example')).toMatchObject({
        kind: 'refused',
        reason: 'valueRefused',
      })
    }))

  test('that throttles is asked again', () =>
    inWorld(
      async ({ signing }) => {
        const answers = []
        for (let calls = 0; calls < 4; calls += 1) answers.push(await signing.enableSigning(DOMAIN))
        expect(answers.at(0)).toEqual({ kind: 'done' })
        expect(answers.at(-1)).toMatchObject({ kind: 'again', reason: 'throttled' })
      },
      { settings: { controlCallsPerSecond: 0.01, controlCallsBurst: 1 } },
    ))

  test('a key that cannot be opened is a matter for a person', () =>
    inWorld(async ({ signing }) => {
      expect(await signing.useKey(DOMAIN, 'watari9')).toEqual({
        kind: 'refused',
        reason: 'keyNotReadable',
        message: 'there is no key watari9',
      })
    }))
})

test('SES that gives no answer is unknown, and a change is made again', async () => {
  const plane = sesControlPlane(
    {
      region: 'ap-northeast-1',
      endpoint: 'http://127.0.0.1:1',
      credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
    },
    HASTY,
  )
  const signing = sesSigning({
    controlPlane: plane,
    mailFromFailure: 'USE_DEFAULT_VALUE',
    privateKey: async () => 'MII',
  })
  expect(await signing.facts(DOMAIN)).toBe('unknown')
  expect(await signing.enableSigning(DOMAIN)).toEqual({
    kind: 'again',
    reason: 'unreachable',
    message: 'SES gave no answer',
  })
  await plane.stop()
})

test('wrong credentials are refused with what to do', () =>
  inWorld(async ({ standin }) => {
    const place = {
      region: 'ap-northeast-1',
      endpoint: standin.apiUrl,
      credentials: { accessKeyId: 'AKIAI44QH8DHBEXAMPLE', secretAccessKey: 'wrong' },
    }
    const plane = sesControlPlane(place, HASTY)
    const signing = sesSigning({
      controlPlane: plane,
      mailFromFailure: 'USE_DEFAULT_VALUE',
      privateKey: async () => 'MII',
    })
    const answer = await signing.enableSigning(DOMAIN)
    expect(answer).toMatchObject({ kind: 'refused', reason: 'credentialsRefused' })
    expect(answer.kind === 'refused' ? answer.message : '').toContain('check the variables that the plan names')
    await plane.stop()
  }))
