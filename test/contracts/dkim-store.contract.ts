// What every store of a key record promises (D7). The local one and its siblings run this.
import { expect, test } from 'vitest'
import type { DkimStore } from '../../src/core/dkim/ports.ts'
import { emptyRecord, type HistoryEntry, type KeyRecord } from '../../src/core/dkim/record.ts'

export interface DkimStoreWorld {
  /** The store, and again after a restart. */
  open(): Promise<DkimStore>
  end(): Promise<void>
}

const entry = (step: string, at = 1): HistoryEntry => ({
  at,
  step,
  reason: 'test',
  message: `it is ${step}`,
  by: 'watari',
})
const record = (lastNumber: number): KeyRecord => ({
  ...emptyRecord('example.jp'),
  lastNumber,
  keys: [{ selector: 'watari1', madeAt: 1, seenAt: 2 }],
  alerts: [{ id: 'a', message: 'm', raisedAt: 1, saidAt: 1 }],
})

export function dkimStoreContract(worldOf: () => Promise<DkimStoreWorld>): void {
  const inWorld = async (act: (world: DkimStoreWorld) => Promise<void>): Promise<void> => {
    const world = await worldOf()
    try {
      await act(world)
    } finally {
      await world.end()
    }
  }

  test('a new store has no record and no history', () =>
    inWorld(async (world) => {
      const store = await world.open()
      expect(await store.load()).toBeUndefined()
      expect(await store.history(10)).toEqual([])
    }))

  test('what was saved is there after a restart, with every step in order', () =>
    inWorld(async (world) => {
      const store = await world.open()
      await store.save(record(1), entry('makeKey', 1))
      await store.save(record(2), { ...entry('makeKey', 2), selector: 'watari2' })
      const again = await world.open()
      expect(await again.load()).toEqual(record(2))
      expect(await again.history(10)).toEqual([entry('makeKey', 1), { ...entry('makeKey', 2), selector: 'watari2' }])
      expect(await again.history(1)).toEqual([{ ...entry('makeKey', 2), selector: 'watari2' }])
      expect(await again.history(0)).toEqual([])
    }))

  test('a record is replaced whole: what the new one lacks is gone', () =>
    inWorld(async (world) => {
      const store = await world.open()
      await store.save({ ...record(1), cnameRefusedAt: 5, monthlyAt: 7 }, entry('a'))
      await store.save(record(1), entry('b'))
      expect(await store.load()).toEqual(record(1))
    }))
}
