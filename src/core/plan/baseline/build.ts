// From sums to the baseline: shares, percentiles, peaks, and the busiest domains by name.
import { latencyPercentileMs } from '../../base/figures.ts'
import type { LegacyReason } from '../../base/legacy-reason.ts'
import { isSuppressed, type Candidate, type SuppressionRule } from './addresses.ts'
import {
  BASELINE_FORMAT,
  BASELINE_VERSION,
  type Baseline,
  type BaselineLines,
  type Delay,
  type DomainBaseline,
  type GroupBaseline,
  type Outcomes,
  type ReasonCount,
  type TlsShare,
} from './baseline.ts'
import type { BaselinePart, DomainPart } from './part.ts'
import { receiverGroup } from './receiver-groups.ts'
import { stepChangesOf } from './steps.ts'
import { bucketOctets, DELAY_BUCKETS } from './tally.ts'
import { peaksOf, weekOf } from './week.ts'

/** Domains in the file; the rest is a line of its own. */
const DOMAINS_KEPT = 1_000
const SENDERS_KEPT = 200
const DOTTED_KEPT = 50
const STEPS_KEPT = 50

export interface BaselineContext {
  readonly madeAt: number
  readonly zone: string
  readonly hosts: readonly string[]
  readonly lines: BaselineLines
  readonly candidates: readonly Candidate[]
  readonly rule: SuppressionRule
}

export function buildBaseline(part: BaselinePart, context: BaselineContext): Baseline {
  const { madeAt, zone, hosts, lines } = context
  const named = [...part.domains]
    .filter(([domain]) => domain !== '')
    .toSorted(([, a], [, b]) => attempts(b) - attempts(a))
  const everyone = [...part.domains.values()]
  const kept = named.slice(0, DOMAINS_KEPT)
  const rest = [...named.slice(DOMAINS_KEPT).map(([, domain]) => domain), ...nameless(part)]
  const minutes = [...part.minutes]
    .map(([atMs, [, recipients]]) => ({ atMs, recipients }))
    .toSorted((a, b) => a.atMs - b.atMs)
  return {
    format: BASELINE_FORMAT,
    version: BASELINE_VERSION,
    madeAt,
    zone,
    hosts,
    lines,
    firstAt: Number.isFinite(part.firstAt) ? part.firstAt : 0,
    lastAt: Number.isFinite(part.lastAt) ? part.lastAt : 0,
    mails: part.mails,
    recipients: part.recipients,
    octets: part.octets,
    nullSenders: part.nullSenders,
    outcomes: outcomesOf(everyone),
    delay: delayOf(everyone),
    tls: tlsOf(everyone),
    size: sizeOf(part),
    week: weekOf(minutes, zone),
    peaks: peaksOf(minutes, zone),
    largeEnvelopes: { mails: part.largeEnvelopes, largest: part.largestEnvelope },
    domains: kept.map(([domain, sums]) => domainOf(domain, sums)),
    rest: { domains: Math.max(0, named.length - DOMAINS_KEPT), outcomes: outcomesOf(rest) },
    groups: groupsOf(named),
    senders: [...part.senders]
      .map(([domain, sums]) => ({ domain, ...sums }))
      .toSorted((a, b) => b.mails - a.mails)
      .slice(0, SENDERS_KEPT),
    dotted: named
      .filter(([, { dotted }]) => dotted > 0)
      .map(([domain, { dotted }]) => ({ domain, recipients: dotted }))
      .toSorted((a, b) => b.recipients - a.recipients)
      .slice(0, DOTTED_KEPT),
    reasons: reasonsOf(everyone),
    stages: Object.fromEntries(Object.entries(part.stages).filter(([, count]) => count > 0)),
    steps: named.flatMap(([domain, sums]) => stepChangesOf(domain, sums)).slice(0, STEPS_KEPT),
    suppression: suppressionOf(context),
  }
}

function nameless(part: BaselinePart): readonly DomainPart[] {
  const other = part.domains.get('')
  return other === undefined ? [] : [other]
}

function attempts({ delivered, bounced, expired, deferred }: DomainPart): number {
  return delivered + bounced + expired + deferred
}

function sumBy(domains: readonly DomainPart[], of: (domain: DomainPart) => number): number {
  return domains.reduce((sum, domain) => sum + of(domain), 0)
}

