// The stage on disk: `stage.json` is the stage now, `stage-history.jsonl` all changes, one a line. The history is written
// first and the current file is replaced whole, so a crash between the two leaves the old stage and one entry more,
// never a stage without an entry.
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { ShiftStore } from '../../core/shift/ports.ts'
import { INITIAL_STAGE, isPercent, sameStage, type Stage } from '../../core/shift/stage.ts'
import { appendLine, lastLines, objectIn, readable, replaceFile, textOf, type FileTrouble } from './record-file.ts'

const CURRENT = 'stage.json'
const HISTORY = 'stage-history.jsonl'
/** Stages change by the day; a history larger than this is read from its end. */
const HISTORY_READ_OCTETS = 4 * 1_048_576

export async function fileShiftStore(
  folder: string,
  onTrouble: (trouble: FileTrouble) => void = () => {},
): Promise<ShiftStore> {
  await mkdir(folder, { recursive: true })
  const paths = { current: join(folder, CURRENT), history: join(folder, HISTORY) }
  let stage = await readStage(paths, onTrouble)
  // One change after another: two writers of one temporary file would mix.
  let last: Promise<unknown> = Promise.resolve()
  return {
    current: async () => stage,
    set: (next, before) => {
      const change = after(last, async () => {
        if (before !== undefined && !sameStage(stage, before)) return 'changedMeanwhile'
        await write(paths, next)
        stage = next
        return 'set'
      })
      last = change.catch(() => {})
      return change
    },
    history: async (limit) => (limit < 1 ? [] : (await readHistory(paths.history, onTrouble)).slice(-limit)),
  }
}

async function after<T>(previous: Promise<unknown>, act: () => Promise<T>): Promise<T> {
  await previous
  return act()
}

interface Paths {
  readonly current: string
  readonly history: string
}

async function write(paths: Paths, stage: Stage): Promise<void> {
  if (!isPercent(stage.percent)) throw new Error(`a stage of ${stage.percent} percent cannot be`)
  const line = JSON.stringify(stage)
  await appendLine(paths.history, line)
  await replaceFile(paths.current, `${line}\n`)
}

async function readStage(paths: Paths, onTrouble: (trouble: FileTrouble) => void): Promise<Stage> {
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

async function readHistory(path: string, onTrouble: (trouble: FileTrouble) => void): Promise<readonly Stage[]> {
  return readable((await lastLines(path, HISTORY_READ_OCTETS)).map(parseStage), HISTORY, onTrouble)
}

/** Undefined for anything that is not exactly a stage: a guessed percent would move a million mails. */
function parseStage(text: string): Stage | undefined {
  const value = objectIn<Stage>(text)
  if (value === undefined) return undefined
  const { percent, changedAt, changedBy, reason, heldBack } = value
  if (typeof percent !== 'number' || !isPercent(percent) || typeof changedAt !== 'number') return undefined
  if (typeof changedBy !== 'string' || typeof reason !== 'string') return undefined
  const held = Array.isArray(heldBack) ? heldBack.filter((domain) => typeof domain === 'string') : []
  return { percent, changedAt, changedBy, reason, ...(held.length === 0 ? {} : { heldBack: held }) }
}
