// Starts programs for a measurement, waits until they listen, reads what they cost from /proc, and ends them by their id.
import { spawn, type ChildProcess, type SpawnOptions } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'

/** A program that does not listen within this time is broken, not slow. */
const LISTEN_WITHIN_MS = 20_000
const STOP_WITHIN_MS = 15_000
/** getconf CLK_TCK on every Linux that Node runs on. */
const TICKS_PER_SECOND = 100

export interface Program {
  readonly name: string
  /** The root of its process tree. */
  readonly pid: number
  stop(): Promise<void>
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  if (address === null || typeof address === 'string') throw new Error('no port')
  return address.port
}

export async function listening(port: number): Promise<void> {
  const until = Date.now() + LISTEN_WITHIN_MS
  while (Date.now() < until) {
    const socket = connect(port, '127.0.0.1')
    try {
      await once(socket, 'connect')
      return
    } catch {
      await sleep(20)
    } finally {
      socket.destroy()
    }
  }
  throw new Error(`nothing listens on port ${port}`)
}

export async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
}

/** Ends a child by its id: first politely, then not. */
export async function stopChild(child: ChildProcess): Promise<void> {
  child.kill('SIGTERM')
  const timer = setTimeout(() => child.kill('SIGKILL'), STOP_WITHIN_MS)
  await ended(child)
  clearTimeout(timer)
}

export function start(name: string, command: string, args: readonly string[], options: SpawnOptions = {}): Program {
  const child = spawn(command, args, { stdio: 'ignore', ...options })
  if (child.pid === undefined) throw new Error(`${command} could not be started`)
  return { name, pid: child.pid, stop: () => stopChild(child) }
}

interface ProcessFacts {
  readonly pid: number
  readonly parent: number
  readonly cpuSeconds: number
}

function processFacts(pid: string): ProcessFacts | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'latin1')
    // Fields after the command, which may hold spaces; proc(5): 4 ppid, 14 utime, 15 stime, 16 cutime, 17 cstime.
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
    const ticks = [11, 12, 13, 14].reduce((sum, at) => sum + Number(fields[at]), 0)
    return { pid: Number(pid), parent: Number(fields[1]), cpuSeconds: ticks / TICKS_PER_SECOND }
  } catch {
    return undefined
  }
}

function treeOf(root: number): ProcessFacts[] {
  const all = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => processFacts(pid) ?? [])
  const tree = all.filter(({ pid }) => pid === root)
  for (let i = 0; i < tree.length; i += 1) tree.push(...all.filter(({ parent }) => parent === tree[i]!.pid))
  return tree
}

/** CPU seconds of a process and all below it, ended children included. */
export function cpuSeconds(root: number): number {
  return treeOf(root).reduce((sum, { cpuSeconds: seconds }) => sum + seconds, 0)
}

/** The most memory a process and those below it have held, in MB; shared pages count once per process. */
export function peakMegabytes(root: number): number {
  const peak = treeOf(root).reduce((sum, { pid }) => {
    try {
      const kilobytes = /VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))?.[1]
      return sum + Number(kilobytes ?? 0)
    } catch {
      return sum
    }
  }, 0)
  return Math.round(peak / 1024)
}

export function residentMegabytes(pid: number): number {
  const kilobytes = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))?.[1]
  return Math.round(Number(kilobytes ?? 0) / 1024)
}
