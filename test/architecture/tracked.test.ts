// What is made or installed is never part of the repository. A linked node_modules that was committed once replaced the real
// one of everybody who took that commit.
import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { expect, test } from 'vitest'

test.skipIf(!existsSync('.git'))('nothing that is installed, built or kept at run time is tracked', () => {
  const tracked = execFileSync('git', ['ls-files', '--', 'node_modules', 'dist', 'data', '.venv'], { encoding: 'utf8' })
  expect(tracked).toBe('')
})
