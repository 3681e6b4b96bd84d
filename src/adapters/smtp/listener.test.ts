import { afterEach, describe, expect, test } from 'vitest'
import { aCertificate } from '../../../test/support/certificate.ts'
import { turns } from '../../../test/support/fakes.ts'
import { stopListeners, testListener } from '../../../test/support/smtp-listener.ts'
import { overTls, wireClient } from '../../../test/support/wire-client.ts'

const GREETING = '220 gw.example ESMTP Watari'
const MAIL = 'MAIL FROM:<a@example.com>\r\nRCPT TO:<b@example.net>\r\nDATA\r\n'
const tls = await aCertificate('gw.example').then(({ key, cert }) => ({ key, certificate: cert }))

afterEach(stopListeners)

/** Waits for what another task of the event loop does, a few turns long. */
async function until(holds: () => boolean): Promise<void> {
  for (let i = 0; i < 10_000 && !holds(); i += 1) await turns(1)
  expect(holds()).toBe(true)
}

describe('the listener', () => {
  test('takes a mail and counts how the session ended', async () => {
    const { port, intake, listener, meter } = await testListener()
    expect(listener.address).toBe(`127.0.0.1:${port}`)
    const client = await wireClient(port)
    expect(await client.replies()).toEqual([GREETING])
    await client.say('EHLO c.example\r\n')
    expect(listener.sessions()).toBe(1)
    await client.say(MAIL, 3)
    expect(await client.say('Subject: x\r\n\r\nbody\r\n.\r\nQUIT\r\n', 2)).toEqual([
      '250 2.0.0 Ok: queued as M1',
      '221 2.0.0 Bye',
    ])
    expect(await client.closed()).toBe('')
    await until(() => listener.sessions() === 0)
    expect(intake.mails[0]!.client).toEqual({ address: '127.0.0.1', helo: 'c.example', tls: false, allowed: true })
    expect(meter.total('watari_connections_total', 'quit')).toBe(1)
  })

  test('keeps a client from sending on while the core has not answered', async () => {
    const { port, intake, listener } = await testListener({ held: true })
    const client = await wireClient(port)
    await client.replies()
    await client.say('EHLO c\r\n')
    await client.say(MAIL, 3)
    client.write('x\r\n.\r\n')
    await until(() => intake.asked.includes('accept'))
    // Much more than all buffers on the way hold.
    const flood = Buffer.from('NOOP\r\n'.repeat(2_000_000), 'latin1')
    const isFlushed = client.socket.write(flood)
    await turns(200)
    expect([isFlushed, client.socket.writableLength > 0]).toEqual([false, true])
    client.destroy()
    intake.release()
    await until(() => listener.sessions() === 0)
  })

  test('answers a client that ended its side behind the final dot', async () => {
    const { port } = await testListener()
    const client = await wireClient(port)
    client.write(`EHLO c\r\n${MAIL}x\r\n.\r\n`)
    client.end()
    expect((await client.closed()).endsWith('250 2.0.0 Ok: queued as M1\r\n')).toBe(true)
  })

  test('survives a client that vanishes inside its mail', async () => {
    const { port, listener, intake, meter } = await testListener()
    const client = await wireClient(port)
    await client.replies()
    client.write(`EHLO c\r\n${MAIL}half a mail\r\n`)
    await client.replies(4)
    await until(() => listener.receptionOctets() > 0)
    client.socket.resetAndDestroy()
    await until(() => listener.sessions() === 0)
    expect([listener.receptionOctets(), intake.mails.length]).toEqual([0, 0])
    expect(meter.total('watari_connections_total', 'lost')).toBe(1)
  })
})

