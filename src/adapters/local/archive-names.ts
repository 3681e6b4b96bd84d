// The names of archive objects: `events/2026/11/25/21.jsonl.gz` holds the hour from 21:00 UTC and the quiet hours behind it,
// up to the next object. `21.jsonl` is one that is still written to. A second object of an hour is `21-1`.
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { DAY_MS, HOUR_MS } from '../../core/base/clock.ts'
import type { ArchiveKind } from '../../core/watch/archive.ts'
import { isMissing } from './record-file.ts'

export interface ObjectName {
  /** Midnight UTC of its day. */
  readonly dayAt: number
  readonly hour: number
  readonly part: number
}

export const OPEN = '.jsonl'
export const SEALED = '.jsonl.gz'

const two = (value: number) => String(value).padStart(2, '0')

export function dayOf(atMs: number): number {
  return Math.floor(atMs / DAY_MS) * DAY_MS
}

export function nameAt(atMs: number): ObjectName {
  const dayAt = dayOf(atMs)
  return { dayAt, hour: Math.floor((atMs - dayAt) / HOUR_MS), part: 0 }
}

export function startOf({ dayAt, hour }: ObjectName): number {
  return dayAt + hour * HOUR_MS
}

export function dayFolder(folder: string, kind: ArchiveKind, dayAt: number): string {
  const day = new Date(dayAt)
  return join(folder, kind, String(day.getUTCFullYear()), two(day.getUTCMonth() + 1), two(day.getUTCDate()))
}

/** Without its ending. */
export function pathOf(folder: string, kind: ArchiveKind, name: ObjectName): string {
  const part = name.part === 0 ? '' : `-${name.part}`
  return join(dayFolder(folder, kind, name.dayAt), `${two(name.hour)}${part}`)
}

export interface Listed extends ObjectName {
  readonly sealed: boolean
}

/** The objects of a day in order; one that is both open and sealed is sealed. */
export async function objectsOf(folder: string, kind: ArchiveKind, dayAt: number): Promise<readonly Listed[]> {
  const files = await namesIn(dayFolder(folder, kind, dayAt))
  const found = files.flatMap((file): Listed[] => {
    const [, hour, part, gz] = /^(\d\d)(?:-(\d{1,4}))?\.jsonl(\.gz)?$/.exec(file) ?? []
    return hour === undefined ? [] : [{ dayAt, hour: Number(hour), part: Number(part ?? 0), sealed: gz !== undefined }]
  })
  return found
    .filter((one) => one.sealed || !found.some((other) => other.sealed && sameName(one, other)))
    .toSorted((a, b) => a.hour - b.hour || a.part - b.part)
}

export function sameName(a: ObjectName, b: ObjectName): boolean {
  return a.dayAt === b.dayAt && a.hour === b.hour && a.part === b.part
}

/** The days that have objects, oldest first. */
export async function daysOf(folder: string, kind: ArchiveKind): Promise<readonly number[]> {
  const days: number[] = []
  for (const year of await under(join(folder, kind), /^\d{4}$/)) {
    for (const month of await under(join(folder, kind, year), /^\d\d$/)) {
      for (const day of await under(join(folder, kind, year, month), /^\d\d$/)) {
        days.push(Date.UTC(Number(year), Number(month) - 1, Number(day)))
      }
    }
  }
  return days
}

async function under(path: string, shape: RegExp): Promise<readonly string[]> {
  return (await namesIn(path)).filter((name) => shape.test(name)).toSorted()
}

async function namesIn(path: string): Promise<readonly string[]> {
  try {
    return await readdir(path)
  } catch (error) {
    if (isMissing(error)) return []
    throw error
  }
}
