// The API of the stand-in takes whatever comes: odd paths, methods, headers and bodies get an answer in the protocol's form,
// and good requests are still answered afterwards. Bounded: WATARI_FUZZ_RUNS requests, over HTTP on loopback.
import fc from 'fast-check'
import { request } from 'node:http'
import { Agent } from 'node:http'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startStandin, type Standin } from './standin.ts'

const RUNS = Number(process.env['WATARI_FUZZ_RUNS'] ?? 1_000)
const SEED = Number(process.env['WATARI_FUZZ_SEED'] ?? Date.now() % 1_000_000)
const TIMEOUT_MS = 30_000 + RUNS * 10

let standin: Standin
const agent = new Agent({ keepAlive: true, maxSockets: 4 })
beforeAll(async () => {
  standin = await startStandin({
    settings: { signatures: 'accept', controlCallsPerSecond: 0 },
    seed: { domain: 'example.com', selector: 's1', configurationSet: 'watari' },
  })
})
afterAll(async () => {
  agent.destroy()
  await standin.stop()
})

interface Asked {
  readonly method: string
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

interface Answered {
  readonly status: number
  readonly type: string | undefined
  readonly body: string
}

function ask({ method, path, headers, body }: Asked): Promise<Answered> {
  const { hostname, port } = new URL(standin.apiUrl)
  return new Promise((resolve, reject) => {
    const sent = request({
      hostname,
      port,
      method,
      path,
      agent,
      headers: { ...headers, 'content-length': Buffer.byteLength(body) },
    })
    sent.on('error', reject)
    sent.on('response', (response) => {
      let text = ''
      response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk))
      response.on('end', () => {
        const type = response.headers['x-amzn-errortype']
        resolve({ status: response.statusCode ?? 0, type: Array.isArray(type) ? type[0] : type, body: text })
      })
    })
    sent.end(body)
  })
}

const segment = fc.oneof(
  fc.constantFrom(
    'account',
    'identities',
    'example.com',
    'dkim',
    'signing',
    'mail-from',
    'configuration-sets',
    'watari',
  ),
  fc.constantFrom(
    'event-destinations',
    'suppression',
    'addresses',
    'outbound-emails',
    'list-identities',
    'sending',
    '..',
    '',
  ),
  fc.string({ maxLength: 12 }).map((text) => encodeURIComponent(text)),
)
const path = fc
  .tuple(
    fc.array(segment, { minLength: 1, maxLength: 5 }),
    fc.constantFrom('', '?PageSize=1', '?PageSize=x&NextToken=%00', '?Reason=BOUNCE'),
  )
  .map(([segments, query]) => `/v2/email/${segments.join('/')}${query}`)
const field = fc.constantFrom(
  'EmailIdentity',
  'EmailAddress',
  'Reason',
  'SendingEnabled',
  'SigningAttributes',
  'SigningAttributesOrigin',
  'Content',
  'Raw',
  'Data',
  'Destination',
  'ToAddresses',
  'FromEmailAddress',
  'ConfigurationSetName',
  'EmailTags',
  'DkimSigningAttributes',
  'DomainSigningSelector',
  'DomainSigningPrivateKey',
  'EventDestination',
  '__proto__',
)
const value: fc.Arbitrary<unknown> = fc.letrec((tie) => ({
  any: fc.oneof(
    { depthSize: 'small' },
    fc.constantFrom(null, true, 0, -1, 1e308, '', 'a@example.com', 'example.com', 'BOUNCE', 'EXTERNAL', 'aGVsbG8='),
    fc.string({ maxLength: 20 }),
    fc.array(tie('any'), { maxLength: 3 }),
    fc.dictionary(field, tie('any'), { maxKeys: 4 }),
  ),
})).any
const body = fc.oneof(
  { weight: 6, arbitrary: fc.dictionary(field, value, { maxKeys: 5 }).map((object) => JSON.stringify(object)) },
  { weight: 1, arbitrary: fc.constantFrom('', '{', '[1', 'null', '"x"', '['.repeat(5_000), '{"a":'.repeat(2_000)) },
  { weight: 1, arbitrary: fc.string({ maxLength: 100 }) },
)
const headers = fc.record({
  'content-type': fc.constantFrom('application/json', 'text/plain', 'application/x-amz-json-1.1'),
  authorization: fc.constantFrom(
    'AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20261125/ap-northeast-1/ses/aws4_request, SignedHeaders=host, Signature=00',
    'Basic eDp5',
    'AWS4-HMAC-SHA256',
  ),
})
const question = fc.record({ method: fc.constantFrom('GET', 'POST', 'PUT', 'DELETE', 'PATCH'), path, headers, body })

test(
  'any request gets an answer in the form of the protocol, and never breaks the service',
  async () => {
    await fc.assert(
      fc.asyncProperty(question, async (asked) => {
        const { status, type, body: text } = await ask(asked)
        expect(status).toBeGreaterThanOrEqual(200)
        expect(status, text).toBeLessThan(500)
        expect(() => void JSON.parse(text)).not.toThrow()
        if (status >= 400) {
          expect(type).toMatch(/^[A-Za-z]+$/)
          expect((JSON.parse(text) as { message: unknown }).message).toEqual(expect.any(String))
        }
      }),
      { numRuns: RUNS, seed: SEED },
    )
    const good = { method: 'GET', path: '/v2/email/account', headers: {}, body: '' }
    expect((await ask(good)).status).toBe(200)
  },
  TIMEOUT_MS,
)

console.log(`api-fuzz: WATARI_FUZZ_SEED=${SEED} WATARI_FUZZ_RUNS=${RUNS}`)
