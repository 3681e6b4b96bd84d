// The stage survives crashes and damage; what cannot be read is said, never guessed. What every store promises is in
// test/contracts/shift-store.contract.ts.
import { appendFileSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { fileShiftStore } from './shift-store.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'watari-stage-'))
})
afterEach(() => {
  rmSync(folder, { recursive: true })
})

const stage = (percent: number, changedAt = 1) => ({ percent, changedAt, changedBy: 'sato', reason: `to ${percent}` })

async function openStore() {
  const troubles: string[] = []
  const store = await fileShiftStore(folder, ({ message }) => troubles.push(message))
  return { store, troubles }
}

describe('the stage on disk', () => {
  it('begins at 0 without a word, because nothing was ever set', async () => {
    const { store, troubles } = await openStore()
    expect(await store.current()).toEqual({ percent: 0, changedAt: 0, changedBy: 'watari', reason: 'initial stage' })
    expect(await store.history(10)).toEqual([])
    expect(troubles).toEqual([])
  })

  it.each([
    '',
    '{"percent":10',
    '{"percent":"10"}',
    '{"percent":1000,"changedAt":1,"changedBy":"a","reason":"b"}',
    'null',
  ])('uses the last entry of the history when the current file is damaged: %j', async (text) => {
    const { store } = await openStore()
    await store.set(stage(10, 1))
    await store.set(stage(50, 2))
    writeFileSync(join(folder, 'stage.json'), text)
    const again = await openStore()
    expect((await again.store.current()).percent).toBe(50)
    expect(again.troubles).toEqual(['stage.json is damaged; the stage is 50 percent, from stage-history.jsonl'])
  })

  it('uses the last entry of the history when the current file is gone, and 0 when both are damaged', async () => {
    await (await openStore()).store.set(stage(50))
    rmSync(join(folder, 'stage.json'))
    const gone = await openStore()
    expect((await gone.store.current()).percent).toBe(50)
    expect(gone.troubles).toEqual(['stage.json is missing; the stage is 50 percent, from stage-history.jsonl'])
    writeFileSync(join(folder, 'stage.json'), 'x')
    writeFileSync(join(folder, 'stage-history.jsonl'), 'x\n')
    const both = await openStore()
    expect((await both.store.current()).percent).toBe(0)
    expect(both.troubles).toEqual([
      'stage-history.jsonl has 1 damaged lines; they are left out',
      'stage.json is damaged; the stage is 0 percent, from the default',
    ])
  })

  it('does not let a torn line of the history swallow the next one', async () => {
    const { store } = await openStore()
    await store.set(stage(10))
    appendFileSync(join(folder, 'stage-history.jsonl'), '{"percent":5')
    await store.set(stage(50))
    expect((await store.history(10)).map(({ percent }) => percent)).toEqual([10, 50])
  })

  it('leaves no half of a change when the disk refuses', async () => {
    const { store } = await openStore()
    await store.set(stage(10))
    rmSync(folder, { recursive: true })
    await expect(store.set(stage(50))).rejects.toThrow()
    expect((await store.current()).percent).toBe(10)
    const { store: fresh } = await openStore()
    await fresh.set(stage(20))
    expect(existsSync(join(folder, 'stage.json.new'))).toBe(false)
    expect(readFileSync(join(folder, 'stage.json'), 'utf8')).toBe(
      '{"percent":20,"changedAt":1,"changedBy":"sato","reason":"to 20"}\n',
    )
  })
})
