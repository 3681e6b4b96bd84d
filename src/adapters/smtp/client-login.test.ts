import { afterEach, beforeAll, describe, expect, test } from 'vitest'
import type { Delivery } from '../../core/mail/outcome.ts'
import { aCertificate, type TestCertificate } from '../../../test/support/certificate.ts'
import {
  SILENCE,
  scriptedServer,
  type ScriptedOptions,
  type ScriptedServer,
} from '../../../test/support/scripted-server.ts'
import { aCourier, type CourierUnderTest } from '../../../test/support/smtp-courier.ts'
import type { SmtpCourierOptions } from './courier-options.ts'

const OFFERS = ['STARTTLS', '8BITMIME', 'AUTH PLAIN LOGIN']
const CREDENTIALS = { user: 'AKIAEXAMPLE', password: 'BEBMrlH2tcrv/SECRET+word' }
const PLAIN = Buffer.from(`\0${CREDENTIALS.user}\0${CREDENTIALS.password}`).toString('base64')
const ends: (() => Promise<void>)[] = []
let certificate: TestCertificate
let stranger: TestCertificate
beforeAll(async () => {
  certificate = await aCertificate()
  stranger = await aCertificate()
})
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end()
})

async function hop(options: ScriptedOptions = {}): Promise<ScriptedServer> {
  const server = await scriptedServer({ offers: OFFERS, tls: certificate, ...options })
  ends.push(() => server.stop())
  return server
}

function over(server: ScriptedServer, options: Partial<SmtpCourierOptions> = {}): CourierUnderTest {
  const courier = aCourier([server], { tls: 'required', trust: { ca: certificate.cert }, ...options })
  ends.push(() => courier.stop())
  return courier
}

const withAuth = { auth: async () => CREDENTIALS }
const brief = ({ outcomes, signal, counts }: Delivery): unknown[] => [
  outcomes[0]?.kind === 'delivered' ? 'delivered' : outcomes[0] && `${outcomes[0].kind} ${outcomes[0].reason}`,
  signal.kind,
  counts,
]
/** Every byte that went over any connection in the clear. */
const inTheClear = (server: ScriptedServer): string => server.peers.map(({ clear }) => clear).join('')

describe('TLS', () => {
  test('is begun by STARTTLS, and all that is said of the mail is said in it', async () => {
    const server = await hop()
    expect(brief(await over(server, withAuth).deliver())).toEqual(['delivered', 'healthy', true])
    const peer = server.peers[0]!
    expect(peer.commands.slice(0, 4)).toEqual([
      'EHLO gateway.example',
      'STARTTLS',
      'EHLO gateway.example',
      `AUTH PLAIN ${PLAIN}`,
    ])
    expect(peer.clear.startsWith('EHLO gateway.example\r\nSTARTTLS\r\n')).toBe(true)
    expect(inTheClear(server)).not.toContain('AUTH')
  })

  test('from the first byte works by choice', async () => {
    const server = await hop({ tls: { ...certificate, wrapper: true } })
    expect(brief(await over(server, { ...withAuth, tls: 'wrapper' }).deliver())).toEqual(['delivered', 'healthy', true])
    expect(server.peers[0]?.commands.slice(0, 2)).toEqual(['EHLO gateway.example', `AUTH PLAIN ${PLAIN}`])
  })

  test('is not begun with a host whose certificate nobody vouches for', async () => {
    const server = await hop({ tls: stranger })
    expect(brief(await over(server, withAuth).deliver())).toEqual(['deferred tlsFailed', 'misconfigured', false])
    expect(inTheClear(server)).not.toContain('AUTH')
    expect(server.commands).not.toContain('MAIL')
  })

  test('is not begun with a host of another name', async () => {
    const server = await hop()
    const trust = { ca: certificate.cert, servername: 'another.example' }
    expect(brief(await over(server, { trust }).deliver())).toEqual(['deferred tlsFailed', 'misconfigured', false])
  })

  test('takes a certificate for the name it was told', async () => {
    const server = await hop()
    const trust = { ca: certificate.cert, servername: 'scripted.example' }
    expect(brief(await over(server, { trust }).deliver())).toEqual(['delivered', 'healthy', true])
  })

  test('that a host refuses to begin stops the login', async () => {
    const server = await hop({ answer: ({ verb }) => (verb === 'STARTTLS' ? '454 4.7.0 not now' : undefined) })
    expect(brief(await over(server, withAuth).deliver())).toEqual(['deferred hostUnavailable', 'unreachable', false])
    expect(server.commands).toEqual(['EHLO gateway.example', 'STARTTLS'])
  })

  test('of a host that speaks TLS from the first byte is not waited for', async () => {
    const server = await hop({ tls: { ...certificate, wrapper: true } })
    const { deliver, clock } = over(server, withAuth)
    const delivery = deliver()
    await server.until(() => server.peers.length === 1)
    await clock.advance(31_000)
    expect(brief(await delivery)).toEqual(['deferred timeout', 'unreachable', false])
  })

  test('from the first byte against a host that greets in the clear fails at once', async () => {
    const server = await hop()
    expect(brief(await over(server, { ...withAuth, tls: 'wrapper' }).deliver())).toEqual([
      'deferred tlsFailed',
      'misconfigured',
      false,
    ])
  })
})

