import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { networkInterfaces } from 'node:os'
import { decode, encode } from 'dns-packet'
import { afterEach, describe, expect, test } from 'vitest'
import { fakeClock, turns } from '../../../test/support/fakes.ts'
import { framed } from '../../../test/support/scripted-name-server.ts'
import { openDns } from './dns.ts'
import { startZoneServer, type ZoneServer } from './zone-server.ts'
import type { ZoneContents } from './zone-text.ts'

const TIMES = { refreshSeconds: 1, retrySeconds: 1, expireSeconds: 1, minimumSeconds: 60 }
const CONTENTS: ZoneContents = {
  apex: 'dkim.example',
  soa: { ttlSeconds: 300, primary: 'ns.dkim.example', contact: 'dns.goo.example', serial: 7, ...TIMES },
  records: [{ name: 's1.dkim.example', ttlSeconds: 300, type: 'TXT', strings: ['v=DKIM1'] }],
}
const QUERY = encode({ type: 'query', id: 1, questions: [{ name: 's1.dkim.example', type: 'TXT' }] })
const clock = fakeClock()
const hasIpv6Loopback = Object.values(networkInterfaces())
  .flat()
  .some((one) => one?.address === '::1')
const stops: (() => Promise<void> | void)[] = []

afterEach(async () => {
  for (const stop of stops.splice(0)) await stop()
})

async function started(
  zone: { contents(): Promise<ZoneContents> } = { contents: async () => CONTENTS },
  addresses = ['127.0.0.1'],
) {
  const server = await startZoneServer({ zone, addresses, port: 0, clock })
  stops.push(server.stop)
  return server
}

async function connected({ port }: ZoneServer): Promise<Socket> {
  const socket = connect(port, '127.0.0.1')
  stops.push(() => void socket.destroy())
  socket.on('error', () => undefined)
  await once(socket, 'connect')
  return socket
}

/** Everything that comes until the server closes. */
async function rest(socket: Socket): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of socket as AsyncIterable<Buffer>) chunks.push(chunk)
  return Buffer.concat(chunks)
}

