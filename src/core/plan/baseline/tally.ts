// Sums up what a reader of Postfix logs finds, for the baseline: by receiving domain, sender, minute, day and reason. It
// makes no object per mail. Domains are numbers here; `part` gives them their names.
import { DAY_MS } from '../../base/clock.ts'
import { latencyBucket } from '../../base/figures.ts'
import type { LegacyMail, LegacyOutcome, LegacySink } from '../../base/legacy-outcome.ts'
import { LEGACY_REASONS, LEGACY_STAGES } from '../../base/legacy-reason.ts'
import { wallTime } from '../../base/zoned-time.ts'
import { BouncedAddresses, Successes } from './addresses.ts'
import { Columns, KeyedColumns, Tallies } from './columns.ts'
import { DAY, DAYS_IN_KEY, DayTally } from './day-tally.ts'
import { Deliveries } from './deliveries.ts'
import { Minutes } from './minutes.ts'

/** Columns of a receiving domain. */
export const DOMAIN = {
  delivered: 0,
  deferred: 1,
  bounced: 2,
  expired: 3,
  octets: 4,
  tls: 5,
  plain: 6,
  dotted: 7,
} as const
/** Columns of a sender's domain. */
export const SENDER = { mails: 0, octets: 1, recipients: 2 } as const

const DOMAINS_MAX = 131_072
/** Domains with delays of their own; the busy ones come first in any log. */
const DELAY_DOMAINS_MAX = 8_192
/** base/figures has 106. */
export const DELAY_BUCKETS = 112
/** Domains times days: 5,000 domains over 90 days. */
const DAYS_KEPT_MAX = 450_000
const CODE_DAYS_MAX = 200_000
const REASON_ROWS_MAX = 200_000
const CODES_MAX = 1_023
/** SES takes this many recipients in one message (SES quotas). */
const SES_RECIPIENTS_MAX = 50
/** Zones shift by quarter hours. */
const QUARTER_MS = 900_000
export const CODES_IN_KEY = 1_024
export const REASONS_IN_KEY = 64
const SMALLEST_OCTETS = 256
const SIZE_BUCKETS_PER_DOUBLING = 4

export const reasonNumber = new Map(LEGACY_REASONS.map((reason, number) => [reason, number]))
const stageNumber = new Map(LEGACY_STAGES.map((stage, number) => [stage, number]))

export class BaselineTally implements LegacySink {
  readonly domains = new Columns(8, DOMAINS_MAX)
  readonly senders = new Columns(3, DOMAINS_MAX)
  readonly delays = new Tallies(DELAY_BUCKETS, DELAY_DOMAINS_MAX)
  /** By domain, reason and whether it was final. */
  readonly reasons = new KeyedColumns(1, REASON_ROWS_MAX)
  readonly stages = new Columns(1, LEGACY_STAGES.length)
  readonly days = new DayTally(DOMAINS_MAX, DAYS_KEPT_MAX)
  readonly codeDays = new KeyedColumns(1, CODE_DAYS_MAX)
  /** Status codes that were seen; their position is a part of the key of codeDays. */
  readonly codes: number[] = []
  readonly sizes = new Columns(1, DELAY_BUCKETS)
  readonly minutes = new Minutes()
  readonly bounced = new BouncedAddresses()
  readonly successes = new Successes()
  firstAt = Infinity
  lastAt = -Infinity
  mails = 0
  recipients = 0
  octets = 0
  largestOctets = 0
  nullSenders = 0
  /** Mails with more recipients than SES takes at once. */
  largeEnvelopes = 0
  largestEnvelope = 0
  readonly #deliveries: Deliveries
  readonly #zone: string
  readonly #dayOf = new Map<number, number>()
  #quarter = Number.NaN
  #day = 0

  constructor(zone: string) {
    this.#zone = zone
    const { domains, delays, successes } = this
    this.#deliveries = new Deliveries({ domains, columns: DOMAIN, delays, successes })
  }

  readonly mail = (mail: LegacyMail): void => {
    this.#span(mail.atMs)
    this.#count(mail, 1)
    if (mail.octets > this.largestOctets) this.largestOctets = mail.octets
    if (mail.recipients > this.largestEnvelope) this.largestEnvelope = mail.recipients
  }

