// How fast reports may leave, so that a bad list does not bury the sender's own bounce host: later, never fewer.
// Every VERP address differs, so what is counted is the sender's domain, and all of them together.
import { HOUR_MS, MINUTE_MS, SECOND_MS } from '../base/clock.ts'

export interface PaceLimits {
  readonly perMinute: number
  readonly perDomainPerMinute: number
}

/** What may leave at once before reports are spaced out. */
const BURST_MS = 10 * SECOND_MS
/** Nothing waits longer than this for its turn: the day's work of a list cleaner should not run into the next. */
const AHEAD_MAX_MS = 12 * HOUR_MS
/** Sender domains remembered at once; further ones share the total only. */
const DOMAINS_MAX = 1_000

/** Answers when a report to `domain` may leave, and remembers that it will. Memory only: a restart begins anew. */
export function returnPace(limits: PaceLimits): (domain: string, nowMs: number) => number {
  let total = 0
  const domains = new Map<string, number>()
  return (domain, nowMs) => {
    total = nextTurn(total, nowMs, limits.perMinute)
    const own = ownTurn(domains, domain, nowMs, limits.perDomainPerMinute)
    return Math.min(Math.max(nowMs, total, own), nowMs + AHEAD_MAX_MS)
  }
}

/** The turn after `last`: evenly spaced, but the first few at once after a quiet time. */
function nextTurn(last: number, nowMs: number, perMinute: number): number {
  const turn = Math.max(last, nowMs - BURST_MS) + MINUTE_MS / perMinute
  return Math.min(turn, nowMs + AHEAD_MAX_MS)
}

function ownTurn(domains: Map<string, number>, domain: string, nowMs: number, perMinute: number): number {
  const last = domains.get(domain)
  if (last === undefined && domains.size >= DOMAINS_MAX) {
    for (const [name, turn] of domains) if (turn <= nowMs - BURST_MS) domains.delete(name)
    if (domains.size >= DOMAINS_MAX) return nowMs
  }
  const turn = nextTurn(last ?? 0, nowMs, perMinute)
  domains.set(domain, turn)
  return turn
}
