// Deliveries on their way into the tables of a tally, some hundred at a time and table by table: the tables are larger than a
// cache, and a processor waits for many places of one table at once, but not for one place of each of many.
import type { Successes } from './addresses.ts'
import type { Columns, Tallies } from './columns.ts'

/** Deliveries that are put away together. */
const BATCH = 512

export interface DeliveryTables {
  /** Columns `delivered` and `octets`. */
  readonly domains: Columns
  readonly columns: { readonly delivered: number; readonly octets: number }
  /** A column for each bucket of latency. */
  readonly delays: Tallies
  readonly successes: Successes
}

export interface DeliveryFacts {
  readonly domain: number
  readonly octets: number
  readonly atMs: number
  readonly hashLow: number
  readonly hashHigh: number
}

export class Deliveries {
  readonly #tables: DeliveryTables
  readonly #domains = new Int32Array(BATCH)
  readonly #octets = new Float64Array(BATCH)
  readonly #buckets = new Int32Array(BATCH)
  readonly #lows = new Int32Array(BATCH)
  readonly #highs = new Int32Array(BATCH)
  readonly #atMs = new Float64Array(BATCH)
  #count = 0

  constructor(tables: DeliveryTables) {
    this.#tables = tables
  }

  add({ domain, octets, atMs, hashLow, hashHigh }: DeliveryFacts, bucket: number): void {
    const at = this.#count
    this.#domains[at] = domain
    this.#octets[at] = octets > 0 ? octets : 0
    this.#buckets[at] = bucket
    this.#lows[at] = hashLow
    this.#highs[at] = hashHigh
    this.#atMs[at] = atMs
    this.#count = at + 1
    if (this.#count === BATCH) this.putAway()
  }

  /** What was added is in the tables. */
  putAway(): void {
    const { domains, columns, delays, successes } = this.#tables
    const count = this.#count
    for (let i = 0; i < count; i += 1) {
      domains.add(this.#domains[i]!, columns.delivered, 1)
      domains.add(this.#domains[i]!, columns.octets, this.#octets[i]!)
    }
    for (let i = 0; i < count; i += 1) delays.increase(this.#domains[i]!, this.#buckets[i]!)
    for (let i = 0; i < count; i += 1) successes.mark(this.#lows[i]!, this.#highs[i]!, this.#atMs[i]!)
    this.#count = 0
  }
}
