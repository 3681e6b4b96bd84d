// Keeps records that nobody understood as lines of JSON, for a person to look at: the newest few megabytes, in a ring of
// files. They may hold addresses, so only the owner reads them. Trouble with the disk is told once and stops nothing.
import { mkdirSync } from 'node:fs'
import { appendFile, readdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { RecordShelf } from '../../core/feedback/ports.ts'

export interface RecordShelfLimits {
  readonly fileOctets: number
  readonly files: number
}

/** At most 40 MB, some thousands of events. */
const LIMITS: RecordShelfLimits = { fileOctets: 4 * 1_048_576, files: 10 }
const FOLDER_MODE = 0o700
const FILE_MODE = 0o600
const FILE = /^\d{13}\.jsonl$/

export function fileRecordShelf(
  folder: string,
  onTrouble: (message: string) => void,
  limits: RecordShelfLimits = LIMITS,
): RecordShelf {
  mkdirSync(folder, { recursive: true, mode: FOLDER_MODE })
  let troubled = false
  let writing: Promise<void> = Promise.resolve()
  const write = async (atMs: number, line: string): Promise<void> => {
    const files = (await readdir(folder)).filter((file) => FILE.test(file)).toSorted()
    const newest = files.at(-1)
    const octets = newest === undefined ? Infinity : (await stat(join(folder, newest))).size
    const isFull = octets + line.length > limits.fileOctets
    const file = isFull ? `${String(atMs).padStart(13, '0')}.jsonl` : newest!
    await appendFile(join(folder, file), line, { mode: FILE_MODE })
    const surplus = isFull ? files.slice(0, Math.max(0, files.length + 1 - limits.files)) : []
    for (const old of surplus) await rm(join(folder, old), { force: true })
  }
  const tried = async (atMs: number, line: string): Promise<void> => {
    try {
      await write(atMs, line)
      troubled = false
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown'
      if (!troubled) onTrouble(`a record could not be kept in ${folder} (${code})`)
      troubled = true
    }
  }
  return {
    keep(atMs, record) {
      const line = `${JSON.stringify({ keptAt: new Date(atMs).toISOString(), ...record })}\n`
      writing = writing.then(() => tried(atMs, line))
      return writing
    },
  }
}
