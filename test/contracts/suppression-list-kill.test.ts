// SIGKILL in the middle of changes, again and again, on one list: what was promised is there, and what belongs together too.
import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { lmdbSuppressionList } from '../../src/adapters/local/suppression-list.ts'

const KILLS = 5
const ROUND = 1_000_000
const WRITER = fileURLToPath(new URL('suppression-list.writer.ts', import.meta.url))

function killAfter(folder: string, first: number, lines: number): Promise<readonly number[]> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ['--import', 'tsx', WRITER, folder, String(first)], {
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let said = ''
    let errors = ''
    child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()))
    child.stdout.on('data', (chunk: Buffer) => {
      said += chunk.toString()
      if (said.split('\n').length > lines) child.kill('SIGKILL')
    })
    child.on('close', (_code, signal) => {
      if (signal === 'SIGKILL') resolve(said.split('\n').slice(0, -1).map(Number))
      else reject(new Error(`the writer ended by itself: ${errors}`))
    })
  })
}

test(
  'a process killed while it writes leaves every promised change, whole, and can go on',
  { timeout: 60_000 },
  async () => {
    const folder = mkdtempSync(join(tmpdir(), 'watari-suppression-'))
    const said: number[] = []
    for (let kill = 0; kill < KILLS; kill += 1) {
      said.push(...(await killAfter(folder, 1 + kill * ROUND, 20 + 77 * kill)))
      const list = await lmdbSuppressionList(folder)
      for (const n of said) {
        expect(list.find(`${n}@example.jp`)?.entry?.addedAt).toBe(n)
        expect(list.find(`${n + 1}@example.jp`)?.entry?.addedAt).toBe(n)
      }
      const remembered = list.memory().lookedAt!
      expect(remembered).toBeGreaterThanOrEqual(said.at(-1)!)
      expect(list.find(`${remembered + 1}@example.jp`)).toBeDefined()
      let counted = 0
      for (let after: string | undefined; ;) {
        const page = list.page({ limit: 5_000, ...(after === undefined ? {} : { after }) })
        counted += page.records.length
        after = page.next
        if (after === undefined) break
      }
      expect(list.counts().entries.imported).toBe(counted)
      await list.close()
    }
    expect(said.length).toBeGreaterThan(KILLS * 20)
    rmSync(folder, { recursive: true })
  },
)
