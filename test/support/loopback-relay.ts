// Passes UDP and TCP from one loopback address on to 127.0.0.1, so that a server which can listen on one address alone can
// be had on several, and two servers with different ports on one.
import { createSocket, type Socket as UdpSocket } from 'node:dgram'
import { connect, createServer, type Socket } from 'node:net'

/** A port free for UDP on one address may be taken for TCP or on another; so many others are tried. */
const PORT_TRIES = 20
/** Questions on their way at once; a test that has more of them forgets the oldest. */
const ASKERS_MAX = 512

export interface LoopbackRelay {
  stop(): Promise<void>
}

interface Relayed {
  readonly address: string
  readonly port: number
  /** A port of 127.0.0.1. */
  readonly to: number
}

export async function startLoopbackRelay(relayed: Relayed): Promise<LoopbackRelay> {
  const stopUdp = await relayUdp(relayed)
  const stopTcp = await relayTcp(relayed)
  return { stop: async () => void (await Promise.all([stopUdp(), stopTcp()])) }
}

async function relayUdp({ address, port, to }: Relayed): Promise<() => Promise<void>> {
  const front = createSocket('udp4')
  const backs = new Map<string, UdpSocket>()
  front.on('message', (octets, asker) => {
    const key = `${asker.address} ${asker.port}`
    let back = backs.get(key)
    if (back === undefined) {
      back = createSocket('udp4')
      back.on('message', (answer) => front.send(answer, asker.port, asker.address))
      back.on('error', () => undefined)
      backs.set(key, back)
      const [oldest] = backs
      if (backs.size > ASKERS_MAX && oldest) {
        backs.delete(oldest[0])
        oldest[1].close()
      }
    }
    back.send(octets, to, '127.0.0.1')
  })
  await new Promise<void>((resolve, reject) => void front.once('error', reject).bind(port, address, resolve))
  return async () => {
    for (const back of backs.values()) back.close()
    await new Promise<void>((resolve) => void front.close(() => resolve()))
  }
}

async function relayTcp({ address, port, to }: Relayed): Promise<() => Promise<void>> {
  const sockets = new Set<Socket>()
  const server = createServer((front) => {
    const back = connect(to, '127.0.0.1')
    for (const [socket, other] of [
      [front, back],
      [back, front],
    ] as const) {
      sockets.add(socket)
      socket.on('error', () => other.destroy())
      socket.on('close', () => sockets.delete(socket))
      socket.pipe(other)
    }
  })
  await new Promise<void>((resolve, reject) => void server.once('error', reject).listen(port, address, resolve))
  return async () => {
    for (const socket of sockets) socket.destroy()
    await new Promise<void>((resolve) => void server.close(() => resolve()))
  }
}

/** A port that is free for UDP and TCP on all of these addresses. */
export async function freePort(addresses: readonly string[]): Promise<number> {
  for (let tries = 1; tries <= PORT_TRIES; tries += 1) {
    const port = await anyPort(addresses[0]!)
    const free = await Promise.all(addresses.map((address) => isFree(address, port)))
    if (free.every(Boolean)) return port
  }
  throw new Error(`no port is free on ${addresses.join(', ')}`)
}

async function anyPort(address: string): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve, reject) => void server.once('error', reject).listen(0, address, resolve))
  const bound = server.address()
  await new Promise<void>((resolve) => void server.close(() => resolve()))
  return typeof bound === 'object' && bound ? bound.port : 0
}

async function isFree(address: string, port: number): Promise<boolean> {
  const socket = createSocket('udp4')
  const server = createServer()
  try {
    await new Promise<void>((resolve, reject) => void socket.once('error', reject).bind(port, address, resolve))
    await new Promise<void>((resolve, reject) => void server.once('error', reject).listen(port, address, resolve))
    return true
  } catch {
    return false
  } finally {
    socket.close()
    server.close()
  }
}
