// From memory to disk: ended minutes into the log of their hour, ended hours into an object, late ones beside it.
// Rule: what has an object is closed, and only closed hours take late records; so nothing is counted twice after a crash.
import { HOUR_MS } from '../../core/base/clock.ts'
import { addCube, emptyCube, GROUPS, type Cube, type LabelLimits } from './figures-cube.ts'
import type { FigureFiles } from './figures-files.ts'
import { HOURS_KEPT_MS, HOURS_LEARNED, LATE_OCTETS_MAX, MINUTES_KEPT_MS } from './figures-limits.ts'
import type { Names } from './figures-names.ts'
import type { PendingCube } from './figures-pending.ts'
import { encodeRecord } from './figures-record.ts'

export type Written =
  | { readonly kind: 'written' }
  | { readonly kind: 'failed'; readonly left: readonly PendingCube[]; readonly error: unknown }

/** The groups whose labels are names. */
const NAMED = ['stream', 'domain'] as const

export interface WriterOptions {
  readonly files: FigureFiles
  readonly limits: LabelLimits
  readonly names: { readonly stream: Names; readonly domain: Names }
  /** What was told late is in its hour, and missing in its minute. */
  readonly minuteLost: () => void
}

/** The hour that is open, and the sums of its minutes that are on disk. */
export interface OpenHour {
  readonly atMs: number
  readonly cube: Cube
}

export class FigureWriter {
  readonly #options: WriterOptions
  #hour: OpenHour = { atMs: 0, cube: emptyCube() }

  constructor(options: WriterOptions) {
    this.#options = options
  }

  get open(): OpenHour {
    return this.#hour
  }

  /** Reads what a program before left: hours that nobody closed, and who has much mail. */
  async begin(nowMs: number): Promise<void> {
    const { files, limits, names } = this.#options
    const hourAt = nowMs - (nowMs % HOUR_MS)
    await this.#forget(hourAt)
    for (const at of [...files.minutes].filter((start) => start < hourAt && !files.hours.has(start))) {
      await files.putHour(at, await encodeRecord(at, await this.#summed(at)))
    }
    for (const at of [...files.hours.keys()].toSorted((a, b) => a - b).slice(-HOURS_LEARNED)) {
      const cube = emptyCube()
      for (const group of NAMED) {
        await files.addHour(at, cube, { group, limit: limits[group] })
        names[group].turn(cube)
      }
    }
    this.#hour = { atMs: hourAt, cube: files.hours.has(hourAt) ? emptyCube() : await this.#summed(hourAt) }
  }

  /** Writes cubes in order of time and closes the hours that have ended at `nowMs`; answers what the disk did not take. */
  async write(cubes: readonly PendingCube[], nowMs: number): Promise<Written> {
    let done = 0
    try {
      for (const cube of cubes) {
        await this.#writeOne(cube)
        done += 1
      }
      await this.#turnTo(nowMs - (nowMs % HOUR_MS))
      return { kind: 'written' }
    } catch (error) {
      return { kind: 'failed', left: cubes.slice(done), error }
    }
  }

  async #writeOne({ atMs, grain, cube }: PendingCube): Promise<void> {
    const { files, limits, minuteLost } = this.#options
    const hourAt = atMs - (atMs % HOUR_MS)
    await this.#turnTo(hourAt)
    const record = await encodeRecord(atMs, cube)
    if (hourAt === this.#hour.atMs && !files.hours.has(hourAt)) {
      await files.appendMinute(hourAt, record)
      addCube(this.#hour.cube, cube, limits)
      return
    }
    await this.#appendLate(hourAt, record)
    // The hour has it. Were the minute tried again, so would the hour be.
    if (grain === 'minute') await files.appendMinute(hourAt, record).catch(minuteLost)
  }

  /** Closes the open hour when it has ended. */
  async #turnTo(atMs: number): Promise<void> {
    const { files, names } = this.#options
    const ended = this.#hour
    if (atMs <= ended.atMs) return
    if (!files.hours.has(ended.atMs)) await files.putHour(ended.atMs, await encodeRecord(ended.atMs, ended.cube))
    for (const group of NAMED) names[group].turn(ended.cube)
    this.#hour = { atMs, cube: emptyCube() }
    await this.#forget(atMs)
  }

  #forget(hourAt: number): Promise<void> {
    return this.#options.files.forget({ minutesAt: hourAt - MINUTES_KEPT_MS, hoursAt: hourAt - HOURS_KEPT_MS })
  }

  async #appendLate(hourAt: number, record: Buffer): Promise<void> {
    const { files, limits } = this.#options
    if (!files.hours.has(hourAt)) await files.putHour(hourAt, await encodeRecord(hourAt, emptyCube()))
    if ((await files.appendLate(hourAt, record)) < LATE_OCTETS_MAX) return
    const whole = emptyCube()
    for (const group of GROUPS) await files.addHour(hourAt, whole, { group, limit: limits[group] })
    await files.putHour(hourAt, await encodeRecord(hourAt, whole))
  }

  /** The sums of an hour's minutes. */
  async #summed(hourAt: number): Promise<Cube> {
    const { files, limits } = this.#options
    const cube = emptyCube()
    await files.eachMinute(hourAt, async (_atMs, add) => {
      for (const group of GROUPS) await add(cube, { group, limit: limits[group] })
    })
    return cube
  }
}
