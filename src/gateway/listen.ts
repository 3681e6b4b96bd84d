// HTTP servers of the gateway: one on a unix socket for its operator, one on loopback for watchers. Small on purpose:
// what they answer is in control.ts and status.ts.
import { createAdaptorServer } from '@hono/node-server'
import { chmodSync, lstatSync, unlinkSync } from 'node:fs'
import { createServer, type RequestListener } from 'node:http'
import { createConnection, type AddressInfo, type ListenOptions, type Server } from 'node:net'
import { platform } from 'node:os'

export interface HttpListener {
  /** 'host:port', or the path of a socket. */
  readonly address: string
  /** Answers what was asked, then closes. */
  readonly close: () => Promise<void>
}

type Fetch = (request: Request) => Response | Promise<Response>

/** sun_path holds 108 octets on Linux and 104 on macOS and the BSDs, the last one a zero. */
const SOCKET_PATH_OCTETS_MAX = platform() === 'linux' ? 107 : 103
/** Only the owner may connect, because connecting is all the permission there is. */
const SOCKET_MODE = 0o600
const SOCKET_UMASK = 0o177
/** Keep-alive connections of watchers must not hold a stop up. */
const CLOSE_MS = 2_000

export async function listenOnPort(
  fetch: Fetch,
  at: { readonly host: string; readonly port: number },
): Promise<HttpListener> {
  return listening(httpServer(fetch), at)
}

/** The same for a handler of node:http, where the cost of a request matters. */
export function serveOnPort(
  handler: RequestListener,
  at: { readonly host: string; readonly port: number },
): Promise<HttpListener> {
  return listening(createServer(handler), at)
}

async function listening(server: Server, at: { readonly host: string; readonly port: number }): Promise<HttpListener> {
  await listen(server, at)
  const { address, port, family } = server.address() as AddressInfo
  return { address: family === 'IPv6' ? `[${address}]:${port}` : `${address}:${port}`, close: () => close(server) }
}

/** Throws when the path is too long for the system, or another program answers on it. */
export async function listenOnSocket(fetch: Fetch, path: string): Promise<HttpListener> {
  const octets = Buffer.byteLength(path)
  if (octets > SOCKET_PATH_OCTETS_MAX) {
    throw new Error(
      `the path of the control socket has ${octets} octets, the system takes ${SOCKET_PATH_OCTETS_MAX}: ${path}`,
    )
  }
  await removeStale(path)
  const server = httpServer(fetch)
  // The socket must never exist with a wider mode, and bind() takes the mode from the umask. Nothing runs in between.
  const umask = process.umask(SOCKET_UMASK)
  const listening = listen(server, { path })
  process.umask(umask)
  await listening
  chmodSync(path, SOCKET_MODE)
  return { address: path, close: () => close(server) }
}

/** A socket that a crash left behind; nobody answers on it. */
async function removeStale(path: string): Promise<void> {
  // A connection to a plain file is refused too.
  const found = lstatSync(path, { throwIfNoEntry: false })
  if (found === undefined) return
  if (!found.isSocket()) throw new Error(`${path} is there and is no socket`)
  const answer = await new Promise<string>((resolve) => {
    const probe = createConnection({ path })
    probe.once('connect', () => {
      probe.destroy()
      resolve('connected')
    })
    probe.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? 'unknown'))
  })
  if (answer === 'connected') throw new Error(`another gateway answers on ${path}`)
  if (answer === 'ECONNREFUSED') unlinkSync(path)
}

function httpServer(fetch: Fetch): Server {
  return createAdaptorServer({ fetch })
}

function listen(server: Server, at: ListenOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(at, () => {
      server.off('error', reject)
      resolve()
    })
  })
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    const http = server as Server & { closeIdleConnections(): void; closeAllConnections(): void }
    const late = setTimeout(() => http.closeAllConnections(), CLOSE_MS)
    server.close(() => {
      clearTimeout(late)
      resolve()
    })
    http.closeIdleConnections()
  })
}
