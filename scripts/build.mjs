// Compiles src to dist when a source is newer than the last build, so that `npm start` costs nothing the second time.
import { execFileSync } from 'node:child_process'
import { chmodSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'

const STAMP = 'dist/.built'
const builtAt = statSync(STAMP, { throwIfNoEntry: false })?.mtimeMs ?? 0
const sources = readdirSync('src', { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile())
  .map((entry) => `${entry.parentPath}/${entry.name}`)
const newest = [...sources, 'tsconfig.json', 'tsconfig.build.json', 'package.json']
  .map((file) => statSync(file).mtimeMs)
  .reduce((a, b) => Math.max(a, b), 0)

if (newest > builtAt) {
  rmSync('dist', { recursive: true, force: true })
  execFileSync('node_modules/.bin/tsc', ['-p', 'tsconfig.build.json'], { stdio: 'inherit' })
  chmodSync('dist/cli/main.js', 0o755)
  writeFileSync(STAMP, '')
}
