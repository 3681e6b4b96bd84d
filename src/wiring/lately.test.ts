// A look never waits long for SES or DNS, and what does not answer in time is a doubt and no answer.
import { expect, test } from 'vitest'
import { fakeClock } from '../../test/support/fakes.ts'
import { lately } from './lately.ts'

test('asks once a minute', async () => {
  const clock = fakeClock()
  let asked = 0
  const ask = lately(async () => {
    asked += 1
    return { message: 'DKIM is FAILED', sure: true }
  }, clock)
  expect(await ask()).toEqual({ message: 'DKIM is FAILED', sure: true })
  await clock.advance(59_000)
  await ask()
  expect(asked).toBe(1)
  await clock.advance(1_000)
  await ask()
  expect(asked).toBe(2)
})

test('does not wait for who does not answer, and doubts who fails', async () => {
  const clock = fakeClock()
  const silent = lately(() => new Promise(() => {}), clock)()
  await clock.advance(3_000)
  expect(await silent).toMatchObject({ sure: false })
  expect(await lately(() => Promise.reject(new Error('no route')), clock)()).toMatchObject({ sure: false })
})
