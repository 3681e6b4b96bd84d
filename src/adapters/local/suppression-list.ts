// The suppression list in LMDB: a look-up reads mapped memory, and memory does not grow with the list, because the pages
// belong to the system. Its rule: what has resolved is on disk; one process writes.
import { chmod, mkdir } from 'node:fs/promises'
import { closeSync, existsSync, openSync, readSync } from 'node:fs'
import { join } from 'node:path'
import { open, type RootDatabase } from 'lmdb'
import { assert } from '../../core/base/assert.ts'
import { SUPPRESSION_REASONS, type SuppressionReason, type SuppressionRecord } from '../../core/feedback/suppression.ts'
import type {
  Decide,
  ReconcileMemory,
  RecordPage,
  RecordQuery,
  SuppressionCounts,
  SuppressionList,
} from '../../core/feedback/suppression-list.ts'
import { committed, OWN_BATCHES } from './lmdb-commit.ts'
import { formOf, recordOf, type RecordForm } from './suppression-record.ts'

export interface OpenSuppressionList extends SuppressionList {
  /** Waits for what is being written, then closes. */
  close(): Promise<void>
}

/** Addresses of people: nobody else on this machine needs to read them. */
const FOLDER_MODE = 0o700
/** Records of one transaction; while it runs nothing else does, and this many take some milliseconds. */
const CHUNK = 1_000
/** Of one page: decoding this many takes some milliseconds. */
const PAGE_MAX = 5_000

const COUNTS = 'counts'
const MEMORY = 'memory'

/** Rejects when the folder cannot be opened: better no start than mail to people who asked for silence. */
export async function lmdbSuppressionList(folder: string): Promise<OpenSuppressionList> {
  await mkdir(folder, { recursive: true, mode: FOLDER_MODE })
  await chmod(folder, FOLDER_MODE)
  const root = opened(folder)
  const records = root.openDB<RecordForm, string>({ name: 'records', encoding: 'msgpack' })
  const facts = root.openDB<unknown, string>({ name: 'facts', encoding: 'json' })
  let isOpen = true
  const find = (address: string): SuppressionRecord | undefined => {
    // LMDB reads unmapped memory then, and the whole process dies.
    assert(isOpen, 'the suppression list is closed')
    const form = records.get(address)
    return form === undefined ? undefined : recordOf(address, form)
  }
  const counts = (): SuppressionCounts => (facts.get(COUNTS) as SuppressionCounts | undefined) ?? NOTHING
  const write = (addresses: readonly string[], decide: Decide, from: number, memory: ReconcileMemory | undefined) =>
    committed(
      root.transaction(() => {
        const tally = tallyOf(counts())
        addresses.forEach((address, i) => {
          const before = find(address)
          const after = decide(before, from + i)
          if (after === undefined) return
          tally.move(before, after)
          void records.put(address, formOf(after))
        })
        void facts.put(COUNTS, tally.counts())
        if (memory !== undefined) void facts.put(MEMORY, memory)
      }),
    )
  return {
    find,
    counts,
    memory: () => (facts.get(MEMORY) as ReconcileMemory | undefined) ?? {},
    async change(addresses, decide, memory) {
      assert(isOpen, 'the suppression list is closed')
      // The memory goes with the last chunk: what it says was done is done.
      for (let from = 0; from === 0 || from < addresses.length; from += CHUNK) {
        const isLast = from + CHUNK >= addresses.length
        await write(addresses.slice(from, from + CHUNK), decide, from, isLast ? memory : undefined)
      }
      await root.flushed
    },
    page(query) {
      assert(isOpen, 'the suppression list is closed')
      return pageOf(records, query)
    },
    async close() {
      isOpen = false
      await root.close()
    },
  }
}

function opened(folder: string): RootDatabase {
  const file = join(folder, 'data.mdb')
  // The library ends the process when it meets something else, so this looks first.
  if (existsSync(file) && !isDatabase(file)) {
    throw new Error(`${file} is damaged: put back a copy, or move it away and import the suppression list anew`)
  }
  return open({ path: folder, encoding: 'binary', ...OWN_BATCHES })
}

/** Where LMDB's mark stands: behind the header of the first page. */
const MARK = { at: 24, octets: Buffer.from([0xde, 0xc0, 0xef, 0xbe]) }

function isDatabase(file: string): boolean {
  const handle = openSync(file, 'r')
  try {
    const found = Buffer.alloc(MARK.octets.length)
    const octets = readSync(handle, found, 0, found.length, MARK.at)
    // A crash before the first write leaves an empty file.
    return octets === 0 || found.equals(MARK.octets)
  } finally {
    closeSync(handle)
  }
}

function pageOf(records: ReturnType<RootDatabase['openDB']>, { after, limit }: RecordQuery): RecordPage {
  const size = Math.min(Math.max(1, limit), PAGE_MAX)
  const range = after === undefined ? {} : { start: after, exclusiveStart: true }
  const found: SuppressionRecord[] = []
  for (const { key, value } of records.getRange({ ...range, limit: size + 1 })) {
    if (found.length === size) return { records: found, next: found.at(-1)!.address }
    found.push(recordOf(String(key), value as RecordForm))
  }
  return { records: found }
}

const NOTHING: SuppressionCounts = {
  entries: Object.fromEntries(SUPPRESSION_REASONS.map((reason) => [reason, 0])) as Record<SuppressionReason, number>,
  removals: 0,
}

/** Counts kept beside the records, because counting a million takes a second. */
function tallyOf(before: SuppressionCounts) {
  const entries = { ...before.entries }
  let { removals } = before
  const add = (record: SuppressionRecord | undefined, by: number): void => {
    if (record?.entry !== undefined) entries[record.entry.reason] += by
    if (record?.removal !== undefined) removals += by
  }
  return {
    move(from: SuppressionRecord | undefined, to: SuppressionRecord): void {
      add(from, -1)
      add(to, 1)
    },
    counts: (): SuppressionCounts => ({ entries, removals }),
  }
}
