// What the intake keeps, counts and alarms beside events.
import { expect, test } from 'vitest'
import { anEvent } from '../../../test/support/feedback-events.ts'
import { feedbackWorld } from '../../../test/support/feedback-world.ts'
import { recordedLog } from '../../../test/support/fakes.ts'
import { strangeShare } from './strange-share.ts'

test('what nobody understands is kept and counted, and taken all the same', async () => {
  const world = await feedbackWorld()
  await world.intake.take({ kind: 'unknown', eventType: 'Foo', text: 'foo' })
  await world.intake.take({ kind: 'unreadable', reason: 'noJson', message: 'is no JSON', text: 'bar' })
  await world.intake.take({ kind: 'notice', message: 'Successfully validated SNS topic for tanaka@example.jp' })
  expect(world.kept.map(({ text }) => text)).toEqual(['foo', 'bar'])
  expect(world.intake.counts()).toEqual({ events: 0, unknown: 1, unreadable: 1, unmatched: 0, changes: 0 })
  expect(world.log.lines).toMatchObject([
    {
      level: 'info',
      event: 'feedbackNotice',
      fields: { message: 'Successfully validated SNS topic for tan***@***.***' },
    },
  ])
  await world.remove()
})

test('events of mail that is not ours are counted apart', async () => {
  const world = await feedbackWorld()
  const { mailId: _, part: __, ...mail } = anEvent.send().mail
  await world.take({ ...anEvent.delivery(), mail }, anEvent.delay())
  expect(world.intake.counts()).toMatchObject({ events: 2, unmatched: 1, changes: 2 })
  expect(world.intake.counts().lastEventAt).toBe(anEvent.delay().at)
  await world.remove()
})

test('a ledger that fails makes the sender tell again, and nothing is counted', async () => {
  const world = await feedbackWorld()
  await world.ledger.close()
  await expect(world.intake.take({ kind: 'event', event: anEvent.bounce() })).rejects.toThrow()
  expect(world.intake.counts().events).toBe(0)
  expect(world.figures).toEqual({})
  await world.messenger.stop()
})

test('a high share of strange records is one alarm while it lasts', () => {
  const log = recordedLog()
  const share = strangeShare(log)
  const add = (count: number, strange: boolean) => {
    for (let i = 0; i < count; i += 1) share.add(strange)
  }
  add(9, true)
  expect(log.lines).toEqual([])
  add(1_000, false)
  add(10, true)
  expect(log.lines).toEqual([])
  add(10, true)
  expect(log.lines).toMatchObject([{ level: 'alarm', event: 'feedbackStrange', fields: { percent: 2, of: 500 } }])
  add(100, true)
  expect(log.lines).toHaveLength(1)
  add(1_000, false)
  add(50, true)
  expect(log.lines).toHaveLength(2)
})

test('what is no address, or has no host name behind its sign, is no receiving domain', async () => {
  const world = await feedbackWorld()
  const odd = ['tanaka', 'tanaka@', '"a@b', 'x@tanaka taro', 'r@Example.COM'].map((address) => ({ address }))
  await world.take(anEvent.bounce(2_000, { recipients: odd }, { sender: 'suzuki' }))
  expect(world.figures).toEqual({ 'hardBounced unknown unknown': 4, 'hardBounced example.com unknown': 1 })
  await world.remove()
})

test('an event of which some could not be read is taken and kept', async () => {
  const world = await feedbackWorld()
  const rest = {
    kind: 'unreadable',
    reason: 'recipientsLost',
    message: 'names 1 more that cannot be read',
    text: 'all',
  } as const
  await world.intake.take({ kind: 'event', event: anEvent.bounce(), rest })
  expect(world.kept).toEqual([rest])
  expect(world.intake.counts()).toMatchObject({ events: 1, unreadable: 1, changes: 1 })
  await world.remove()
})
