// What is counted is found again: by minute and by hour, over restarts, crashes, damage and a disk that is full.
import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { fakeClock, recordedLog } from '../../../test/support/fakes.ts'
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../core/base/clock.ts'
import type { Counted, FigureQuery } from '../../core/base/figures.ts'
import { localFigures } from './figures.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'watari-figures-'))
})
afterEach(() => {
  rmSync(folder, { recursive: true })
})

const NOON = Date.UTC(2026, 10, 25, 12)
const to = (domain: string, route: 'legacy' | 'ses' = 'ses', stream = 'news') => ({ route, domain, stream })

async function openFigures(atMs = NOON, pinned: readonly string[] = []) {
  const clock = fakeClock(atMs)
  const log = recordedLog()
  const figures = await localFigures({ folder, clock, log, pinned: { domains: pinned, streams: [] } })
  const found = async (query: Partial<FigureQuery>) =>
    (
      await figures.rows({
        fromMs: atMs - 100 * DAY_MS,
        toMs: clock.now() + HOUR_MS,
        grain: 'hour',
        by: 'route',
        ...query,
      })
    ).map(
      ({ atMs: at, route, label, counts }) => [new Date(at).toISOString().slice(8, 16), route, label, counts] as const,
    )
  return { figures, clock, log, found }
}

