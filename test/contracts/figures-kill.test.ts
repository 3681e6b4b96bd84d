// SIGKILL in the middle of counting, again and again, on one folder: what was on disk is counted once, and at most what was
// counted since the last minute's end is missing.
import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { localFigures } from '../../src/adapters/local/figures.ts'
import { DAY_MS } from '../../src/core/base/clock.ts'
import type { FigureGroup } from '../../src/core/base/figures.ts'
import { recordedLog } from '../support/fakes.ts'

const KILLS = Number(process.env['WATARI_KILLS'] ?? 5)
const WRITER = fileURLToPath(new URL('figures.writer.ts', import.meta.url))
const BEGIN = Date.UTC(2026, 10, 25)

/** Lets a writer work until it has said `lines` lines and some milliseconds more, kills it, and answers what it said. */
function killAfter(folder: string, first: number, lines: number, ms: number): Promise<readonly string[]> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ['--import', 'tsx', WRITER, folder, String(first)])
    let said = ''
    let errors = ''
    let dying = false
    child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()))
    child.stdout.on('data', (chunk: Buffer) => {
      said += chunk.toString()
      if (dying || said.split('\n').length <= lines) return
      dying = true
      setTimeout(() => child.kill('SIGKILL'), ms)
    })
    child.on('close', (_code, signal) => {
      if (signal === 'SIGKILL') resolve(said.split('\n').slice(0, -1))
      else reject(new Error(`the writer ended by itself: ${errors}`))
    })
  })
}

it(
  `what was written is there once after ${KILLS} kills, and of the rest at most the open minute is missing`,
  async () => {
    const folder = mkdtempSync(join(tmpdir(), 'watari-figures-'))
    try {
      let at = BEGIN
      let written = 0
      let counted = 0
      for (let kill = 0; kill < KILLS; kill += 1) {
        for (const line of await killAfter(folder, at, 12 + 9 * kill, kill * 3)) {
          const [what, instant, events] = line.split(' ')
          if (what === 'w') written += Number(events)
          else counted += Number(events)
          at = Number(instant)
        }
        const nowMs = at
        const clock = { now: () => nowMs, sleep: async () => {} }
        const figures = await localFigures({ folder, clock, log: recordedLog(), pinned: { domains: [], streams: [] } })
        const total = async (by: FigureGroup) =>
          (await figures.rows({ fromMs: BEGIN - DAY_MS, toMs: at + DAY_MS, grain: 'hour', by, span: true }))
            .flatMap(({ counts }) => Object.values(counts))
            .reduce((sum, count) => sum + count, 0)
        const found = await total('route')
        expect(found).toBeGreaterThanOrEqual(written)
        expect(found).toBeLessThanOrEqual(counted)
        expect([await total('domain'), await total('stream')]).toEqual([found, found])
        // What the kill caught half written may be there or not; from here on it counts as it was found.
        written = found
        counted = found
      }
      expect(written).toBeGreaterThan(0)
    } finally {
      rmSync(folder, { recursive: true })
    }
  },
  KILLS * 20_000,
)
