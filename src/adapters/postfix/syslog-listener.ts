// A port for syslog by UDP (RFC 5426) and TCP (RFC 6587), for hosts that send their mail log over. Who is not listed is not
// heard; nothing is ever answered.
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { createServer, type AddressInfo, type Socket } from 'node:net'
import { SyslogFrames, syslogLine } from './syslog-message.ts'

/** A host keeps one connection; a pool has a dozen hosts. */
const CONNECTIONS_MAX = 256

export interface SyslogOptions {
  readonly host: string
  /** 0: the system chooses, the same for both. */
  readonly port: number
  readonly allows: (address: string) => boolean
  readonly take: (line: string) => void
  readonly refused: () => void
  readonly now: () => number
}

export interface SyslogListener {
  readonly address: string
  readonly stop: () => Promise<void>
}

/** Rejects when a port is taken. */
export async function listenToSyslog(options: SyslogOptions): Promise<SyslogListener> {
  const hear = (message: string) => {
    const line = syslogLine(message, options.now())
    if (line === undefined) options.refused()
    else options.take(line)
  }
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    if (!options.allows(plain(socket.remoteAddress ?? '')) || sockets.size >= CONNECTIONS_MAX) {
      options.refused()
      socket.destroy()
      return
    }
    sockets.add(socket)
    const frames = new SyslogFrames(hear)
    socket.on('data', (chunk: Buffer) => {
      if (frames.push(chunk)) return
      options.refused()
      socket.destroy()
    })
    socket.on('error', () => {})
    socket.once('close', () => sockets.delete(socket))
  })
  server.listen(options.port, options.host)
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const datagrams = createSocket(options.host.includes(':') ? 'udp6' : 'udp4')
  datagrams.on('message', (message, { address }) => {
    if (options.allows(plain(address))) hear(message.toString('latin1'))
    else options.refused()
  })
  try {
    datagrams.bind(port, options.host)
    await once(datagrams, 'listening')
  } catch (error) {
    server.close()
    throw error
  }
  datagrams.on('error', options.refused)
  return {
    address: `${options.host}:${port}`,
    async stop() {
      datagrams.close()
      for (const socket of sockets) socket.destroy()
      server.close()
      await once(server, 'close')
    },
  }
}

/** IPv4 over an IPv6 socket. */
function plain(address: string): string {
  return address.replace(/^::ffff:/i, '')
}
