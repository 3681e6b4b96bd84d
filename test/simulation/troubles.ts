// What befalls a month: receivers that go down for both routes, campaigns to tired lists, slow hours of our own, a carrier
// that changes its answers; and faults of SES alone, which the robot must not miss.
import { DAY_MS, HOUR_MS, MINUTE_MS, RECEIVERS, type Random, type Trouble, type TrafficOptions } from './traffic.ts'

export interface Month {
  /** Both routes: never a reason to go back. */
  readonly shared: readonly Trouble[]
  /** SES alone: always a reason. */
  readonly faults: readonly Fault[]
  readonly change: NonNullable<TrafficOptions['change']>
  readonly sesFactor: number
}

export interface Fault extends Trouble {
  readonly kind: string
}

const between = (random: Random, from: number, to: number): number => from + random() * (to - from)

export function drawMonth(random: Random, fromMs: number): Month {
  const at = (least: number, most: number): number => fromMs + between(random, least, most) * DAY_MS
  const shared = [
    ...Array.from({ length: 8 }, () => outage(random, at(0.2, 29))),
    ...Array.from({ length: 6 }, () => tiredList(random, at(0.2, 29))),
    ...Array.from({ length: 3 }, () => slowHour(random, at(0.2, 29))),
    ...Array.from({ length: 4 }, (_, week) => eveningCampaign(random, fromMs + week * 7 * DAY_MS)),
  ]
  const kinds = Object.keys(FAULTS)
  const first = kinds[Math.floor(random() * kinds.length)]!
  const second = kinds[Math.floor(random() * kinds.length)]!
  return {
    shared,
    faults: [fault(random, first, at(4, 12)), fault(random, second, at(17, 26))],
    change: { domain: 'docomo.ne.jp', atMs: fromMs + 15 * DAY_MS, hard: 0.0005 },
    sesFactor: between(random, 0.8, 1.2),
  }
}

/** Half of the outages refuse for good, half for now; the two lanes see the same receiver. */
function outage(random: Random, fromMs: number): Trouble {
  const domain = RECEIVERS[Math.floor(random() * 14)]!.domain
  const toMs = fromMs + between(random, 0.5, 6) * HOUR_MS
  const rate = between(random, 0.2, 0.95)
  return { fromMs, toMs, domain, lanes: 'both', ...(random() < 0.5 ? { hardAdd: rate } : { softAdd: rate }) }
}

function tiredList(random: Random, fromMs: number): Trouble {
  const toMs = fromMs + between(random, 20, 90) * MINUTE_MS
  return { fromMs, toMs, lanes: 'both', hardAdd: between(random, 0.02, 0.15) }
}

function slowHour(random: Random, fromMs: number): Trouble {
  return { fromMs, toMs: fromMs + between(random, 10, 40) * MINUTE_MS, lanes: 'both', slowAdd: 0.3 }
}

/** One a week, from 20:00 to 22:00 in Tokyo. Its complaints are below the limit, and half of them come in the quiet of the night. */
function eveningCampaign(random: Random, weekMs: number): Trouble {
  const fromMs = weekMs + Math.floor(between(random, 1, 7)) * DAY_MS + 11 * HOUR_MS
  return { fromMs, toMs: fromMs + 2 * HOUR_MS, lanes: 'both', volumeTimes: 4, complaintAdd: 0.0006 }
}

const FAULTS: Readonly<Record<string, Omit<Trouble, 'fromMs' | 'toMs' | 'lanes'>>> = {
  'three times the bounces': { hardTimes: 3 },
  'complaints at 0.5 %': { complaintAdd: 0.005 },
  'refusals at 8 %': { refusedAdd: 0.08 },
  'a third is slow': { slowAdd: 0.33 },
  'Gmail defers half': { domain: 'gmail.com', softAdd: 0.5 },
  'docomo refuses a third': { domain: 'docomo.ne.jp', hardAdd: 0.33 },
  'a tenth is given up': { softAdd: 0.1 },
  'ezweb is slow': { domain: 'ezweb.ne.jp', slowAdd: 0.8 },
}

/** Long enough to be found in the quietest hour of the night. */
const FAULT_HOURS = 8

function fault(_random: Random, kind: string, fromMs: number): Fault {
  return { kind, fromMs, toMs: fromMs + FAULT_HOURS * HOUR_MS, lanes: 'ses', ...FAULTS[kind]! }
}
