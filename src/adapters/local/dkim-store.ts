// What is written down about the keys, on disk: `dkim.json` is the record now, `dkim-history.jsonl` every step with its reason.
// The history is written first: a crash between the two leaves a step that is taken once more, never one without a reason.
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { DkimStore } from '../../core/dkim/ports.ts'
import type { HistoryEntry, KeyRecord } from '../../core/dkim/record.ts'
import {
  appendLine,
  lastLines,
  objectIn,
  readable,
  refuseOtherVersion,
  replaceFile,
  textOf,
  type FileTrouble,
} from './record-file.ts'

const CURRENT = 'dkim.json'
const HISTORY = 'dkim-history.jsonl'
/** A step is a few hundred octets, and there are some dozens a year; a larger history is read from its end. */
const HISTORY_READ_OCTETS = 4 * 1_048_576
/** The form of the file, so that a later Watari knows what it reads. */
const VERSION = 1

export async function fileDkimStore(
  folder: string,
  onTrouble: (trouble: FileTrouble) => void = () => {},
): Promise<DkimStore> {
  await mkdir(folder, { recursive: true })
  const current = join(folder, CURRENT)
  const history = join(folder, HISTORY)
  return {
    load: () => keyRecordIn(folder),
    async save(record, entry) {
      await appendLine(history, JSON.stringify(entry))
      await replaceFile(current, `${JSON.stringify({ version: VERSION, ...record }, undefined, 2)}\n`)
    },
    async history(limit) {
      if (limit < 1) return []
      const lines = await lastLines(history, HISTORY_READ_OCTETS)
      return readable(lines.map(entryIn), HISTORY, onTrouble).slice(-limit)
    },
  }
}

/** The record of a data folder, which need not be there. Makes nothing. */
export async function keyRecordIn(folder: string): Promise<KeyRecord | undefined> {
  const path = join(folder, CURRENT)
  const text = await textOf(path)
  return text === undefined ? undefined : recordIn(text, path)
}

/** Rejected when it is not exactly a record: a guess could switch to a key that nobody can look up. */
function recordIn(text: string, path: string): KeyRecord {
  const { version, ...record } = objectIn<KeyRecord & { readonly version: unknown }>(text) ?? {}
  refuseOtherVersion(version, VERSION, path)
  if (version !== VERSION || !isRecord(record)) {
    throw new Error(
      `${path} is damaged: put back a copy, or move it away and run "watari dkim tick --dry-run", which shows what would be done anew`,
    )
  }
  return record
}

function isRecord(record: Partial<KeyRecord>): record is KeyRecord {
  const { domain, lastNumber, keys, alerts } = record
  if (typeof domain !== 'string' || typeof lastNumber !== 'number' || !Array.isArray(alerts)) return false
  if (!Array.isArray(keys)) return false
  return keys.every(({ selector, madeAt }: Partial<KeyRecord['keys'][number]>) => {
    return typeof selector === 'string' && typeof madeAt === 'number'
  })
}

function entryIn(line: string): HistoryEntry | undefined {
  const value = objectIn<HistoryEntry>(line)
  if (typeof value?.at !== 'number' || typeof value.step !== 'string') return undefined
  return typeof value.message === 'string' && typeof value.by === 'string' ? (value as HistoryEntry) : undefined
}
