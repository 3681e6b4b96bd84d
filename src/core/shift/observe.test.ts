// What a look sees when the clock, the figures or the past are not as usual.
import { describe, expect, test } from 'vitest'
import { DAY, GOO, HOUR } from '../../../test/simulation/goo.ts'
import type { FigureQuery, FigureRow } from '../base/figures.ts'
import { looking } from './observe.ts'
import type { ShiftEyes } from './ports.ts'
import { NEW_ROBOT } from './robot-state.ts'

const NOW = Date.UTC(2026, 11, 10, 18)
const MINUTE = 60_000
const stage = { percent: 10, changedAt: NOW - 2 * HOUR, changedBy: 'watari', reason: 'gatesPassed' }

const row = (counts: FigureRow['counts']): FigureRow => ({
  atMs: NOW,
  route: 'ses',
  label: 'yahoo.co.jp',
  counts,
  latency: {},
})

function eyes(rows: (query: FigureQuery) => readonly FigureRow[], told: unknown[] = []): ShiftEyes {
  return {
    figures: { rows: async (query) => rows(query).map((one) => ({ ...one, atMs: query.fromMs })) },
    ses: () => ({ route: 'running', reason: '', troubleMs: 0, waiting: 0, sendingEnabled: false }),
    pipeline: () => ({ sentSinceEvent: 0 }),
    alignment: async () => undefined,
    dkim: async () => undefined,
    unreadable: (error) => void told.push(error),
  }
}

const look = (one: ReturnType<typeof looking>, nowMs: number, more = {}) =>
  one.look({ nowMs, stage, state: NEW_ROBOT, ...more })

describe('a look', () => {
  test('sees new minutes after the clock was set back', async () => {
    let delivered = 100
    const one = looking(
      eyes(() => [row({ delivered })]),
      GOO,
    )
    await look(one, NOW)
    delivered = 200
    const { windows } = await look(one, NOW - 30 * MINUTE)
    expect(windows.map(({ domains }) => domains[0]?.ses.delivered)).toEqual([200, 200, 200, 200])
  })

  test('that cannot read figures still sees what SES says, and tells why it is blind', async () => {
    const told: unknown[] = []
    const broken = new Error('EIO')
    const one = looking(
      eyes(() => {
        throw broken
      }, told),
      GOO,
    )
    expect(await look(one, NOW)).toMatchObject({ figuresFailed: true, windows: [], ses: { sendingEnabled: false } })
    expect(told).toEqual([broken])
  })

  test('leaves out the first minutes after a way down, however often the stage was changed in them', async () => {
    const asked: number[] = []
    const one = looking(
      eyes(({ fromMs, grain, by }) => {
        if (grain === 'minute' && by === 'domain') asked.push(fromMs)
        return []
      }),
      GOO,
    )
    const changed = { ...stage, changedAt: NOW - 2 * MINUTE }
    await look(one, NOW + 7 * MINUTE, {
      stage: changed,
      percentBefore: 50,
      percentSince: { at: NOW - 5 * MINUTE, by: 'watari' },
    })
    // Ten minutes after the way down, and the minute that is going on then.
    expect(asked).toEqual([NOW + 6 * MINUTE, NOW + 5 * MINUTE])
  })

  test('holds the complaints of an evening against the mail of that day, not against the few of the night', async () => {
    // A campaign of 480,000 the evening before; 200 mails and 4 complaints in the last ten minutes of the night.
    const one = looking(
      eyes(({ grain, toMs, fromMs }) =>
        grain === 'hour' && toMs - fromMs === DAY
          ? [row({ delivered: 480_000 })]
          : [row({ delivered: 200, complained: 4 })],
      ),
      GOO,
    )
    const { windows } = await look(one, NOW)
    // 480,000 a day are 3,333 in ten minutes: 4 complaints are 0.12 % of those, and nobody is sure of anything.
    expect(windows[1]!.domains[0]!.ses).toMatchObject({ delivered: 200, complained: 4, mayComplain: 3_333 })
  })
})
