import { describe, expect, test } from 'vitest'
import { setStage, type SetStageOptions } from './set-stage.ts'
import { INITIAL_STAGE, type Stage } from './stage.ts'
import { recordedLog } from '../../../test/support/fakes.ts'

function shift(start: Partial<Stage> = {}, overrides: Partial<SetStageOptions> = {}) {
  let stage: Stage = { ...INITIAL_STAGE, ...start }
  const changes: [number, number][] = []
  const log = recordedLog()
  const options: SetStageOptions = {
    store: {
      current: async () => stage,
      set: async (next, before) => {
        if (before !== undefined && before !== stage) return 'changedMeanwhile'
        stage = next
        return 'set'
      },
      history: async () => [stage],
    },
    now: () => 42,
    log,
    misaligned: async () => undefined,
    changed: (after, before) => changes.push([before.percent, after.percent]),
    ...overrides,
  }
  const order = (percent: number, reason = 'first step') => setStage(options, { percent, by: 'tanaka', reason })
  return { order, changes, log, stage: () => stage }
}

test('a change is stored with who, why and when, and then in force', async () => {
  const { order, changes, stage } = shift()
  expect(await order(10)).toEqual({
    kind: 'done',
    stage: { percent: 10, changedAt: 42, changedBy: 'tanaka', reason: 'first step' },
  })
  expect(stage().percent).toBe(10)
  expect(changes).toEqual([[0, 10]])
})

// S7.
describe('while mail through SES would not be aligned', () => {
  const misaligned = async () => 'DKIM of goo.ne.jp is PENDING'

  test('the stage does not leave 0 percent', async () => {
    const { order, stage } = shift({}, { misaligned })
    expect(await order(10)).toEqual({ kind: 'refused', reason: 'notAligned', message: 'DKIM of goo.ne.jp is PENDING' })
    expect(stage()).toEqual(INITIAL_STAGE)
  })

  test('going down is always allowed', async () => {
    const { order } = shift({ percent: 50 }, { misaligned })
    expect(await order(10)).toMatchObject({ kind: 'done' })
    expect(await order(0)).toMatchObject({ kind: 'done' })
  })
})

test.each([-1, 100.01, Number.NaN, Number.POSITIVE_INFINITY])('%d percent is refused', async (percent) => {
  expect(await shift().order(percent)).toMatchObject({ kind: 'refused', reason: 'badValue' })
})

test('a change without a reason is refused', async () => {
  expect(await shift().order(10, '  ')).toMatchObject({ kind: 'refused', reason: 'badValue' })
})

test('the same stage again records nothing', async () => {
  const { order, changes } = shift({ percent: 10 })
  expect(await order(10)).toMatchObject({ kind: 'refused', reason: 'sameValue' })
  expect(changes).toEqual([])
})

test('a disk that refuses leaves the stage as it was, with an alarm', async () => {
  const { order, changes, log } = shift(
    {},
    {
      store: {
        current: async () => INITIAL_STAGE,
        set: () => Promise.reject(new Error('ENOSPC')),
        history: async () => [],
      },
    },
  )
  expect(await order(10)).toMatchObject({ kind: 'refused', reason: 'storageFailed' })
  expect(changes).toEqual([])
  expect(log.lines).toMatchObject([{ level: 'alarm', event: 'stageNotStored' }])
})
