// What every archive promises (F6). The folder and S3 run this.
import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import type { Archive, ArchivedRecord, ArchiveQuery } from '../../src/core/watch/archive.ts'

export interface ArchiveWorld {
  /** The archive, and again after a restart; the one before is not closed. */
  open(): Promise<Archive>
  /** Names of the objects that are sealed, in order. */
  sealed(): Promise<readonly { readonly name: string; readonly octets: number }[]>
  /** Moves the clock to this instant. */
  at(atMs: number): void
  end(): Promise<void>
}

export const HOUR_21 = Date.UTC(2026, 10, 25, 21)
const HOUR = 3_600_000
const ALWAYS: Pick<ArchiveQuery, 'fromAt' | 'toAt'> = { fromAt: 0, toAt: Date.UTC(2030, 0, 1) }

export async function all(archive: Archive, query: Partial<ArchiveQuery> = {}): Promise<readonly ArchivedRecord[]> {
  const found: ArchivedRecord[] = []
  for await (const record of archive.read({ kind: 'events', ...ALWAYS, ...query })) found.push(record)
  return found
}

/** Text that shrinks to about `octets` octets as gzip: six bits a letter are left of eight. */
export function noise(octets: number): readonly { readonly n: number; readonly noise: string }[] {
  const letters = (n: number) =>
    Array.from({ length: 100 }, (_, i) => createHash('sha512').update(`${n} ${i}`).digest('base64url')).join('')
  const each = letters(0).length
  return Array.from({ length: Math.ceil((octets * 8) / 6 / each) }, (_, n) => ({ n, noise: letters(n) }))
}

