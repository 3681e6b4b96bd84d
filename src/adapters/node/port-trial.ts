// Looks at TCP ports for the doctor: whether one could be opened, and who has it. Each is open for a moment only.
import { readdir, readFile, readlink } from 'node:fs/promises'
import { connect, createServer, isIP } from 'node:net'
import { join } from 'node:path'
import { connect as connectTls } from 'node:tls'
import type { PortFacts } from '../../core/plan/doctor/facts.ts'
import { codeOf } from './folder-trial.ts'

const REACH_MS = 10_000

export interface PortPlace {
  readonly key: string
  readonly host: string
  readonly port: number
}

export async function portFacts({ key, host, port }: PortPlace): Promise<PortFacts> {
  const address = `${host}:${port}`
  const code = await openTrial(host, port)
  if (code !== 'EADDRINUSE') return { key, address, code }
  const owner = await ownerOf(port)
  return { key, address, code, ...(owner === undefined ? {} : { owner }) }
}

function openTrial(host: string, port: number): Promise<string | undefined> {
  return new Promise((resolve) => {
    const server = createServer()
    server.once('error', (error) => resolve(codeOf(error)))
    server.listen({ host, port, exclusive: true }, () => server.close(() => resolve(undefined)))
  })
}

/** Of all processes that this user may look into; others stay unknown. */
async function ownerOf(port: number): Promise<PortFacts['owner']> {
  const tables = await Promise.all(['tcp', 'tcp6'].map((name) => readFile(`/proc/net/${name}`, 'utf8').catch(() => '')))
  const sockets = new Set(tables.flatMap((table) => listenersIn(table, port)).map((inode) => `socket:[${inode}]`))
  if (sockets.size === 0) return undefined
  const pids = (await readdir('/proc').catch(() => [])).filter((name) => /^\d+$/.test(name))
  for (const pid of pids) {
    const folder = join('/proc', pid, 'fd')
    const handles = await readdir(folder).catch(() => [])
    for (const handle of handles) {
      const target = await readlink(join(folder, handle)).catch(() => '')
      if (!sockets.has(target)) continue
      const name = (await readFile(join('/proc', pid, 'comm'), 'utf8').catch(() => '?')).trim()
      return { pid: Number(pid), name }
    }
  }
  return undefined
}

/** proc(5), /proc/net/tcp: local address as hex `ADDRESS:PORT`, state 0A is LISTEN, the tenth field is the inode. */
function listenersIn(table: string, port: number): readonly string[] {
  const hex = port.toString(16).toUpperCase().padStart(4, '0')
  return table.split('\n').flatMap((line) => {
    const fields = line.trim().split(/\s+/)
    return fields[3] === '0A' && fields[1]?.endsWith(`:${hex}`) ? [fields[9] ?? ''] : []
  })
}

/** Undefined when a connection stood, with TLS where it is asked for and the certificate verified. Sends nothing. */
export function reachCode(place: {
  readonly host: string
  readonly port: number
  readonly tls: boolean
}): Promise<string | undefined> {
  const { host, port, tls } = place
  return new Promise((resolve) => {
    const socket = tls
      ? connectTls({ host, port, ...(isIP(host) === 0 ? { servername: host } : {}) })
      : connect({ host, port })
    const done = (code: string | undefined) => {
      socket.destroy()
      resolve(code)
    }
    socket.setTimeout(REACH_MS, () => done('ETIMEDOUT'))
    socket.once('error', (error) => done(codeOf(error)))
    socket.once(tls ? 'secureConnect' : 'connect', () => done(undefined))
  })
}
