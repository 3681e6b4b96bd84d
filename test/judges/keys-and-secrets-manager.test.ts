// The key store in AWS Secrets Manager against an emulator that others wrote: the contract of every key store, and what only
// Secrets Manager can do to it.
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { inspect } from 'node:util'
import {
  DeleteSecretCommand,
  DescribeSecretCommand,
  PutSecretValueCommand,
  SecretsManagerClient,
  UpdateSecretCommand,
} from '@aws-sdk/client-secrets-manager'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { secretsKeyStore, type SecretsKeyStore } from '../../src/adapters/aws/key-store.ts'
import { forgeKey, publicHalfOf } from '../../src/adapters/node/dkim-key.ts'
import { readPlan } from '../../src/wiring/config.ts'
import { keptKeys } from '../../src/wiring/key-store.ts'
import { keyStoreContract } from '../contracts/key-store.contract.ts'
import { describeJudged } from '../support/judge.ts'
import { holdsPieceOf } from '../support/key-material.ts'
import { freePort } from '../support/loopback-relay.ts'
import { MOTO_CREDENTIALS, motoJudge, startMoto, type Moto } from '../support/moto.ts'

const REGION = 'ap-northeast-1'
let moto: Moto | undefined
let client: SecretsManagerClient
let domains = 0
const opened: SecretsKeyStore[] = []

const aDomain = () => `d${(domains += 1)}.example`

function storeOf(domain: string, change: { readonly endpoint?: string; readonly kmsKey?: string } = {}) {
  const store = secretsKeyStore({
    region: REGION,
    credentials: MOTO_CREDENTIALS,
    endpoint: moto!.endpoint,
    domain,
    prefix: 'watari/dkim',
    forge: forgeKey,
    publicOf: publicHalfOf,
    now: () => 42,
    expected: async () => [],
    ...change,
  })
  opened.push(store)
  return store
}

const PLAN = `domain: example.jp
legacy: { hosts: [{ host: mx1.example.jp }] }
region: ap-northeast-1
dkim:
  keys: secretsManager
  secretPrefix: mail/keys
  contact: { name: mail team, mail: mail@example.jp }
`

describeJudged('Secrets Manager', motoJudge, () => {
  beforeAll(async () => {
    moto = await startMoto()
    client = new SecretsManagerClient({ region: REGION, endpoint: moto.endpoint, credentials: MOTO_CREDENTIALS })
  })
  afterAll(async () => {
    opened.forEach((store) => store.stop())
    client.destroy()
    await moto?.stop()
  })

  describe('as a key store', () => {
    keyStoreContract(async () => {
      const domain = aDomain()
      return { open: async () => storeOf(domain), end: async () => {} }
    })
  })

  test('two processes that make a key for one selector at once end with the same key', async () => {
    const domain = aDomain()
    const [one, other] = await Promise.all([storeOf(domain).make('watari1'), storeOf(domain).make('watari1')])
    expect(one).toEqual(other)
    expect(publicHalfOf(await storeOf(domain).privateKey('watari1'))).toBe(one.publicKey)
  })

  test('a secret is named by prefix, domain and selector, sealed by the KMS key, and its description holds the public half alone', async () => {
    const store = storeOf('named.example', { kmsKey: 'alias/watari' })
    await store.make('watari1')
    const secret = await client.send(new DescribeSecretCommand({ SecretId: 'watari/dkim/named.example/watari1' }))
    expect(secret.KmsKeyId).toBe('alias/watari')
    expect(holdsPieceOf(await store.privateKey('watari1'), secret.Description ?? '')).toBe(false)
    expect(JSON.parse(secret.Description ?? '')).toMatchObject({ version: 1, domain: 'named.example', madeAt: 42 })
  })

  test('a domain does not see the keys of another whose name begins with its own', async () => {
    await storeOf('a.example').make('watari1')
    await storeOf('a.example.jp').make('watari2')
    expect((await storeOf('a.example').keys()).map(({ selector }) => selector)).toEqual(['watari1'])
  })

  test('a key made elsewhere is taken once, and another one for its selector is refused', async () => {
    const store = storeOf(aDomain())
    const [pair, other] = [await forgeKey(), await forgeKey()]
    const taken = await store.take('old2024', pair)
    expect(await store.take('old2024', pair)).toEqual(taken)
    await expect(store.take('old2024', other)).rejects.toThrow('old2024 has another key already')
    expect(await store.privateKey('old2024')).toBe(pair.privateKey)
  })

  test('a secret that a person put up for deletion is no key, and no key is made under its name in the dark', async () => {
    const domain = aDomain()
    const store = storeOf(domain)
    await store.make('watari1')
    await client.send(new DeleteSecretCommand({ SecretId: `watari/dkim/${domain}/watari1`, RecoveryWindowInDays: 7 }))
    expect(await store.keys()).toEqual([])
    await expect(store.privateKey('watari1')).rejects.toThrow('there is no key watari1')
    await expect(store.make('watari1')).rejects.toThrow(/under deletion|there is no key watari1/)
  })

  test('a plan that names Secrets Manager has its keys there, and no passphrase to change', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'watari-plan-'))
    const planFile = join(folder, 'plan.yaml')
    writeFileSync(planFile, PLAN)
    const reading = readPlan(planFile)
    if (reading.kind !== 'plan') throw new Error(JSON.stringify(reading))
    const { plan } = reading
    vi.stubEnv('AWS_ENDPOINT_URL_SECRETS_MANAGER', moto!.endpoint)
    const environment = { AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test' }
    const keys = await keptKeys({ plan, planFile, dataFolder: folder, environment }, () => 42)
    const { privateKey } = await forgeKey()
    expect(await keys.take('old2024', privateKey)).toMatchObject({ selector: 'old2024', bits: 2_048, madeAt: 42 })
    await expect(keys.reseal('a passphrase of a test')).rejects.toThrow('sealed by KMS')
    const secret = await client.send(new DescribeSecretCommand({ SecretId: 'mail/keys/example.jp/old2024' }))
    expect(secret.Name).toBe('mail/keys/example.jp/old2024')
    expect(readdirSync(folder)).toEqual(['plan.yaml'])
    vi.unstubAllEnvs()
    rmSync(folder, { recursive: true })
  })

  test.each([
    ['its value is another key', 'does not hold the private half of its key'],
    ['its value is no key', 'does not hold the private half of its key'],
    ['its description was changed', 'is damaged'],
  ])('a secret of which %s gives nothing away', async (what, message) => {
    const domain = aDomain()
    const SecretId = `watari/dkim/${domain}/watari1`
    const store = storeOf(domain)
    const { publicKey } = await store.make('watari1')
    const another = await forgeKey()
    if (what.startsWith('its description')) {
      await client.send(new UpdateSecretCommand({ SecretId, Description: 'key of the mail team' }))
    } else {
      const { privateKey } = another
      const text = JSON.stringify({ version: 1, domain, selector: 'watari1', publicKey, privateKey })
      const SecretString = what.endsWith('no key') ? 'changed by hand' : text
      await client.send(new PutSecretValueCommand({ SecretId, SecretString }))
    }
    const error: unknown = await store.privateKey('watari1').catch((caught: unknown) => caught)
    expect(String(error)).toContain(message)
    expect(holdsPieceOf(another.privateKey, inspect(error, { depth: 9, showHidden: true }))).toBe(false)
  })
})

