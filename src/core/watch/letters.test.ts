// Reports come at their time, once on each channel, whatever fails in between.
import { describe, expect, test } from 'vitest'
import { watchWorld, WATCH_BEGIN } from '../../../test/support/watch-world.ts'
import { lettersDue, type DueLetter } from './calendar.ts'

const HOUR = 3_600_000
const compose = ({ id }: DueLetter) => Promise.resolve({ id, level: 'info', subject: id, text: id } as const)
/** Instants in Tokyo. */
const tokyo = (text: string) => Date.parse(`${text}:00+09:00`)
const due = (text: string) => lettersDue(tokyo(text), 'Asia/Tokyo').map(({ id }) => id)

describe('the calendar', () => {
  test.each([
    ['2026-11-25T07:59', ['DailyReport-20261124']],
    ['2026-11-25T08:00', ['DailyReport-20261125']],
    ['2026-11-30T08:00', ['DailyReport-20261130', 'WeeklyPerformanceReport-20261130']],
    ['2026-12-01T07:00', ['DailyReport-20261130', 'WeeklyPerformanceReport-20261130']],
  ])('at %s has %j', (at, ids) => {
    expect(due(at)).toEqual(ids)
  })
})

describe('letters', () => {
  test('of a week that ends a month: seven days, one week and one month, each once', async () => {
    const world = watchWorld({ options: { compose } })
    world.now = tokyo('2026-11-25T12:00')
    await world.minutes(1)
    for (let hour = 0; hour < 7 * 24; hour += 1) {
      world.now += HOUR - 60_000
      if (hour % 10 === 0) world.restart()
      await world.minutes(1)
    }
    const ids = ['26', '27', '28', '29', '30'].map((day) => `DailyReport-202611${day}`)
    const expected = [
      ...ids,
      'WeeklyPerformanceReport-20261130',
      'DailyReport-20261201',
      'MonthlyMaintenance-20261201',
      'DailyReport-20261202',
    ]
    expect(world.notifiers[0]!.taken.map(({ notice }) => notice.id)).toEqual(expected)
    expect(world.notifiers[1]!.taken.map(({ notice }) => notice.id)).toEqual(expected)
  })

  test('of before the first look are nobody’s news', async () => {
    const world = watchWorld({ options: { compose } })
    expect(world.now).toBe(WATCH_BEGIN)
    await world.minutes(60)
    expect(world.notifiers[0]!.taken).toEqual([])
  })

  test('that were due while the gateway was down come when it is up again', async () => {
    const world = watchWorld({ options: { compose } })
    await world.minutes(1)
    world.now = tokyo('2026-11-26T11:00')
    world.restart()
    await world.minutes(2)
    expect(world.notifiers[0]!.taken.map(({ notice }) => notice.id)).toEqual(['DailyReport-20261126'])
  })

  test('that cannot be made, or that nobody takes, are tried again with waits and not for ever', async () => {
    let tries = 0
    const failing = () => {
      tries += 1
      return Promise.reject(new Error('figures cannot be read'))
    }
    const world = watchWorld({ options: { compose: failing } })
    await world.minutes(1)
    world.now = tokyo('2026-11-26T08:00')
    await world.minutes(1_400)
    expect(tries).toBe(17)
    expect(world.notifiers[0]!.taken).toEqual([])
  })
})
