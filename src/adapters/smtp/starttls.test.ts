// Hosts that offer STARTTLS, that do not, and that are no hosts.
import { createServer, type Server } from 'node:net'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { askStarttls } from './starttls.ts'

let server: Server | undefined
afterEach(() => new Promise<void>((resolve) => (server === undefined ? resolve() : server.close(() => resolve()))))

/** Greets, answers every line with `ehlo`, and keeps what it heard. */
async function host(greeting: string, ehlo: string): Promise<{ readonly port: number; readonly heard: string[] }> {
  const heard: string[] = []
  server = createServer((socket) => {
    socket.on('error', () => undefined)
    socket.write(greeting)
    socket.on('data', (piece) => {
      heard.push(piece.toString())
      if (piece.toString().startsWith('EHLO')) socket.write(ehlo)
      else socket.end()
    })
  })
  await new Promise<void>((resolve) => server!.listen(0, '127.0.0.1', resolve))
  return { port: (server.address() as AddressInfo).port, heard }
}

const ask = (port: number) => askStarttls({ host: '127.0.0.1', port, helo: 'gw1.goo.ne.jp' })

describe('a host', () => {
  it('that offers STARTTLS is asked for nothing more', async () => {
    const { port, heard } = await host('220 mx ESMTP\r\n', '250-mx\r\n250-SIZE 1000\r\n250 STARTTLS\r\n')
    expect(await ask(port)).toBe('offered')
    await expect.poll(() => heard).toEqual(['EHLO gw1.goo.ne.jp\r\n', 'QUIT\r\n'])
  })

  it('that offers others does not offer it', async () => {
    const { port } = await host('220 mx\r\n', '250-STARTTLS.example greets you\r\n250 SIZE 1000\r\n')
    expect(await ask(port)).toBe('notOffered')
  })

  it.each([
    ['refuses us', '554 go away\r\n', ''],
    ['is full', '421 try later\r\n', ''],
    ['does not know EHLO', '220 mx\r\n', '502 what\r\n'],
    ['speaks something else', 'SSH-2.0-OpenSSH\r\n', ''],
  ])('that %s has said nothing', async (_what, greeting, ehlo) => {
    const { port } = await host(greeting, ehlo)
    expect(await ask(port)).toBe('unreachable')
  })

  it('that is not there has said nothing', async () => {
    const { port } = await host('', '')
    await new Promise<void>((resolve) => server!.close(() => resolve()))
    expect(await ask(port)).toBe('unreachable')
  })
})
