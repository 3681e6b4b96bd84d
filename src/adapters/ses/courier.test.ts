import * as http from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, test } from 'vitest'
import { measuredContent } from '../../core/mail/content.ts'
import type { ClaimedPart } from '../../core/mail/mail.ts'
import type { Courier } from '../../core/mail/ports.ts'
import type { Meter } from '../../core/watch/metrics.ts'
import { sesCourier } from './courier.ts'
import { sesReadings } from './outcomes.ts'
import { sesPreparation } from './preparation.ts'

// A scripted SES: each call is answered by `script`, and what came is kept.
interface Call {
  readonly path: string
  readonly body: {
    readonly Content: { readonly Raw: { readonly Data: string } }
    readonly Destination: { readonly ToAddresses: readonly string[] }
  } & Readonly<Record<string, unknown>>
  readonly userAgent: string
}
type Script = (call: Call, response: http.ServerResponse) => void

const stops: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const stop of stops.splice(0).toReversed()) await stop()
})

async function fakeSes(script: Script, options: { connections?: number; endpoint?: string } = {}) {
  const calls: Call[] = []
  const sockets = new Set<unknown>()
  const server = http.createServer((request, response) => {
    sockets.add(request.socket)
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const body = JSON.parse(Buffer.concat(chunks).toString()) as Call['body']
      const call = { path: `${request.method} ${request.url}`, body, userAgent: request.headers['user-agent'] ?? '' }
      calls.push(call)
      script(call, response)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  stops.push(async () => {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  })
  const endpoint = options.endpoint ?? `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return { calls, sockets, server, courier: courierTo(endpoint, options.connections) }
}

const counted: string[] = []
const METER: Meter = {
  count: (name, labels, by = 1) => void counted.push(`${name} ${Object.values(labels).join(' ')} ${by}`),
  observe: () => {},
}

function courierTo(endpoint: string, connections = 2): Courier {
  counted.length = 0
  const courier = sesCourier({
    region: 'ap-northeast-1',
    endpoint,
    credentials: { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'synthetic' },
    readings: sesReadings({ identities: ['example.com'] }),
    prepare: sesPreparation({ wire: 'api', meter: METER }),
    configurationSet: 'watari',
    connections,
  })
  stops.push(() => courier.stop())
  return courier
}

const aPart = (change: Partial<ClaimedPart> & { text?: string } = {}): ClaimedPart => ({
  mailId: '0KD5X2M7A0001',
  part: 1,
  route: 'ses',
  state: 'active',
  sender: 'bounce+taro=example.net-77@bounce.example.com',
  recipients: ['taro@example.net'],
  stream: 'example.com',
  acceptedAt: 0,
  dueAt: 0,
  attempts: 1,
  reason: 'new',
  size: 0,
  content: measuredContent([Buffer.from(change.text ?? 'From: a@example.com\r\n\r\nhello\r\n', 'latin1')]),
  ...change,
})

const accept: Script = (_, response) => answer(response, 200, { MessageId: '0106018f-1c2d-000000' })

function answer(response: http.ServerResponse, status: number, body: unknown, headers: Record<string, string> = {}) {
  response.writeHead(status, { 'content-type': 'application/json', 'x-amzn-requestid': 'req-1', ...headers })
  response.end(typeof body === 'string' ? body : JSON.stringify(body))
}

const refuse =
  (name: string, message: string, status = 400): Script =>
  (_, response) =>
    answer(response, status, { message }, { 'x-amzn-errortype': name })

const kinds = (delivery: Awaited<ReturnType<Courier['deliver']>>) =>
  delivery.outcomes.map((outcome) => ('reason' in outcome ? `${outcome.kind} ${outcome.reason}` : outcome.kind))

describe('what SES is asked', () => {
  test('the raw message without dot-stuffing, the recipients of the envelope, the set, the tags, and no From of ours', async () => {
    const { calls, courier } = await fakeSes(accept)
    const part = aPart({
      part: 3,
      recipients: ['a@example.net', '"taro..x"@carrier.example'],
      text: 'From: =?ISO-2022-JP?B?GyRCMnEwdxsoQg==?= <a@example.com>\r\nTo: z@example.net\r\nBcc: b@example.net\r\n\r\n\x1b$B2q\x1b(B\r\n..\r\n...x\r\n',
    })
    const delivery = await courier.deliver(part)
    expect(delivery).toEqual({
      outcomes: Array.from({ length: 2 }, () => ({
        kind: 'delivered',
        reply: {
          code: 200,
          text: 'Ok 0106018f-1c2d-000000 (request req-1)',
          host: expect.stringMatching(/^127\.0\.0\.1:\d+$/) as string,
          command: 'SendEmail',
        },
        remoteId: '0106018f-1c2d-000000',
      })),
      signal: { kind: 'healthy' },
      counts: true,
    })
    expect(calls.map(({ path }) => path)).toEqual(['POST /v2/email/outbound-emails'])
    // The SDK adds letters for the features in use; platform and versions stay at home.
    expect(calls[0]!.userAgent).toMatch(/^watari( m\/[A-Za-z,]+)?$/)
    const { Content, ...rest } = calls[0]!.body
    expect(Buffer.from(Content.Raw.Data, 'base64').toString('latin1')).toBe(
      'From: =?ISO-2022-JP?B?GyRCMnEwdxsoQg==?= <a@example.com>\r\nTo: z@example.net\r\n\r\n\x1b$B2q\x1b(B\r\n.\r\n..x\r\n',
    )
    expect(rest).toEqual({
      Destination: { ToAddresses: ['a@example.net', '"taro..x"@carrier.example'] },
      FeedbackForwardingEmailAddress: 'bounce+taro=example.net-77@bounce.example.com',
      ConfigurationSetName: 'watari',
      EmailTags: [
        { Name: 'watari-mail', Value: '0KD5X2M7A0001' },
        { Name: 'watari-part', Value: '3' },
        { Name: 'watari-sender', Value: 'Ym91bmNlK3Rhcm89ZXhhbXBsZS5uZXQtNzdAYm91bmNlLmV4YW1wbGUuY29t' },
      ],
    })
    expect(counted).toEqual(['watari_headers_repaired_total removed-bcc 1'])
  })

  test('no sender tag when the sender is too long for one', async () => {
    const { calls, courier } = await fakeSes(accept)
    await courier.deliver(aPart({ sender: `${'x'.repeat(64)}@${'y'.repeat(60)}.${'z'.repeat(60)}.example.com` }))
    expect(calls[0]!.body['EmailTags']).toHaveLength(2)
  })

  test('nothing for a null sender, or for a header that cannot be read', async () => {
    const { calls, courier } = await fakeSes(accept)
    expect(kinds(await courier.deliver(aPart({ sender: '' })))).toEqual(['notForThisRoute nullSender'])
    expect(kinds(await courier.deliver(aPart({ text: 'From: a@example.com\r\noops\r\n\r\n' })))).toEqual([
      'notForThisRoute headerMalformed',
    ])
    expect(calls).toEqual([])
  })

  test('never more than 50 recipients', async () => {
    const { courier } = await fakeSes(accept)
    const recipients = Array.from({ length: 51 }, (_, i) => `r${i}@example.net`)
    await expect(courier.deliver(aPart({ recipients }))).rejects.toThrow('split before they are queued')
  })

  test('reuses its connections and opens no more than it may', async () => {
    const { sockets, courier } = await fakeSes(accept, { connections: 2 })
    expect(courier.capacity()).toBe(2)
    await Promise.all(Array.from({ length: 8 }, () => courier.deliver(aPart())))
    await courier.deliver(aPart())
    expect(sockets.size).toBe(2)
  })
})

describe('what SES answers', () => {
  test('a rate refusal is the route waiting, not an attempt', async () => {
    const { calls, courier } = await fakeSes(refuse('TooManyRequestsException', 'Maximum sending rate exceeded.', 429))
    const delivery = await courier.deliver(aPart())
    expect([kinds(delivery), delivery.signal.kind, delivery.counts]).toEqual([
      ['deferred throttled'],
      'throttled',
      false,
    ])
    expect(calls).toHaveLength(1)
  })

  test('a server error with a name is asked once and deferred', async () => {
    const { calls, courier } = await fakeSes(refuse('InternalFailure', 'oops', 500))
    expect(kinds(await courier.deliver(aPart()))).toEqual(['deferred serviceFailure'])
    expect(calls).toHaveLength(1)
  })

  test.each<[string, Script, string]>([
    ['502 from a balancer', (_, r) => answer(r, 502, '<html>Bad Gateway</html>'), 'unclear serverErrorWithoutName'],
    ['504 without a body', (_, r) => answer(r, 504, ''), 'unclear serverErrorWithoutName'],
    ['200 that is not JSON', (_, r) => answer(r, 200, '<html>'), 'unclear answerUnreadable'],
    ['200 without an id', (_, r) => answer(r, 200, {}), 'unclear answerWithoutId'],
    ['407 from a proxy', (_, r) => answer(r, 407, '<html>who are you</html>'), 'deferred serviceFailure'],
    ['413 without a name', (_, r) => answer(r, 413, '<html>'), 'notForThisRoute contentRefused'],
    [
      'an answer cut in its body',
      (_, r) => {
        r.writeHead(200, { 'content-length': '100' })
        r.write('{"Mess')
        setImmediate(() => r.destroy())
      },
      'unclear noAnswer',
    ],
    ['a connection closed after the body', (_, r) => r.destroy(), 'unclear noAnswer'],
  ])('%s', async (_, script, expected) => {
    const { calls, courier } = await fakeSes(script)
    expect(kinds(await courier.deliver(aPart()))).toEqual([expected])
    expect(calls).toHaveLength(1)
  })
})

describe('the network', () => {
  test('nobody listening: deferred, and not counted against the mail', async () => {
    const { server, courier } = await fakeSes(accept)
    await new Promise((resolve) => server.close(resolve))
    const delivery = await courier.deliver(aPart())
    expect(kinds(delivery)).toEqual(['deferred unreachable'])
    expect([delivery.signal, delivery.counts]).toEqual([{ kind: 'unreachable', reason: 'ECONNREFUSED' }, false])
  })

  test('closed while the body was still on its way: SES cannot have it, so deferred', async () => {
    // Larger than all the buffers between here and a server that reads nothing but the first octets.
    const text = `From: a@example.com\r\n\r\n${`${'x'.repeat(996)}\r\n`.repeat(20_000)}`
    const { server, courier } = await fakeSes(accept)
    server.removeAllListeners('request')
    server.on('request', (request) => request.once('data', () => request.socket.destroy()))
    const delivery = await courier.deliver(aPart({ text }))
    expect(kinds(delivery)).toEqual(['deferred unreachable'])
    expect(delivery.counts).toBe(false)
  })
})

describe('one bad address of several', () => {
  const refuseWith =
    (bad: readonly string[], message: string): Script =>
    (call, response) => {
      const hit = call.body.Destination.ToAddresses.some((address) => bad.includes(address))
      if (hit) answer(response, 400, { message }, { 'x-amzn-errortype': 'BadRequestException' })
      else answer(response, 200, { MessageId: 'id-1' })
    }
  const fifty = Array.from({ length: 50 }, (_, i) => `r${i}@example.net`)

  test('is found and rejected, and the other forty-nine are delivered', async () => {
    const { calls, courier } = await fakeSes(refuseWith(['r17@example.net'], "Missing final '@domain'"))
    const outcomes = kinds(await courier.deliver(aPart({ recipients: fifty })))
    expect(outcomes.filter((kind) => kind === 'delivered')).toHaveLength(49)
    expect(outcomes[17]).toBe('rejected recipientAddressRefused')
    expect(calls.length).toBeLessThanOrEqual(13)
    const taken = calls.flatMap(({ body }) => body.Destination.ToAddresses)
    expect(new Set(taken).size).toBe(50)
  })

  test('goes by the old hosts when only its form is odd', async () => {
    const recipients = ['a@example.net', 'taro..x@carrier.example']
    const { courier } = await fakeSes(refuseWith(['taro..x@carrier.example'], 'Local address contains dot-dot'))
    expect(kinds(await courier.deliver(aPart({ recipients })))).toEqual([
      'delivered',
      'notForThisRoute addressFormNotTaken',
    ])
  })

  test('is not blamed when SES refuses every recipient: then it dislikes something in the mail', async () => {
    const { courier } = await fakeSes(refuseWith(fifty, 'Illegal address'))
    const delivery = await courier.deliver(aPart({ recipients: fifty }))
    expect(new Set(kinds(delivery))).toEqual(new Set(['notForThisRoute addressRefused']))
  })

  test('alone is blamed only when SES names it', async () => {
    const one = ['r1@example.net']
    const unnamed = await fakeSes(refuseWith(one, 'Illegal address'))
    expect(kinds(await unnamed.courier.deliver(aPart({ recipients: one })))).toEqual(['notForThisRoute addressRefused'])
    const named = await fakeSes(refuseWith(one, 'Illegal address: R1@example.net'))
    expect(kinds(await named.courier.deliver(aPart({ recipients: one })))).toEqual(['rejected recipientAddressRefused'])
  })

  test('what is not found within the limit of calls is tried again later, and nobody is sent to twice', async () => {
    const bad = fifty.filter((_, i) => i % 3 === 0)
    const { calls, courier } = await fakeSes(refuseWith(bad, 'Illegal address'))
    const outcomes = kinds(await courier.deliver(aPart({ recipients: fifty })))
    expect(calls).toHaveLength(16)
    expect(outcomes.filter((kind) => kind === 'delivered').length).toBeGreaterThan(0)
    expect(outcomes).toContain('deferred addressSearch')
    const sent = calls.filter(({ body }) => !body.Destination.ToAddresses.some((address) => bad.includes(address)))
    const recipients = sent.flatMap(({ body }) => body.Destination.ToAddresses)
    expect(new Set(recipients).size).toBe(recipients.length)
  })

  test('a throttled half waits, and the delivered half stays delivered', async () => {
    let calls = 0
    const { courier } = await fakeSes((call, response) => {
      calls += 1
      if (calls === 1) return refuse('BadRequestException', 'Illegal address')(call, response)
      if (calls === 2) return accept(call, response)
      return refuse('TooManyRequestsException', 'Maximum sending rate exceeded.', 429)(call, response)
    })
    const delivery = await courier.deliver(aPart({ recipients: ['a@example.net', 'b@example.net', 'c@example.net'] }))
    expect(kinds(delivery)).toEqual(['delivered', 'delivered', 'deferred throttled'])
    expect(delivery.signal.kind).toBe('throttled')
  })
})

test('stop waits for what is in flight', async () => {
  let release: () => void = () => {}
  let arrive: () => void = () => {}
  const arrived = new Promise<void>((resolve) => {
    arrive = resolve
  })
  const { courier } = await fakeSes((call, response) => {
    release = () => accept(call, response)
    arrive()
  })
  const delivery = courier.deliver(aPart())
  await arrived
  const stopped = courier.stop()
  release()
  await stopped
  expect(kinds(await delivery)).toEqual(['delivered'])
  expect(kinds(await courier.deliver(aPart()))).toEqual(['deferred stopping'])
})
