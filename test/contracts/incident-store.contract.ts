// What every store of incidents promises. The local one and its siblings run this.
import { expect, test } from 'vitest'
import type { IncidentStore } from '../../src/core/watch/ports.ts'
import type { Incident, WatchRecord } from '../../src/core/watch/record.ts'

export interface IncidentStoreWorld {
  /** The store, and again after a restart. */
  open(): Promise<IncidentStore>
  end(): Promise<void>
}

const INCIDENT: Incident = {
  id: 'BounceRate-20261125-1201',
  alert: 'BounceRate',
  scope: '',
  level: 'critical',
  openedAt: 1,
  round: 0,
  lastBadAt: 2,
  opened: { rate: 0.06, threshold: 0.05, hours: 1 },
  latest: { rate: 0.07, threshold: 0.05, hours: 1 },
  channels: { 'mail to the operators': { said: { kind: 'open', round: 0, at: 1 }, reminders: 0 } },
}
export const A_RECORD: WatchRecord = {
  incidents: [INCIDENT],
  mutes: [{ alert: 'SendingQuota', by: 'sato', reason: '知っています', at: 1, until: 9 }],
  letters: [{ id: 'DailyReport-20261125', kind: 'DailyReport', dueAt: 1, channels: {} }],
  listSizes: [{ at: 1, total: 2 }],
  since: 1,
}
const EMPTY: WatchRecord = { incidents: [], mutes: [], letters: [], listSizes: [] }

export function incidentStoreContract(worldOf: () => Promise<IncidentStoreWorld>): void {
  const inWorld = async (act: (world: IncidentStoreWorld) => Promise<void>): Promise<void> => {
    const world = await worldOf()
    try {
      await act(world)
    } finally {
      await world.end()
    }
  }

  test('a new store has no incidents', () =>
    inWorld(async (world) => {
      expect(await (await world.open()).load()).toEqual(EMPTY)
    }))

  test('what was saved is there after a restart, whole', () =>
    inWorld(async (world) => {
      const store = await world.open()
      await store.save(A_RECORD)
      expect(await (await world.open()).load()).toEqual(A_RECORD)
      await store.save(EMPTY)
      expect(await (await world.open()).load()).toEqual(EMPTY)
    }))
}
