import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { lmdbSuppressionList, type OpenSuppressionList } from '../../src/adapters/local/suppression-list.ts'
import { memorySuppressionList } from '../support/memory-suppression.ts'
import { suppressionListContract } from './suppression-list.contract.ts'

describe('a suppression list in LMDB', () => {
  suppressionListContract(async () => {
    const folder = mkdtempSync(join(tmpdir(), 'watari-suppression-'))
    let list: OpenSuppressionList | undefined
    return {
      async open() {
        await list?.close()
        list = await lmdbSuppressionList(folder)
        return list
      },
      async end() {
        await list?.close()
        rmSync(folder, { recursive: true })
      },
    }
  })

  test('is readable by its owner alone', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'watari-suppression-'))
    const list = await lmdbSuppressionList(join(folder, 'list'))
    expect(statSync(join(folder, 'list')).mode & 0o777).toBe(0o700)
    await list.close()
    rmSync(folder, { recursive: true })
  })

  test('that is no database is refused with what to do', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'watari-suppression-'))
    writeFileSync(join(folder, 'data.mdb'), 'x'.repeat(20_000))
    await expect(lmdbSuppressionList(folder)).rejects.toThrow(
      `${join(folder, 'data.mdb')} is damaged: put back a copy, or move it away and import the suppression list anew`,
    )
    rmSync(folder, { recursive: true })
  })
})

describe('the list in memory that other tests use', () => {
  suppressionListContract(async () => {
    const list = memorySuppressionList()
    return { open: async () => list, end: async () => undefined }
  })
})
