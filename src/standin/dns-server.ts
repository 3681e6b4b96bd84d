// The small authoritative DNS server of `npm start`: UDP and TCP on one port, EDNS answered, TC when an answer is too long.
import { createSocket } from 'node:dgram'
import { createServer, type Socket } from 'node:net'
import { decode, encode, AUTHORITATIVE_ANSWER, RECURSION_DESIRED, TRUNCATED_RESPONSE, type Packet } from 'dns-packet'
import { createDnsZones, type DnsZones } from './dns-zones.ts'

/** RFC 1035 4.2.1: without EDNS a UDP answer has at most 512 octets. */
const UDP_OCTETS = 512
/** What we say we take (RFC 6891 6.2.3), and the most we send by UDP. */
const EDNS_OCTETS = 1_232
/** A client that is silent on TCP for so long is gone. */
const TCP_IDLE_MS = 5_000
/** A port that is free for UDP may be taken for TCP; so many others are tried. */
const BIND_TRIES = 20

// RFC 1035 4.1.1 and RFC 2136: response codes by number.
const CODE = { NOERROR: 0, FORMERR: 1, SERVFAIL: 2, NXDOMAIN: 3, NOTIMP: 4, REFUSED: 5 } as const

export interface DnsServer {
  readonly port: number
  readonly zones: DnsZones
  /** Answers SERVFAIL to everything while true: an outage on demand. */
  fail(failing: boolean): void
  stop(): Promise<void>
}

export async function startDnsServer(port = 0): Promise<DnsServer> {
  const zones = createDnsZones()
  const state = { failing: false }
  for (let tries = 1; ; tries += 1) {
    try {
      const listening = await listen(port, (query, limit) => answer(zones, state, query, limit))
      return { ...listening, zones, fail: (failing) => void (state.failing = failing) }
    } catch (error) {
      if (port !== 0 || tries >= BIND_TRIES) throw new Error('start the DNS server', { cause: error })
    }
  }
}

type Answerer = (query: Buffer, limit: number | undefined) => Buffer | undefined

async function listen(wanted: number, reply: Answerer): Promise<Pick<DnsServer, 'port' | 'stop'>> {
  const udp = createSocket('udp4')
  udp.on('message', (query, peer) => {
    const response = reply(query, UDP_OCTETS)
    if (response) udp.send(response, peer.port, peer.address)
  })
  await new Promise<void>((resolve, reject) => {
    udp.once('error', reject).bind(wanted, '127.0.0.1', resolve)
  })
  const port = udp.address().port
  const connections = new Set<Socket>()
  const tcp = createServer((socket) => serveTcp(socket, reply, connections))
  try {
    await new Promise<void>((resolve, reject) => {
      tcp.once('error', reject).listen(port, '127.0.0.1', resolve)
    })
  } catch (error) {
    udp.close()
    throw error
  }
  // After the start an error of one datagram or client is that client's trouble, not ours.
  udp.on('error', () => undefined)
  tcp.on('error', () => undefined)
  return {
    port,
    async stop() {
      for (const socket of connections) socket.destroy()
      await new Promise<void>((resolve) => void tcp.close(() => resolve()))
      await new Promise<void>((resolve) => void udp.close(() => resolve()))
    },
  }
}

function serveTcp(socket: Socket, reply: Answerer, connections: Set<Socket>): void {
  let buffered = Buffer.alloc(0)
  connections.add(socket)
  socket.setTimeout(TCP_IDLE_MS, () => socket.destroy())
  socket.on('error', () => socket.destroy())
  socket.on('close', () => connections.delete(socket))
  socket.on('data', (chunk) => {
    buffered = Buffer.concat([buffered, chunk])
    // RFC 1035 4.2.2: two octets of length before each message.
    while (buffered.length >= 2 && buffered.length >= 2 + buffered.readUInt16BE(0)) {
      const length = buffered.readUInt16BE(0)
      const response = reply(buffered.subarray(2, 2 + length), undefined)
      buffered = buffered.subarray(2 + length)
      if (response === undefined) {
        socket.destroy()
        return
      }
      const size = Buffer.alloc(2)
      size.writeUInt16BE(response.length)
      socket.write(Buffer.concat([size, response]))
    }
  })
}

/** Undefined: nothing that deserves an answer. `limit` is the transport's, before EDNS; undefined is TCP. */
function answer(
  zones: DnsZones,
  state: { readonly failing: boolean },
  query: Buffer,
  limit: number | undefined,
): Buffer | undefined {
  const packet = decoded(query)
  if (packet === undefined || packet.type === 'response') return undefined
  const question = packet.questions?.[0]
  const edns = packet.additionals?.find((record) => record.type === 'OPT')
  const response: Packet = {
    type: 'response',
    id: packet.id ?? 0,
    flags: (packet.flags ?? 0) & RECURSION_DESIRED,
    questions: packet.questions ?? [],
    additionals: edns
      ? [
          {
            type: 'OPT',
            name: '.',
            udpPayloadSize: EDNS_OCTETS,
            extendedRcode: 0,
            ednsVersion: 0,
            flags: 0,
            flag_do: false,
            options: [],
          },
        ]
      : [],
  }
  if (state.failing) return encode({ ...response, flags: response.flags! | CODE.SERVFAIL })
  // One question, of class IN, is all that anybody asks (RFC 9619).
  if (question === undefined || packet.questions?.length !== 1 || (question.class ?? 'IN') !== 'IN') {
    return encode({ ...response, flags: response.flags! | CODE.FORMERR })
  }
  const found = zones.lookup(question.name, question.type)
  const authoritative = found.code === 'REFUSED' ? 0 : AUTHORITATIVE_ANSWER
  const flags = response.flags! | authoritative | CODE[found.code]
  const whole = encode({ ...response, flags, answers: [...found.answers], authorities: [...found.authorities] })
  const allowed = limit && edns ? Math.min(EDNS_OCTETS, Math.max(limit, edns.udpPayloadSize)) : limit
  if (allowed === undefined || whole.length <= allowed) return whole
  // RFC 2181 9: an answer that does not fit is left out and TC says so; the asker comes again by TCP.
  return encode({ ...response, flags: flags | TRUNCATED_RESPONSE })
}

function decoded(query: Buffer): Packet | undefined {
  try {
    return decode(query)
  } catch {
    return undefined
  }
}
