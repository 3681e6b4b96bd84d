import { expect, test } from 'vitest'
import { createClock } from './clock.ts'

test('a frozen clock moves only when told, and runs what comes due in order', async () => {
  const clock = createClock({ frozen: true, startAt: 1_000 })
  const ran: string[] = []
  clock.at(3_000, () => void ran.push(`late at ${clock.now()}`))
  clock.at(2_000, () => void ran.push(`early at ${clock.now()}`))
  const takeBack = clock.at(2_500, () => void ran.push('taken back'))
  takeBack()
  expect(clock.now()).toBe(1_000)
  await clock.advance(1_500)
  expect(ran).toEqual(['early at 2000'])
  await clock.advance(10_000)
  expect(ran).toEqual(['early at 2000', 'late at 3000'])
  expect(clock.now()).toBe(12_500)
})

test('a task that plans its next one is followed on the way', async () => {
  const clock = createClock({ frozen: true, startAt: 0 })
  let runs = 0
  const again = (): void => {
    runs += 1
    clock.at(clock.now() + 1_000, again)
  }
  clock.at(1_000, again)
  await clock.advance(72 * 3_600_000)
  expect(runs).toBe(259_200)
})

test('a running clock fires by itself', async () => {
  const clock = createClock()
  await new Promise<void>((resolve) => void clock.at(clock.now() + 5, () => resolve()))
  clock.stop()
})

test('ten thousand tasks in any order run in order', async () => {
  const clock = createClock({ frozen: true, startAt: 0 })
  const ran: number[] = []
  for (let index = 0; index < 10_000; index += 1) {
    const at = (index * 7_919) % 10_007
    clock.at(at, () => void ran.push(at))
  }
  await clock.advance(20_000)
  expect(ran).toEqual([...ran].sort((a, b) => a - b))
  expect(ran).toHaveLength(10_000)
})
