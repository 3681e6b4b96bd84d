// Incidents open, last, come back and close; and however an alert flaps, it stays a handful of messages.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { anObservation, BOUNCING, watchWorld, WATCH_BEGIN, type WatchWorld } from '../../../test/support/watch-world.ts'
import { MINUTE_MS } from '../base/clock.ts'
import { INCIDENT_POLICY, nextStep, type Streaks } from './incident.ts'
import { judge } from './levels.ts'
import { EMPTY_RECORD } from './record.ts'
import { DESIGN_THRESHOLDS } from './thresholds.ts'

const bad = (nowMs: number) => anObservation({ nowMs, figures: BOUNCING })
const good = (nowMs: number) => anObservation({ nowMs })

/** Kinds of notices that a channel took, as the ends of their ids. */
function heard(world: WatchWorld, channel = 0): readonly string[] {
  return world.notifiers[channel]!.taken.map(({ notice }) => notice.id.replace('BounceRate-20261125-', ''))
}

describe('an incident', () => {
  test('opens at the second bad look, is told once a channel, and closes after fifteen good ones', async () => {
    const world = watchWorld()
    world.see = bad
    await world.minutes(1)
    expect(heard(world)).toEqual([])
    await world.minutes(59)
    world.see = good
    await world.minutes(14)
    expect(heard(world)).toEqual(['1201-open'])
    await world.minutes(1)
    expect(heard(world)).toEqual(['1201-open', '1201-closed'])
    expect(heard(world, 1)).toEqual(['1201-open', '1201-closed'])
    expect(world.notifiers[0]!.taken.map(({ notice }) => notice.level)).toEqual(['critical', 'info'])
  })

  test('that a single bad look began is none', async () => {
    const world = watchWorld()
    for (let hour = 0; hour < 24; hour += 1) {
      world.see = bad
      await world.minutes(1)
      world.see = good
      await world.minutes(59)
    }
    expect(heard(world)).toEqual([])
  })

  test('is alarmed in the log once, and its end is a line', async () => {
    const world = watchWorld()
    world.see = bad
    await world.minutes(30)
    world.see = good
    await world.minutes(30)
    expect(world.log.lines.map(({ level, event }) => `${level} ${event}`)).toEqual([
      'alarm incident',
      'info incidentClosed',
    ])
    expect(world.log.lines[0]?.fields).toMatchObject({
      id: 'BounceRate-20261125-1201',
      what: '6 % of the mails by SES came back for good in the last hour (1,320 of 22,000); the limit is 5 %. By the old route in the same time: 1 % of 200,000.',
    })
  })

  test('of one alert on two routes are two', async () => {
    const world = watchWorld()
    const stopped = (route: 'ses' | 'legacy') => ({ route, state: 'stopped', reason: 'misconfigured', waiting: 0 })
    world.see = (nowMs) => anObservation({ nowMs, routes: [stopped('ses'), stopped('legacy')] })
    await world.minutes(10)
    expect(heard(world)).toEqual(['RouteStopped-ses-20261125-1201-open', 'RouteStopped-legacy-20261125-1201-open'])
  })

  test('stays open while there is nothing to tell by', async () => {
    const world = watchWorld()
    const paused = { sendingEnabled: false, enforcement: 'SHUTDOWN', sentIn24Hours: 0 }
    world.see = (nowMs) => anObservation({ nowMs, account: paused })
    await world.minutes(5)
    world.see = (nowMs) => {
      const { account: _, ...rest } = anObservation({ nowMs })
      return rest
    }
    await world.minutes(600)
    expect(heard(world)).toEqual(['SesPaused-20261125-1201-open'])
    world.see = good
    await world.minutes(15)
    expect(heard(world)).toEqual(['SesPaused-20261125-1201-open', 'SesPaused-20261125-1201-closed'])
  })
})

describe('flapping', () => {
  async function flap(badMinutes: number, goodMinutes: number): Promise<readonly string[]> {
    const world = watchWorld()
    for (let minute = 0; minute < 1_440; minute += badMinutes + goodMinutes) {
      world.see = bad
      await world.minutes(badMinutes)
      world.see = good
      await world.minutes(goodMinutes)
    }
    await world.minutes(300)
    return heard(world)
  }

  test('within the time to close is one incident, however often', async () => {
    expect(await flap(5, 10)).toEqual(['1201-open', '1201-closed'])
  })

  test('slower than that has to be good for twice as long each time', async () => {
    expect(await flap(20, 20)).toEqual(['1201-open', '1201-closed', '1201-again-1', '1201-closed-1'])
    expect(await flap(30, 60)).toEqual([
      '1201-open',
      '1201-closed',
      '1201-again-1',
      '1201-closed-1',
      '1201-again-2',
      '1201-closed-2',
      '1201-again-3',
      '1201-closed-3',
    ])
  })

  test('the next day is another incident', async () => {
    const world = watchWorld()
    world.see = bad
    await world.minutes(60)
    world.see = good
    await world.minutes(60 + 6 * 60)
    world.see = bad
    await world.minutes(60)
    expect(heard(world)).toEqual(['1201-open', '1201-closed', '2001-open'])
  })

  test('in any pattern at all, a day is at most twelve messages a channel, and they tell a true story', () => {
    const pattern = fc.array(fc.record({ bad: fc.boolean(), minutes: fc.integer({ min: 1, max: 240 }) }), {
      maxLength: 60,
    })
    fc.assert(
      fc.property(pattern, (stretches) => {
        const changes = replay(stretches)
        const perDay = changes.filter(({ minute }) => minute < 1_440)
        // The next opening needs a closing before it, and the other way round.
        changes.forEach(({ change }, i) => expect(change === 'closed').toBe(i % 2 === 1))
        expect(perDay.length).toBeLessThanOrEqual(12)
      }),
      { numRuns: 300 },
    )
  })
})

function replay(
  stretches: readonly { readonly bad: boolean; readonly minutes: number }[],
): readonly { readonly change: string; readonly minute: number }[] {
  const policy = { ...INCIDENT_POLICY, timeZone: 'Asia/Tokyo' }
  const findings = {
    bad: judge(bad(WATCH_BEGIN), DESIGN_THRESHOLDS),
    good: judge(good(WATCH_BEGIN), DESIGN_THRESHOLDS),
  }
  let state: { record: typeof EMPTY_RECORD; streaks: Streaks } = { record: EMPTY_RECORD, streaks: new Map() }
  const seen: { change: string; minute: number }[] = []
  let minute = 0
  for (const stretch of stretches) {
    for (let i = 0; i < stretch.minutes; i += 1, minute += 1) {
      const look = { findings: findings[stretch.bad ? 'bad' : 'good'], nowMs: WATCH_BEGIN + minute * MINUTE_MS }
      const step = nextStep(state, look, policy)
      state = step
      seen.push(...step.changes.map(({ change }) => ({ change, minute })))
    }
  }
  return seen
}
