// Outcomes by receiving domain and day. Logs go day by day, so the day that a domain is at stands in a row of its own, and is
// put away when the next one begins.
import { Columns, KeyedColumns } from './columns.ts'

/** Columns of a domain's day. */
export const DAY = { delivered: 0, deferred: 1, bounced: 2 } as const
type DayColumn = (typeof DAY)[keyof typeof DAY]

/** Days since 1970 fit until the year 2149. */
export const DAYS_IN_KEY = 65_536
const DAY_NUMBER = 3

export class DayTally {
  readonly #current: Columns
  readonly #days: KeyedColumns

  constructor(domainsMax: number, daysMax: number) {
    this.#current = new Columns(4, domainsMax)
    this.#days = new KeyedColumns(3, daysMax)
  }

  /** Outcomes whose day found no room. */
  get refused(): number {
    return this.#days.refused
  }

  /** `day`: days since 1970. */
  add(domain: number, day: number, column: DayColumn): void {
    const current = this.#current
    if (current.of(domain, DAY_NUMBER) !== day) {
      this.#putAway(domain)
      current.set(domain, DAY_NUMBER, day)
    }
    current.add(domain, column, 1)
  }

  /** Domain, day, and its delivered, deferred and bounced. */
  *entries(): Generator<readonly [domain: number, day: number, counts: readonly number[]]> {
    for (let domain = 0; domain < this.#current.rows; domain += 1) this.#putAway(domain)
    for (const [key, counts] of this.#days.entries()) {
      yield [Math.floor(key / DAYS_IN_KEY), key % DAYS_IN_KEY, counts]
    }
  }

  #putAway(domain: number): void {
    const current = this.#current
    const key = domain * DAYS_IN_KEY + current.of(domain, DAY_NUMBER)
    for (const column of Object.values(DAY)) {
      const count = current.of(domain, column)
      if (count > 0) this.#days.add(key, column, count)
      current.set(domain, column, 0)
    }
  }
}
