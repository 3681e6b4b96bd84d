// Python packages as judges: a program of a few lines is run with a mail, or anything else, on its standard input.
import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import type { Judge } from './judge.ts'

/** The one that .ci/run makes, where it is not on the PATH. */
const PYTHONS = [resolve('.venv/bin/python3'), 'python3', '/usr/bin/python3']

/** The first Python here that has the module. */
function pythonWith(module: string): string | undefined {
  return PYTHONS.filter((path) => !path.startsWith('/') || existsSync(path)).find(
    (path) => spawnSync(path, ['-c', `import ${module}`]).status === 0,
  )
}

/** A judge that is a package; `get` is how to have it. */
export function pythonJudge(module: string, get: string): Judge {
  return {
    name: module,
    get,
    missing: () => (pythonWith(module) === undefined ? `no Python here has ${module}` : undefined),
  }
}

/** What the program prints, read as JSON. */
export function askPython(module: string, program: string, input: Uint8Array, args: readonly string[] = []): unknown {
  const python = pythonWith(module)
  if (python === undefined) throw new Error(`no Python here has ${module}`)
  return JSON.parse(execFileSync(python, ['-c', program, ...args], { input }).toString()) as unknown
}
