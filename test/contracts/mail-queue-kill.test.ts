// SIGKILL under load, again and again, on one queue: what was promised is there, once, and whole. Case C05 (b).
import { spawn } from 'node:child_process'
import * as fs from 'node:fs'
import * as path from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { decodeMailId } from '../../src/core/mail/mail-id.ts'
import type { PartSummary } from '../../src/core/mail/mail.ts'
import type { TestQueue } from './mail-queue.contract.ts'
import { textOf } from './mail-queue.builders.ts'
import { segmentWorld } from './mail-queue.world.ts'

const KILLS = Number(process.env['WATARI_KILLS'] ?? 5)
/** Numbers of one round; far more than a round can put. */
const ROUND = 1_000_000
const WRITER = fileURLToPath(new URL('mail-queue.writer.ts', import.meta.url))

/** Lets a writer work until it has said `lines` lines, kills it, and answers with all that it said. */
function killAfter(directory: string, first: number, lines: number): Promise<string[]> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ['--import', 'tsx', WRITER, directory, String(first)], {
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
      // The last line may be torn by the kill; it is then no promise that anyone has read.
      if (signal === 'SIGKILL') resolve(said.split('\n').slice(0, -1))
      else reject(new Error(`the writer ended by itself: ${errors}`))
    })
  })
}

async function everything(queue: TestQueue): Promise<PartSummary[]> {
  const parts: PartSummary[] = []
  for (let cursor: string | undefined; ;) {
    const page = await queue.list({ limit: 1_000, ...(cursor === undefined ? {} : { cursor }) })
    parts.push(...page.parts)
    if (page.next === undefined) return parts
    cursor = page.next
  }
}

const numberOf = ({ mailId }: PartSummary): number => decodeMailId(mailId)!.low

describe('a process killed in the middle of its work', () => {
  it(
    `leaves every mail that was promised, once and whole, ${KILLS} times in a row`,
    async () => {
      const world = await segmentWorld()
      const said = { p: new Set<number>(), b: new Set<number>(), s: new Set<number>() }
      for (let kill = 0; kill < KILLS; kill += 1) {
        for (const line of await killAfter(world.directory, 1 + kill * ROUND, 100 + 333 * kill)) {
          const [what, n] = line.split(' ')
          if (what === 'p' || what === 'b' || what === 's') said[what].add(Number(n))
        }
        const queue = await world.open()
        const there = await everything(queue)
        const present = new Set(there.map(numberOf))
        expect(there).toHaveLength(present.size)
        const isStuck = (n: number): boolean => n % 10 === 0
        expect([...said.p].filter((n) => !present.has(n) && (isStuck(n) || !said.b.has(n)))).toEqual([])
        expect([...said.s].filter((n) => present.has(n) && !isStuck(n))).toEqual([])
        for (const part of there.filter(({ state }) => state === 'held').slice(-20)) {
          const n = numberOf(part)
          expect(textOf(await queue.contentOf(part.mailId))).toBe(`Subject: mail ${n}\r\n\r\n${'x'.repeat(n % 7_000)}`)
        }
        await queue.close()
      }
      expect(said.p.size).toBeGreaterThan(KILLS * 20)
      expect(said.s.size).toBeGreaterThan(KILLS * 5)
      expect(fs.existsSync(path.join(world.directory, 'lock'))).toBe(false)
      await world.end()
    },
    60_000 + KILLS * 10_000,
  )
})
