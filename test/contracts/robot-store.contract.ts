// What every RobotStore promises, whatever keeps what the robot remembers.
import { describe, expect, it } from 'vitest'
import type { DecisionRecord } from '../../src/core/shift/decision.ts'
import type { RobotStore } from '../../src/core/shift/ports.ts'
import type { RobotState } from '../../src/core/shift/robot-state.ts'

export interface RobotStoreUnderTest {
  /** Opens the same store again, as a restart does. */
  readonly reopen: () => Promise<RobotStore>
  readonly remove: () => Promise<void>
}

const STATE: RobotState = {
  started: { by: 'sato', reason: 'go', at: 1 },
  lock: { by: 'tanaka', reason: 'freeze', at: 2, until: 3 },
  coolDownUntil: 4,
  failures: { '50': 1 },
  heldBack: [{ domain: 'docomo.ne.jp', at: 5, until: 6, times: 1, reason: 'failure', active: true }],
}

export const aDecision = (n: number): DecisionRecord => ({
  id: `d-${n}`,
  at: n,
  decision: { kind: 'hold', reason: 'leastTime', message: `look ${n}` },
  outcome: 'held',
  readings: [],
  observation: {
    nowMs: n,
    stage: { percent: 10, changedAt: 0, changedBy: 'watari', reason: '' },
    state: STATE,
    windows: [],
    ses: { route: 'running', reason: '', troubleMs: 0, waiting: 0 },
    pipeline: { sentSinceEvent: 0 },
    sentInStage: 0,
    volume: { days: 0 },
    month: { sent: 0, left: 1, days: 31 },
  },
})

export function robotStoreContract(name: string, make: () => Promise<RobotStoreUnderTest>): void {
  const withStore =
    (test: (parts: RobotStoreUnderTest & { readonly store: RobotStore }) => Promise<void>) => async () => {
      const parts = await make()
      try {
        await test({ ...parts, store: await parts.reopen() })
      } finally {
        await parts.remove()
      }
    }

  describe(`${name} keeps what the robot remembers`, () => {
    it(
      'nothing before anything was saved',
      withStore(async ({ store }) => {
        expect(await store.load()).toBeUndefined()
        expect(await store.decisions(10)).toEqual([])
      }),
    )

    it(
      'the state over a restart, with a lock and its end',
      withStore(async ({ store, reopen }) => {
        await store.save(STATE)
        expect(await (await reopen()).load()).toEqual(STATE)
      }),
    )

    it(
      'each decision with what it was made on, oldest first, the last ones only',
      withStore(async ({ store, reopen }) => {
        for (const n of [1, 2, 3]) await store.save(STATE, aDecision(n))
        expect(await (await reopen()).decisions(2)).toEqual([aDecision(2), aDecision(3)])
        expect(await store.decisions(0)).toEqual([])
      }),
    )
  })
}
