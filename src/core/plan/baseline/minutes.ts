// Mails and recipients by the minute, over years if need be: one row of minutes for each day that the log has.
import { DAY_MS, MINUTE_MS } from '../../base/clock.ts'

const MINUTES = 1_440
/** Two years; a log of more days is folded into the last of them, and nobody asks. */
const DAYS_MAX = 800

export interface MinuteCount {
  readonly atMs: number
  readonly mails: number
  readonly recipients: number
}

export class Minutes {
  readonly #days = new Map<number, Float64Array>()
  #day = Number.NaN
  #row: Float64Array = new Float64Array(0)

  add(atMs: number, mails: number, recipients: number): void {
    const day = Math.floor(atMs / DAY_MS)
    if (day !== this.#day) this.#choose(day)
    const place = 2 * Math.floor((atMs - day * DAY_MS) / MINUTE_MS)
    this.#row[place]! += mails
    this.#row[place + 1]! += recipients
  }

  /** Every minute that has a mail, in order of time. */
  *counts(): Generator<MinuteCount> {
    for (const [day, row] of [...this.#days].toSorted(([a], [b]) => a - b)) {
      for (let minute = 0; minute < MINUTES; minute += 1) {
        const [mails, recipients] = [row[2 * minute]!, row[2 * minute + 1]!]
        if (mails > 0 || recipients > 0) yield { atMs: day * DAY_MS + minute * MINUTE_MS, mails, recipients }
      }
    }
  }

  #choose(day: number): void {
    let row = this.#days.get(day)
    if (row === undefined) {
      row = this.#days.size < DAYS_MAX ? new Float64Array(2 * MINUTES) : this.#row
      this.#days.set(day, row)
    }
    this.#day = day
    this.#row = row
  }
}
