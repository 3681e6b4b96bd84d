// The gates of §8.1 and §8.2 as questions to two lanes: is the route bad, is it worse than the old one, is it good enough
// to go on? One function judges all four rates; what differs is in the table.
import { lowerBound, natsAbove, rateOf, upperBound, type Share } from './evidence.ts'
import type { DomainLanes, Lane, Window } from './lanes.ts'

export type GateName = 'bounce' | 'complaint' | 'failure' | 'latency'

/** What is measured and what it may be, as fractions from 0 to 1. */
export interface Gate {
  readonly name: GateName
  /** Roll back when the rate on SES is surely above this (§8.2). */
  readonly rollBackAbove: number
  /** Go on only when it is surely below this (§8.1). */
  readonly advanceBelow: number
  /** Roll back when it is surely above the old route's rate times `ratio` plus `margin`, in the same time and domain. */
  readonly ratio: number
  readonly margin: number
}

/**
 * - bad: the robot rolls back
 * - suspect: it does not go on
 * - good: it may go on
 * - unknown: too few mails to say
 */
export type GateVerdict = 'bad' | 'suspect' | 'good' | 'unknown'

export interface GateReading {
  readonly gate: GateName
  readonly window: string
  readonly verdict: GateVerdict
  readonly ses: Share
  readonly legacy: Share
  /** The bounds of the rate on SES between which it lies, at `NATS_ADVANCE`. */
  readonly lower: number
  readonly upper: number
  /** How sure it is that the limit is passed, and that SES is worse than legacy. */
  readonly natsOverLimit: number
  readonly natsOverLegacy: number
  /** The domain where SES differs most from legacy, and whether the rest alone would be no reason. */
  readonly worst?: { readonly domain: string; readonly alone: boolean }
  /** Domains that are bad on both routes: the receiver's trouble. They are left out of the limit. */
  readonly receivers: readonly string[]
}

/**
 * Sure enough to move millions of mails: once in 65 million looks by chance alone. The robot looks four times a minute at
 * four gates in four windows, 92,000 times a day.
 */
export const NATS_ROLL_BACK = 18
/** Not sure, but no time to go up: by chance once in 400 looks. */
export const NATS_SUSPECT = 6
/** For going up there is time: wrong once in a hundred. */
export const NATS_ADVANCE = 4.6
/** The old route's rate is taken as high as its own counts allow at this level, so that its chance is not held against SES. */
const NATS_LEGACY = 3
/** Below this many outcomes on legacy a domain has nothing to compare with. */
const CONTROL_LEAST = 50

const SHARES: Readonly<Record<GateName, (lane: Lane) => Share>> = {
  bounce: (lane) => ({ bad: lane.hardBounced, of: lane.delivered + lane.hardBounced + lane.softBounced }),
  complaint: (lane) => ({ bad: lane.complained, of: Math.max(lane.delivered, lane.mayComplain) }),
  // What the route could have helped: a receiver that knows no such address is not a failure of sending (fault 18).
  failure: (lane) => ({
    bad: lane.softBounced + lane.refused,
    of: lane.delivered + lane.hardBounced + lane.softBounced + lane.refused,
  }),
  latency: (lane) => ({ bad: lane.slow, of: lane.timed }),
}

/** Judges one gate in one window. */
export function readGate(gate: Gate, window: Window): GateReading {
  const share = SHARES[gate.name]
  const domains = window.domains.map((lanes) => judgeDomain(gate, lanes, share))
  const counted = domains.filter(({ receiver }) => !receiver)
  const ses = sumOf(counted.map((domain) => domain.ses))
  const natsOverLimit = overLimit(gate, counted)
  const over = overLegacy(gate, domains)
  const reading = {
    gate: gate.name,
    window: window.name,
    ses,
    legacy: sumOf(counted.map((domain) => domain.legacy)),
    lower: lowerBound(ses, NATS_ADVANCE),
    upper: upperBound(ses, NATS_ADVANCE),
    natsOverLimit,
    natsOverLegacy: over.nats,
    ...(over.worst === undefined ? {} : { worst: over.worst }),
    receivers: domains.filter(({ receiver }) => receiver).map(({ domain }) => domain),
  }
  return { ...reading, verdict: verdictOf(gate, reading) }
}

function verdictOf(gate: Gate, reading: Omit<GateReading, 'verdict'>): GateVerdict {
  const nats = Math.max(reading.natsOverLimit, reading.natsOverLegacy)
  if (nats >= NATS_ROLL_BACK) return 'bad'
  if (nats >= NATS_SUSPECT) return 'suspect'
  // Both lanes bad at a receiver: nobody knows how SES would do there, so we wait (S2).
  if (reading.receivers.length > 0) return 'suspect'
  if (reading.upper < gate.advanceBelow) return 'good'
  return reading.lower > gate.advanceBelow ? 'suspect' : 'unknown'
}

interface JudgedDomain {
  readonly domain: string
  readonly ses: Share
  readonly legacy: Share
  /** Legacy has enough outcomes to compare with. */
  readonly controlled: boolean
  readonly receiver: boolean
}