  readonly mailAgain = (mail: LegacyMail): void => this.#count(mail, -1)

  #count({ atMs, sender, octets, recipients }: LegacyMail, by: 1 | -1): void {
    this.mails += by
    this.recipients += by * recipients
    this.octets += by * octets
    this.minutes.add(atMs, by, by * recipients)
    this.senders.add(sender, SENDER.mails, by)
    this.senders.add(sender, SENDER.octets, by * octets)
    this.senders.add(sender, SENDER.recipients, by * recipients)
    this.sizes.add(sizeBucket(octets), 0, by)
    if (sender === 0) this.nullSenders += by
    if (recipients > SES_RECIPIENTS_MAX) this.largeEnvelopes += by
  }

  readonly outcome = (outcome: LegacyOutcome): void => {
    this.#span(outcome.atMs)
    if (outcome.status === 'delivered') this.#delivered(outcome)
    else this.#failed(outcome)
  }

  #delivered(outcome: LegacyOutcome): void {
    const { domain, dotted, tls } = outcome
    const { domains } = this
    this.#deliveries.add(outcome, latencyBucket(outcome.delayMs))
    if (tls !== 'unknown') domains.add(domain, tls === 'tls' ? DOMAIN.tls : DOMAIN.plain, 1)
    if (dotted) domains.add(domain, DOMAIN.dotted, 1)
    this.days.add(domain, this.#dayAt(outcome.atMs), DAY.delivered)
  }

  /** All logs have been read: the sums are whole. */
  finish(): void {
    this.#deliveries.putAway()
  }

  #failed(outcome: LegacyOutcome): void {
    const { domain, status, count, reason, dotted } = outcome
    this.domains.add(
      domain,
      status === 'deferred' ? DOMAIN.deferred : status === 'bounced' ? DOMAIN.bounced : DOMAIN.expired,
      count,
    )
    const isFinal = status === 'deferred' ? 0 : 1
    this.reasons.add(domain * REASONS_IN_KEY + 2 * (reasonNumber.get(reason) ?? 0) + isFinal, 0, count)
    if (status === 'expired') return
    if (dotted && isFinal === 1) this.domains.add(domain, DOMAIN.dotted, 1)
    this.stages.add(stageNumber.get(outcome.stage) ?? 0, 0, 1)
    const day = this.#dayAt(outcome.atMs)
    this.days.add(domain, day, status === 'deferred' ? DAY.deferred : DAY.bounced)
    if (status === 'deferred') return
    this.codeDays.add((domain * DAYS_IN_KEY + day) * CODES_IN_KEY + this.#codeNumber(outcome.dsn), 0, 1)
    if (outcome.mailbox !== 'unknown') this.bounced.add(outcome)
  }

  #codeNumber(dsn: number): number {
    const known = this.codes.indexOf(dsn)
    if (known >= 0) return known
    return this.codes.length < CODES_MAX ? this.codes.push(dsn) - 1 : CODES_MAX
  }

  #span(atMs: number): void {
    if (atMs < this.firstAt) this.firstAt = atMs
    if (atMs > this.lastAt) this.lastAt = atMs
  }

  /** The day of the place, in days since 1970. */
  #dayAt(atMs: number): number {
    const quarter = Math.floor(atMs / QUARTER_MS)
    if (quarter === this.#quarter) return this.#day
    let day = this.#dayOf.get(quarter)
    if (day === undefined) {
      const wall = wallTime(atMs, this.#zone)
      day = Date.UTC(wall.year, wall.month - 1, wall.day) / DAY_MS
      this.#dayOf.set(quarter, day)
    }
    this.#quarter = quarter
    this.#day = day
    return day
  }
}

function sizeBucket(octets: number): number {
  return Math.round(Math.log2(Math.max(SMALLEST_OCTETS, octets) / SMALLEST_OCTETS) * SIZE_BUCKETS_PER_DOUBLING)
}

/** The size that a bucket of `sizes` stands for. */
export function bucketOctets(bucket: number): number {
  return SMALLEST_OCTETS * 2 ** (bucket / SIZE_BUCKETS_PER_DOUBLING)
}
