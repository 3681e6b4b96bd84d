// A watch on a clock that is moved by hand: what it sees is set by the test, and who it tells is the test's too.
import type { Notice, NoticeOutcome, Notifier } from '../../src/core/base/notice.ts'
import { EMPTY_CELL, type Counted, type FigureCell } from '../../src/core/base/figures.ts'
import { MINUTE_MS } from '../../src/core/base/clock.ts'
import { INCIDENT_POLICY } from '../../src/core/watch/incident.ts'
import type { FiguresLook, WatchObservation } from '../../src/core/watch/observation.ts'
import type { IncidentStore } from '../../src/core/watch/ports.ts'
import { EMPTY_RECORD, type WatchRecord } from '../../src/core/watch/record.ts'
import { DESIGN_THRESHOLDS } from '../../src/core/watch/thresholds.ts'
import { watchOf, type Watch, type WatchOptions } from '../../src/core/watch/watch.ts'
import { recordedLog, type RecordedLog } from './fakes.ts'

/** Wednesday, 25 November 2026, 12:00 in Tokyo. */
export const WATCH_BEGIN = Date.parse('2026-11-25T03:00:00Z')
const GIB = 1_073_741_824

export function cell(counts: Partial<Record<Counted, number>>): FigureCell {
  return { counts, latency: {} }
}

export function figuresOf(ses: FigureCell, legacy: FigureCell = EMPTY_CELL): FiguresLook {
  const lanes = { ses, legacy }
  return { hour: lanes, day: lanes, minutes: [] }
}

/** All is well: mail flows on both routes and its events come back. */
export function anObservation(changes: Partial<WatchObservation> = {}): WatchObservation {
  return {
    nowMs: WATCH_BEGIN,
    startedAt: WATCH_BEGIN - 86_400_000,
    routes: [
      { route: 'legacy', state: 'running', reason: '', waiting: 3 },
      { route: 'ses', state: 'running', reason: '', waiting: 3 },
    ],
    notReadyBecause: [],
    disk: { usedOctets: GIB, limitOctets: 20 * GIB, freeOctets: 100 * GIB, leastFreeOctets: GIB },
    account: { sendingEnabled: true, enforcement: 'HEALTHY', sentIn24Hours: 530_000, maxIn24Hours: 10_000_000 },
    legacyLogs: true,
    figures: figuresOf(cell({ sent: 22_000, delivered: 21_900, hardBounced: 100, complained: 10 })),
    ...changes,
  }
}

/** 6 % of 22,000 bounce by SES, and 1 % by legacy. */
export const BOUNCING = figuresOf(
  cell({ sent: 22_000, delivered: 20_680, hardBounced: 1_320 }),
  cell({ sent: 200_000, delivered: 198_000, hardBounced: 2_000 }),
)

export interface TestNotifier extends Notifier {
  /** What was sent and taken, with the minute. */
  readonly taken: { readonly atMs: number; readonly notice: Notice }[]
  answer: (notice: Notice) => NoticeOutcome | Promise<NoticeOutcome>
}

export function memoryStore(): IncidentStore & { record: WatchRecord } {
  const store = {
    record: EMPTY_RECORD,
    load: () => Promise.resolve(structuredClone(store.record)),
    save: (record: WatchRecord) => {
      store.record = structuredClone(record)
      return Promise.resolve()
    },
  }
  return store
}

export interface WatchWorld {
  readonly watch: Watch
  readonly store: IncidentStore
  readonly log: RecordedLog
  readonly notifiers: readonly TestNotifier[]
  now: number
  /** What is seen from now on; the instant is the world's. */
  see: (nowMs: number) => WatchObservation
  /** So many looks, a minute apart. */
  minutes(count: number): Promise<void>
  /** As after a restart: another watch over the same store. */
  restart(): void
}

export interface WorldOptions {
  readonly store?: IncidentStore
  readonly channels?: readonly string[]
  readonly notifiers?: readonly Notifier[]
  readonly options?: Partial<WatchOptions>
}

export function watchWorld({
  store = memoryStore(),
  channels = ['mail', 'Slack'],
  ...rest
}: WorldOptions = {}): WatchWorld {
  const log = recordedLog()
  const clock = { now: () => world.now }
  const notifiers = channels.map((channel) => testNotifier(channel, clock.now))
  const build = (): Watch =>
    watchOf({
      observe: () => Promise.resolve(world.see(world.now)),
      store,
      notifiers: rest.notifiers ?? notifiers,
      thresholds: DESIGN_THRESHOLDS,
      policy: { ...INCIDENT_POLICY, timeZone: 'Asia/Tokyo', reminderHours: 0 },
      settings: { domain: 'example.jp', timeZone: 'Asia/Tokyo', languages: ['ja', 'en'], runbooks: 'docs/' },
      clock,
      log,
      ...rest.options,
    })
  let watch = build()
  const world: WatchWorld = {
    get watch() {
      return watch
    },
    store,
    log,
    notifiers,
    now: WATCH_BEGIN,
    see: (nowMs) => anObservation({ nowMs }),
    async minutes(count) {
      for (let minute = 0; minute < count; minute += 1) {
        await watch.look()
        world.now += MINUTE_MS
      }
    },
    restart() {
      watch = build()
    },
  }
  return world
}

function testNotifier(channel: string, now: () => number): TestNotifier {
  const notifier: TestNotifier = {
    channel,
    taken: [],
    answer: () => ({ kind: 'sent', channel }),
    async send(notice) {
      const outcome = await notifier.answer(notice)
      if (outcome.kind === 'sent') notifier.taken.push({ atMs: now(), notice })
      return outcome
    },
  }
  return notifier
}
