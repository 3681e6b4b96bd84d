import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { fileDkimStore } from '../../src/adapters/local/dkim-store.ts'
import { emptyRecord } from '../../src/core/dkim/record.ts'
import { dkimStoreContract } from './dkim-store.contract.ts'

describe('a record in files', () => {
  dkimStoreContract(async () => {
    const folder = mkdtempSync(join(tmpdir(), 'watari-dkim-store-'))
    return { open: () => fileDkimStore(folder), end: async () => rmSync(folder, { recursive: true }) }
  })
})

const ENTRY = { at: 1, step: 'makeKey', reason: 'keyMissing', message: 'a key is made', by: 'watari' }

async function inFolder(act: (folder: string) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'watari-dkim-store-'))
  try {
    await act(folder)
  } finally {
    rmSync(folder, { recursive: true })
  }
}

describe('on a damaged disk', () => {
  test.each([
    ['cut', (text: string) => text.slice(0, 40), 'is damaged'],
    ['empty', () => '', 'is damaged'],
    ['of words', () => 'hello', 'is damaged'],
    ['without its keys', () => '{"version":1,"domain":"example.jp"}', 'is damaged'],
    [
      'of a later form',
      (text: string) => text.replace('"version": 1', '"version": 2'),
      'has the form 2; this Watari reads 1',
    ],
  ])('a record that is %s is refused, never guessed', (_, change, message) =>
    inFolder(async (folder) => {
      const store = await fileDkimStore(folder)
      await store.save(emptyRecord('example.jp'), ENTRY)
      const path = join(folder, 'dkim.json')
      writeFileSync(path, change(readFileSync(path, 'utf8')))
      await expect(store.load()).rejects.toThrow(`${path} ${message}`)
    }),
  )

  test('a line that a crash tore does not swallow the next, and is told', () =>
    inFolder(async (folder) => {
      const troubles: string[] = []
      const store = await fileDkimStore(folder, ({ message }) => troubles.push(message))
      await store.save(emptyRecord('example.jp'), ENTRY)
      appendFileSync(join(folder, 'dkim-history.jsonl'), '{"at":2,"step":"wri')
      await store.save(emptyRecord('example.jp'), { ...ENTRY, at: 3 })
      expect(await store.history(10)).toEqual([ENTRY, { ...ENTRY, at: 3 }])
      expect(troubles).toEqual(['dkim-history.jsonl has 1 damaged lines; they are left out'])
    }))
})
