// A sender's traffic as counts by the minute: goo.ne.jp's receiving domains, nights and peaks, campaigns to tired lists,
// receivers that go down for both routes, a carrier that changes its answers, and, where a test wants one, a fault of SES.
// Counts are drawn, not mails, so that thirty days take seconds. The seed is all its chance.
import { latencyBucket, type FigureQuery, type FigureRow, type FigureSource } from '../../src/core/base/figures.ts'

export const MINUTE_MS = 60_000
export const HOUR_MS = 3_600_000
export const DAY_MS = 86_400_000

/** mulberry32. */
export function chance(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

export type Random = () => number

function gauss(random: Random): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())
}

export function poisson(random: Random, mean: number): number {
  if (mean <= 0) return 0
  if (mean > 30) return Math.max(0, Math.round(mean + Math.sqrt(mean) * gauss(random)))
  const limit = Math.exp(-mean)
  let product = random()
  let count = 0
  while (product > limit) {
    count += 1
    product *= random()
  }
  return count
}

export function binomial(random: Random, of: number, rate: number): number {
  if (of <= 0 || rate <= 0) return 0
  if (rate >= 1) return of
  if (rate > 0.5) return of - binomial(random, of, 1 - rate)
  const mean = of * rate
  if (mean < 20) return Math.min(of, poisson(random, mean))
  return Math.min(of, Math.max(0, Math.round(mean + Math.sqrt(mean * (1 - rate)) * gauss(random))))
}

export interface Receiver {
  readonly domain: string
  /** Part of all mail. */
  readonly part: number
  readonly hard: number
  readonly soft: number
  readonly complaint: number
}

/** Parts and rates as a Japanese sender with old lists sees them; made up, but of the right size. */
export const RECEIVERS: readonly Receiver[] = [
  receiver('gmail.com', 0.21, 0.006, 0.0008, 0.0002),
  receiver('docomo.ne.jp', 0.17, 0.02, 0.0006, 0.00005),
  receiver('yahoo.co.jp', 0.16, 0.008, 0.0006, 0.0002),
  receiver('ezweb.ne.jp', 0.09, 0.016, 0.0008, 0.00005),
  receiver('softbank.ne.jp', 0.06, 0.014, 0.0006, 0.00005),
  receiver('icloud.com', 0.05, 0.004, 0.0006, 0.0001),
  receiver('goo.jp', 0.04, 0.002, 0.0002, 0.0001),
  receiver('hotmail.com', 0.03, 0.01, 0.001, 0.0004),
  receiver('outlook.jp', 0.03, 0.006, 0.001, 0.0003),
  receiver('au.com', 0.03, 0.012, 0.0008, 0.00005),
  receiver('i.softbank.jp', 0.02, 0.01, 0.0006, 0.00005),
  receiver('nifty.com', 0.015, 0.012, 0.001, 0.0001),
  receiver('ocn.ne.jp', 0.015, 0.012, 0.001, 0.0001),
  receiver('rakuten.jp', 0.01, 0.006, 0.001, 0.0001),
  receiver('biglobe.ne.jp', 0.01, 0.012, 0.001, 0.0001),
  receiver('plala.or.jp', 0.008, 0.014, 0.001, 0.0001),
  receiver('so-net.ne.jp', 0.007, 0.012, 0.001, 0.0001),
  ...Array.from({ length: 9 }, (_, i) => receiver(`small${i}.example`, 0.005, 0.015, 0.0015, 0.0001)),
]

function receiver(domain: string, part: number, hard: number, soft: number, complaint: number): Receiver {
  return { domain, part, hard, soft, complaint }
}

/** How busy an hour of the day is in Tokyo, and a day of the week; a mean of about 1. */
const HOURS = [
  0.35, 0.2, 0.12, 0.1, 0.1, 0.2, 0.6, 1.2, 1.5, 1.5, 1.5, 1.4, 1.9, 1.4, 1.2, 1.2, 1.3, 1.5, 1.7, 1.6, 1.5, 1.3, 1,
  0.63,
]
/** The 24 numbers add up to 25. */
const HOURS_MEAN = 25 / 24
const WEEKDAYS = [0.8, 1.1, 1.05, 1.05, 1.05, 1.1, 0.85]
const TOKYO_MS = 9 * HOUR_MS

/** What happens to receivers or to SES between two instants. */
export interface Trouble {
  readonly fromMs: number
  readonly toMs: number
  /** Undefined means all. */
  readonly domain?: string
  /** Both lanes: the receiver's or the list's. ses: a fault of the route. */
  readonly lanes: 'both' | 'ses'
  readonly hardTimes?: number
  readonly hardAdd?: number
  readonly softAdd?: number
  readonly complaintAdd?: number
  readonly slowAdd?: number
  readonly refusedAdd?: number
  /** So many times the mails. */
  readonly volumeTimes?: number
}