describe('limits of the listener', () => {
  test('too many sessions are told so and closed', async () => {
    const { port, log, listener } = await testListener({ limits: { sessions: 1, refusals: 1 } })
    const first = await wireClient(port)
    await first.replies()
    const second = await wireClient(port)
    expect(await second.closed()).toBe('421 4.3.2 Too many sessions, try again later\r\n')
    first.destroy()
    await until(() => listener.sessions() === 0)
    const third = await wireClient(port)
    expect(await third.replies()).toEqual([GREETING])
    third.destroy()
    expect(log.lines.filter((line) => line.event === 'tooManySessions')).toHaveLength(1)
  })

  test('too many sessions of one client are told so too', async () => {
    const { port } = await testListener({ limits: { sessionsPerClient: 1 } })
    const first = await wireClient(port)
    await first.replies()
    const second = await wireClient(port)
    expect(await second.closed()).toBe('421 4.3.2 Too many sessions, try again later\r\n')
    first.destroy()
  })

  test('an idle client is cut', async () => {
    const { port, clock, meter } = await testListener()
    const client = await wireClient(port)
    await client.replies()
    await clock.advance(301_000)
    expect(await client.closed()).toBe('421 4.4.2 Timeout, closing\r\n')
    await until(() => meter.total('watari_connections_total', 'timeout') === 1)
  })

  test('a client that sends its mail octet by octet is cut', async () => {
    const { port, clock, listener } = await testListener()
    const client = await wireClient(port)
    await client.replies()
    await client.say('EHLO c\r\n')
    await client.say(MAIL, 3)
    for (let second = 0; second < 61; second += 1) {
      const before = listener.receptionOctets()
      client.write('x')
      await until(() => listener.receptionOctets() > before)
      await clock.advance(1_000)
    }
    expect(await client.closed()).toBe('421 4.4.2 The content comes too slowly, closing\r\n')
    await until(() => listener.sessions() === 0)
    expect(listener.receptionOctets()).toBe(0)
  })

  test('a client that does not read is cut', async () => {
    const { port, clock, listener, meter } = await testListener({
      limits: { unreadReplyOctets: 20_000, idleCommands: 1_000_000_000 },
    })
    const client = await wireClient(port)
    client.socket.pause()
    client.socket.on('error', () => {})
    const flood = Buffer.from('HELP\r\n'.repeat(10_000), 'latin1')
    const pump = () => {
      if (client.socket.destroyed) return
      client.socket.write(flood, () => setImmediate(pump))
    }
    pump()
    for (let i = 0; i < 2_000 && listener.sessions() > 0; i += 1) await turns(5)
    await clock.advance(61_000)
    await until(() => listener.sessions() === 0)
    expect(meter.total('watari_connections_total', 'clientNotReading')).toBe(1)
    client.destroy()
  })
})

describe('a stop', () => {
  test('says so to idle sessions and takes no new ones', async () => {
    const { port, listener } = await testListener()
    const client = await wireClient(port)
    await client.replies()
    const stopping = listener.stop()
    expect(await client.closed()).toBe('421 4.3.2 Shutting down, try again later\r\n')
    await stopping
    await expect(wireClient(port)).rejects.toThrow('ECONNREFUSED')
    await listener.stop()
  })

  test('waits for the mail that is coming in', async () => {
    const { port, listener, intake } = await testListener()
    const client = await wireClient(port)
    await client.replies()
    await client.say('EHLO c\r\n')
    await client.say(MAIL, 3)
    const stopping = listener.stop()
    expect(await client.say('x\r\n.\r\n', 2)).toEqual([
      '250 2.0.0 Ok: queued as M1',
      '421 4.3.2 Shutting down, try again later',
    ])
    await stopping
    expect(intake.mails).toHaveLength(1)
  })

  test('waits no longer than its limit', async () => {
    const { port, listener, clock, log } = await testListener({ limits: { stopMs: 10_000 } })
    const client = await wireClient(port)
    await client.replies()
    await client.say('EHLO c\r\n')
    await client.say(MAIL, 3)
    const stopping = listener.stop()
    await clock.advance(10_000)
    await stopping
    expect(await client.closed()).toBe('')
    expect(log.lines.some((line) => line.event === 'stoppedWithSessions')).toBe(true)
  })
})

