// The stage on disk: `stage.json` is the stage now, `stage-history.jsonl` all changes, one a line. The history is written
// first and the current file is replaced whole, so a crash between the two leaves the old stage and one entry more,
// never a stage without an entry.
import { closeSync, fsyncSync, openSync } from 'node:fs'
import { mkdir, open, readFile, rename } from 'node:fs/promises'
import { join } from 'node:path'
import type { ShiftStore } from '../../core/shift/ports.ts'
import { INITIAL_STAGE, isPercent, type Stage } from '../../core/shift/stage.ts'

const CURRENT = 'stage.json'
const HISTORY = 'stage-history.jsonl'
/** Stages change by the day; a history larger than this is read from its end. */
const HISTORY_READ_OCTETS = 4 * 1_048_576
/** Only this user and its group need to know. */
const MODE = 0o640

/** What was found on disk and could not be read; wiring says it to the log, once. */
export interface ShiftStoreTrouble {
  readonly file: string
  readonly message: string
}

export async function fileShiftStore(
  folder: string,
  onTrouble: (trouble: ShiftStoreTrouble) => void = () => {},
): Promise<ShiftStore> {
  await mkdir(folder, { recursive: true })
  const paths = { folder, current: join(folder, CURRENT), history: join(folder, HISTORY) }
  let stage = await readStage(paths, onTrouble)
  // One change after another: two writers of one temporary file would mix.
  let last: Promise<unknown> = Promise.resolve()
  return {
    current: async () => stage,
    set: (next) => {
      const change = after(last, async () => {
        await write(paths, next)
        stage = next
      })
      last = change.catch(() => {})
      return change
    },
    history: async (limit) => (limit < 1 ? [] : (await readHistory(paths.history, onTrouble)).slice(-limit)),
  }
}

async function after(previous: Promise<unknown>, act: () => Promise<void>): Promise<void> {
  await previous
  await act()
}

interface Paths {
  readonly folder: string
  readonly current: string
  readonly history: string
}

async function write(paths: Paths, stage: Stage): Promise<void> {
  if (!isPercent(stage.percent)) throw new Error(`a stage of ${stage.percent} percent cannot be`)
  const line = JSON.stringify(stage)
  await appendLine(paths.history, line)
  const temporary = `${paths.current}.new`
  await writeWhole(temporary, `${line}\n`)
  await rename(temporary, paths.current)
  syncFolder(paths.folder)
}

async function appendLine(path: string, line: string): Promise<void> {
  const file = await open(path, 'a+', MODE)
  try {
    const { size } = await file.stat()
    const torn = size > 0 && (await file.read(Buffer.alloc(1), 0, 1, size - 1)).buffer[0] !== 0x0a
    // A line torn by a crash must not swallow the next one.
    await file.appendFile(`${torn ? '\n' : ''}${line}\n`)
    await file.sync()
  } finally {
    await file.close()
  }
}

async function writeWhole(path: string, text: string): Promise<void> {
  const file = await open(path, 'w', MODE)
  try {
    await file.writeFile(text)
    await file.sync()
  } finally {
    await file.close()
  }
}

/** A rename is on disk only when its folder is. */
function syncFolder(folder: string): void {
  const handle = openSync(folder, 'r')
  try {
    fsyncSync(handle)
  } finally {
    closeSync(handle)
  }
}

async function readStage(paths: Paths, onTrouble: (trouble: ShiftStoreTrouble) => void): Promise<Stage> {
  const text = await textOf(paths.current)
  const stage = text === undefined ? undefined : parseStage(text)
  if (stage !== undefined) return stage
  const [newest] = (await readHistory(paths.history, onTrouble)).slice(-1)
  if (text === undefined && newest === undefined) return INITIAL_STAGE
  const found = newest ?? INITIAL_STAGE
  const what = text === undefined ? 'is missing' : 'is damaged'
  onTrouble({
    file: CURRENT,
    message: `${CURRENT} ${what}; the stage is ${found.percent} percent, from ${newest ? HISTORY : 'the default'}`,
  })
  return found
}

async function readHistory(path: string, onTrouble: (trouble: ShiftStoreTrouble) => void): Promise<readonly Stage[]> {
  const text = await tailOf(path)
  const lines = text.split('\n').filter((line) => line !== '')
  const stages = lines.map(parseStage)
  const damaged = stages.filter((stage) => stage === undefined).length
  if (damaged > 0) onTrouble({ file: HISTORY, message: `${HISTORY} has ${damaged} damaged lines; they are left out` })
  return stages.filter((stage) => stage !== undefined)
}

async function tailOf(path: string): Promise<string> {
  let file
  try {
    file = await open(path, 'r')
  } catch (error) {
    if (isMissing(error)) return ''
    throw error
  }
  try {
    const { size } = await file.stat()
    const from = Math.max(0, size - HISTORY_READ_OCTETS)
    const { buffer, bytesRead } = await file.read(Buffer.alloc(size - from), 0, size - from, from)
    const text = buffer.toString('utf8', 0, bytesRead)
    return from === 0 ? text : text.slice(text.indexOf('\n') + 1)
  } finally {
    await file.close()
  }
}

async function textOf(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    if (isMissing(error)) return undefined
    throw error
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT'
}

/** Undefined for anything that is not exactly a stage: a guessed percent would move a million mails. */
function parseStage(text: string): Stage | undefined {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return undefined
  }
  if (typeof value !== 'object' || value === null) return undefined
  const { percent, changedAt, changedBy, reason } = value as Partial<Record<keyof Stage, unknown>>
  if (typeof percent !== 'number' || !isPercent(percent) || typeof changedAt !== 'number') return undefined
  if (typeof changedBy !== 'string' || typeof reason !== 'string') return undefined
  return { percent, changedAt, changedBy, reason }
}
