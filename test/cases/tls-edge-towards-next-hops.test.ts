// C02 (b to e): what stands at the edge of TLS towards a next hop. (a) is the listener's.
import { afterEach, beforeAll, expect, test } from 'vitest'
import { aCertificate, type TestCertificate } from '../support/certificate.ts'
import { scriptedServer, type ScriptedOptions, type ScriptedServer } from '../support/scripted-server.ts'
import { aCourier } from '../support/smtp-courier.ts'

const CREDENTIALS = { user: 'AKIAEXAMPLE', password: 'SECRET+word' }
const ends: (() => Promise<void>)[] = []
let certificate: TestCertificate
beforeAll(async () => {
  certificate = await aCertificate()
})
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end()
})

async function deliverOver(options: ScriptedOptions) {
  const server = await scriptedServer({ tls: certificate, ...options })
  ends.push(() => server.stop())
  const { deliver, stop, log } = aCourier([server], {
    tls: 'required',
    trust: { ca: certificate.cert },
    auth: async () => CREDENTIALS,
  })
  ends.push(stop)
  return { server, log, delivery: await deliver() }
}

/** Nothing that could be a credential, in whatever form, was written to any socket. */
function expectNoCredentials(server: ScriptedServer): void {
  const written = server.peers.map(({ clear, secret }) => clear + secret).join('')
  expect(written).not.toContain('AUTH')
  for (const text of [CREDENTIALS.user, CREDENTIALS.password]) {
    expect(written).not.toContain(text)
    expect(written).not.toContain(Buffer.from(text).toString('base64'))
  }
}

test('(b) what came behind the 220 in the clear is no capability of the host in TLS', async () => {
  const { server, delivery } = await deliverOver({
    offers: ['STARTTLS', 'AUTH PLAIN'],
    // In the clear a man in the middle adds a line; in TLS the host itself offers only LOGIN.
    offersInTls: ['AUTH LOGIN'],
    answer: ({ verb }) => (verb === 'STARTTLS' ? '220 go\r\n250-AUTH PLAIN XEVIL\r\n250 PIPELINING\r\n' : undefined),
  })
  expect(delivery.outcomes[0]?.kind).toBe('delivered')
  // Had the line been believed, AUTH PLAIN would have been chosen and the envelope would have been pipelined.
  expect(server.peers[0]?.commands.filter((line) => line.startsWith('AUTH'))).toEqual(['AUTH LOGIN'])
  expect(server.peers[0]?.commands.at(-1)).toBe('DATA')
})

test('(b) what is no reply behind the 220 is thrown away as well', async () => {
  const { delivery } = await deliverOver({
    offers: ['STARTTLS', 'AUTH PLAIN'],
    answer: ({ verb }) => (verb === 'STARTTLS' ? '220 go\r\nXEVIL\r\n' : undefined),
  })
  expect(delivery.outcomes[0]?.kind).toBe('delivered')
})

test('(b) half a line behind the 220 completes nothing that comes in TLS', async () => {
  const { server, delivery } = await deliverOver({
    offers: ['STARTTLS', 'AUTH PLAIN'],
    offersInTls: ['AUTH LOGIN'],
    answer: ({ verb }) => (verb === 'STARTTLS' ? { raw: '220 go\r\n250-AUTH XEVIL PLAIN' } : undefined),
  })
  expect(delivery.outcomes[0]?.kind).toBe('delivered')
  expect(server.peers[0]?.commands.filter((line) => line.startsWith('AUTH'))).toEqual(['AUTH LOGIN'])
})

test('(c) a host that knows only HELO gets no mail and no credentials, and the route is told', async () => {
  const { server, delivery } = await deliverOver({
    offers: [],
    answer: ({ verb }) => (verb === 'EHLO' ? '502 5.5.2 unknown' : undefined),
  })
  expect(delivery).toEqual({
    outcomes: [{ kind: 'deferred', reason: 'tlsNotOffered' }],
    signal: { kind: 'misconfigured', reason: 'tlsNotOffered' },
    counts: false,
  })
  expect(server.commands).toEqual(['EHLO gateway.example'])
  expectNoCredentials(server)
})

test('(d) a host that does not offer STARTTLS gets no mail and no credentials, and the route is told', async () => {
  const { server, delivery, log } = await deliverOver({ offers: ['8BITMIME', 'AUTH PLAIN LOGIN'] })
  expect(delivery).toEqual({
    outcomes: [{ kind: 'deferred', reason: 'tlsNotOffered' }],
    signal: { kind: 'misconfigured', reason: 'tlsNotOffered' },
    counts: false,
  })
  expect(server.commands).toEqual(['EHLO gateway.example'])
  expectNoCredentials(server)
  expect(log.lines.filter(({ level }) => level === 'warn').map(({ event }) => event)).toEqual(['nextHopDown'])
})

test('(e) STARTTLS on the last line of the answer is seen', async () => {
  const { server, delivery } = await deliverOver({ offers: ['8BITMIME', 'AUTH PLAIN', 'STARTTLS'] })
  expect(delivery.outcomes[0]?.kind).toBe('delivered')
  expect(server.peers[0]?.clear.startsWith('EHLO gateway.example\r\nSTARTTLS\r\n')).toBe(true)
})
