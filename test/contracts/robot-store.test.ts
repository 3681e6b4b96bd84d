import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { fileRobotStore } from '../../src/adapters/local/robot-store.ts'
import { NEW_ROBOT } from '../../src/core/shift/robot-state.ts'
import { aDecision, robotStoreContract } from './robot-store.contract.ts'

const inFolder = (): string => mkdtempSync(join(tmpdir(), 'watari-robot-'))

robotStoreContract('the file store', async () => {
  const folder = inFolder()
  return { reopen: () => fileRobotStore(folder), remove: async () => rmSync(folder, { recursive: true }) }
})

let folder: string
beforeEach(() => {
  folder = inFolder()
})
afterEach(() => rmSync(folder, { recursive: true }))

it('refuses a damaged state, because a guess could forget a lock', async () => {
  writeFileSync(join(folder, 'shift-robot.json'), '{"version":1,"coolDown')
  const store = await fileRobotStore(folder)
  await expect(store.load()).rejects.toThrow(/shift-robot\.json is damaged: put back a copy, or move it away/)
})

it('refuses the state of a later Watari', async () => {
  writeFileSync(join(folder, 'shift-robot.json'), '{"version":2}')
  const store = await fileRobotStore(folder)
  await expect(store.load()).rejects.toThrow(/has the form 2; this Watari reads 1/)
})

it('passes over a line that a crash tore, and says so', async () => {
  const troubles: string[] = []
  const store = await fileRobotStore(folder, ({ message }) => troubles.push(message))
  await store.save(NEW_ROBOT, aDecision(1))
  appendFileSync(join(folder, 'shift-decisions.jsonl'), '{"id":"d-2","at":')
  await store.save(NEW_ROBOT, aDecision(3))
  expect((await store.decisions(10)).map(({ id }) => id)).toEqual(['d-1', 'd-3'])
  expect(troubles).toEqual(['shift-decisions.jsonl has 1 damaged lines; they are left out'])
})