describe('the server of our zone', () => {
  test('answers on each of its addresses, from the address that was asked', async () => {
    const server = await started(undefined, ['127.0.0.1', '127.0.0.2'])
    const dns = openDns({ resolvers: [], clock })
    for (const address of ['127.0.0.1', '127.0.0.2']) {
      const at = { address, port: server.port }
      expect(await dns.ask({ name: 's1.dkim.example', type: 'TXT' }, at, 'authoritative')).toMatchObject({
        kind: 'records',
        authoritative: true,
        records: [{ strings: ['v=DKIM1'] }],
      })
    }
  })

  test.skipIf(!hasIpv6Loopback)('answers by IPv6', async () => {
    const server = await started(undefined, ['::1'])
    const at = { address: '::1', port: server.port }
    const dns = openDns({ resolvers: [], clock })
    expect(await dns.ask({ name: 's1.dkim.example', type: 'TXT' }, at, 'authoritative')).toMatchObject({
      records: [{ strings: ['v=DKIM1'] }],
    })
    await server.stop()
    stops.length = 0
    expect(await dns.ask({ name: 's1.dkim.example', type: 'TXT' }, at, 'authoritative')).toMatchObject({
      fault: 'unreachable',
    })
  })

  test('says SERVFAIL while its zone cannot be had, and answers again when it can', async () => {
    let isLost = true
    const contents = async () => {
      if (isLost) throw new Error('no zone')
      return CONTENTS
    }
    const server = await started({ contents })
    const dns = openDns({ resolvers: [], clock })
    const ask = () =>
      dns.ask({ name: 's1.dkim.example', type: 'TXT' }, { address: '127.0.0.1', port: server.port }, 'authoritative')
    expect(await ask()).toMatchObject({ kind: 'fault', fault: 'SERVFAIL' })
    isLost = false
    expect(await ask()).toMatchObject({ kind: 'records' })
  })

  test('answers many queries of one connection in order, whatever pieces they come in', async () => {
    const socket = await connected(await started())
    const queries = Array.from({ length: 5 }, (_, i) => {
      const query = Buffer.from(QUERY)
      query.writeUInt16BE(i + 1)
      return framed(query)
    })
    const octets = Buffer.concat(queries)
    for (const octet of octets.subarray(0, 40)) socket.write(Buffer.from([octet]))
    socket.end(octets.subarray(40))
    let read = await rest(socket)
    const ids: (number | undefined)[] = []
    while (read.length > 0) {
      const length = read.readUInt16BE(0)
      ids.push(decode(read.subarray(2, 2 + length)).id)
      read = read.subarray(2 + length)
    }
    expect(ids).toEqual([1, 2, 3, 4, 5])
  })

  test.each([
    ['a query of 5,000 octets is promised', Buffer.from([0x13, 0x88])],
    ['an answer comes instead of a query', framed(encode({ type: 'response', id: 1 }))],
    ['a message is too short to be one', Buffer.from([0, 1, 0])],
  ])('closes the connection when %s', async (_, octets) => {
    const socket = await connected(await started())
    socket.write(octets)
    expect(await rest(socket)).toHaveLength(0)
  })

  test('closes a connection after half a minute, though it keeps talking', async () => {
    const socket = await connected(await started())
    socket.write(framed(QUERY))
    await once(socket, 'data')
    await clock.advance(29_999)
    socket.write(framed(QUERY))
    await once(socket, 'data')
    await clock.advance(1)
    await rest(socket)
    expect(socket.readableEnded || socket.destroyed).toBe(true)
  })

  test('has room for 64 connections, and for one more when one goes', async () => {
    const server = await started()
    const sockets = await Promise.all(Array.from({ length: 64 }, () => connected(server)))
    for (const socket of sockets) socket.write(framed(QUERY))
    await Promise.all(sockets.map((socket) => once(socket, 'data')))
    const refused = connect(server.port, '127.0.0.1')
    refused.on('error', () => undefined)
    await once(refused, 'close')
    sockets[0]!.destroy()
    await turns(50)
    const late = await connected(server)
    late.write(framed(QUERY))
    expect(await once(late, 'data')).toHaveLength(1)
  })

  test('sends a network to TCP after a hundred UDP answers in one second, until the next', async () => {
    const server = await started()
    const socket = createSocket('udp4')
    stops.push(() => new Promise((resolve) => void socket.close(() => resolve())))
    const answers: Buffer[] = []
    socket.on('message', (octets) => void answers.push(octets))
    const ask = async () => {
      const count = answers.length
      socket.send(QUERY, server.port, '127.0.0.1')
      while (answers.length === count) await turns(1)
      return decode(answers.at(-1)!)
    }
    await clock.advance(1_000)
    for (let i = 0; i < 100; i += 1) expect((await ask()).flag_tc).toBe(false)
    expect(await ask()).toMatchObject({ flag_tc: true, answers: [] })
    await clock.advance(1_000)
    expect((await ask()).flag_tc).toBe(false)
  })

  test('survives rubbish on both wires', async () => {
    const server = await started()
    const socket = createSocket('udp4')
    stops.push(() => new Promise((resolve) => void socket.close(() => resolve())))
    for (const octets of [Buffer.alloc(0), Buffer.alloc(11), Buffer.alloc(12, 0xff), Buffer.alloc(1_400, 1)]) {
      socket.send(octets, server.port, '127.0.0.1')
    }
    const connection = await connected(server)
    connection.resetAndDestroy()
    const after = await connected(server)
    after.write(framed(QUERY))
    expect(await once(after, 'data')).toHaveLength(1)
  })

  test('rejects when its port is taken, and leaves nothing listening', async () => {
    const { port } = await started()
    const zone = { contents: async () => CONTENTS }
    const start = () => startZoneServer({ zone, addresses: ['127.0.0.2', '127.0.0.1'], port, clock })
    await expect(start()).rejects.toThrow('start the DNS server of our zone')
    const alone = await startZoneServer({ zone, addresses: ['127.0.0.2'], port, clock })
    await alone.stop()
  })
})
