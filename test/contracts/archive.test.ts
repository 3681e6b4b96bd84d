import { appendFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync, gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { folderArchive } from '../../src/adapters/local/archive.ts'
import type { Archive } from '../../src/core/watch/archive.ts'
import { all, archiveContract, HOUR_21, type ArchiveWorld } from './archive.contract.ts'

interface FolderWorld extends ArchiveWorld {
  readonly folder: string
  readonly troubles: string[]
}

async function folderWorld(): Promise<FolderWorld> {
  const folder = mkdtempSync(join(tmpdir(), 'watari-archive-'))
  let now = HOUR_21
  const opened: Archive[] = []
  const troubles: string[] = []
  return {
    folder,
    troubles,
    at: (atMs) => {
      now = atMs
    },
    async open() {
      const options = {
        folder,
        now: () => now,
        days: 30,
        onTrouble: ({ message }: { message: string }) => void troubles.push(message),
      }
      opened.push(await folderArchive(options))
      return opened.at(-1)!
    },
    async sealed() {
      const names = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.gz'))
      return names.toSorted().map((name) => ({ name, octets: statSync(join(folder, name)).size }))
    },
    async end() {
      await Promise.all(opened.map((archive) => archive.close()))
      rmSync(folder, { recursive: true })
    },
  }
}

describe('an archive in a folder', () => {
  archiveContract(folderWorld)
})

const HOUR = 3_600_000
const OBJECT = 'events/2026/11/25/21.jsonl'

async function inFolder(act: (world: FolderWorld) => Promise<void>): Promise<void> {
  const world = await folderWorld()
  try {
    await act(world)
  } finally {
    await world.end()
  }
}

describe('a crash', () => {
  test('that tears a line loses that line alone', () =>
    inFolder(async (world) => {
      await (await world.open()).add('events', [{ n: 1 }])
      appendFileSync(join(world.folder, OBJECT), '{"keptAt":"2026-11-25T21:00:00.000Z","n":2')
      const archive = await world.open()
      await archive.add('events', [{ n: 3 }])
      expect((await all(archive)).map(({ fields }) => fields['n'])).toEqual([1, 3])
    }))

  test('between the object and the end of its plain file leaves nothing twice', () =>
    inFolder(async (world) => {
      await (await world.open()).add('events', [{ n: 1 }])
      const plain = readFileSync(join(world.folder, OBJECT))
      writeFileSync(join(world.folder, `${OBJECT}.gz`), gzipSync(plain))
      const archive = await world.open()
      await archive.add('events', [{ n: 2 }])
      expect((await all(archive)).map(({ fields }) => fields['n'])).toEqual([1, 2])
      expect(readdirSync(join(world.folder, 'events/2026/11/25')).toSorted()).toEqual(['21-1.jsonl', '21.jsonl.gz'])
    }))

  test('in the middle of sealing seals anew', () =>
    inFolder(async (world) => {
      await (await world.open()).add('events', [{ n: 1 }])
      writeFileSync(join(world.folder, `${OBJECT}.gz.new`), 'half')
      world.at(HOUR_21 + 24 * HOUR)
      const archive = await world.open()
      expect((await all(archive)).map(({ fields }) => fields['n'])).toEqual([1])
      expect(gunzipSync(readFileSync(join(world.folder, `${OBJECT}.gz`))).toString()).toBe(
        '{"keptAt":"2026-11-25T21:00:00.000Z","n":1}\n',
      )
      expect(readdirSync(join(world.folder, 'events/2026/11/25'))).toEqual(['21.jsonl.gz'])
    }))
})

describe('a damaged object', () => {
  test('is told by name, and the others are read', () =>
    inFolder(async (world) => {
      await (await world.open()).add('events', [{ n: 1 }])
      world.at(HOUR_21 + 24 * HOUR)
      const archive = await world.open()
      await archive.add('events', [{ n: 2 }])
      const object = join(world.folder, `${OBJECT}.gz`)
      writeFileSync(object, readFileSync(object).subarray(0, 20))
      const damage: string[] = []
      const found: unknown[] = []
      const query = { kind: 'events', fromAt: 0, toAt: HOUR_21 + 48 * HOUR } as const
      for await (const { fields } of archive.read(query, ({ object: name, message }) =>
        damage.push(`${name}: ${message}`),
      ))
        found.push(fields['n'])
      expect(found).toEqual([2])
      expect(damage).toEqual(['events/2026/11/25/21: unexpected end of file'])
    }))

  test('a line that is no record is counted', () =>
    inFolder(async (world) => {
      const archive = await world.open()
      await archive.add('events', [{ n: 1 }])
      appendFileSync(join(world.folder, OBJECT), 'rubbish\n{"n":2}\n')
      const damage: string[] = []
      const found = []
      for await (const record of archive.read({ kind: 'events', fromAt: 0, toAt: HOUR_21 * 2 }, ({ message }) =>
        damage.push(message),
      ))
        found.push(record)
      expect(found).toHaveLength(1)
      expect(damage).toEqual(['2 lines are no records'])
    }))
})

test('a folder that cannot be written to is told to whoever adds, and comes right again', () =>
  inFolder(async (world) => {
    const archive = await world.open()
    writeFileSync(join(world.folder, 'events'), 'in the way')
    await expect(archive.add('events', [{ n: 1 }])).rejects.toThrow(/ENOTDIR|EEXIST/)
    rmSync(join(world.folder, 'events'))
    await archive.add('events', [{ n: 2 }])
    expect((await all(archive)).map(({ fields }) => fields['n'])).toEqual([2])
  }))
