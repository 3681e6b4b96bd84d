import { expect, test } from 'vitest'
import { fakeClock, recordedLog, turns } from '../../../test/support/fakes.ts'
import { HOUR_MS, MINUTE_MS } from '../base/clock.ts'
import { reconciliation, type ReconcileOrder } from './reconcile-loop.ts'
import type { ReconcileReport } from './reconcile-report.ts'

const REPORT: ReconcileReport = {
  startedAt: 0,
  dryRun: false,
  whole: false,
  seen: 0,
  unreadable: 0,
  added: 0,
  gone: 0,
  keptThoughGone: 0,
  removed: 0,
  put: 0,
  waiting: 0,
  refused: 0,
}

function aLoop(
  answer: (order: ReconcileOrder) => Promise<ReconcileReport> = async () => REPORT,
  everyMs = 6 * HOUR_MS,
) {
  const clock = fakeClock(0)
  const log = recordedLog()
  const runs: number[] = []
  const loop = reconciliation({
    reconcile: (order) => {
      runs.push(clock.now())
      return answer(order)
    },
    everyMs,
    clock,
    log,
  })
  return { clock, log, runs, loop, alarms: () => log.lines.filter(({ level }) => level === 'alarm').length }
}

test('it runs by itself some minutes after the start, then every few hours', async () => {
  const { clock, runs, loop } = aLoop()
  void loop.run()
  await clock.advance(13 * HOUR_MS)
  expect(runs).toEqual([2 * MINUTE_MS, 2 * MINUTE_MS + 6 * HOUR_MS, 2 * MINUTE_MS + 12 * HOUR_MS])
  expect(loop.state()).toMatchObject({ running: false, nextAt: 2 * MINUTE_MS + 18 * HOUR_MS, last: REPORT })
  await loop.stop()
})

test('it never runs by itself when the plan says 0', async () => {
  const { clock, runs, loop } = aLoop(undefined, 0)
  void loop.run()
  await clock.advance(24 * HOUR_MS)
  expect(runs).toEqual([])
  expect(await loop.ask({ dryRun: false, whole: true })).toEqual({ running: false, last: REPORT })
})

test('a command that takes long is answered with what is known, and no second run begins beside it', async () => {
  let finish: ((report: ReconcileReport) => void) | undefined
  const { clock, runs, loop } = aLoop(() => new Promise((resolve) => (finish = resolve)))
  const first = loop.ask({ dryRun: false, whole: false })
  expect(await loop.ask({ dryRun: true, whole: false })).toEqual({ running: true })
  await clock.advance(20_000)
  expect(await first).toEqual({ running: true })
  finish?.(REPORT)
  await turns()
  expect(loop.state()).toEqual({ running: false, last: REPORT })
  expect(runs).toHaveLength(1)
})

test('trouble that lasts is one alarm, and the next after it was mended is another', async () => {
  const trouble = { ...REPORT, trouble: { reason: 'unreachable', message: 'SES gave no answer' } }
  const answers = [trouble, trouble, REPORT, trouble]
  const { loop, alarms } = aLoop(async () => answers.shift()!)
  const order = { dryRun: false, whole: false }
  await loop.ask(order)
  await loop.ask(order)
  expect(alarms()).toBe(1)
  await loop.ask(order)
  await loop.ask(order)
  expect(alarms()).toBe(2)
})

test('a list that cannot be written is an alarm and no end', async () => {
  const { loop, alarms } = aLoop(() => Promise.reject(new Error('disk full')))
  expect(await loop.ask({ dryRun: false, whole: false })).toEqual({ running: false })
  expect(alarms()).toBe(1)
})
