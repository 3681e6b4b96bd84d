import * as http from 'node:http'
import * as net from 'node:net'
import { afterEach, describe, expect, test } from 'vitest'
import { type CallProgress, sesHttpHandler, WireFailure } from './http-handler.ts'

const stops: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const stop of stops.splice(0).toReversed()) await stop()
})

async function listening(server: net.Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  stops.push(() => new Promise((resolve) => server.close(resolve)))
  return (server.address() as net.AddressInfo).port
}

function handler(options: Partial<Parameters<typeof sesHttpHandler>[0]> = {}) {
  const made = sesHttpHandler({ connections: 1, ...options })
  stops.push(async () => made.destroy())
  return async (port: number, body: string | Uint8Array = '{}', protocol = 'http:') => {
    const progress: CallProgress = { sent: false, status: undefined }
    const request = { protocol, hostname: '127.0.0.1', port, method: 'POST', path: '/x', headers: {}, body }
    const result = await made.handle(request, { progress }).then(
      ({ response }) => `${response.statusCode} ${Buffer.from(response.body).toString()}`,
      (error: unknown) => (error instanceof WireFailure ? error.code : String(error)),
    )
    return { result, ...progress }
  }
}

/** A server that answers a connection by `script`. */
const tcp = async (script: (socket: net.Socket) => void) => {
  const sockets = new Set<net.Socket>()
  const port = await listening(
    net.createServer((socket) => {
      sockets.add(socket)
      socket.on('error', () => {})
      script(socket)
    }),
  )
  stops.push(async () => sockets.forEach((socket) => socket.destroy()))
  return port
}

describe('how far a call has come', () => {
  test('nobody listens: not sent', async () => {
    const port = await listening(net.createServer())
    await stops.pop()!()
    expect(await handler()(port)).toEqual({ result: 'ECONNREFUSED', sent: false, status: undefined })
  })

  test('TLS never comes up: not sent', async () => {
    const port = await tcp((socket) => socket.on('data', () => {}))
    const call = handler({ connectTimeoutMs: 50 })
    expect(await call(port, '{}', 'https:')).toEqual({ result: 'ECONNTIMEOUT', sent: false, status: undefined })
  })

  test('a server that is no TLS server: not sent', async () => {
    const port = await tcp((socket) => socket.end('220 smtp.example.com ESMTP\r\n'))
    expect(await handler()(port, '{}', 'https:')).toMatchObject({ sent: false, status: undefined })
  })

  test('sent and no answer within the time: sent', async () => {
    const port = await tcp((socket) => socket.on('data', () => {}))
    expect(await handler({ answerTimeoutMs: 50 })(port)).toEqual({ result: 'ETIMEDOUT', sent: true, status: undefined })
  })

  test('sent and closed, or reset: sent', async () => {
    const closing = await tcp((socket) => socket.once('data', () => socket.end()))
    expect(await handler()(closing)).toEqual({ result: 'ECONNRESET', sent: true, status: undefined })
    const resetting = await tcp((socket) => socket.once('data', () => socket.resetAndDestroy()))
    expect(await handler()(resetting)).toEqual({ result: 'ECONNRESET', sent: true, status: undefined })
  })

  test('a body that nobody reads is not sent, however long it takes', async () => {
    const port = await tcp((socket) => socket.pause())
    const body = new Uint8Array(16 * 1_048_576)
    expect(await handler({ answerTimeoutMs: 100 })(port, body)).toEqual({
      result: 'ETIMEDOUT',
      sent: false,
      status: undefined,
    })
  })

  test('an answer that is no HTTP: sent', async () => {
    const port = await tcp((socket) => socket.once('data', () => socket.end('hello\r\n')))
    const { result, sent, status } = await handler()(port)
    expect([result.startsWith('HPE_'), sent, status]).toEqual([true, true, undefined])
  })

  test('an answer without an end is given up', async () => {
    const port = await listening(
      http.createServer((_, response) => {
        response.writeHead(200)
        const more = () => {
          while (response.writable && response.write(Buffer.alloc(65_536)));
          if (response.writable) response.once('drain', more)
        }
        more()
      }),
    )
    expect(await handler()(port)).toEqual({ result: 'EANSWERTOOLONG', sent: true, status: undefined })
  })

  test('an answer: its status and its body', async () => {
    const port = await listening(http.createServer((_, response) => response.writeHead(418).end('short and stout')))
    expect(await handler()(port)).toEqual({ result: '418 short and stout', sent: true, status: 418 })
  })
})

test('a connection is used again, and a new one opened when the old one was closed in between', async () => {
  const sockets: net.Socket[] = []
  const server = http.createServer((_, response) => response.end('ok'))
  server.on('connection', (socket) => sockets.push(socket))
  const port = await listening(server)
  const call = handler()
  await call(port)
  await call(port)
  expect(sockets).toHaveLength(1)
  const closed = new Promise((resolve) => sockets[0]!.once('close', resolve))
  sockets[0]!.end()
  await closed
  expect((await call(port)).result).toBe('200 ok')
  expect(sockets).toHaveLength(2)
})