describe('TLS that is only wished for', () => {
  test('is used with any certificate', async () => {
    const server = await hop({ tls: stranger })
    expect(brief(await over(server, { tls: 'opportunistic', trust: {} }).deliver())).toEqual([
      'delivered',
      'healthy',
      true,
    ])
    expect(server.peers[0]?.secret).toContain('MAIL FROM')
  })

  test.each<[string, ScriptedOptions]>([
    ['not offered', { offers: ['8BITMIME'] }],
    ['refused', { answer: ({ verb }) => (verb === 'STARTTLS' ? '454 4.7.0 not now' : undefined) }],
    ['broken off', { answer: ({ verb }) => (verb === 'STARTTLS' ? { say: '220 go', cut: 'close' } : undefined) }],
  ])('is done without when it is %s', async (_case, options) => {
    const server = await hop(options)
    expect(brief(await over(server, { tls: 'opportunistic' }).deliver())).toEqual(['delivered', 'healthy', true])
    expect(inTheClear(server)).toContain('MAIL FROM')
  })

  test('is not done without when there is a password', async () => {
    const server = await hop({ answer: ({ verb }) => (verb === 'STARTTLS' ? '454 4.7.0 not now' : undefined) })
    expect(brief(await over(server, { tls: 'opportunistic', ...withAuth }).deliver())).toEqual([
      'deferred tlsNotOffered',
      'misconfigured',
      false,
    ])
    expect(inTheClear(server)).not.toContain('AUTH')
  })
})

describe('HELO', () => {
  test('is for hosts that know no EHLO, where TLS is not required', async () => {
    const server = await hop({ answer: ({ verb }) => (verb === 'EHLO' ? '502 5.5.2 what' : undefined) })
    expect(brief(await over(server, { tls: 'opportunistic' }).deliver())).toEqual(['delivered', 'healthy', true])
    expect(server.commands.slice(0, 3)).toEqual([
      'EHLO gateway.example',
      'HELO gateway.example',
      'MAIL FROM:<bounce+1@example.com>',
    ])
  })

  test('is no answer to a host that is busy', async () => {
    const server = await hop({ answer: ({ verb }) => (verb === 'EHLO' ? '451 4.3.0 later' : undefined) })
    expect(brief(await over(server, { tls: 'never' }).deliver())).toEqual([
      'deferred hostUnavailable',
      'unreachable',
      false,
    ])
    expect(server.commands).toEqual(['EHLO gateway.example'])
  })
})

