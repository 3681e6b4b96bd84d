// The figures on this machine's disk: every minute for two days, every hour for ninety, read and written by one gateway.
// Rule: counting never waits and never fails. A minute is on disk within seconds of its end; a crash loses the open one.
import { MINUTE_MS, type Clock } from '../../core/base/clock.ts'
import type { FigureSink, FigureSource } from '../../core/base/figures.ts'
import type { Log } from '../../core/base/log.ts'
import { describeError } from '../../core/watch/describe-error.ts'
import type { LabelLimit, LabelLimits } from './figures-cube.ts'
import { figureFiles } from './figures-files.ts'
import { DOMAINS_MAX, PINNED_SHARE, STREAMS_MAX } from './figures-limits.ts'
import { figureNames } from './figures-names.ts'
import { Pending } from './figures-pending.ts'
import { readRows, type Readable } from './figures-read.ts'
import { FigureWriter } from './figures-write.ts'

/** A minute is written a little after its end, when what was counted in its last moment is in. */
const AFTER_MINUTE_MS = 250

export interface FigureOptions {
  readonly folder: string
  readonly clock: Clock
  readonly log: Log
  /** Names of the plan, which no other name may push out. */
  readonly pinned: { readonly domains: readonly string[]; readonly streams: readonly string[] }
}

export interface FigureFacts {
  /** Pieces of files that could not be read and were set aside, since the start. */
  readonly damaged: number
  /** Counts that came while too much waited for a disk that took nothing, since the start. */
  readonly lost: number
  /** Counts of instants before the oldest hour that is kept, since the start. */
  readonly tooOld: number
}

export interface FigureStore extends FigureSink, FigureSource {
  /** Writes what minutes have ended, closes hours, removes what is too old. Never rejects. */
  tick(): Promise<void>
  /** Ticks after every minute, until `stop`. */
  run(): Promise<void>
  /** Writes the open minute too. */
  stop(): Promise<void>
  facts(): FigureFacts
}

export async function localFigures({ folder, clock, log, pinned }: FigureOptions): Promise<FigureStore> {
  const counters = { damaged: 0, lost: 0, tooOld: 0 }
  const files = await figureFiles(folder, (damage) => {
    counters.damaged += 1
    log.alarm('figuresDamaged', { ...damage })
  })
  const limits: LabelLimits = {
    route: { max: 1, pinned: new Set() },
    stream: limitOf(STREAMS_MAX, pinned.streams),
    domain: limitOf(DOMAINS_MAX, pinned.domains),
  }
  const names = { stream: figureNames('stream', limits.stream), domain: figureNames('domain', limits.domain) }
  const minuteLost = (): void => {
    counters.lost += 1
  }
  const writer = new FigureWriter({ files, limits, names, minuteLost })
  await writer.begin(clock.now())
  const now = () => clock.now()
  const inTurn = oneAtATime()
  let early = false
  const full = (): void => {
    if (early) return
    early = true
    void tick().finally(() => {
      early = false
    })
  }
  const pending = new Pending({ now, names, limits, counters, full })
  const write = writing(writer, pending, log)
  const tick = () => inTurn(() => write(now() - (now() % MINUTE_MS), now()))
  const readable = (): Readable => ({ files, limits, pending: pending.cubes(), open: writer.open })
  const ticking = everyMinute(clock, tick)
  return {
    count: (...counted) => pending.count(...counted),
    latency: (...measured) => pending.latency(...measured),
    rows: (query) => inTurn(() => readRows(query, readable())),
    tick,
    run: ticking.run,
    async stop() {
      await ticking.stop()
      await inTurn(() => write(Number.POSITIVE_INFINITY, now()))
    },
    facts: () => ({ ...counters }),
  }
}

function limitOf(max: number, pinned: readonly string[]): LabelLimit {
  return { max, pinned: new Set(pinned.slice(0, max * PINNED_SHARE)) }
}

/** Writes what began before an instant; what the disk does not take waits, and is one alarm until it takes it. */
function writing(writer: FigureWriter, pending: Pending, log: Log) {
  let failing = false
  return async (beforeMs: number, nowMs: number): Promise<void> => {
    const written = await writer.write(pending.take(beforeMs), nowMs)
    if (written.kind === 'failed') pending.putBack(written.left)
    const failed = written.kind === 'failed'
    if (failed && !failing) log.alarm('figuresNotWritten', describeError(written.error))
    if (!failed && failing) log.info('figuresWrittenAgain')
    failing = failed
  }
}

/** Reads and writes take turns, so that nothing is seen twice or half. */
function oneAtATime(): <T>(act: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve()
  return (act) => {
    const turn = after(last, act)
    last = turn.catch(() => {})
    return turn
  }
}

async function after<T>(before: Promise<unknown>, act: () => Promise<T>): Promise<T> {
  await before
  return act()
}

function everyMinute(clock: Clock, tick: () => Promise<void>) {
  const stopping = new AbortController()
  let running: Promise<void> | undefined
  const loop = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      await clock.sleep(MINUTE_MS - (clock.now() % MINUTE_MS) + AFTER_MINUTE_MS, stopping.signal)
      await tick()
    }
  }
  return {
    run: (): Promise<void> => (running ??= loop()),
    async stop(): Promise<void> {
      stopping.abort()
      await running
    },
  }
}
