// Adds the parts of several readers: counts are summed, spans are widened, lists are joined.
import { emptyDomain, type BaselinePart, type DomainPart } from './part.ts'

/** All parts as one; at least one is given. */
export function mergeParts(parts: readonly [BaselinePart, ...BaselinePart[]]): BaselinePart {
  const [first, ...others] = parts
  for (const other of others) addPart(first, other)
  return first
}

function addPart(sum: BaselinePart, more: BaselinePart): void {
  sum.firstAt = Math.min(sum.firstAt, more.firstAt)
  sum.lastAt = Math.max(sum.lastAt, more.lastAt)
  for (const name of ['mails', 'recipients', 'octets', 'nullSenders', 'largeEnvelopes'] as const)
    sum[name] += more[name]
  for (const name of ['largestOctets', 'largestEnvelope'] as const) sum[name] = Math.max(sum[name], more[name])
  for (const [name, part] of more.domains) addDomain(sum.domains, name, part)
  for (const [name, part] of more.senders) {
    const known = sum.senders.get(name) ?? { mails: 0, octets: 0, recipients: 0 }
    for (const what of ['mails', 'octets', 'recipients'] as const) known[what] += part[what]
    sum.senders.set(name, known)
  }
  addCounts(sum.stages, more.stages)
  addCounts(sum.sizes, more.sizes)
  for (const [atMs, [mails, recipients]] of more.minutes) {
    const [m, r] = sum.minutes.get(atMs) ?? [0, 0]
    sum.minutes.set(atMs, [m + mails, r + recipients])
  }
  sum.bounced = [...sum.bounced, ...more.bounced]
  sum.successes.push(...more.successes)
  for (const what of ['successes', 'bounces', 'days'] as const) sum.forgotten[what] += more.forgotten[what]
}

function addDomain(domains: Map<string, DomainPart>, name: string, more: DomainPart): void {
  const sum = domains.get(name) ?? emptyDomain()
  domains.set(name, sum)
  const counts = ['delivered', 'deferred', 'bounced', 'expired', 'octets', 'tls', 'plain', 'dotted'] as const
  for (const what of counts) sum[what] += more[what]
  if (sum.delays === undefined) sum.delays = more.delays
  else more.delays?.forEach((count, bucket) => (sum.delays![bucket]! += count))
  addCounts(sum.deferredFor, more.deferredFor)
  addCounts(sum.failedFor, more.failedFor)
  for (const [day, [a, b, c]] of more.days) {
    const [x, y, z] = sum.days.get(day) ?? [0, 0, 0]
    sum.days.set(day, [x + a, y + b, z + c])
  }
  for (const [code, days] of more.codes) {
    const known = sum.codes.get(code) ?? new Map<number, number>()
    for (const [day, count] of days) known.set(day, (known.get(day) ?? 0) + count)
    sum.codes.set(code, known)
  }
}

function addCounts<Key extends string | number>(
  sum: Partial<Record<Key, number>>,
  more: Partial<Record<Key, number>>,
): void {
  for (const [key, count] of Object.entries(more) as [Key, number][]) sum[key] = (sum[key] ?? 0) + count
}
