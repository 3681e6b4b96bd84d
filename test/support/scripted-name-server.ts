// A DNS server that says what a test tells it to, octet by octet, by UDP and TCP on one port of 127.0.0.1.
import { createSocket, type RemoteInfo } from 'node:dgram'
import { createServer, type Socket } from 'node:net'
import { decode, encode, RECURSION_DESIRED, type Answer, type DecodedPacket, type Packet } from 'dns-packet'
import type { DnsServer } from '../../src/core/base/dns.ts'
import { freePort } from './loopback-relay.ts'

export interface Heard {
  readonly octets: Buffer
  readonly packet: DecodedPacket
  readonly transport: 'udp' | 'tcp'
  /** Which query of this transport, from 1. */
  readonly number: number
  readonly senderPort: number
}

export interface ScriptedNameServer {
  readonly server: DnsServer
  readonly heard: readonly Heard[]
  /** Resolves when `count` queries have come in all. */
  until(count: number): Promise<void>
  stop(): Promise<void>
}

/** What is sent back: whole messages by UDP, raw octets (with their length) by TCP; 'close' ends a connection. */
export type Saying = readonly (Buffer | 'close')[]

export async function scriptedNameServer(say: (heard: Heard) => Saying): Promise<ScriptedNameServer> {
  const port = await freePort(['127.0.0.1'])
  const heard: Heard[] = []
  const waiting: { readonly count: number; readonly resolve: () => void }[] = []
  const hear = (octets: Buffer, transport: 'udp' | 'tcp', senderPort: number): Saying => {
    const number = heard.filter((one) => one.transport === transport).length + 1
    const one = { octets, packet: decode(octets), transport, number, senderPort }
    heard.push(one)
    for (const { count, resolve } of waiting) if (heard.length >= count) resolve()
    return say(one)
  }
  const udp = createSocket('udp4')
  udp.on('message', (octets: Buffer, asker: RemoteInfo) => {
    for (const message of hear(octets, 'udp', asker.port)) {
      if (message !== 'close') udp.send(message, asker.port, asker.address)
    }
  })
  await new Promise<void>((resolve) => void udp.bind(port, '127.0.0.1', resolve))
  const sockets = new Set<Socket>()
  const tcp = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => undefined)
    socket.once('data', (chunk) => {
      for (const message of hear(chunk.subarray(2), 'tcp', socket.remotePort ?? 0)) {
        if (message === 'close') socket.end()
        else socket.write(message)
      }
    })
  })
  await new Promise<void>((resolve) => void tcp.listen(port, '127.0.0.1', resolve))
  return {
    server: { address: '127.0.0.1', port },
    heard,
    until: (count) =>
      new Promise((resolve) => {
        if (heard.length >= count) resolve()
        else waiting.push({ count, resolve })
      }),
    async stop() {
      for (const socket of sockets) socket.destroy()
      await new Promise<void>((resolve) => void udp.close(() => resolve()))
      await new Promise<void>((resolve) => void tcp.close(() => resolve()))
    },
  }
}

/** An answer to a query, with the AA bit unless `flags` says otherwise, and the response code in its last four bits. */
export function replyTo({ packet }: Heard, parts: Partial<Packet> = {}): Buffer {
  return encode({
    type: 'response',
    id: packet.id ?? 0,
    questions: packet.questions ?? [],
    ...parts,
    flags: (parts.flags ?? 0x0400) | ((packet.flags ?? 0) & RECURSION_DESIRED),
  })
}

export function text(name: string, ...strings: string[]): Answer {
  return { name, type: 'TXT', ttl: 300, data: strings.map((string) => Buffer.from(string, 'latin1')) }
}

export function alias(name: string, data: string): Answer {
  return { name, type: 'CNAME', ttl: 300, data }
}

/** A message as TCP carries it. */
export function framed(message: Buffer): Buffer {
  const length = Buffer.alloc(2)
  length.writeUInt16BE(message.length)
  return Buffer.concat([length, message])
}
