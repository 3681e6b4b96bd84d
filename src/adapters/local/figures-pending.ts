// What was counted and is not on disk yet: one cube for each minute that something happened in. This is the hot path.
// Rule: an instant of the future is now (clocks differ), and one older than all that is kept is counted as such, not kept.
import { HOUR_MS, MINUTE_MS } from '../../core/base/clock.ts'
import {
  latencyBucket,
  type Counted,
  type FigureGroup,
  type FigureKey,
  type FigureSink,
  type LatencyKind,
} from '../../core/base/figures.ts'
import {
  addCube,
  countSlot,
  emptyCube,
  latencySlot,
  routeIndex,
  vectorIn,
  type Cube,
  type RouteIndex,
  type Vector,
  type LabelLimits,
} from './figures-cube.ts'
import { HOURS_KEPT_MS, MINUTES_KEPT_MS, PENDING_CELLS, PENDING_CELLS_MAX } from './figures-limits.ts'
import type { Names } from './figures-names.ts'

/** The sums of one minute; or, where minutes are no longer kept, of one hour. */
export interface PendingCube {
  readonly atMs: number
  readonly grain: 'minute' | 'hour'
  readonly cube: Cube
}

export interface PendingOptions {
  readonly now: () => number
  readonly names: { readonly stream: Names; readonly domain: Names }
  readonly limits: LabelLimits
  /** So much waits that it should be written now. */
  readonly full: () => void
  readonly counters: { lost: number; tooOld: number }
}

/** A mail to a bare address (RFC 5321 4.1.3): one label for all, because an address is somebody's. */
const ADDRESS_LITERAL = '[address]'

export class Pending implements FigureSink {
  readonly #options: PendingOptions
  /** Minutes by their start, hours by the negative of it. */
  #waiting = new Map<number, PendingCube>()
  #cells = 0
  // Nearly every count is of this minute.
  #minuteAt = Number.NaN
  #minute = emptyCube()

  constructor(options: PendingOptions) {
    this.#options = options
  }

  count(atMs: number, key: FigureKey, what: Counted, by = 1): void {
    this.#add(atMs, key, countSlot(what), by)
  }

  latency(atMs: number, key: FigureKey, kind: LatencyKind, ms: number): void {
    this.#add(atMs, key, latencySlot(kind, latencyBucket(ms)), 1)
  }

  /** Everything that waits, in order of time. */
  cubes(): readonly PendingCube[] {
    return [...this.#waiting.values()].toSorted((a, b) => a.atMs - b.atMs)
  }

  /** Takes out what began before `beforeMs`, in order of time. */
  take(beforeMs: number): readonly PendingCube[] {
    const ended = ({ atMs, grain }: PendingCube) => grain === 'hour' || atMs < beforeMs
    const taken = this.cubes().filter(ended)
    this.#waiting = new Map([...this.#waiting].filter(([, waiting]) => !ended(waiting)))
    this.#cells = [...this.#waiting.values()].reduce((sum, { cube }) => sum + cube.cells, 0)
    this.#minuteAt = Number.NaN
    return taken
  }

  /** The disk did not take it: it waits again. */
  putBack(cubes: readonly PendingCube[]): void {
    for (const { atMs, grain, cube } of cubes) {
      const there = this.#cubeOf(atMs, grain)
      const before = there.cells
      addCube(there, cube, this.#options.limits)
      this.#cells += there.cells - before
    }
  }

  #add(atMs: number, { route, domain, stream }: FigureKey, slot: number, by: number): void {
    const cube = this.#cubeAt(atMs)
    if (cube === undefined) return
    if (this.#cells > PENDING_CELLS_MAX) {
      this.#options.counters.lost += 1
      return
    }
    const before = cube.cells
    const index = routeIndex(route)
    this.#vector(cube, 'route', '', index)[slot]! += by
    this.#vector(cube, 'stream', stream, index)[slot]! += by
    this.#vector(cube, 'domain', domain, index)[slot]! += by
    if (cube.cells === before) return
    this.#cells += cube.cells - before
    if (this.#cells > PENDING_CELLS) this.#options.full()
  }

  /** Nearly always one look-up: a name that is a label of this cube keeps it as long as the cube is counted into. */
  #vector(cube: Cube, group: FigureGroup, name: string, route: RouteIndex): Vector {
    return cube.labels[group].get(name)?.[route] ?? vectorIn(cube, group, this.#labelOf(group, name), route)
  }

  #labelOf(group: FigureGroup, name: string): string {
    if (group === 'route') return name
    return this.#options.names[group].labelOf(name.startsWith('[') ? ADDRESS_LITERAL : name)
  }

  /** Where an instant is counted; undefined when no hour of it is kept. */
  #cubeAt(atMs: number): Cube | undefined {
    const minuteAt = atMs - (atMs % MINUTE_MS)
    if (minuteAt === this.#minuteAt) return this.#minute
    const nowMs = this.#options.now()
    if (atMs > nowMs) return this.#cubeAt(nowMs)
    const age = nowMs - atMs
    if (age > HOURS_KEPT_MS) {
      this.#options.counters.tooOld += 1
      return undefined
    }
    if (age >= MINUTES_KEPT_MS) return this.#cubeOf(atMs - (atMs % HOUR_MS), 'hour')
    const cube = this.#cubeOf(minuteAt, 'minute')
    if (nowMs - minuteAt < MINUTE_MS) {
      this.#minuteAt = minuteAt
      this.#minute = cube
    }
    return cube
  }

  #cubeOf(atMs: number, grain: PendingCube['grain']): Cube {
    const key = grain === 'minute' ? atMs : -atMs
    const found = this.#waiting.get(key)
    if (found !== undefined) return found.cube
    const cube = emptyCube()
    this.#waiting.set(key, { atMs, grain, cube })
    return cube
  }
}
