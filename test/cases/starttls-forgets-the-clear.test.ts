// C02 (a): what is pipelined behind STARTTLS in the clear is thrown away, and the session is back before EHLO.
// C02 (f), our side: a port for TLS from the first octet works, and tells a client that speaks in the clear what it wants.
import { afterEach, expect, test } from 'vitest'
import { aCertificate } from '../support/certificate.ts'
import { turns } from '../support/fakes.ts'
import { stopListeners, testListener } from '../support/smtp-listener.ts'
import { overTls, wireClient } from '../support/wire-client.ts'

const tls = await aCertificate('gw.example').then(({ key, cert }) => ({ key, certificate: cert }))

afterEach(stopListeners)

test('(a) a MAIL injected behind STARTTLS in one write is thrown away', async () => {
  const { port, intake } = await testListener({ tls })
  const client = await wireClient(port)
  await client.replies()
  const replies = await client.say('EHLO c.example\r\nSTARTTLS\r\nMAIL FROM:<evil@example.com>\r\n', 2)
  expect(replies[replies.length - 1]).toBe('220 2.0.0 Ready to start TLS')
  const secure = await overTls(client, tls.certificate)
  await turns(20)
  expect(secure.pending()).toBe('')
  expect(await secure.say('MAIL FROM:<a@example.com>\r\n')).toEqual(['503 5.5.1 Send EHLO first'])
  await secure.say('EHLO c.example\r\n')
  expect(await secure.say('DATA\r\n')).toEqual(['503 5.5.1 Send MAIL first'])
  expect(intake.asked).toEqual([])
  secure.destroy()
})

test('(a) a transaction begun in the clear is over too', async () => {
  const { port, intake } = await testListener({ tls })
  const client = await wireClient(port)
  await client.replies()
  await client.say('EHLO c\r\nMAIL FROM:<a@example.com>\r\nRCPT TO:<b@example.net>\r\nSTARTTLS\r\nDATA\r\n', 4)
  const secure = await overTls(client)
  expect((await secure.say('EHLO c\r\nDATA\r\n', 2)).slice(-1)).toEqual(['503 5.5.1 Send MAIL first'])
  expect(intake.mails).toEqual([])
  secure.destroy()
})

test('(f) a port for TLS from the first octet takes mail', async () => {
  const { port, intake } = await testListener({ tls, tlsFromTheStart: true })
  const secure = await overTls(await wireClient(port), tls.certificate)
  expect(await secure.replies()).toEqual(['220 gw.example ESMTP Watari'])
  const offered = await secure.say('EHLO c\r\n')
  expect(offered.some((line) => line.includes('STARTTLS'))).toBe(false)
  await secure.say('MAIL FROM:<a@example.com>\r\nRCPT TO:<b@example.net>\r\nDATA\r\n', 3)
  expect(await secure.say('x\r\n.\r\n')).toEqual(['250 2.0.0 Ok: queued as M1'])
  expect(intake.mails[0]!.client.tls).toBe(true)
  secure.destroy()
})

test('(f) such a port tells a client that speaks in the clear what it wants, at once', async () => {
  const { port } = await testListener({ tls, tlsFromTheStart: true })
  const client = await wireClient(port)
  client.write('EHLO c\r\n')
  expect(await client.closed()).toBe('421 4.7.0 This port speaks TLS from the first octet\r\n')
})

test('(f) and one that waits for a greeting, after a while', async () => {
  const { port, clock } = await testListener({ tls, tlsFromTheStart: true })
  const client = await wireClient(port)
  await turns(20)
  await clock.advance(31_000)
  expect(await client.closed()).toBe('421 4.7.0 This port speaks TLS from the first octet\r\n')
})
