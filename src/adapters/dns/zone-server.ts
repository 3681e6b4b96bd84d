// The small authoritative DNS server for a zone of our own: UDP and TCP on one port, no recursion, no transfers, and a limit
// on everything a stranger can make it do.
import { createSocket, type Socket as UdpSocket } from 'node:dgram'
import { createServer, isIPv6, type Server, type Socket } from 'node:net'
import { SECOND_MS, type Clock } from '../../core/base/clock.ts'
import { answerRate } from './answer-rate.ts'
import { withLength } from './exchange.ts'
import { answerCutShort, answerFailure, answerQuery, type Transport } from './zone-answer.ts'
import { indexOf } from './zone-index.ts'
import type { ZoneContents } from './zone-text.ts'

/** RFC 7766 6.2.3: a few seconds; a resolver asks at once. */
const TCP_IDLE_MS = 5 * SECOND_MS
/** Nobody needs a connection to a zone of this size for longer. */
const TCP_LIFE_MS = 30 * SECOND_MS
const TCP_CONNECTIONS_MAX = 64
/** A query is a name and an OPT; with every option there is it stays far below. */
const QUERY_OCTETS_MAX = 4_096
/** A port that is free for UDP may be taken for TCP or on another address; so many others are tried. */
const PORT_TRIES = 20

export interface ZoneServerOptions {
  /** The zone as it is now, asked for every query; its file may be replaced at any time. */
  readonly zone: { contents(): Promise<ZoneContents> }
  /** The addresses to listen on, each by itself: an answer must come from the address that was asked. */
  readonly addresses: readonly string[]
  /** 0 lets the system choose one. */
  readonly port: number
  readonly clock: Clock
}

export interface ZoneServer {
  readonly port: number
  stop(): Promise<void>
}

/** Listens, or rejects when an address or the port cannot be had. */
export async function startZoneServer(options: ZoneServerOptions): Promise<ZoneServer> {
  for (let tries = 1; ; tries += 1) {
    const closers: (() => Promise<void>)[] = []
    const stop = async () => void (await Promise.all(closers.map((close) => close())))
    try {
      let port = options.port
      for (const address of options.addresses) {
        port = await listenUdp(options, { address, port }, closers)
        await listenTcp(options, { address, port }, closers)
      }
      return { port, stop }
    } catch (error) {
      await stop()
      if (options.port !== 0 || tries >= PORT_TRIES)
        throw new Error('start the DNS server of our zone', { cause: error })
    }
  }
}

interface Endpoint {
  readonly address: string
  readonly port: number
}
type Closers = (() => Promise<void>)[]

async function listenUdp(options: ZoneServerOptions, { address, port }: Endpoint, closers: Closers): Promise<number> {
  const socket = createSocket(isIPv6(address) ? { type: 'udp6', ipv6Only: true } : { type: 'udp4' })
  const rate = answerRate()
  socket.on('message', (query, asker) => {
    const isAllowed = rate.take(asker.address, options.clock.now())
    const answer = isAllowed ? answerFrom(options, query, 'udp') : Promise.resolve(answerCutShort(query))
    void answer.then((octets) => octets && send(socket, octets, asker))
  })
  await new Promise<void>((resolve, reject) => void socket.once('error', reject).bind(port, address, resolve))
  // From here on an error is that of one datagram, and nobody waits for it.
  socket.removeAllListeners('error').on('error', () => undefined)
  closers.push(() => new Promise((resolve) => void socket.close(() => resolve())))
  return socket.address().port
}

function send(socket: UdpSocket, octets: Buffer, { address, port }: Endpoint): void {
  try {
    socket.send(octets, port, address, () => undefined)
  } catch {
    // The server was stopped while the zone was looked at.
  }
}

async function listenTcp(options: ZoneServerOptions, endpoint: Endpoint, closers: Closers): Promise<void> {
  const connections = new Set<Socket>()
  const server: Server = createServer((socket) => {
    connections.add(socket)
    socket.on('close', () => connections.delete(socket))
    serveConnection(options, socket)
  })
  server.maxConnections = TCP_CONNECTIONS_MAX
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen({ host: endpoint.address, port: endpoint.port, ipv6Only: true }, resolve)
  })
  server.removeAllListeners('error').on('error', () => undefined)
  closers.push(async () => {
    for (const socket of connections) socket.destroy()
    await new Promise<void>((resolve) => void server.close(() => resolve()))
  })
}

/** Query by query: the next one is read when the answer before it has left. */
function serveConnection(options: ZoneServerOptions, socket: Socket): void {
  const life = new AbortController()
  void options.clock.sleep(TCP_LIFE_MS, life.signal).then(() => socket.destroy())
  socket.setTimeout(TCP_IDLE_MS, () => socket.destroy())
  socket.on('error', () => socket.destroy())
  socket.on('close', () => life.abort())
  void answerAll(options, socket)
}

async function answerAll(options: ZoneServerOptions, socket: Socket): Promise<void> {
  let read = Buffer.alloc(0)
  try {
    for await (const chunk of socket as AsyncIterable<Buffer>) {
      read = Buffer.concat([read, chunk])
      // RFC 1035 4.2.2: two octets of length before each message.
      while (read.length >= 2 && read.length >= 2 + read.readUInt16BE(0)) {
        const length = read.readUInt16BE(0)
        const answer = await answerFrom(options, read.subarray(2, 2 + length), 'tcp')
        read = read.subarray(2 + length)
        if (answer === undefined) return
        if (!socket.write(withLength(answer))) await drained(socket)
      }
      if (read.length >= 2 && read.readUInt16BE(0) > QUERY_OCTETS_MAX) return
    }
  } catch {
    // The asker went away.
  } finally {
    socket.destroySoon()
  }
}

/** Rejects when the asker goes away instead. */
function drained(socket: Socket): Promise<void> {
  return new Promise((resolve, reject) => {
    const closed = () => reject(new Error('the connection was closed'))
    socket.once('close', closed)
    socket.once('drain', () => {
      socket.off('close', closed)
      resolve()
    })
  })
}

async function answerFrom(
  { zone }: ZoneServerOptions,
  query: Buffer,
  transport: Transport,
): Promise<Buffer | undefined> {
  try {
    return answerQuery(query, indexOf(await zone.contents()), transport)
  } catch {
    return answerFailure(query)
  }
}
