// Each channel hears an incident once, whatever fails on the way, and a person can keep it still.
import { describe, expect, test } from 'vitest'
import { anObservation, BOUNCING, watchWorld, type WatchWorld } from '../../../test/support/watch-world.ts'
import { watchDesk } from './desk.ts'

const bad = (nowMs: number) => anObservation({ nowMs, figures: BOUNCING })
const ids = (world: WatchWorld, channel = 0) => world.notifiers[channel]!.taken.map(({ notice }) => notice.id)
const minutesOf = (world: WatchWorld, channel = 0) =>
  world.notifiers[channel]!.taken.map(({ atMs }) => (atMs - Date.parse('2026-11-25T03:00:00Z')) / 60_000)
const desk = ({ watch }: WatchWorld) => watchDesk({ change: watch.change, timeZone: 'Asia/Tokyo' })

describe('a channel that fails', () => {
  test('is tried again after 1, 2, 4, 8, 15, 30 minutes and then every hour, while the others have long heard', async () => {
    const world = watchWorld()
    const tries: number[] = []
    world.notifiers[0]!.answer = () => {
      tries.push((world.now - Date.parse('2026-11-25T03:00:00Z')) / 60_000)
      return { kind: 'failed', channel: 'mail', again: true, message: 'no answer' }
    }
    world.see = bad
    await world.minutes(200)
    expect(tries).toEqual([1, 2, 4, 8, 16, 31, 61, 121, 181])
    expect(ids(world, 1)).toEqual(['BounceRate-20261125-1201-open'])
    world.notifiers[0]!.answer = () => ({ kind: 'sent', channel: 'mail' })
    await world.minutes(60)
    expect(ids(world)).toEqual(['BounceRate-20261125-1201-open'])
    expect(minutesOf(world)).toEqual([241])
  })

  test('is given up after seventeen tries, which the log alarms', async () => {
    const world = watchWorld()
    let tries = 0
    world.notifiers[0]!.answer = () => {
      tries += 1
      return { kind: 'failed', channel: 'mail', again: true, message: 'no answer' }
    }
    world.see = bad
    await world.minutes(3_000)
    expect(tries).toBe(17)
    expect(world.log.lines.filter(({ event }) => event === 'noticeGivenUp').map(({ fields }) => fields)).toEqual([
      { what: 'BounceRate-20261125-1201-open', channel: 'mail' },
    ])
  })

  test('for good is not tried again', async () => {
    const world = watchWorld()
    let tries = 0
    world.notifiers[0]!.answer = () => {
      tries += 1
      return { kind: 'failed', channel: 'mail', again: false, message: 'refused' }
    }
    world.see = bad
    await world.minutes(100)
    expect(tries).toBe(1)
    const { incidents } = await desk(world).incidents({ all: false, language: 'en' })
    expect(incidents[0]?.untold).toEqual(['mail'])
  })

  test('until all is over hears only that, with the whole story', async () => {
    const world = watchWorld()
    world.notifiers[0]!.answer = () => ({ kind: 'failed', channel: 'mail', again: true, message: 'no answer' })
    world.see = bad
    await world.minutes(20)
    world.see = (nowMs) => anObservation({ nowMs })
    await world.minutes(14)
    world.notifiers[0]!.answer = () => ({ kind: 'sent', channel: 'mail' })
    await world.minutes(60)
    expect(ids(world)).toEqual(['BounceRate-20261125-1201-closed'])
    expect(world.notifiers[0]!.taken[0]?.notice.text).toContain('It was: 6 % of the mails by SES')
  })
})

describe('reminders', () => {
  const reminding = () =>
    watchWorld({
      options: {
        policy: {
          timeZone: 'Asia/Tokyo',
          openAfterLooks: 2,
          closeAfterLooks: 15,
          closeAfterLooksMost: 240,
          joinMs: 0,
          reminderHours: 4,
        },
      },
    })

  test('come every four hours when the plan wants them, until somebody takes the incident', async () => {
    const world = reminding()
    world.see = bad
    await world.minutes(600)
    expect(ids(world)).toEqual([
      'BounceRate-20261125-1201-open',
      'BounceRate-20261125-1201-reminder-1',
      'BounceRate-20261125-1201-reminder-2',
    ])
    const order = { by: 'sato', reason: 'the list is being cleaned' }
    expect(await desk(world).acknowledge('BounceRate-20261125-1201', order)).toMatchObject({ kind: 'done' })
    await world.minutes(600)
    expect(ids(world)).toHaveLength(3)
    expect((await desk(world).incidents({ all: false, language: 'ja' })).incidents[0]).toMatchObject({
      title: 'バウンス率がしきい値を超過',
      acknowledged: { by: 'sato', reason: 'the list is being cleaned' },
    })
  })

  test('never come for a Warning', async () => {
    const world = reminding()
    const account = { sendingEnabled: true, enforcement: 'HEALTHY', sentIn24Hours: 9, maxIn24Hours: 10 }
    world.see = (nowMs) => anObservation({ nowMs, account })
    await world.minutes(1_440)
    expect(ids(world)).toEqual(['SendingQuota-20261125-1201-open'])
  })
})

describe('a muted alert', () => {
  const order = { by: 'sato', reason: 'known' }

  test('is written down and told to nobody, and is told when the time is over and it still lasts', async () => {
    const world = watchWorld()
    expect(await desk(world).mute('bouncerate', { ...order, hours: 2 })).toMatchObject({ kind: 'done' })
    world.see = bad
    await world.minutes(60)
    expect(ids(world)).toEqual([])
    expect((await desk(world).incidents({ all: false, language: 'en' })).incidents[0]).toMatchObject({ muted: true })
    await world.minutes(61)
    expect(ids(world)).toEqual(['BounceRate-20261125-1201-open'])
  })

  test('that is over before that was never told', async () => {
    const world = watchWorld()
    await desk(world).mute('BounceRate', { ...order, hours: 2 })
    world.see = bad
    await world.minutes(30)
    world.see = (nowMs) => anObservation({ nowMs })
    await world.minutes(200)
    expect(ids(world)).toEqual([])
  })

  test('can be heard again at once, and an alert that is none is refused with the names', async () => {
    const world = watchWorld()
    await desk(world).mute('BounceRate', { ...order, hours: 2 })
    world.see = bad
    await world.minutes(10)
    await desk(world).mute('BounceRate', { ...order, hours: 0 })
    await world.minutes(1)
    expect(ids(world)).toEqual(['BounceRate-20261125-1201-open'])
    expect(await desk(world).mute('Bounces', { ...order, hours: 1 })).toMatchObject({
      reason: 'noSuchAlert',
      message: expect.stringContaining('BounceRate, ComplaintRate') as string,
    })
    expect(await desk(world).acknowledge('BounceRate-1', order)).toMatchObject({ reason: 'noSuchIncident' })
  })
})

test('a restart in the middle of an incident tells nothing anew', async () => {
  const world = watchWorld()
  world.see = bad
  for (let restarts = 0; restarts < 20; restarts += 1) {
    await world.minutes(5)
    world.restart()
  }
  world.see = (nowMs) => anObservation({ nowMs })
  await world.minutes(15)
  expect(ids(world)).toEqual(['BounceRate-20261125-1201-open', 'BounceRate-20261125-1201-closed'])
})
