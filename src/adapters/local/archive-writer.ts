// The one open object of a kind. Additions that come while the disk is busy are written together, with one fdatasync.
// An object ends with its hour if it is large enough then, else with the hour that makes it so, else with its day.
import { mkdir, open, type FileHandle } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { ArchiveFields, ArchiveKind } from '../../core/watch/archive.ts'
import { daysOf, nameAt, objectsOf, OPEN, pathOf, sameName, startOf, type ObjectName } from './archive-names.ts'
import { finishSeal, mended, OBJECT_OCTETS_MIN, seal, surelyLarge } from './archive-seal.ts'
import { FILE_MODE, syncFolder } from './record-file.ts'

/** A plain file over this is ended before its hour, so that sealing it fits between two others. */
const PLAIN_OCTETS_MAX = 256 * 1_048_576
/** Lines that wait for the disk; more means that the disk is too slow or full, and whoever adds must hear of it. */
const WAITING_LINES_MAX = 100_000
/** An event of fifty recipients has some 30,000; what is larger is a fault somewhere and must not fill the archive. */
const RECORD_CHARACTERS_MAX = 262_144

export interface ArchiveWriter {
  add(records: readonly ArchiveFields[]): Promise<void>
  tend(): Promise<void>
  close(): Promise<void>
}

export interface ArchiveWriterOptions {
  readonly folder: string
  readonly kind: ArchiveKind
  readonly now: () => number
  readonly onTrouble: (trouble: { readonly object: string; readonly message: string }) => void
}

interface OpenObject {
  readonly name: ObjectName
  readonly path: string
  readonly file: FileHandle
  octets: number
}

interface Waiting {
  /** JSON objects. */
  readonly lines: readonly string[]
  readonly done: () => void
  readonly failed: (error: unknown) => void
}

export async function archiveWriter(options: ArchiveWriterOptions): Promise<ArchiveWriter> {
  let current = await leftOpen(options)
  let lastAt = current === undefined ? 0 : startOf(current.name)
  let waiting: Waiting[] = []
  let lines = 0
  // Everything that touches the open object runs in turn.
  let turn: Promise<void> = Promise.resolve()
  const inTurn = (work: () => Promise<void>): Promise<void> => {
    const mine = turn.then(work)
    turn = mine.catch(() => {})
    return mine
  }
  const flush = async (): Promise<void> => {
    const batch = waiting
    waiting = []
    lines = 0
    if (batch.length === 0) return
    // One instant for the lines and for the choice of their object. A clock that was set back stands still here.
    lastAt = Math.max(lastAt, options.now())
    try {
      current = await objectFor(options, current, lastAt)
      await append(current, batch.flatMap((each) => each.lines.map((line) => stamped(line, lastAt))).join(''))
      for (const { done } of batch) done()
    } catch (error) {
      await current?.file.close().catch(() => {})
      current = undefined
      for (const { failed } of batch) failed(error)
    }
  }
  return {
    add(records) {
      if (records.length === 0) return Promise.resolve()
      if (lines + records.length > WAITING_LINES_MAX) return Promise.reject(new Error('the archive cannot keep up'))
      lines += records.length
      const added = new Promise<void>((done, failed) => {
        waiting.push({ lines: records.map(jsonOf), done, failed })
      })
      void inTurn(flush)
      return added
    },
    tend: () =>
      inTurn(async () => {
        const tended = current
        // Whatever goes wrong, what is on disk is looked at anew.
        current = undefined
        current = tended === undefined ? await leftOpen(options) : await ended(tended, options.now())
      }),
    close: () =>
      inTurn(async () => {
        await current?.file.close()
        current = undefined
      }),
  }
}

function jsonOf(fields: ArchiveFields): string {
  const json = JSON.stringify(fields)
  return json.length <= RECORD_CHARACTERS_MAX ? json : JSON.stringify({ mail: fields['mail'], tooLong: json.length })
}

function stamped(json: string, at: number): string {
  const keptAt = `"keptAt":"${new Date(at).toISOString()}"`
  return json === '{}' ? `{${keptAt}}\n` : `{${keptAt},${json.slice(1)}\n`
}

/** The object that a line of now belongs to. */
async function objectFor(
  options: ArchiveWriterOptions,
  current: OpenObject | undefined,
  at: number,
): Promise<OpenObject> {
  const still = current === undefined ? await leftOpen(options) : await ended(current, at)
  return still ?? opened(options, await freeName(options, nameAt(at)), 0)
}

/** The same object while it goes on; undefined when it was sealed. */
async function ended(current: OpenObject, at: number): Promise<OpenObject | undefined> {
  const { name, path, octets } = current
  const wanted = nameAt(at)
  // A clock that was set back does not end an hour.
  const hourOver = startOf(wanted) > startOf(name)
  const full = octets > PLAIN_OCTETS_MAX
  if (!hourOver && !full) return current
  const dayOver = wanted.dayAt !== name.dayAt
  if (dayOver || full || surelyLarge(octets)) {
    await current.file.close()
    await seal(path, 0)
    return undefined
  }
  // Trying costs little: it is less than 16 MiB here.
  if (!(await seal(path, OBJECT_OCTETS_MIN))) return current
  await current.file.close()
  return undefined
}

async function append(object: OpenObject, text: string): Promise<void> {
  const octets = Buffer.from(text)
  try {
    let at = 0
    while (at < octets.length) {
      const { bytesWritten } = await object.file.write(octets, at, octets.length - at, object.octets + at)
      at += bytesWritten
    }
    await object.file.datasync()
  } catch (error) {
    // Nobody is told that these are kept, so they must not stand there when they come again.
    await object.file.truncate(object.octets).catch(() => {})
    throw error
  }
  object.octets += octets.length
}

/** What the program before left: half-ended seals are ended, old objects sealed, and the newest goes on. */
async function leftOpen(options: ArchiveWriterOptions): Promise<OpenObject | undefined> {
  const { folder, kind, onTrouble } = options
  let last: ObjectName | undefined
  for (const dayAt of await daysOf(folder, kind)) {
    for (const object of await objectsOf(folder, kind, dayAt)) {
      const path = pathOf(folder, kind, object)
      if (object.sealed) await finishSeal(path)
      else {
        if (last !== undefined) await sealLeft(pathOf(folder, kind, last), onTrouble)
        last = object
      }
    }
  }
  if (last === undefined) return undefined
  const octets = await mended(pathOf(folder, kind, last))
  return ended(await opened(options, last, octets), options.now())
}

async function sealLeft(path: string, onTrouble: ArchiveWriterOptions['onTrouble']): Promise<void> {
  try {
    await mended(path)
    await seal(path, 0)
  } catch (error) {
    onTrouble({ object: path, message: error instanceof Error ? error.message : 'cannot be sealed' })
  }
}

/** A sealed hour is never opened again: its second object has a number. */
async function freeName({ folder, kind }: ArchiveWriterOptions, wanted: ObjectName): Promise<ObjectName> {
  const taken = await objectsOf(folder, kind, wanted.dayAt)
  let name = wanted
  while (taken.some((object) => sameName(object, name))) name = { ...name, part: name.part + 1 }
  return name
}

async function opened({ folder, kind }: ArchiveWriterOptions, name: ObjectName, octets: number): Promise<OpenObject> {
  const path = pathOf(folder, kind, name)
  await mkdir(dirname(path), { recursive: true })
  const file = await open(`${path}${OPEN}`, octets === 0 ? 'w' : 'r+', FILE_MODE)
  syncFolder(dirname(path))
  return { name, path, file, octets }
}