export interface TrafficOptions {
  readonly random: Random
  readonly mailsPerDay: number
  readonly troubles: readonly Trouble[]
  /** Hard bounces of this domain from this instant on, on both lanes (C45). */
  readonly change?: { readonly domain: string; readonly atMs: number; readonly hard: number }
  /** How SES differs from legacy for good, within what is normal. */
  readonly sesFactor: number
  /** Half of the complaints come within twelve hours of the mail; without it all come at once. */
  readonly lateComplaints?: boolean
}

export interface Split {
  readonly percent: number
  readonly heldBack: readonly string[]
}

type Lane = 'ses' | 'legacy'
const LANES = ['ses', 'legacy'] as const
/** What a cell counts, in the order of its numbers. */
const NAMES = ['accepted', 'sent', 'delivered', 'hardBounced', 'softBounced', 'complained', 'refused'] as const
const FAST = NAMES.length
const SLOW = FAST + 1
const WIDTH = SLOW + 1
const COMPLAINED = NAMES.indexOf('complained')
/** All cells of a minute or an hour: one lane after the other, in each one receiver after the other. */
type Table = Float64Array
const LENGTH = LANES.length * RECEIVERS.length * WIDTH

/** Minutes are kept for two hours, hours for good: as much as anybody asks for. */
const MINUTES_KEPT = 120
const FAST_BUCKET = latencyBucket(1_500)
const SLOW_BUCKET = latencyBucket(120_000)

export interface Traffic extends FigureSource {
  /** Draws one step of traffic that begins at this instant. */
  step(atMs: number, lengthMs: number, split: Split): { readonly ses: number; readonly legacy: number }
}

export function traffic(options: TrafficOptions): Traffic {
  const { random, mailsPerDay, troubles, change, sesFactor } = options
  const minutes = new Map<number, Table>()
  const hours = new Map<number, Table>()
  const late: { readonly atMs: number; readonly place: number; readonly count: number }[] = []
  // Rows of hours that are over are made once: the robot reads them again at every look.
  const made = new Map<number, readonly FigureRow[]>()
  const tablesAt = (atMs: number): readonly Table[] => {
    const hourAt = Math.floor(atMs / HOUR_MS) * HOUR_MS
    made.delete(hourAt)
    const found = [tableIn(minutes, Math.floor(atMs / MINUTE_MS) * MINUTE_MS), tableIn(hours, hourAt)]
    if (minutes.size > MINUTES_KEPT) minutes.delete(minutes.keys().next().value!)
    return found
  }
  const complainLate = (tables: readonly Table[], toMs: number): void => {
    const due = late.filter(({ atMs }) => atMs < toMs)
    if (due.length === 0) return
    for (const { place, count } of due) for (const table of tables) table[place]! += count
    late.splice(0, late.length, ...late.filter(({ atMs }) => atMs >= toMs))
  }
  return {
    step(atMs, lengthMs, { percent, heldBack }) {
      const totals = { ses: 0, legacy: 0 }
      const tables = tablesAt(atMs)
      const active = troubles.filter((trouble) => atMs >= trouble.fromMs && atMs < trouble.toMs)
      const volume = active.reduce((times, { volumeTimes = 1 }) => times * volumeTimes, 1)
      const busy = busyness(atMs) * volume * (1 + 0.15 * gauss(random))
      for (const [index, { domain, part, ...rates }] of RECEIVERS.entries()) {
        const all = poisson(random, Math.max(0, (mailsPerDay * part * busy * lengthMs) / DAY_MS))
        const onSes = heldBack.includes(domain) ? 0 : binomial(random, all, percent / 100)
        const hard = change?.domain === domain && atMs >= change.atMs ? change.hard : rates.hard
        const here = active.filter((one) => (one.domain ?? domain) === domain)
        for (const [lane, count] of [
          ['ses', onSes],
          ['legacy', all - onSes],
        ] as const) {
          if (count === 0) continue
          totals[lane] += count
          const factor = lane === 'ses' ? sesFactor : 1
          const mine = here.filter(({ lanes }) => lanes === 'both' || lane === 'ses')
          const cell = outcome(random, count, { ...rates, hard: hard * factor }, mine, lane)
          const place = placeOf(lane, index)
          if (options.lateComplaints === true) {
            // Half of those who complain do so at their next look into the mailbox, within twelve hours.
            const count = binomial(random, cell[COMPLAINED]!, 0.5)
            cell[COMPLAINED]! -= count
            if (count > 0) {
              late.push({ atMs: atMs + random() * 12 * HOUR_MS, place: place + COMPLAINED, count })
            }
          }
          for (const table of tables) for (let i = 0; i < WIDTH; i += 1) table[place + i]! += cell[i]!
        }
      }
      complainLate(tables, atMs + lengthMs)
      return totals
    },
    rows: async ({ fromMs, toMs, grain, by, span }: FigureQuery): Promise<readonly FigureRow[]> => {
      const [kept, unit] = grain === 'minute' ? [minutes, MINUTE_MS] : [hours, HOUR_MS]
      const first = Math.floor(fromMs / unit) * unit
      const found: [number, Table][] = []
      for (let at = first; at < toMs; at += unit) {
        const table = kept.get(at)
        if (table !== undefined) found.push([at, table])
      }
      if (span === true) return rowsOf(fromMs, sumOf(found), by)
      return found.flatMap(([at, table]) => {
        if (by !== 'route' || grain !== 'hour') return rowsOf(at, table, by)
        let rows = made.get(at)
        if (rows === undefined) made.set(at, (rows = rowsOf(at, table, by)))
        return rows
      })
    },
  }
}

