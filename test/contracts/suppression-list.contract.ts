// What every suppression list promises (F3). The local one and its siblings run this.
import { expect, test } from 'vitest'
import type { SuppressionRecord } from '../../src/core/feedback/suppression.ts'
import type { SuppressionList } from '../../src/core/feedback/suppression-list.ts'

export interface SuppressionListWorld {
  /** The list, and again after a restart. */
  open(): Promise<SuppressionList>
  end(): Promise<void>
}

export function aRecord(address: string, changes: Partial<SuppressionRecord> = {}): SuppressionRecord {
  return {
    address,
    entry: { reason: 'hardBounce', evidence: { word: 'bounce', count: 1 }, addedAt: 5, by: 'watari' },
    ...changes,
  }
}

const FULL: SuppressionRecord = {
  address: 'full@example.jp',
  entry: {
    reason: 'complaint',
    evidence: { word: 'complaint', status: '5.1.1', count: 3, firstAt: 1, lastAt: 1_764_000_000_123, source: '0106-a' },
    addedAt: 1_764_000_000_456,
    by: '佐藤',
    spelling: 'Full@example.jp',
    note: 'asked by telephone',
  },
  removal: { at: 7, by: 'sato', note: 'a mistake' },
  account: { spelling: 'FULL@example.jp', reason: 'COMPLAINT', seenAt: 9 },
}

export function suppressionListContract(worldOf: () => Promise<SuppressionListWorld>): void {
  const inWorld = async (act: (world: SuppressionListWorld) => Promise<void>): Promise<void> => {
    const world = await worldOf()
    try {
      await act(world)
    } finally {
      await world.end()
    }
  }
  const put = (list: SuppressionList, ...records: readonly SuppressionRecord[]) =>
    list.change(
      records.map(({ address }) => address),
      (_, i) => records[i],
    )

  test('a new list has nobody and remembers nothing', () =>
    inWorld(async (world) => {
      const list = await world.open()
      expect(list.find('a@example.jp')).toBeUndefined()
      expect(list.page({ limit: 10 })).toEqual({ records: [] })
      expect(list.memory()).toEqual({})
      expect(list.counts()).toEqual({
        entries: { hardBounce: 0, complaint: 0, operator: 0, imported: 0, accountList: 0 },
        removals: 0,
      })
    }))

  test('a record is found whole, at once and after a restart', () =>
    inWorld(async (world) => {
      const list = await world.open()
      await put(list, FULL, aRecord('a@example.jp'), { address: 'bare@example.jp' })
      expect(list.find('full@example.jp')).toEqual(FULL)
      const again = await world.open()
      expect(again.find('full@example.jp')).toEqual(FULL)
      expect(again.find('a@example.jp')).toEqual(aRecord('a@example.jp'))
      expect(again.find('bare@example.jp')).toEqual({ address: 'bare@example.jp' })
      expect(again.find('FULL@example.jp')).toBeUndefined()
    }))

  test('a change is decided on what is there at that moment, and undefined leaves it', () =>
    inWorld(async (world) => {
      const list = await world.open()
      await put(list, aRecord('a@example.jp'))
      const seen: (SuppressionRecord | undefined)[] = []
      const indexes: number[] = []
      await list.change(['a@example.jp', 'b@example.jp', 'b@example.jp'], (record, i) => {
        seen.push(record)
        indexes.push(i)
        return i === 1 ? aRecord('b@example.jp') : undefined
      })
      expect(seen).toEqual([aRecord('a@example.jp'), undefined, aRecord('b@example.jp')])
      expect(indexes).toEqual([0, 1, 2])
      expect(list.find('a@example.jp')).toEqual(aRecord('a@example.jp'))
    }))

  test('changes that are asked for together do not lose each other', () =>
    inWorld(async (world) => {
      const list = await world.open()
      const more = () =>
        list.change(['a@example.jp'], (record) => {
          const count = (record?.entry?.evidence.count ?? 0) + 1
          return aRecord('a@example.jp', {
            entry: { reason: 'hardBounce', evidence: { word: 'bounce', count }, addedAt: 5, by: 'watari' },
          })
        })
      await Promise.all(Array.from({ length: 20 }, more))
      expect(list.find('a@example.jp')?.entry?.evidence.count).toBe(20)
      expect(list.counts().entries.hardBounce).toBe(1)
    }))

  test('more addresses than one step holds are all changed, and what is remembered with them too', () =>
    inWorld(async (world) => {
      const list = await world.open()
      const addresses = Array.from({ length: 2_500 }, (_, i) => `${i}@example.jp`)
      await list.change(addresses, (_, i) => aRecord(addresses[i]!), {
        lookedAt: 8,
        look: { startedAt: 1, whole: true, token: 't', seen: 2 },
      })
      const again = await world.open()
      expect(again.counts().entries.hardBounce).toBe(2_500)
      expect(again.find('2499@example.jp')).toEqual(aRecord('2499@example.jp'))
      expect(again.memory()).toEqual({ lookedAt: 8, look: { startedAt: 1, whole: true, token: 't', seen: 2 } })
      await again.change([], () => undefined, { lookedAt: 9 })
      expect(again.memory()).toEqual({ lookedAt: 9 })
    }))

  test('entries and removals are counted as they come and go', () =>
    inWorld(async (world) => {
      const list = await world.open()
      await put(list, FULL, aRecord('a@example.jp'), aRecord('b@example.jp'))
      await put(list, { address: 'a@example.jp', removal: { at: 1, by: 'sato', note: 'n' } })
      expect(list.counts()).toEqual({
        entries: { hardBounce: 1, complaint: 1, operator: 0, imported: 0, accountList: 0 },
        removals: 2,
      })
    }))

  test('pages go through all records once, in order', () =>
    inWorld(async (world) => {
      const list = await world.open()
      const addresses = ['a@example.jp', 'b c@example.jp', 'b+x@example.jp', 'b@example.jp', 'ba@example.jp']
      await put(list, ...addresses.map((address) => aRecord(address)))
      const read: string[] = []
      let after: string | undefined
      do {
        const page = list.page({ limit: 2, ...(after === undefined ? {} : { after }) })
        read.push(...page.records.map(({ address }) => address))
        expect(page.records.length).toBeLessThanOrEqual(2)
        after = page.next
      } while (after !== undefined)
      expect(read).toEqual(addresses)
    }))
}