describe('Secrets Manager that fails', () => {
  const servers: Server[] = []
  afterAll(() => servers.forEach((server) => server.close()))

  async function answering(status: number, type: string): Promise<{ endpoint: string; calls: () => number }> {
    let calls = 0
    const port = await freePort(['127.0.0.1'])
    const server = createServer((request, response) => {
      calls += 1
      let said = ''
      request.on('data', (chunk: Buffer) => (said += chunk.toString()))
      // It repeats what it was sent, as a proxy on the way may.
      request.on('end', () => response.writeHead(status).end(JSON.stringify({ __type: type, message: said })))
    })
    servers.push(server)
    await new Promise<void>((resolve) => void server.listen(port, '127.0.0.1', resolve))
    return { endpoint: `http://127.0.0.1:${port}`, calls: () => calls }
  }

  const storeAt = (endpoint: string, pair: Awaited<ReturnType<typeof forgeKey>>) =>
    secretsKeyStore({
      region: REGION,
      credentials: MOTO_CREDENTIALS,
      endpoint,
      domain: 'example.jp',
      prefix: 'watari/dkim',
      forge: async () => pair,
      publicOf: publicHalfOf,
      now: () => 42,
      expected: async () => [],
    })

  test('by throttling is asked three times, and no more', async () => {
    const { endpoint, calls } = await answering(400, 'ThrottlingException')
    const store = storeAt(endpoint, await forgeKey())
    await expect(store.keys()).rejects.toThrow(
      /^ListSecrets of watari\/dkim\/example\.jp\/ failed: Secrets Manager answered ThrottlingException/,
    )
    expect(calls()).toBe(3)
    store.stop()
  })

  test('by refusing says what to allow, and repeats nothing of the key that it was sent', async () => {
    const pair = await forgeKey()
    const { endpoint } = await answering(400, 'AccessDeniedException')
    const missing = await answering(400, 'ResourceNotFoundException')
    for (const at of [endpoint, missing.endpoint]) {
      const store = storeAt(at, pair)
      const error: unknown = await store.take('watari1', pair).catch((caught: unknown) => caught)
      expect(String(error)).toMatch(/(DescribeSecret|CreateSecret) of watari\/dkim\/example\.jp\/watari1 failed/)
      expect(holdsPieceOf(pair.privateKey, inspect(error, { depth: 9, showHidden: true }))).toBe(false)
      store.stop()
    }
  })

  test('by silence is told as no answer', async () => {
    const store = storeAt(`http://127.0.0.1:${await freePort(['127.0.0.1'])}`, await forgeKey())
    await expect(store.keys()).rejects.toThrow('Secrets Manager gave no answer')
    store.stop()
  })
})