export function archiveContract(worldOf: () => Promise<ArchiveWorld>): void {
  const inWorld = async (act: (world: ArchiveWorld) => Promise<void>): Promise<void> => {
    const world = await worldOf()
    world.at(HOUR_21 + 1_000)
    try {
      await act(world)
    } finally {
      await world.end()
    }
  }

  test('what was added is read back in order, with the instant it was kept at', () =>
    inWorld(async (world) => {
      const archive = await world.open()
      await archive.add('events', [{ n: 1, mail: 'A' }, { n: 2 }])
      await archive.add('events', [{}])
      expect(await all(archive)).toEqual([
        { kind: 'events', keptAt: HOUR_21 + 1_000, fields: { n: 1, mail: 'A' } },
        { kind: 'events', keptAt: HOUR_21 + 1_000, fields: { n: 2 } },
        { kind: 'events', keptAt: HOUR_21 + 1_000, fields: {} },
      ])
    }))

  test('is there after a restart, sealed or not, and nothing twice', () =>
    inWorld(async (world) => {
      await (await world.open()).add('events', [{ n: 1 }])
      const again = await world.open()
      await again.add('events', [{ n: 2 }])
      world.at(HOUR_21 + 5 * HOUR)
      const third = await world.open()
      await third.add('events', [{ n: 3 }])
      expect((await all(third)).map(({ fields }) => fields['n'])).toEqual([1, 2, 3])
    }))

  test('kinds are apart', () =>
    inWorld(async (world) => {
      const archive = await world.open()
      await archive.add('events', [{ n: 1 }])
      await archive.add('logs', [{ n: 2 }])
      expect((await all(archive, { kind: 'logs' })).map(({ fields }) => fields['n'])).toEqual([2])
    }))

  test('a busy hour is one object, sealed when it is over', () =>
    inWorld(async (world) => {
      const archive = await world.open()
      const records = noise(200_000)
      await archive.add('events', records)
      await archive.tend()
      expect(await world.sealed()).toEqual([])
      world.at(HOUR_21 + HOUR)
      await archive.tend()
      const sealed = await world.sealed()
      expect(sealed.map(({ name }) => name)).toEqual(['events/2026/11/25/21.jsonl.gz'])
      expect(sealed[0]!.octets).toBeGreaterThan(128 * 1_024)
      expect(await all(archive)).toHaveLength(records.length)
    }))

  test('quiet hours join until they are large enough, and end with their day', () =>
    inWorld(async (world) => {
      const archive = await world.open()
      const quiet = noise(50_000)
      for (let hour = 0; hour < 24; hour += 1) {
        world.at(Date.UTC(2026, 10, 24, hour, 30))
        // oxlint-disable-next-line no-await-in-loop -- one hour after the other
        await archive.add('events', quiet)
      }
      world.at(Date.UTC(2026, 10, 25, 0, 5))
      await archive.add('events', [{ n: 'next day' }])
      const sealed = await world.sealed()
      expect(sealed.map(({ name }) => name.slice(-11))).toEqual([
        '00.jsonl.gz',
        '03.jsonl.gz',
        '06.jsonl.gz',
        '09.jsonl.gz',
        '12.jsonl.gz',
        '15.jsonl.gz',
        '18.jsonl.gz',
        '21.jsonl.gz',
      ])
      for (const { octets } of sealed) expect(octets).toBeGreaterThanOrEqual(128 * 1_024)
      expect(await all(archive)).toHaveLength(24 * quiet.length + 1)
    }))

  test('a quiet day is one object however small, and the next day another', () =>
    inWorld(async (world) => {
      const archive = await world.open()
      await archive.add('events', [{ n: 1 }])
      world.at(HOUR_21 + 2 * HOUR)
      await archive.add('events', [{ n: 2 }])
      world.at(HOUR_21 + 4 * HOUR)
      await archive.tend()
      expect((await world.sealed()).map(({ name }) => name)).toEqual(['events/2026/11/25/21.jsonl.gz'])
      expect((await all(archive)).map(({ fields }) => fields['n'])).toEqual([1, 2])
    }))

  test('from and to choose by the instant of keeping, also inside joined hours', () =>
    inWorld(async (world) => {
      const archive = await world.open()
      for (const hour of [0, 5, 9, 21, 30]) {
        world.at(Date.UTC(2026, 10, 24, hour))
        // oxlint-disable-next-line no-await-in-loop -- one hour after the other
        await archive.add('events', [{ hour, mail: hour === 9 ? 'A' : 'B' }, ...(hour === 9 ? noise(150_000) : [])])
      }
      const hours = async (from: number, to: number, mail?: string) => {
        const range = { fromAt: Date.UTC(2026, 10, 24, from), toAt: Date.UTC(2026, 10, 24, to) }
        const found = await all(archive, { ...range, ...(mail === undefined ? {} : { mail }) })
        return found.map(({ fields }) => fields['hour']).filter((hour) => hour !== undefined)
      }
      expect(await hours(0, 48)).toEqual([0, 5, 9, 21, 30])
      expect(await hours(5, 9)).toEqual([5])
      expect(await hours(6, 22)).toEqual([9, 21])
      expect(await hours(22, 48)).toEqual([30])
      expect(await hours(0, 48, 'A')).toEqual([9])
    }))

  test('what is past its days goes, and what is not stays', () =>
    inWorld(async (world) => {
      const archive = await world.open()
      await archive.add('events', [{ n: 'old' }])
      world.at(HOUR_21 + 24 * HOUR)
      await archive.add('events', [{ n: 'new' }])
      await archive.tend()
      expect(await all(archive)).toHaveLength(2)
      world.at(HOUR_21 + 31 * 24 * HOUR)
      await archive.tend()
      expect((await all(archive)).map(({ fields }) => fields['n'])).toEqual(['new'])
    }))

  test('a clock that is set back seals nothing and hides nothing', () =>
    inWorld(async (world) => {
      const archive = await world.open()
      await archive.add('events', [{ n: 1 }])
      world.at(HOUR_21 - 3 * HOUR)
      await archive.add('events', [{ n: 2 }])
      await archive.tend()
      expect(await world.sealed()).toEqual([])
      expect((await all(archive, { fromAt: HOUR_21 })).map(({ fields }) => fields['n'])).toEqual([1, 2])
    }))

  test('an over-long record is kept as its mail and its length', () =>
    inWorld(async (world) => {
      const archive = await world.open()
      await archive.add('events', [{ mail: 'A', text: 'x'.repeat(300_000) }])
      expect((await all(archive)).map(({ fields }) => fields)).toEqual([{ mail: 'A', tooLong: 300_022 }])
    }))

  test('many additions at once are all kept, each once', () =>
    inWorld(async (world) => {
      const archive = await world.open()
      await Promise.all(Array.from({ length: 500 }, (_, n) => archive.add('events', [{ n }])))
      expect((await all(archive)).map(({ fields }) => fields['n'])).toEqual(Array.from({ length: 500 }, (_, n) => n))
    }))
}