function outcomesOf(domains: readonly DomainPart[]): Outcomes {
  return {
    delivered: sumBy(domains, ({ delivered }) => delivered),
    bounced: sumBy(domains, ({ bounced }) => bounced),
    expired: sumBy(domains, ({ expired }) => expired),
    deferrals: sumBy(domains, ({ deferred }) => deferred),
  }
}

function tlsOf(domains: readonly DomainPart[]): TlsShare {
  return { tls: sumBy(domains, ({ tls }) => tls), plain: sumBy(domains, ({ plain }) => plain) }
}

function delayOf(domains: readonly DomainPart[]): Delay {
  const sum = new Float64Array(DELAY_BUCKETS)
  for (const { delays } of domains) {
    if (delays !== undefined) for (let bucket = 0; bucket < DELAY_BUCKETS; bucket += 1) sum[bucket]! += delays[bucket]!
  }
  const counts: Record<number, number> = {}
  sum.forEach((count, bucket) => {
    if (count > 0) counts[bucket] = count
  })
  const [p50, p95, p99] = [0.5, 0.95, 0.99].map((share) => latencyPercentileMs(counts, share))
  if (p50 === undefined || p95 === undefined || p99 === undefined) return {}
  return { p50: seconds(p50), p95: seconds(p95), p99: seconds(p99) }
}

function seconds(ms: number): number {
  return Math.round(ms / 10) / 100
}

function domainOf(domain: string, sums: DomainPart): DomainBaseline {
  return {
    domain,
    outcomes: outcomesOf([sums]),
    octets: sums.octets,
    delay: delayOf([sums]),
    tls: tlsOf([sums]),
    reasons: reasonsOf([sums]),
  }
}

function reasonsOf(domains: readonly DomainPart[]): readonly ReasonCount[] {
  const counts = new Map<LegacyReason, { failed: number; deferred: number }>()
  const add = (what: 'failed' | 'deferred', reasons: Partial<Record<LegacyReason, number>>) => {
    for (const reason in reasons) {
      const count = counts.get(reason as LegacyReason) ?? { failed: 0, deferred: 0 }
      count[what] += reasons[reason as LegacyReason] ?? 0
      counts.set(reason as LegacyReason, count)
    }
  }
  for (const { failedFor, deferredFor } of domains) {
    add('failed', failedFor)
    add('deferred', deferredFor)
  }
  return [...counts]
    .map(([reason, count]) => ({ reason, ...count }))
    .toSorted((a, b) => b.failed - a.failed || b.deferred - a.deferred || (a.reason < b.reason ? -1 : 1))
}

function groupsOf(named: readonly (readonly [string, DomainPart])[]): readonly GroupBaseline[] {
  const groups = new Map<string, DomainPart[]>()
  for (const [domain, sums] of named) {
    const group = receiverGroup(domain)
    if (group !== undefined) groups.set(group, [...(groups.get(group) ?? []), sums])
  }
  return [...groups]
    .map(([group, domains]) => ({ group, outcomes: outcomesOf(domains), tls: tlsOf(domains) }))
    .toSorted((a, b) => b.outcomes.delivered - a.outcomes.delivered)
}

function sizeOf({ sizes, largestOctets }: BaselinePart): Baseline['size'] {
  const buckets = Object.entries(sizes).map(([bucket, count]) => [Number(bucket), count] as const)
  const total = buckets.reduce((sum, [, count]) => sum + count, 0)
  const percentile = (share: number) => {
    let left = share * total
    for (const [bucket, count] of buckets.toSorted(([a], [b]) => a - b)) {
      left -= count
      if (left <= 0) return Math.round(bucketOctets(bucket))
    }
    return 0
  }
  return { p50: percentile(0.5), p95: percentile(0.95), largest: largestOctets }
}

function suppressionOf({ candidates, rule }: BaselineContext): Baseline['suppression'] {
  return {
    candidates: candidates.length,
    suppressed: candidates.filter((candidate) => isSuppressed(candidate, rule)).length,
    leastBounces: rule.leastBounces,
    doubtful: candidates.filter(({ doubtful }) => doubtful).length,
    revived: candidates.filter(({ deliveredAt = 0, lastAt }) => deliveredAt >= lastAt).length,
  }
}