describe('TLS', () => {
  test('by STARTTLS, with a mail behind it', async () => {
    const { port, intake } = await testListener({ tls })
    const client = await wireClient(port)
    await client.replies()
    expect(await client.say('EHLO c\r\n')).toContain('250 STARTTLS')
    expect(await client.say('STARTTLS\r\n')).toEqual(['220 2.0.0 Ready to start TLS'])
    const secure = await overTls(client, tls.certificate)
    const offered = await secure.say('EHLO c\r\n')
    expect(offered.some((line) => line.includes('STARTTLS'))).toBe(false)
    expect(await secure.say('STARTTLS\r\n')).toEqual(['503 5.5.1 TLS is active already'])
    await secure.say(MAIL, 3)
    const body = `${'x'.repeat(998)}\r\n`.repeat(200)
    expect(await secure.say(`${body}.\r\nQUIT\r\n`, 2)).toEqual(['250 2.0.0 Ok: queued as M1', '221 2.0.0 Bye'])
    await secure.closed()
    expect(intake.mails[0]!.client.tls).toBe(true)
    expect(intake.mails[0]!.wire).toBe(body)
  })

  test('that never begins is given up', async () => {
    const { port, clock, listener, meter } = await testListener({ tls })
    const client = await wireClient(port)
    await client.replies()
    await client.say('EHLO c\r\nSTARTTLS\r\n', 2)
    await clock.advance(31_000)
    await client.closed()
    await until(() => listener.sessions() === 0)
    expect(meter.total('watari_connections_total', 'tlsFailed')).toBe(1)
  })

  test('that is none is given up at once', async () => {
    const { port, meter } = await testListener({ tls })
    const client = await wireClient(port)
    await client.replies()
    await client.say('EHLO c\r\nSTARTTLS\r\n', 2)
    client.write('EHLO in the clear\r\n')
    await client.closed()
    await until(() => meter.total('watari_connections_total', 'tlsFailed') === 1)
  })

  test('without a certificate is not offered', async () => {
    const { port } = await testListener()
    const client = await wireClient(port)
    await client.replies()
    expect((await client.say('EHLO c\r\nSTARTTLS\r\n', 2)).slice(-2)).toEqual([
      '250 8BITMIME',
      '502 5.5.1 Command not implemented',
    ])
    client.destroy()
  })
})

describe('PROXY', () => {
  const header = 'PROXY TCP4 192.0.2.50 10.0.0.9 4000 25\r\n'

  test('from a listed proxy tells who the client is', async () => {
    const { port, intake } = await testListener({ clients: ['192.0.2.50'], proxies: ['127.0.0.1'] })
    const client = await wireClient(port)
    client.write(header.slice(0, 20))
    await turns(5)
    expect(client.pending()).toBe('')
    expect(await client.say(`${header.slice(20)}EHLO c\r\n`, 2)).toContain(GREETING)
    await client.say(`${MAIL}x\r\n.\r\nQUIT\r\n`, 5)
    await client.closed()
    expect(intake.mails[0]!.client).toMatchObject({ address: '192.0.2.50', allowed: true })
  })

  test('comes before TLS from the first octet', async () => {
    const { port, intake } = await testListener({
      clients: ['192.0.2.50'],
      proxies: ['127.0.0.1'],
      tls,
      tlsFromTheStart: true,
    })
    const client = await wireClient(port)
    client.write(header)
    const secure = await overTls(client)
    await secure.say(`EHLO c\r\n${MAIL}x\r\n.\r\nQUIT\r\n`, 7)
    await secure.closed()
    expect(intake.mails[0]!.client).toMatchObject({ address: '192.0.2.50', tls: true })
  })

  test('is wanted of a listed proxy', async () => {
    const { port, clock } = await testListener({ proxies: ['127.0.0.1'] })
    const wrong = await wireClient(port)
    wrong.write('EHLO c\r\n')
    expect(await wrong.closed()).toBe('421 4.7.0 A PROXY header was expected\r\n')
    const silent = await wireClient(port)
    await turns(20)
    await clock.advance(7_000)
    expect(await silent.closed()).toBe('421 4.7.0 A PROXY header was expected\r\n')
  })

  test('that names no client gives nobody the right to send, though the proxy be on the list', async () => {
    const { port } = await testListener({ clients: ['127.0.0.1'], proxies: ['127.0.0.1'] })
    const client = await wireClient(port)
    expect(await client.say('PROXY UNKNOWN\r\nEHLO c\r\nMAIL FROM:<a@example.com>\r\n', 3)).toContain(
      '530 5.7.0 authenticate first, or have this address put on the allow-list',
    )
    client.destroy()
  })

  test('counts sessions by the clients behind it', async () => {
    const { port } = await testListener({ proxies: ['127.0.0.1'], limits: { sessionsPerClient: 1 } })
    const first = await wireClient(port)
    expect(await first.say(header)).toEqual([GREETING])
    const other = await wireClient(port)
    expect(await other.say(header.replace('.50', '.51'))).toEqual([GREETING])
    const again = await wireClient(port)
    expect(await again.say(header)).toEqual(['421 4.3.2 Too many sessions, try again later'])
    for (const client of [first, other, again]) client.destroy()
  })
})
