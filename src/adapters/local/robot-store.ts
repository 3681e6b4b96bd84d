// What the robot remembers, on disk: `shift-robot.json` is its state now, `shift-decisions.jsonl` each decision with all it
// was made on. The decision is written first: a crash between the two leaves a decision that is taken once more.
import { mkdir, rename, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { DecisionRecord } from '../../core/shift/decision.ts'
import type { RobotStore } from '../../core/shift/ports.ts'
import type { RobotState } from '../../core/shift/robot-state.ts'
import {
  appendLine,
  isMissing,
  lastLines,
  objectIn,
  readable,
  refuseOtherVersion,
  replaceFile,
  textOf,
  type FileTrouble,
} from './record-file.ts'

const STATE = 'shift-robot.json'
const DECISIONS = 'shift-decisions.jsonl'
/** A decision with its figures is some 60 kB, and there are a handful a day: half a year. The one before it is kept too. */
const DECISIONS_OCTETS_MAX = 64 * 1_048_576
/** What a person asks back for is among the last hundreds. */
const DECISIONS_READ_OCTETS = 16 * 1_048_576
/** The form of the file, so that a later Watari knows what it reads. */
const VERSION = 1

/** Rejects when the state cannot be read: a guess could forget a person's lock. */
export async function fileRobotStore(
  folder: string,
  onTrouble: (trouble: FileTrouble) => void = () => {},
): Promise<RobotStore> {
  await mkdir(folder, { recursive: true })
  const state = join(folder, STATE)
  const decisions = join(folder, DECISIONS)
  return {
    async load() {
      const text = await textOf(state)
      return text === undefined ? undefined : stateIn(text, state)
    },
    async save(next, decision) {
      if (decision !== undefined) {
        await rotate(decisions)
        await appendLine(decisions, JSON.stringify(decision))
      }
      await replaceFile(state, `${JSON.stringify({ version: VERSION, ...next }, undefined, 2)}\n`)
      // One gateway has the folder, and its robot does one thing after the other.
      return 'saved'
    },
    async decisions(limit) {
      if (limit < 1) return []
      const lines = await lastLines(decisions, DECISIONS_READ_OCTETS)
      const older = lines.length < limit ? await lastLines(`${decisions}.1`, DECISIONS_READ_OCTETS) : []
      return readable([...older, ...lines].map(decisionIn), DECISIONS, onTrouble).slice(-limit)
    },
  }
}

async function rotate(path: string): Promise<void> {
  try {
    if ((await stat(path)).size >= DECISIONS_OCTETS_MAX) await rename(path, `${path}.1`)
  } catch (error) {
    if (!isMissing(error)) throw error
  }
}

function stateIn(text: string, path: string): RobotState {
  const { version, ...state } = objectIn<RobotState & { readonly version: unknown }>(text) ?? {}
  refuseOtherVersion(version, VERSION, path)
  if (version !== VERSION || !isState(state)) {
    throw new Error(
      `${path} is damaged: put back a copy, or move it away; then no lock is remembered and the robot waits for "watari shift start"`,
    )
  }
  return state
}

function isState(state: Partial<RobotState>): state is RobotState {
  const { coolDownUntil, failures, heldBack } = state
  return (
    typeof coolDownUntil === 'number' && typeof failures === 'object' && failures !== null && Array.isArray(heldBack)
  )
}

function decisionIn(line: string): DecisionRecord | undefined {
  const value = objectIn<DecisionRecord>(line)
  if (typeof value?.id !== 'string' || typeof value.at !== 'number') return undefined
  return typeof value.decision === 'object' && typeof value.observation === 'object'
    ? (value as DecisionRecord)
    : undefined
}