describe('figures', () => {
  it('are there as soon as they are counted, by route, by receiving domain and by stream', async () => {
    const { figures, found } = await openFigures()
    figures.count(NOON, to('docomo.ne.jp', 'legacy'), 'accepted')
    figures.count(NOON + 30_000, to('docomo.ne.jp'), 'accepted', 3)
    figures.count(NOON + 90_000, to('example.jp', 'ses', 'alerts'), 'delivered')
    expect(await found({})).toEqual([
      ['25T12:00', 'legacy', '', { accepted: 1 }],
      ['25T12:00', 'ses', '', { accepted: 3, delivered: 1 }],
    ])
  })

  it('wait for no minute to be seen, and are told apart by minute', async () => {
    const { figures, clock, found } = await openFigures()
    figures.count(NOON, to('docomo.ne.jp', 'legacy'), 'accepted')
    await clock.advance(90_000)
    figures.count(NOON + 90_000, to('example.jp', 'ses', 'alerts'), 'delivered')
    const expected = [
      ['25T12:00', 'legacy', 'docomo.ne.jp', { accepted: 1 }],
      ['25T12:01', 'ses', 'example.jp', { delivered: 1 }],
    ]
    expect(await found({ grain: 'minute', by: 'domain', fromMs: NOON })).toEqual(expected)
    await figures.tick()
    expect(await found({ grain: 'minute', by: 'domain', fromMs: NOON })).toEqual(expected)
    expect(await found({ by: 'stream' })).toEqual([
      ['25T12:00', 'ses', 'alerts', { delivered: 1 }],
      ['25T12:00', 'legacy', 'news', { accepted: 1 }],
    ])
  })

  it('keep latencies as a histogram', async () => {
    const { figures } = await openFigures()
    for (const ms of [10, 10, 1_000]) figures.latency(NOON, to('example.jp'), 'sending', ms)
    figures.latency(NOON, to('example.jp'), 'delivery', 20)
    const [row] = await figures.rows({ fromMs: NOON, toMs: NOON + 1, grain: 'hour', by: 'domain' })
    expect(row?.latency).toEqual({ sending: { 0: 2, 27: 1 }, delivery: { 4: 1 } })
  })

  it('survive a stop with the open minute, and a kill without it', async () => {
    const first = await openFigures()
    first.figures.count(NOON, to('a.example'), 'sent', 5)
    await first.figures.stop()
    const second = await openFigures(NOON + 10_000)
    second.figures.count(NOON + 10_000, to('a.example'), 'sent', 2)
    await second.clock.advance(MINUTE_MS)
    await second.figures.tick()
    second.figures.count(NOON + 75_000, to('a.example'), 'sent', 1_000)
    // No stop: the process is gone.
    const third = await openFigures(NOON + 80_000)
    expect(await third.found({})).toEqual([['25T12:00', 'ses', '', { sent: 7 }]])
  })

  it('of an hour that a crash left open are closed at the next start', async () => {
    const first = await openFigures()
    first.figures.count(NOON, to('a.example'), 'sent', 5)
    await first.figures.stop()
    const second = await openFigures(NOON + 5 * HOUR_MS)
    expect(readdirSync(join(folder, 'hours'))).toEqual(['2026-11-25T12Z.1.figures'])
    expect(await second.found({ by: 'domain' })).toEqual([['25T12:00', 'ses', 'a.example', { sent: 5 }]])
  })

  it('that come late add to the minute and the hour they belong to, also after a restart', async () => {
    const first = await openFigures()
    first.figures.count(NOON, to('a.example'), 'sent', 5)
    await first.clock.advance(2 * HOUR_MS)
    await first.figures.tick()
    first.figures.count(NOON + 59_999, to('a.example'), 'complained')
    const expected = [['25T12:00', 'ses', 'a.example', { sent: 5, complained: 1 }]]
    expect(await first.found({ by: 'domain' })).toEqual(expected)
    await first.clock.advance(MINUTE_MS)
    await first.figures.tick()
    expect(readdirSync(join(folder, 'hours'))).toContain('2026-11-25T12Z.1.late')
    const second = await openFigures(NOON + 3 * HOUR_MS)
    expect(await second.found({ by: 'domain' })).toEqual(expected)
    expect(await second.found({ by: 'domain', grain: 'minute', fromMs: NOON })).toEqual(expected)
  })

  it('that come 90 days late are counted, for an hour of which nothing was known too', async () => {
    const { figures, clock, found } = await openFigures()
    figures.count(NOON - 90 * DAY_MS + 1, to('a.example'), 'complained')
    figures.count(NOON - 90 * DAY_MS - 1, to('a.example'), 'complained')
    await clock.advance(MINUTE_MS)
    await figures.tick()
    expect(await found({})).toEqual([['27T12:00', 'ses', '', { complained: 1 }]])
    expect(figures.facts()).toEqual({ damaged: 0, lost: 0, tooOld: 1 })
    const again = await openFigures(NOON + 2 * MINUTE_MS)
    expect(await again.found({})).toEqual([['27T12:00', 'ses', '', { complained: 1 }]])
  })

  it('of the future are of now, because clocks differ', async () => {
    const { figures, found } = await openFigures()
    figures.count(NOON + 5 * HOUR_MS, to('a.example'), 'sent')
    expect(await found({ toMs: NOON + 9 * HOUR_MS })).toEqual([['25T12:00', 'ses', '', { sent: 1 }]])
  })

  it('stay right when the clock is set back into an hour that is closed', async () => {
    const first = await openFigures(NOON + HOUR_MS - 1)
    first.figures.count(NOON + HOUR_MS - 1, to('a.example'), 'sent', 5)
    await first.clock.advance(MINUTE_MS)
    await first.figures.tick()
    const second = await openFigures(NOON + 30 * MINUTE_MS)
    second.figures.count(NOON + 30 * MINUTE_MS, to('a.example'), 'sent', 2)
    expect(await second.found({})).toEqual([['25T12:00', 'ses', '', { sent: 7 }]])
    await second.figures.stop()
    expect(await second.found({})).toEqual([['25T12:00', 'ses', '', { sent: 7 }]])
    expect(await (await openFigures(NOON + 31 * MINUTE_MS)).found({})).toEqual([['25T12:00', 'ses', '', { sent: 7 }]])
  })

  it('of a mail to a bare address have one label, because an address is somebody’s', async () => {
    const { figures, found } = await openFigures()
    figures.count(NOON, to('[203.0.113.7]'), 'sent')
    figures.count(NOON, to('[ipv6:2001:db8::1]'), 'sent')
    expect(await found({ by: 'domain' })).toEqual([['25T12:00', 'ses', '[address]', { sent: 2 }]])
  })
})