function tableIn(tables: Map<number, Table>, at: number): Table {
  let table = tables.get(at)
  if (table === undefined) tables.set(at, (table = new Float64Array(LENGTH)))
  return table
}

function sumOf(tables: readonly (readonly [number, Table])[]): Table {
  const sum = new Float64Array(LENGTH)
  for (const [, table] of tables) for (let i = 0; i < LENGTH; i += 1) sum[i]! += table[i]!
  return sum
}

const placeOf = (lane: Lane, receiver: number): number => (LANES.indexOf(lane) * RECEIVERS.length + receiver) * WIDTH

/** By receiver or of all; none where nothing was counted. Plain loops, because a month makes millions of rows. */
function rowsOf(atMs: number, table: Table, by: FigureQuery['by']): readonly FigureRow[] {
  const rows: FigureRow[] = []
  for (const route of LANES) {
    const all = new Float64Array(WIDTH)
    for (const [index, { domain }] of RECEIVERS.entries()) {
      const place = placeOf(route, index)
      if ((table[place] ?? 0) + (table[place + COMPLAINED] ?? 0) === 0) continue
      if (by === 'domain') rows.push(rowOf({ atMs, route, label: domain }, table, place))
      else for (let i = 0; i < WIDTH; i += 1) all[i]! += table[place + i]!
    }
    if (by !== 'domain' && all[0]! + all[COMPLAINED]! > 0) rows.push(rowOf({ atMs, route, label: '' }, all, 0))
  }
  return rows
}

function rowOf(
  { atMs, route, label }: Pick<FigureRow, 'atMs' | 'route' | 'label'>,
  table: Table,
  place: number,
): FigureRow {
  const counts = {
    accepted: table[place]!,
    sent: table[place + 1]!,
    delivered: table[place + 2]!,
    hardBounced: table[place + 3]!,
    softBounced: table[place + 4]!,
    complained: table[place + COMPLAINED]!,
    refused: table[place + 6]!,
  }
  const sending = { [FAST_BUCKET]: table[place + FAST]!, [SLOW_BUCKET]: table[place + SLOW]! }
  return { atMs, route, label, counts, latency: { sending } }
}

export function busyness(atMs: number): number {
  const local = atMs + TOKYO_MS
  const weekday = (Math.floor(local / DAY_MS) + 4) % 7
  return (HOURS[Math.floor((local % DAY_MS) / HOUR_MS)]! / HOURS_MEAN) * WEEKDAYS[weekday]!
}

function outcome(
  random: Random,
  count: number,
  rates: { readonly hard: number; readonly soft: number; readonly complaint: number },
  troubles: readonly Trouble[],
  lane: Lane,
): number[] {
  const sum = (name: 'hardAdd' | 'softAdd' | 'complaintAdd' | 'slowAdd' | 'refusedAdd'): number =>
    troubles.reduce((total, trouble) => total + (trouble[name] ?? 0), 0)
  const times = troubles.reduce((product, { hardTimes = 1 }) => product * hardTimes, 1)
  const refused = binomial(random, count, 0.00005 + sum('refusedAdd'))
  const sent = count - refused
  const hardBounced = binomial(random, sent, Math.min(1, rates.hard * times + sum('hardAdd')))
  const softBounced = binomial(random, sent - hardBounced, Math.min(1, rates.soft + sum('softAdd')))
  const delivered = sent - hardBounced - softBounced
  // The old hosts have no feedback loop worth the name: complaints come by SES only.
  const complained = lane === 'ses' ? binomial(random, delivered, rates.complaint + sum('complaintAdd')) : 0
  const slow = binomial(random, sent, 0.002 + sum('slowAdd'))
  // In the order of NAMES, and what was fast and slow.
  return [count, sent, delivered, hardBounced, softBounced, complained, refused, sent - slow, slow]
}