describe('AUTH', () => {
  test('LOGIN is used when it is all there is', async () => {
    const server = await hop({ offers: ['STARTTLS', 'AUTH LOGIN'] })
    expect(brief(await over(server, withAuth).deliver())).toEqual(['delivered', 'healthy', true])
    expect(server.peers[0]?.commands.slice(3, 6)).toEqual([
      'AUTH LOGIN',
      Buffer.from(CREDENTIALS.user).toString('base64'),
      Buffer.from(CREDENTIALS.password).toString('base64'),
    ])
  })

  test('that offers nothing we know is a misconfiguration', async () => {
    const server = await hop({ offers: ['STARTTLS', 'AUTH GSSAPI'] })
    expect(brief(await over(server, withAuth).deliver())).toEqual([
      'deferred authenticationNotOffered',
      'misconfigured',
      false,
    ])
  })

  test('refused once is tried once more with the secret read again', async () => {
    const server = await hop({
      answer: ({ verb, connection }) => (verb === 'AUTH' && connection === 1 ? '535 no' : undefined),
    })
    const secrets = [{ user: 'old', password: 'old' }, CREDENTIALS]
    const { deliver } = over(server, { auth: async () => secrets.shift()! })
    expect(brief(await deliver())).toEqual(['delivered', 'healthy', true])
    expect([server.peers.length, secrets.length]).toEqual([2, 0])
  })

  test('refused twice stops the route without a bounce, and no second connection tries the same', async () => {
    const server = await hop({ answer: ({ verb }) => (verb === 'AUTH' ? '535 5.7.8 Credentials Invalid' : undefined) })
    const { deliver } = over(server, withAuth)
    const deliveries = await Promise.all(Array.from({ length: 50 }, () => deliver()))
    for (const delivery of deliveries) expect(brief(delivery)).toEqual(['deferred credentials', 'misconfigured', false])
    expect(server.peers.length).toBe(2)
  })

  test('that fails for a time does not ask for the secret again', async () => {
    const server = await hop({
      answer: ({ verb }) => (verb === 'AUTH' ? '454 4.7.0 Temporary authentication failure' : undefined),
    })
    expect(brief(await over(server, withAuth).deliver())).toEqual(['deferred hostUnavailable', 'unreachable', false])
    expect(server.peers.length).toBe(1)
  })

  test('a host that repeats the secret puts it into no outcome and no log', async () => {
    const server = await hop({
      answer: ({ verb, line }) =>
        verb === 'AUTH' ? `535 5.7.8 ${line} for ${CREDENTIALS.user}: ${CREDENTIALS.password}` : undefined,
    })
    const { deliver, log, courier } = over(server, withAuth)
    const told = JSON.stringify([await deliver(), log.lines, courier.hosts()])
    for (const secret of [PLAIN, CREDENTIALS.user, CREDENTIALS.password]) expect(told).not.toContain(secret)
    expect(told).toContain('AUTH PLAIN ***')
  })

  test('with a secret that cannot be read, or takes too long, nobody is asked', async () => {
    const server = await hop()
    const unread = over(server, { auth: () => Promise.reject(new Error(`no access to ${CREDENTIALS.user}`)) })
    expect(brief(await unread.deliver())).toEqual(['deferred credentialsUnavailable', 'misconfigured', false])
    expect(JSON.stringify(unread.log.lines)).not.toContain(CREDENTIALS.user)
    const slow = over(server, { auth: () => new Promise(() => undefined) })
    const delivery = slow.deliver()
    await slow.clock.advance(31_000)
    expect(brief(await delivery)).toEqual(['deferred credentialsUnavailable', 'misconfigured', false])
    expect(server.peers.length).toBe(0)
  })

  test('a user name with a NUL or a line end is not written', async () => {
    const server = await hop()
    const { deliver } = over(server, { auth: async () => ({ user: 'a\r\nQUIT', password: 'b' }) })
    expect(brief(await deliver())).toEqual(['deferred credentials', 'misconfigured', false])
    expect(server.commands).not.toContain('QUIT')
  })
})

describe('before anything is said of a mail', () => {
  test.each<[string, ScriptedOptions, string]>([
    [
      'a greeting that says no',
      { answer: ({ verb }) => (verb === 'connect' ? '554 5.3.2 no' : undefined) },
      'hostRefuses',
    ],
    [
      'a greeting that says later',
      { answer: ({ verb }) => (verb === 'connect' ? '421 4.3.2 later' : undefined) },
      'hostUnavailable',
    ],
    [
      'a cut before the greeting',
      { answer: ({ verb }) => (verb === 'connect' ? { cut: 'close' } : undefined) },
      'connectionClosed',
    ],
    ['a cut after EHLO', { answer: ({ verb }) => (verb === 'EHLO' ? { cut: 'reset' } : undefined) }, 'connectionLost'],
  ])('%s leaves the mail uncounted', async (_case, options, reason) => {
    const { deliver } = over(await hop(options), { tls: 'never' })
    expect(brief(await deliver())).toEqual([`deferred ${reason}`, 'unreachable', false])
  })

  test('a port where nobody listens leaves the mail uncounted', async () => {
    const server = await hop()
    await server.stop()
    expect(brief(await over(server).deliver())).toEqual(['deferred connectionRefused', 'unreachable', false])
  })

  test('a greeting that never comes ends at its time', async () => {
    const server = await hop({ answer: ({ verb }) => (verb === 'connect' ? SILENCE : undefined) })
    const { deliver, clock } = over(server)
    const delivery = deliver()
    await server.until(() => server.peers.length === 1)
    await clock.advance(31_000)
    expect(brief(await delivery)).toEqual(['deferred timeout', 'unreachable', false])
  })
})