describe('old figures', () => {
  it('go after 48 hours as minutes, and after 90 days as hours', async () => {
    const { figures, clock, found } = await openFigures()
    figures.count(NOON, to('a.example'), 'sent', 5)
    for (const days of [3, 90]) {
      await clock.advance(days * DAY_MS)
      await figures.tick()
      expect(readdirSync(join(folder, 'minutes'))).toEqual([])
      expect(await found({})).toEqual(days === 3 ? [['25T12:00', 'ses', '', { sent: 5 }]] : [])
    }
    expect(readdirSync(join(folder, 'hours'))).toHaveLength(1)
  })

  it('are put into the object of their hour when much came late, once', async () => {
    const { figures, clock, found } = await openFigures()
    await clock.advance(HOUR_MS)
    for (let round = 0; round < 60; round += 1) {
      for (let i = 0; i < 300; i += 1)
        figures.count(NOON, to(`${(i * 7_919 + round) % 1_009}.example`), 'hardBounced', i + 1)
      await clock.advance(MINUTE_MS)
      await figures.tick()
    }
    expect(readdirSync(join(folder, 'hours')).some((file) => /T12Z\.[2-9]\.figures$/.test(file))).toBe(true)
    expect(readdirSync(join(folder, 'hours')).filter((file) => file.startsWith('2026-11-25T12Z')).length).toBeLessThan(
      3,
    )
    expect(await found({})).toEqual([['25T12:00', 'ses', '', { hardBounced: 60 * 45_150 }]])
  })

  it('that a crash left behind beside a newer object are not counted again', async () => {
    const first = await openFigures()
    first.figures.count(NOON, to('a.example'), 'sent', 5)
    await first.figures.stop()
    await openFigures(NOON + HOUR_MS)
    const object = readFileSync(join(folder, 'hours', '2026-11-25T12Z.1.figures'))
    writeFileSync(join(folder, 'hours', '2026-11-25T12Z.2.figures'), object)
    writeFileSync(join(folder, 'hours', '2026-11-25T12Z.1.late'), object)
    const again = await openFigures(NOON + HOUR_MS)
    expect(await again.found({})).toEqual([['25T12:00', 'ses', '', { sent: 5 }]])
    expect(readdirSync(join(folder, 'hours'))).toEqual(['2026-11-25T12Z.2.figures'])
  })
})

describe('a log of minutes', () => {
  const log = () => join(folder, 'minutes', '2026-11-25T12Z.log')

  async function twoMinutes() {
    const { figures, clock } = await openFigures()
    figures.count(NOON, to('a.example'), 'sent', 5)
    await clock.advance(MINUTE_MS)
    await figures.tick()
    const first = statSync(log()).size
    figures.count(clock.now(), to('a.example'), 'sent', 2)
    await clock.advance(MINUTE_MS)
    await figures.tick()
    return { first, all: statSync(log()).size }
  }

  it('with a torn end keeps what is whole, sets the rest aside and tells of it once', async () => {
    await twoMinutes()
    appendFileSync(log(), readFileSync(log()).subarray(0, 30))
    const again = await openFigures(NOON + 3 * MINUTE_MS)
    expect(await again.found({})).toEqual([['25T12:00', 'ses', '', { sent: 7 }]])
    expect(again.figures.facts().damaged).toBe(1)
    expect(again.log.lines.filter(({ event }) => event === 'figuresDamaged')).toHaveLength(1)
    expect(readdirSync(join(folder, 'damaged'))).toHaveLength(1)
    again.figures.count(NOON + 3 * MINUTE_MS, to('a.example'), 'sent')
    await again.figures.stop()
    expect(await (await openFigures(NOON + 4 * MINUTE_MS)).found({})).toEqual([['25T12:00', 'ses', '', { sent: 8 }]])
  })

  it('loses at most the record that was hit, wherever an octet is wrong', async () => {
    const { first, all } = await twoMinutes()
    const whole = readFileSync(log())
    for (let at = 0; at < all; at += 1) {
      const broken = Buffer.from(whole)
      broken[at]! ^= 0x55
      writeFileSync(log(), broken)
      const { found, figures } = await openFigures(NOON + 3 * MINUTE_MS)
      expect(await found({})).toEqual([['25T12:00', 'ses', '', { sent: at < first ? 2 : 5 }]])
      expect(figures.facts().damaged).toBe(1)
    }
  })

  it('cut at any octet keeps what is before the cut', async () => {
    const { first, all } = await twoMinutes()
    const whole = readFileSync(log())
    for (let length = 0; length < all; length += 7) {
      writeFileSync(log(), whole.subarray(0, length))
      const { found } = await openFigures(NOON + 3 * MINUTE_MS)
      expect(await found({})).toEqual(length < first ? [] : [['25T12:00', 'ses', '', { sent: 5 }]])
    }
  })
})

