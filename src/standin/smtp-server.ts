// Listens for SMTP, plain or TLS from the first octet, and knows which connections are open so that it can stop.
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net'
import { createServer as createTlsServer } from 'node:tls'

export interface SmtpListener {
  readonly port: number
  connections(): number
  /** Cuts every open connection, as a load balancer that loses a host; tells how many. */
  cutAll(): number
  stop(): Promise<void>
}

export interface ListenOptions {
  readonly port: number
  readonly onConnection: (socket: Socket) => void
  /** TLS wrapper mode when given. */
  readonly tls?: TlsFiles
}

export interface TlsFiles {
  readonly key: string
  readonly cert: string
}

/** AWS guide, "security-protocols": 1.2 and 1.3 only. */
export const TLS_VERSION_MIN = 'TLSv1.2'

export async function listenSmtp({ port, onConnection, tls }: ListenOptions): Promise<SmtpListener> {
  const open = new Set<Socket>()
  const accept = (socket: Socket): void => {
    open.add(socket)
    socket.on('close', () => open.delete(socket))
    onConnection(socket)
  }
  const server: Server = tls
    ? createTlsServer({ ...tls, minVersion: TLS_VERSION_MIN }, accept)
    : createServer({ noDelay: true }, accept)
  // A TLS handshake that fails is the client's trouble.
  server.on('tlsClientError', (_error, socket) => socket.destroy())
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(port, '127.0.0.1', resolve)
  })
  const cutAll = (): number => {
    for (const socket of open) socket.destroy()
    return open.size
  }
  return {
    port: (server.address() as AddressInfo).port,
    connections: () => open.size,
    cutAll,
    async stop() {
      cutAll()
      await new Promise<void>((resolve) => void server.close(() => resolve()))
    },
  }
}
