// Logs of records: appended, and read with whatever a crash or a disk did to them. Rule: what is no record is set aside in
// a file of its own and told of once, and the records before and after it count.
import { open, readFile, rename, truncate, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import type { FigureGroup } from '../../core/base/figures.ts'
import { recordsIn, type RecordHead } from './figures-record.ts'
import { FILE_MODE, isMissing, replaceFile } from './record-file.ts'

/** Told of each piece that could not be read and was set aside. */
export type OnDamage = (damage: { readonly file: string; readonly octets: number }) => void

/** One record of a log: its start, and its sections as they are stored. */
export type EachRecord = (atMs: number, section: (group: FigureGroup) => Buffer) => Promise<void>

export interface RecordLogs {
  /** Appends a record, on disk when it resolves; answers how long the log is then. When it rejects, nothing was added. */
  append(path: string, record: Buffer): Promise<number>
  each(path: string, each: EachRecord): Promise<void>
  /** Takes a whole file out of the way. */
  setAside(path: string): Promise<void>
  /** The file is gone. */
  forget(path: string): void
}

export function recordLogs(damagedFolder: string, onDamage: OnDamage): RecordLogs {
  /** Length of each log that was appended to: what lies behind it is half a record. */
  const lengths = new Map<string, number>()
  const told = (path: string, octets: number) => onDamage({ file: basename(path), octets })

  const clean = async (path: string): Promise<{ readonly log: Buffer; readonly heads: readonly RecordHead[] }> => {
    const log = await octetsOf(path)
    const { heads, damaged } = recordsIn(log)
    if (damaged.length === 0) return { log, heads }
    for (const { from, to } of damaged) {
      await writeFile(join(damagedFolder, `${basename(path)}.${from}-${to}`), log.subarray(from, to), {
        mode: FILE_MODE,
      })
      told(path, to - from)
    }
    const whole = Buffer.concat(heads.map(({ from, octets }) => log.subarray(from, from + octets)))
    await replaceFile(path, whole)
    return { log: whole, heads: recordsIn(whole).heads }
  }

  return {
    async append(path, record) {
      const before = lengths.get(path) ?? (await clean(path)).log.length
      try {
        await appendTo(path, record)
      } catch (error) {
        // A disk that was full took a part of it; without that the next record would stand behind half a one.
        await truncate(path, before).catch(() => lengths.delete(path))
        throw error
      }
      lengths.set(path, before + record.length)
      return before + record.length
    },
    async each(path, each) {
      const { log, heads } = await clean(path)
      for (const { atMs, sections } of heads) {
        await each(atMs, (group) =>
          log.subarray(sections[group].offset, sections[group].offset + sections[group].octets),
        )
      }
    },
    async setAside(path) {
      told(path, (await octetsOf(path)).length)
      await rename(path, join(damagedFolder, basename(path)))
    },
    forget: (path) => void lengths.delete(path),
  }
}

async function octetsOf(path: string): Promise<Buffer> {
  try {
    return await readFile(path)
  } catch (error) {
    if (isMissing(error)) return Buffer.alloc(0)
    throw error
  }
}

async function appendTo(path: string, record: Buffer): Promise<void> {
  const file = await open(path, 'a', FILE_MODE)
  try {
    await file.appendFile(record)
    await file.datasync()
  } finally {
    await file.close()
  }
}