it('a damaged object of an hour is set aside, and what came late for it counts', async () => {
  const { figures, clock } = await openFigures()
  figures.count(NOON, to('a.example'), 'sent', 5)
  await clock.advance(HOUR_MS)
  await figures.tick()
  figures.count(NOON, to('a.example'), 'complained')
  await figures.stop()
  writeFileSync(join(folder, 'hours', '2026-11-25T12Z.1.figures'), 'rubbish')
  const again = await openFigures(NOON + 2 * HOUR_MS)
  expect(await again.found({})).toEqual([['25T12:00', 'ses', '', { complained: 1 }]])
  expect(again.log.lines.map(({ event }) => event)).toContain('figuresDamaged')
  expect(readdirSync(join(folder, 'damaged'))).toEqual(['2026-11-25T12Z.1.figures'])
})

it('a disk that takes nothing is one alarm, and what was counted meanwhile is there when it takes again', async () => {
  const { figures, clock, log, found } = await openFigures()
  rmSync(join(folder, 'minutes'), { recursive: true })
  for (let minute = 0; minute < 3; minute += 1) {
    figures.count(clock.now(), to('a.example'), 'sent')
    await clock.advance(MINUTE_MS)
    await figures.tick()
  }
  expect(log.lines.filter(({ event }) => event === 'figuresNotWritten')).toHaveLength(1)
  expect(await found({})).toEqual([['25T12:00', 'ses', '', { sent: 3 }]])
  mkdirSync(join(folder, 'minutes'))
  await figures.tick()
  expect(log.lines.map(({ event }) => event)).toEqual(['figuresNotWritten', 'figuresWrittenAgain'])
  expect(await (await openFigures(NOON + HOUR_MS)).found({})).toEqual([['25T12:00', 'ses', '', { sent: 3 }]])
})

it('sums of a span, of some labels, and over many hours are those of their parts', async () => {
  const { figures, clock, found } = await openFigures()
  for (let hour = 0; hour < 4; hour += 1) {
    figures.count(clock.now(), to('a.example'), 'sent', 10)
    figures.count(clock.now(), to('b.example', 'legacy'), 'sent', 1)
    await clock.advance(HOUR_MS)
    await figures.tick()
  }
  expect(await found({ by: 'domain', span: true, fromMs: NOON + 1 })).toEqual([
    ['25T12:00', 'ses', 'a.example', { sent: 40 }],
    ['25T12:00', 'legacy', 'b.example', { sent: 4 }],
  ])
  expect(
    await found({ by: 'domain', labels: ['b.example'], fromMs: NOON + HOUR_MS, toMs: NOON + 3 * HOUR_MS }),
  ).toEqual([
    ['25T13:00', 'legacy', 'b.example', { sent: 1 }],
    ['25T14:00', 'legacy', 'b.example', { sent: 1 }],
  ])
})

const WORDS: readonly Counted[] = ['accepted', 'sent', 'delivered', 'hardBounced', 'complained', 'delayed']

it('whatever is counted, in whatever order, over restarts, is the sum of it', async () => {
  const counted = fc.record({
    minutesLate: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 5_000 })),
    what: fc.constantFrom(...WORDS),
    route: fc.constantFrom('legacy' as const, 'ses' as const),
    domain: fc.constantFrom('a.example', 'b.example', 'c.example'),
    by: fc.integer({ min: 1, max: 300 }),
    next: fc.constantFrom('nothing', 'nothing', 'tick', 'hour', 'restart'),
  })
  await fc.assert(
    fc.asyncProperty(fc.array(counted, { maxLength: 25 }), async (steps) => {
      rmSync(folder, { recursive: true })
      mkdirSync(folder)
      let { figures, clock, found } = await openFigures()
      const sums = new Map<string, number>()
      for (const { minutesLate, what, route, domain, by, next } of steps) {
        const at = clock.now() - minutesLate * MINUTE_MS
        figures.count(at, to(domain, route), what, by)
        const key = `${new Date(at - (at % HOUR_MS)).toISOString().slice(8, 16)} ${route} ${domain} ${what}`
        sums.set(key, (sums.get(key) ?? 0) + by)
        if (next === 'tick' || next === 'hour') {
          await clock.advance(next === 'hour' ? HOUR_MS : MINUTE_MS)
          await figures.tick()
        }
        if (next === 'restart') {
          await figures.stop()
          ;({ figures, clock, found } = await openFigures(clock.now()))
        }
      }
      const rows = (await found({ by: 'domain' })).flatMap(([at, route, label, counts]) =>
        Object.entries(counts).map(([what, count]) => [[at, route, label, what].join(' '), count]),
      )
      expect(Object.fromEntries(rows)).toEqual(Object.fromEntries(sums))
    }),
    { numRuns: 40 },
  )
})
