// Gateways side by side: what each goes by while they agree, and when one has lost the others.
import { describe, expect, test } from 'vitest'
import type { ShiftStore } from './ports.ts'
import { sharedShiftStore } from './shared-store.ts'
import { INITIAL_STAGE, sameStage, type Stage } from './stage.ts'

const stage = (percent: number, changedAt: number): Stage => ({ percent, changedAt, changedBy: 'sato', reason: 'go' })

interface Memory extends ShiftStore {
  cut: boolean
}

function memoryStore(first: Stage = INITIAL_STAGE): Memory {
  const stages = [first]
  const reached = (): Stage => {
    if (memory.cut) throw new Error('cut off')
    return stages.at(-1)!
  }
  const memory: Memory = {
    cut: false,
    current: async () => reached(),
    async set(next, before) {
      if (before !== undefined && !sameStage(reached(), before)) return 'changedMeanwhile'
      reached()
      stages.push(next)
      return 'set'
    },
    async history(limit) {
      reached()
      return stages.slice(1).slice(-limit)
    },
  }
  return memory
}

function gateway(far: ShiftStore, near = memoryStore()) {
  const said: string[] = []
  const store = sharedShiftStore({
    near,
    far,
    lost: (_, { percent }) => said.push(`lost at ${percent}`),
    found: ({ percent }) => said.push(`found at ${percent}`),
  })
  return { store, near, said, percent: async () => (await store.current()).percent }
}

describe('two gateways that share the stage', () => {
  test('have the same one after a look', async () => {
    const far = memoryStore()
    const [one, other] = [gateway(far), gateway(far)]
    expect(await one.store.set(stage(10, 1))).toBe('set')
    expect(await other.percent()).toBe(0)
    await other.store.refresh()
    expect(await other.percent()).toBe(10)
    expect(await other.store.history(5)).toEqual([stage(10, 1)])
  })

  test('that change it at once: one wins, and the other has the winner’s', async () => {
    const far = memoryStore()
    const [one, other] = [gateway(far), gateway(far)]
    const answers = [
      await one.store.set(stage(10, 1), INITIAL_STAGE),
      await other.store.set(stage(50, 2), INITIAL_STAGE),
    ]
    expect(answers).toEqual(['set', 'changedMeanwhile'])
    expect([await one.percent(), await other.percent()]).toEqual([10, 10])
  })

  test('begin with the stage of the first, which had one before', async () => {
    const far = memoryStore()
    await gateway(far, memoryStore(stage(50, 7))).store.refresh()
    const other = gateway(far)
    await other.store.refresh()
    expect(await other.percent()).toBe(50)
  })
})

describe('a gateway that loses the others', () => {
  async function cutAt50() {
    const far = memoryStore()
    const one = gateway(far)
    await one.store.set(stage(50, 1))
    far.cut = true
    await one.store.refresh()
    return { far, one }
  }

  test('goes on by its last known stage, says so once, and says when they are back', async () => {
    const { far, one } = await cutAt50()
    await one.store.refresh()
    expect(await one.percent()).toBe(50)
    far.cut = false
    await one.store.refresh()
    await one.store.refresh()
    expect(one.said).toEqual(['lost at 50', 'found at 50'])
  })

  test('starts by its last known stage', async () => {
    const { far, one } = await cutAt50()
    const again = gateway(far, one.near)
    expect(await again.store.refresh()).toEqual(stage(50, 1))
    expect(await again.store.history(1)).toEqual([stage(50, 1)])
  })

  test('does not go up alone', async () => {
    const { one } = await cutAt50()
    await expect(one.store.set(stage(100, 2))).rejects.toThrow('cut off')
    expect(await one.percent()).toBe(50)
  })

  test('goes down alone, and takes the others along when they are back, also after a restart', async () => {
    const { far, one } = await cutAt50()
    expect(await one.store.set(stage(0, 2))).toBe('set')
    expect(await one.percent()).toBe(0)
    far.cut = false
    const again = gateway(far, one.near)
    await again.store.refresh()
    expect(await again.percent()).toBe(0)
    expect(await far.current()).toEqual(stage(0, 2))
  })

  test('that went down alone takes what the others decided later', async () => {
    const { far, one } = await cutAt50()
    await one.store.set(stage(0, 2))
    far.cut = false
    await gateway(far, memoryStore(stage(50, 1))).store.set(stage(10, 3))
    await one.store.refresh()
    expect(await one.percent()).toBe(10)
  })
})
