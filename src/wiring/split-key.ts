// The key of the split: from the plan, from its file, or made once in the data folder. It is never printed.
import { randomBytes } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { isAbsolute, join, resolve, dirname } from 'node:path'
import type { Plan } from '../core/plan/plan.ts'

const MADE_KEY_FILE = 'split.key'
/** As long as the hash (RFC 2104 3). */
const MADE_KEY_OCTETS = 32
/** Only this user may read it: who has the key can tell who is in the first ten percent. */
const KEY_MODE = 0o600

export function splitKey(plan: Plan, planFile: string, dataFolder: string): Uint8Array {
  const { key, keyFile } = plan.split
  if (key !== undefined) return Buffer.from(key)
  if (keyFile !== undefined) return Buffer.from(readFileSync(besidePlan(planFile, keyFile), 'utf8').trim())
  const made = join(dataFolder, MADE_KEY_FILE)
  if (!existsSync(made)) {
    writeFileSync(made, `${randomBytes(MADE_KEY_OCTETS).toString('hex')}\n`, { mode: KEY_MODE, flag: 'wx' })
  }
  return Buffer.from(readFileSync(made, 'utf8').trim())
}

/** Paths in a plan are relative to its folder. */
export function besidePlan(planFile: string, path: string): string {
  return isAbsolute(path) ? path : resolve(dirname(planFile), path)
}