function judgeDomain(gate: Gate, lanes: DomainLanes, share: (lane: Lane) => Share): JudgedDomain {
  const [ses, legacy] = [share(lanes.ses), share(lanes.legacy)]
  const judged = { domain: lanes.domain, ses, legacy, controlled: legacy.of >= CONTROL_LEAST }
  const sesIsBad = (rateOf(ses) ?? 0) > gate.advanceBelow
  if (!judged.controlled || !sesIsBad) return { ...judged, receiver: false }
  const legacyIsBad = lowerBound(legacy, NATS_LEGACY) > gate.advanceBelow
  return { ...judged, receiver: legacyIsBad && natsAbove(ses, allowedAt(gate, judged)) < NATS_LEGACY }
}

/** What SES may have here, going by legacy. */
function allowedAt(gate: Gate, { legacy }: Pick<JudgedDomain, 'legacy'>): number {
  return Math.min(1, gate.ratio * upperBound(legacy, NATS_LEGACY) + gate.margin)
}

/** The same without legacy's chance: never more than `allowedAt`, and cheap. */
function leastAllowedAt(gate: Gate, { legacy }: Pick<JudgedDomain, 'legacy'>): number {
  return Math.min(1, gate.ratio * (rateOf(legacy) ?? 0) + gate.margin)
}

/**
 * The limit counts what is not the receiver's, and never less than legacy has itself in the same time: a tired list or a
 * slow hour of our own is on both lanes. A single domain that legacy cannot be asked about is never reason enough: its
 * receiver may be down, and there is no other lane to tell.
 */
function overLimit(gate: Gate, domains: readonly JudgedDomain[]): number {
  const all = natsOver(gate, domains)
  if (all < NATS_SUSPECT) return all
  const alone = domains.filter(({ controlled }) => !controlled)
  const worst = alone.toSorted((a, b) => excess(b.ses, gate.rollBackAbove) - excess(a.ses, gate.rollBackAbove))[0]
  if (worst === undefined) return all
  return Math.min(
    all,
    natsOver(
      gate,
      domains.filter((domain) => domain !== worst),
    ),
  )
}

function natsOver(gate: Gate, domains: readonly JudgedDomain[]): number {
  const ses = sumOf(domains.map((domain) => domain.ses))
  if ((rateOf(ses) ?? 0) <= gate.rollBackAbove) return 0
  const legacy = sumOf(domains.map((domain) => domain.legacy))
  const own = legacy.of < CONTROL_LEAST ? 0 : upperBound(legacy, NATS_LEGACY)
  return natsAbove(ses, Math.max(gate.rollBackAbove, own))
}

interface OverLegacy {
  readonly nats: number
  readonly worst?: { readonly domain: string; readonly alone: boolean }
}

/** All domains that can be compared, together: many small differences count as one large one. */
function overLegacy(gate: Gate, domains: readonly JudgedDomain[]): OverLegacy {
  const controlled = domains.filter((domain) => domain.controlled && domain.ses.of > 0)
  const nats = natsTogether(gate, controlled)
  const each = controlled
    .filter((domain) => (rateOf(domain.ses) ?? 0) > leastAllowedAt(gate, domain))
    .map((domain) => ({ domain, nats: natsAbove(domain.ses, allowedAt(gate, domain)) }))
  const worst = each.toSorted((a, b) => b.nats - a.nats)[0]
  if (worst === undefined || worst.nats === 0) return { nats }
  // One domain out of many: the look at each costs the logarithm of their number.
  const single = Math.max(0, worst.nats - Math.log(controlled.length))
  const others = controlled.filter((domain) => domain !== worst.domain)
  const alone = natsTogether(gate, others) < NATS_SUSPECT
  return { nats: Math.max(nats, single), worst: { domain: worst.domain.domain, alone } }
}

function natsTogether(gate: Gate, domains: readonly JudgedDomain[]): number {
  const ses = sumOf(domains.map((domain) => domain.ses))
  const seen = rateOf(ses)
  if (seen === undefined) return 0
  const legacy = standardised(domains, ses.of)
  if (seen <= gate.ratio * legacy.rate + gate.margin) return 0
  const own = upperBound({ bad: legacy.rate * legacy.of, of: legacy.of }, NATS_LEGACY)
  return natsAbove(ses, Math.min(1, gate.ratio * own + gate.margin))
}

/**
 * What legacy's rate would be with the mixture of domains that SES has (direct standardisation), and how many mails of a
 * single domain would tell it as surely. Half a mail is added to each side, so that a domain without a single bad one
 * does not pass for one that can have none.
 */
function standardised(domains: readonly JudgedDomain[], sesOf: number): { readonly rate: number; readonly of: number } {
  let rate = 0
  let variance = 0
  for (const { ses, legacy } of domains) {
    const weight = ses.of / sesOf
    const smooth = (legacy.bad + 0.5) / (legacy.of + 1)
    rate += (weight * legacy.bad) / legacy.of
    variance += (weight ** 2 * smooth * (1 - smooth)) / legacy.of
  }
  const mean = Math.min(1 - 1e-9, Math.max(rate, 1e-9))
  return { rate, of: Math.max(1, (mean * (1 - mean)) / variance) }
}

const excess = (share: Share, rate: number): number => share.bad - share.of * rate

function sumOf(shares: readonly Share[]): Share {
  return shares.reduce((sum, { bad, of }) => ({ bad: sum.bad + bad, of: sum.of + of }), { bad: 0, of: 0 })
}
