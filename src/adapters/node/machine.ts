// Looks at the machine for the doctor: limits of a process, memory, swap, clock. Reads /proc and asks NTP services;
// what cannot be read is absent, never guessed.
import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { totalmem } from 'node:os'
import { join } from 'node:path'
import { getHeapStatistics } from 'node:v8'
import type { ClockFacts, MachineFacts } from '../../core/plan/doctor/facts.ts'

/** A service that does not answer at once has its own trouble. */
const ANSWER_MS = 3_000
const KIBI = 1_024

/** `pid` is the process whose limits count: the running gateway's, otherwise our own. */
export async function machineFacts(pid: number, proc = '/proc', cgroups = '/sys/fs/cgroup'): Promise<MachineFacts> {
  const limits = limitsIn(await textIn(join(proc, String(pid), 'limits')))
  const memoryLimitOctets = await cgroupLimit(await textIn(join(proc, String(pid), 'cgroup')), cgroups)
  return {
    node: process.version,
    heapOctets: getHeapStatistics().heap_size_limit,
    memoryOctets: totalmem(),
    ...(memoryLimitOctets === undefined ? {} : { memoryLimitOctets }),
    swapOctets: swapIn(await textIn(join(proc, 'swaps'))),
    ...(limits === undefined ? {} : { limits }),
    clock: await clockFacts(),
  }
}

async function textIn(path: string): Promise<string> {
  return readFile(path, 'utf8').catch(() => '')
}

/** proc(5), /proc/[pid]/limits: a line a limit, soft then hard. */
export function limitsIn(text: string): MachineFacts['limits'] {
  const soft = (name: string): number | undefined => {
    const value = new RegExp(String.raw`^${name}\s+(\d+|unlimited)\s`, 'm').exec(text)?.[1]
    return value === undefined ? undefined : value === 'unlimited' ? Number.POSITIVE_INFINITY : Number(value)
  }
  const [files, processes, coreOctets] = [soft('Max open files'), soft('Max processes'), soft('Max core file size')]
  if (files === undefined || processes === undefined || coreOctets === undefined) return undefined
  return { files, processes, coreOctets }
}

/** proc(5), /proc/swaps: a heading, then a line a device with its size in KiB. */
export function swapIn(text: string): number {
  const sizes = text
    .split('\n')
    .slice(1)
    .map((line) => Number(line.trim().split(/\s+/)[2] ?? 0))
  return sizes.reduce((sum, size) => sum + (Number.isFinite(size) ? size : 0), 0) * KIBI
}

/** cgroups(7), version 2: the least `memory.max` from the process's group up to the root. */
async function cgroupLimit(text: string, root: string): Promise<number | undefined> {
  const path = /^0::(\/.*)$/m.exec(text)?.[1]
  if (path === undefined) return undefined
  const steps = path.split('/').filter((step) => step !== '' && step !== '..')
  const folders = steps.map((_, i) => join(root, ...steps.slice(0, i + 1)))
  const texts = await Promise.all([root, ...folders].map((folder) => textIn(join(folder, 'memory.max'))))
  const limits = texts
    .map((one) => one.trim())
    .filter((one) => /^\d+$/.test(one))
    .map(Number)
  return limits.length === 0 ? undefined : Math.min(...limits)
}

/** chrony tells the offset; systemd-timesyncd leaves a file when it is synchronized. */
async function clockFacts(): Promise<ClockFacts> {
  const tracking = await answerOf('chronyc', ['-c', '-n', 'tracking'])
  const chrony = tracking === undefined ? undefined : chronyIn(tracking)
  if (chrony !== undefined) return chrony
  if (existsSync('/run/systemd/timesync/synchronized')) return { kind: 'synchronized', by: 'systemd-timesyncd' }
  const shown = await answerOf('timedatectl', ['show', '--property=NTPSynchronized', '--value'])
  if (shown === undefined) return { kind: 'unknown' }
  return { kind: shown.trim() === 'yes' ? 'synchronized' : 'unsynchronized', by: 'timedatectl' }
}

/** chronyc(1), -c tracking: id, name, stratum, reference time, system time in seconds (offset), …, leap status last. */
export function chronyIn(line: string): ClockFacts | undefined {
  const fields = line.trim().split(',')
  const offset = Number(fields[4])
  if (fields.length < 14 || !Number.isFinite(offset)) return undefined
  if (fields[13] === 'Not synchronised') return { kind: 'unsynchronized', by: 'chrony' }
  return { kind: 'offset', by: 'chrony', offsetMs: Math.round(offset * 1_000) }
}

function answerOf(program: string, args: readonly string[]): Promise<string | undefined> {
  return new Promise((resolve) => {
    execFile(program, args, { timeout: ANSWER_MS, encoding: 'utf8' }, (error, out) =>
      resolve(error === null ? out : undefined),
    )
  })
}
