// One query out, one reply in, over UDP or TCP. Every wait ends; nothing rejects; sockets never outlive their exchange.
import { createSocket } from 'node:dgram'
import { connect, isIPv6 } from 'node:net'
import type { DecodedPacket } from 'dns-packet'
import type { Clock } from '../../core/base/clock.ts'
import type { DnsFault, DnsServer } from '../../core/base/dns.ts'
import { STRAY_DATAGRAMS_MAX, TCP_WAIT_MS, UDP_WAIT_MS } from './limits.ts'
import { readReply, type Query } from './message.ts'

export type Exchange =
  | { readonly kind: 'reply'; readonly packet: DecodedPacket; readonly code: string }
  | { readonly kind: 'fault'; readonly fault: DnsFault; readonly message: string }

/** RFC 1035 4.2.2: two octets of length before each message on TCP. */
const LENGTH_OCTETS = 2

/**
 * Sends one datagram from a fresh port and waits for its answer. The system's random port and our random id are what a
 * forger has to guess (RFC 5452 9.2); the socket is connected, so the system drops what comes from elsewhere and tells
 * us when nobody listens. Other datagrams are passed over until the time is up.
 */
export function exchangeByUdp(query: Query, server: DnsServer, clock: Clock): Promise<Exchange> {
  return within(UDP_WAIT_MS, clock, (end) => {
    const socket = createSocket(isIPv6(server.address) ? 'udp6' : 'udp4')
    let strays = 0
    const failed = (error: Error | null | undefined) => void (error && end(unreachable(server, error)))
    socket.on('error', failed)
    socket.on('message', (octets) => {
      const reply = readReply(octets, query)
      if (reply.kind === 'reply') end(reply)
      if (reply.kind === 'garbled') end(garbled('the answer cannot be read'))
      if (reply.kind === 'stray') strays += 1
      if (strays > STRAY_DATAGRAMS_MAX) end(garbled(strayed(strays)))
    })
    socket.connect(server.port, server.address, () => socket.send(query.octets, failed))
    return {
      close: () => socket.close(),
      remark: () => (strays === 0 ? undefined : strayed(strays)),
    }
  })
}

/** Connects, asks, reads one message of at most 65,535 octets, and closes. */
export function exchangeByTcp(query: Query, server: DnsServer, clock: Clock): Promise<Exchange> {
  return within(TCP_WAIT_MS, clock, (end) => {
    const socket = connect({ host: server.address, port: server.port })
    let read = Buffer.alloc(0)
    socket.on('error', (error) => end(unreachable(server, error)))
    socket.on('close', () => end(garbled('the server closed the connection before its answer was whole')))
    socket.on('connect', () => socket.write(withLength(query.octets)))
    socket.on('data', (chunk) => {
      read = Buffer.concat([read, chunk])
      if (read.length < LENGTH_OCTETS || read.length < LENGTH_OCTETS + read.readUInt16BE(0)) return
      const reply = readReply(read.subarray(LENGTH_OCTETS, LENGTH_OCTETS + read.readUInt16BE(0)), query)
      end(reply.kind === 'reply' ? reply : garbled('what came by TCP cannot be read as an answer to the question'))
    })
    return { close: () => socket.destroy(), remark: () => undefined }
  })
}

export function withLength(octets: Uint8Array): Buffer {
  const length = Buffer.alloc(LENGTH_OCTETS)
  length.writeUInt16BE(octets.length)
  return Buffer.concat([length, octets])
}

type End = (exchange: Exchange) => void

interface Running {
  close(): void
  /** What to say instead of silence when the time is up. */
  remark(): string | undefined
}

/** Runs until the first `end` or until the time is up, and closes once. `start` must not end before it has returned. */
function within(waitMs: number, clock: Clock, start: (end: End) => Running): Promise<Exchange> {
  return new Promise((resolve) => {
    const timer = new AbortController()
    let ended = false
    const end: End = (exchange) => {
      if (ended) return
      ended = true
      timer.abort()
      running.close()
      resolve(exchange)
    }
    const running = start(end)
    void clock.sleep(waitMs, timer.signal).then(() => {
      const strays = running.remark()
      return end(strays === undefined ? silence(waitMs) : garbled(strays))
    })
  })
}

function strayed(count: number): string {
  return `nothing that came answers the question (${count} of at most ${STRAY_DATAGRAMS_MAX} datagrams)`
}

function silence(waitMs: number): Exchange {
  return { kind: 'fault', fault: 'timeout', message: `no answer in ${waitMs / 1_000} s` }
}

function garbled(message: string): Exchange {
  return { kind: 'fault', fault: 'garbled', message }
}

function unreachable(server: DnsServer, error: Error): Exchange {
  const code = 'code' in error && typeof error.code === 'string' ? error.code : error.message
  return { kind: 'fault', fault: 'unreachable', message: `${server.address} port ${server.port}: ${code}` }
}
