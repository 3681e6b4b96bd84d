// What one reader of logs summed up, by names, as plain values that can be handed from thread to thread and added.
import { LEGACY_REASONS, LEGACY_STAGES, type LegacyReason, type LegacyStage } from '../../base/legacy-reason.ts'
import type { BouncedAddress } from './addresses.ts'
import type { Columns } from './columns.ts'
import { DAYS_IN_KEY } from './day-tally.ts'
import { CODES_IN_KEY, DOMAIN, REASONS_IN_KEY, SENDER, type BaselineTally } from './tally.ts'

export interface DomainPart {
  delivered: number
  deferred: number
  bounced: number
  expired: number
  octets: number
  tls: number
  plain: number
  dotted: number
  /** By latency bucket of base/figures. */
  delays: Uint32Array | undefined
  deferredFor: Partial<Record<LegacyReason, number>>
  failedFor: Partial<Record<LegacyReason, number>>
  /** Day of 1970: delivered, deferred, bounced. */
  days: Map<number, [number, number, number]>
  /** Status code: day: bounces. */
  codes: Map<number, Map<number, number>>
}

export interface SenderPart {
  mails: number
  octets: number
  recipients: number
}

export interface BaselinePart {
  firstAt: number
  lastAt: number
  mails: number
  recipients: number
  octets: number
  largestOctets: number
  nullSenders: number
  largeEnvelopes: number
  largestEnvelope: number
  domains: Map<string, DomainPart>
  senders: Map<string, SenderPart>
  stages: Partial<Record<LegacyStage, number>>
  sizes: Record<number, number>
  /** Start of a minute: mails and recipients. */
  minutes: Map<number, [number, number]>
  bounced: readonly BouncedAddress[]
  /** Of addresses.ts Successes. */
  successes: Uint32Array[]
  /** What found no room in bounded tables. */
  forgotten: { successes: number; bounces: number; days: number }
}

export function emptyDomain(): DomainPart {
  return {
    delivered: 0,
    deferred: 0,
    bounced: 0,
    expired: 0,
    octets: 0,
    tls: 0,
    plain: 0,
    dotted: 0,
    delays: undefined,
    deferredFor: {},
    failedFor: {},
    days: new Map(),
    codes: new Map(),
  }
}

/** The sums of a tally, whose domains have these names. */
export function partOf(
  tally: BaselineTally,
  names: { readonly count: number; text(name: number): string },
): BaselinePart {
  tally.finish()
  const domains = new Map<string, DomainPart>()
  const numbered: DomainPart[] = []
  const domain = (number: number): DomainPart => {
    const known = numbered[number]
    if (known !== undefined) return known
    const part = emptyDomain()
    numbered[number] = part
    domains.set(names.text(number), part)
    return part
  }
  for (let number = 0; number < names.count; number += 1) fillCounts(tally, number, domain)
  fillReasons(tally, domain)
  fillDays(tally, domain)
  return {
    firstAt: tally.firstAt,
    lastAt: tally.lastAt,
    mails: tally.mails,
    recipients: tally.recipients,
    octets: tally.octets,
    largestOctets: tally.largestOctets,
    nullSenders: tally.nullSenders,
    largeEnvelopes: tally.largeEnvelopes,
    largestEnvelope: tally.largestEnvelope,
    domains,
    senders: sendersOf(tally, names),
    stages: Object.fromEntries(LEGACY_STAGES.map((stage, number) => [stage, tally.stages.of(number, 0)])),
    sizes: Object.fromEntries(
      Array.from({ length: tally.sizes.rows }, (_, bucket) => [bucket, tally.sizes.of(bucket, 0)] as const).filter(
        ([, count]) => count > 0,
      ),
    ),
    minutes: new Map([...tally.minutes.counts()].map(({ atMs, mails, recipients }) => [atMs, [mails, recipients]])),
    bounced: tally.bounced.list,
    successes: [tally.successes.entries],
    forgotten: {
      successes: tally.successes.forgotten,
      bounces: tally.bounced.refused,
      days: tally.days.refused + tally.codeDays.refused + tally.reasons.refused,
    },
  }
}

/** Days of a domain with fewer recipients show no change of behaviour. */
const DAYS_FROM = 50
const COUNTS = Object.entries(DOMAIN) as [keyof typeof DOMAIN, number][]

/** Most numbers may be of senders, which receive nothing. */
function isCounted(domains: Columns, number: number): boolean {
  const { delivered, deferred, bounced, expired } = DOMAIN
  return [delivered, deferred, bounced, expired].some((column) => domains.of(number, column) > 0)
}

function fillCounts({ domains, delays }: BaselineTally, number: number, domain: (number: number) => DomainPart): void {
  if (!isCounted(domains, number)) return
  const part = domain(number)
  for (const [name, column] of COUNTS) part[name] += domains.of(number, column)
  // The last rows are beyond the limit of delays, and have none of their own.
  part.delays = delays.row(number)
}

function fillReasons(tally: BaselineTally, domain: (number: number) => DomainPart): void {
  for (const [key, [count = 0]] of tally.reasons.entries()) {
    const part = domain(Math.floor(key / REASONS_IN_KEY))
    const reason = LEGACY_REASONS[Math.floor((key % REASONS_IN_KEY) / 2)] ?? 'other'
    const reasons = key % 2 === 1 ? part.failedFor : part.deferredFor
    reasons[reason] = (reasons[reason] ?? 0) + count
  }
}

function fillDays(tally: BaselineTally, domain: (number: number) => DomainPart): void {
  for (const [number, day, [delivered = 0, deferred = 0, bounced = 0]] of tally.days.entries()) {
    if (tally.domains.of(number, DOMAIN.delivered) + tally.domains.of(number, DOMAIN.bounced) < DAYS_FROM) continue
    domain(number).days.set(day, [delivered, deferred, bounced])
  }
  for (const [key, [count = 0]] of tally.codeDays.entries()) {
    const dayKey = Math.floor(key / CODES_IN_KEY)
    const code = tally.codes[key % CODES_IN_KEY] ?? 0
    const { codes } = domain(Math.floor(dayKey / DAYS_IN_KEY))
    const days = codes.get(code) ?? new Map<number, number>()
    days.set(dayKey % DAYS_IN_KEY, count)
    codes.set(code, days)
  }
}

function sendersOf(
  tally: BaselineTally,
  names: { readonly count: number; text(name: number): string },
): Map<string, SenderPart> {
  const senders = new Map<string, SenderPart>()
  for (let number = 0; number < names.count; number += 1) {
    const mails = tally.senders.of(number, SENDER.mails)
    const octets = tally.senders.of(number, SENDER.octets)
    const recipients = tally.senders.of(number, SENDER.recipients)
    if (mails > 0) senders.set(names.text(number), { mails, octets, recipients })
  }
  return senders
}
