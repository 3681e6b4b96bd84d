// What every ShiftStore promises, whatever keeps the stage.
import { describe, expect, it } from 'vitest'
import type { ShiftStore } from '../../src/core/shift/ports.ts'

export interface ShiftStoreUnderTest {
  /** Opens the same store again, as a restart does. */
  readonly reopen: () => Promise<ShiftStore>
  readonly remove: () => Promise<void>
}

const stage = (percent: number, changedAt = 1) => ({ percent, changedAt, changedBy: 'sato', reason: `to ${percent}` })

export function shiftStoreContract(name: string, make: () => Promise<ShiftStoreUnderTest>): void {
  const withStore =
    (test: (parts: ShiftStoreUnderTest & { readonly store: ShiftStore }) => Promise<void>) => async () => {
      const parts = await make()
      try {
        await test({ ...parts, store: await parts.reopen() })
      } finally {
        await parts.remove()
      }
    }

  describe(`${name} keeps the stage`, () => {
    it(
      'from 0 on, without an entry in the history, because nobody set it',
      withStore(async ({ store }) => {
        expect(await store.current()).toEqual({
          percent: 0,
          changedAt: 0,
          changedBy: 'watari',
          reason: 'initial stage',
        })
        expect(await store.history(10)).toEqual([])
      }),
    )

    for (const percent of [0, 0.01, 10, 99.99, 100]) {
      it(
        `at exactly ${percent} percent over a restart`,
        withStore(async ({ store, reopen }) => {
          await store.set(stage(percent))
          expect(await (await reopen()).current()).toEqual({
            percent,
            changedAt: 1,
            changedBy: 'sato',
            reason: `to ${percent}`,
          })
        }),
      )
    }

    for (const percent of [-1, 100.01, Number.NaN, Infinity]) {
      it(
        `as it was when ${percent} percent is set`,
        withStore(async ({ store, reopen }) => {
          await store.set(stage(10))
          await expect(store.set(stage(percent))).rejects.toThrow()
          expect((await store.current()).percent).toBe(10)
          expect(await (await reopen()).history(10)).toHaveLength(1)
        }),
      )
    }

    it(
      'with all changes in the order they were asked for, newest last, also when they come at once',
      withStore(async ({ store, reopen }) => {
        await Promise.all([store.set(stage(10, 1)), store.set(stage(50, 2)), store.set(stage(0, 3))])
        expect((await store.current()).percent).toBe(0)
        const again = await reopen()
        expect((await again.history(10)).map(({ percent }) => percent)).toEqual([10, 50, 0])
        expect((await again.history(2)).map(({ percent }) => percent)).toEqual([50, 0])
        expect(await again.history(0)).toEqual([])
      }),
    )

    it(
      'as it is when a change was ordered against another one',
      withStore(async ({ store }) => {
        expect(
          await store.set(stage(10), { percent: 0, changedAt: 0, changedBy: 'watari', reason: 'initial stage' }),
        ).toBe('set')
        expect(await store.set(stage(50), stage(20))).toBe('changedMeanwhile')
        expect(await store.current()).toEqual(stage(10))
        expect(await store.history(10)).toEqual([stage(10)])
        expect(await store.set(stage(50), stage(10))).toBe('set')
      }),
    )

    it(
      'with authors and reasons in any script',
      withStore(async ({ store, reopen }) => {
        const entry = { percent: 10, changedAt: 1, changedBy: '佐藤', reason: '第一段階 "10 %"\\' }
        await store.set(entry)
        expect(await (await reopen()).history(1)).toEqual([entry])
      }),
    )
  })
}
