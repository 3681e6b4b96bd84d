import { describe, expect, test } from 'vitest'
import { fakeClock, recordedLog, recordedMeter } from '../../../test/support/fakes.ts'
import type { Archive, ArchiveFields, ArchiveKind } from './archive.ts'
import { archiveCollector, archivingLog } from './archive-collector.ts'

function world() {
  const clock = fakeClock()
  const log = recordedLog()
  const meter = recordedMeter()
  const kept: [ArchiveKind, readonly ArchiveFields[]][] = []
  const state = { full: false, tended: 0, closed: false }
  const archive: Archive = {
    add: async (kind, records) => {
      if (state.full) throw new Error('no space left on device')
      kept.push([kind, records])
    },
    tend: async () => void (state.tended += 1),
    close: async () => void (state.closed = true),
    read: () => {
      throw new Error('not read here')
    },
  }
  return { clock, log, meter, kept, state, collector: archiveCollector({ archive, clock, log, meter }) }
}

describe('a collector', () => {
  test('writes what came within a second together', async () => {
    const { clock, collector, kept } = world()
    void collector.run()
    collector.add('logs', { n: 1 })
    collector.add('logs', { n: 2 })
    collector.add('events', { n: 3 })
    expect(kept).toEqual([])
    await clock.advance(1_000)
    expect(kept).toEqual([
      ['events', [{ n: 3 }]],
      ['logs', [{ n: 1 }, { n: 2 }]],
    ])
    await collector.stop()
  })

  test('has the archive tended every minute', async () => {
    const { clock, collector, state } = world()
    void collector.run()
    await clock.advance(125_000)
    expect(state.tended).toBe(3)
    await collector.stop()
  })

  test('keeps what a full disk refuses, says so once, and writes it later in order', async () => {
    const { clock, collector, kept, state, log } = world()
    void collector.run()
    state.full = true
    collector.add('logs', { n: 1 })
    await clock.advance(1_000)
    collector.add('logs', { n: 2 })
    await clock.advance(1_000)
    expect(log.lines.map(({ level, event }) => `${level} ${event}`)).toEqual(['alarm archiveFailed'])
    state.full = false
    await clock.advance(1_000)
    expect(kept).toEqual([['logs', [{ n: 1 }, { n: 2 }]]])
    await collector.stop()
  })

  test('loses records rather than memory, and counts them', async () => {
    const { clock, collector, kept, state, meter } = world()
    void collector.run()
    state.full = true
    for (let n = 0; n < 50_010; n += 1) collector.add('logs', { n })
    expect(meter.total('watari_archive_lost_total')).toBe(10)
    await clock.advance(1_000)
    collector.add('logs', { n: 'new' })
    await clock.advance(1_000)
    expect(meter.total('watari_archive_lost_total')).toBe(11)
    state.full = false
    await collector.stop()
    expect(kept[0]![1]).toHaveLength(50_000)
  })

  test('writes what is left when it stops, and closes the archive', async () => {
    const { collector, kept, state } = world()
    collector.add('events', { n: 1 })
    await collector.stop()
    expect(kept).toEqual([['events', [{ n: 1 }]]])
    expect(state.closed).toBe(true)
  })
})

test('a log is archived as it is written, but for debugging', () => {
  const log = recordedLog()
  const added: unknown[] = []
  const archiving = archivingLog(
    log,
    () => Date.UTC(2026, 10, 25),
    (kind, fields) => added.push([kind, fields]),
  )
  archiving.debug('small')
  archiving.info('accepted', { mail: 'A' })
  archiving.alarm('stop')
  expect(log.lines.map(({ event }) => event)).toEqual(['small', 'accepted', 'stop'])
  expect(added).toEqual([
    ['logs', { at: '2026-11-25T00:00:00.000Z', level: 'info', event: 'accepted', mail: 'A' }],
    ['logs', { at: '2026-11-25T00:00:00.000Z', level: 'alarm', event: 'stop' }],
  ])
})
