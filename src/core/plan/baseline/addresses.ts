// Addresses that bounced for good, with the evidence: how often, when first and last, and whether anything arrived since.
// Its rules: bounded memory, counted when it is not enough; the order in which logs are read does not matter.
import type { LegacyReason } from '../../base/legacy-reason.ts'

export interface Candidate {
  /** As the log spelled it first. */
  readonly address: string
  readonly bounces: number
  readonly firstAt: number
  readonly lastAt: number
  readonly reason: LegacyReason
  readonly dsn: number
  /** The receiver says the same to senders that it refuses. */
  readonly doubtful: boolean
  /** The last delivery that the log shows, in whole seconds; undefined for none. */
  readonly deliveredAt?: number
}

/** Bounced addresses: 1 % of 90 days of goo.ne.jp's traffic names under a million people. */
const ADDRESSES_MAX = 1_000_000
/** 16 MB for two million people; a power of two. */
const SETS = 524_288
const WAYS = 4
const SECOND_MS = 1_000

/** When somebody got a mail last, for a few million people: 4 entries a set, the oldest gives way. */
export class Successes {
  /** Entries that gave way: their last delivery is not known any more. */
  forgotten = 0
  /** Tag and second of each entry; a thread hands it to another. */
  readonly entries: Uint32Array
  readonly #mask: number

  constructor(entries: Uint32Array = new Uint32Array(SETS * WAYS * 2)) {
    this.entries = entries
    this.#mask = entries.length / (WAYS * 2) - 1
  }

  mark(low: number, high: number, atMs: number): void {
    const { entries } = this
    const first = ((high ^ (high >>> 16)) & this.#mask) * WAYS * 2
    const tag = low >>> 0 || 1
    const at = Math.floor(atMs / SECOND_MS)
    let oldest = first
    for (let place = first; place < first + WAYS * 2; place += 2) {
      if (entries[place] === tag) {
        if (entries[place + 1]! < at) entries[place + 1] = at
        return
      }
      if (entries[place + 1]! < entries[oldest + 1]!) oldest = place
    }
    if (entries[oldest] !== 0) this.forgotten += 1
    entries[oldest] = tag
    entries[oldest + 1] = at
  }

  /** Epoch milliseconds, 0 when nothing is known. */
  lastAt(low: number, high: number): number {
    const first = ((high ^ (high >>> 16)) & this.#mask) * WAYS * 2
    const tag = low >>> 0 || 1
    for (let place = first; place < first + WAYS * 2; place += 2) {
      if (this.entries[place] === tag) return this.entries[place + 1]! * SECOND_MS
    }
    return 0
  }
}

/** A bounced address as one reader of logs knows it. */
export interface BouncedAddress {
  readonly address: string
  readonly low: number
  readonly high: number
  bounces: number
  firstAt: number
  lastAt: number
  /** Of the last bounce. */
  reason: LegacyReason
  dsn: number
  doubtful: boolean
}

export interface HardBounce {
  readonly hashLow: number
  readonly hashHigh: number
  readonly atMs: number
  readonly reason: LegacyReason
  readonly dsn: number
  readonly mailbox: 'gone' | 'doubtful' | 'unknown'
  readonly recipient: () => string
}

export class BouncedAddresses {
  /** Bounces of addresses beyond the limit. */
  refused = 0
  readonly #known = new Map<string, BouncedAddress>()

  get list(): readonly BouncedAddress[] {
    return [...this.#known.values()]
  }

  add({ hashLow, hashHigh, atMs, reason, dsn, mailbox, recipient }: HardBounce): void {
    this.take({
      address: recipient(),
      low: hashLow,
      high: hashHigh,
      bounces: 1,
      firstAt: atMs,
      lastAt: atMs,
      reason,
      dsn,
      doubtful: mailbox === 'doubtful',
    })
  }

  take(more: BouncedAddress): void {
    // Who reads case as a difference is nobody (RFC 5321 2.4 allows it), and SES suppresses without regard to it.
    const key = more.address.toLowerCase()
    const known = this.#known.get(key)
    if (known === undefined) {
      if (this.#known.size >= ADDRESSES_MAX) this.refused += more.bounces
      else this.#known.set(key, more)
      return
    }
    known.bounces += more.bounces
    known.firstAt = Math.min(known.firstAt, more.firstAt)
    if (more.lastAt < known.lastAt) return
    known.lastAt = more.lastAt
    known.reason = more.reason
    known.dsn = more.dsn
    known.doubtful = more.doubtful
  }
}

/** What all readers know together: an address that bounced on one host may have got its mail from another. */
export function candidatesOf(
  parts: readonly { readonly bounced: readonly BouncedAddress[]; readonly successes: Successes }[],
): readonly Candidate[] {
  const all = new BouncedAddresses()
  for (const { bounced } of parts) for (const address of bounced) all.take(address)
  return all.list.map(({ low, high, ...evidence }) => {
    const deliveredAt = Math.max(0, ...parts.map(({ successes }) => successes.lastAt(low, high)))
    return deliveredAt > 0 ? { ...evidence, deliveredAt } : evidence
  })
}

export interface SuppressionRule {
  /** Bounces of one address. */
  readonly leastBounces: number
  /** Whether words that are also said to refused senders are enough. */
  readonly doubtful: boolean
}

/** Whether an address is suppressed: it bounced often enough, beyond doubt, and nothing arrived since the last time. */
export function isSuppressed(
  { bounces, lastAt, doubtful, deliveredAt = 0 }: Candidate,
  rule: SuppressionRule,
): boolean {
  return bounces >= rule.leastBounces && deliveredAt < lastAt && (!doubtful || rule.doubtful)
}
