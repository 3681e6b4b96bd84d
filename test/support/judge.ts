// Programs that others wrote and that judge ours. Missing on this machine: skipped, with one line that says how to get them.
// In CI a missing judge is a failure, so that no release goes out unjudged.
import { spawnSync } from 'node:child_process'
import { describe, test } from 'vitest'

export interface Judge {
  readonly name: string
  /** Undefined when it can be used, else what is missing. */
  readonly missing: () => string | undefined
  /** How to get it, as a command. */
  readonly get: string
}

/** A judge that is one program on the PATH. */
export function programJudge(program: string, get: string): Judge {
  const missing = () =>
    spawnSync('sh', ['-c', `command -v ${program}`]).status === 0 ? undefined : `${program} is not installed`
  return { name: program, missing, get }
}

/** `describe`, when the judge is here. */
export function describeJudged(title: string, judge: Judge, body: () => void): void {
  const missing = judge.missing()
  if (missing === undefined) {
    describe(title, body)
    return
  }
  const line = `${title}: ${missing}; get it with: ${judge.get}`
  if (process.env['CI'] === 'true') {
    test(title, () => {
      throw new Error(line)
    })
    return
  }
  console.warn(`skipped: ${line}`)
  describe.skip(line, body)
}
