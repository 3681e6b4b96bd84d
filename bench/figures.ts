// The figures: what counting costs a mail, and what ninety days of hours for 2,000 receiving domains on two routes take on
// disk, to write and to read. Every domain has every word and both histograms in every hour, which is more than is real.
//   npm run bench:figures -- --json [--days 90]
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { countSlot, emptyCube, latencySlot, vectorIn, type Cube } from '../src/adapters/local/figures-cube.ts'
import { figureFiles } from '../src/adapters/local/figures-files.ts'
import { encodeRecord } from '../src/adapters/local/figures-record.ts'
import { localFigures, type FigureStore } from '../src/adapters/local/figures.ts'
import { COUNTED, latencyBucket, type FigureQuery } from '../src/core/base/figures.ts'
import { DAY_MS, HOUR_MS } from '../src/core/base/clock.ts'
import { countAccepted, countAttempt } from '../src/core/mail/count-outcomes.ts'
import type { NewMail } from '../src/core/mail/mail.ts'

const DOMAINS = 2_000
/** goo.ne.jp: 5.3 million mails a day. */
const MAILS_PER_HOUR = 220_000
const SES_SHARE = 0.5
const COUNTS = 2_000_000
const END = Date.UTC(2026, 10, 25)

const silent = (): undefined => undefined
const log = { debug: silent, info: silent, warn: silent, alarm: silent }
const random = lehmer(20_261_125)

function lehmer(seed: number): () => number {
  let state = seed
  return () => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647
}

/** Volumes as receivers really have them: the first is some hundred times the hundredth (Zipf). */
const WEIGHTS = Array.from({ length: DOMAINS }, (_, i) => 1 / (i + 1))
const WEIGHT_SUM = WEIGHTS.reduce((sum, weight) => sum + weight, 0)
const nameOf = (i: number) => `mx${((i * 7_919) % 100_003).toString(36)}.receiver-${i}.example`

function fillHour(hour: number): Cube {
  const cube = emptyCube()
  const load = MAILS_PER_HOUR * (0.4 + 0.6 * Math.sin((hour / 24) * Math.PI) ** 2)
  for (let i = 0; i < DOMAINS; i += 1) {
    for (const route of [0, 1] as const) {
      const mails = Math.max(1, Math.round((load * WEIGHTS[i]! * SES_SHARE) / WEIGHT_SUM))
      const domain = vectorIn(cube, 'domain', nameOf(i), route)
      for (const what of COUNTED) domain[countSlot(what)] = Math.ceil(mails * (what === 'sent' ? 1 : random()))
      for (const kind of ['sending', 'delivery'] as const) {
        for (let n = Math.min(mails, 60); n > 0; n -= 1) {
          const bucket = latencySlot(kind, latencyBucket(Math.exp(2 + 8 * random() * random())))
          domain[bucket]! += Math.ceil(mails / 60)
        }
      }
      const all = vectorIn(cube, 'route', '', route)
      for (let slot = 0; slot < domain.length; slot += 1) all[slot]! += domain[slot]!
      const stream = vectorIn(cube, 'stream', `campaign-${i % 50}`, route)
      for (let slot = 0; slot < domain.length; slot += 1) stream[slot]! += domain[slot]!
    }
  }
  return cube
}

async function write(folder: string, days: number): Promise<{ ms: number; cpuMs: number; octets: number }> {
  const files = await figureFiles(folder, silent)
  // A day of hours, again and again: objects are compressed one by one, so that repeating makes none smaller.
  const cubes = Array.from({ length: 24 }, (_, hour) => fillHour(hour))
  const [startedAt, before] = [performance.now(), process.cpuUsage()]
  const records: Buffer[] = []
  for (const [hour, cube] of cubes.entries()) {
    records.push(await encodeRecord(END - DAY_MS + hour * HOUR_MS, cube))
    await files.putHour(END - DAY_MS + hour * HOUR_MS, records.at(-1)!)
  }
  const { user, system } = process.cpuUsage(before)
  const ms = (performance.now() - startedAt) / 24
  for (let at = END - days * DAY_MS; at < END - DAY_MS; at += HOUR_MS) {
    await files.putHour(at, records[(at % DAY_MS) / HOUR_MS]!)
  }
  const hours = join(folder, 'hours')
  const octets = readdirSync(hours).reduce((sum, file) => sum + statSync(join(hours, file)).size, 0)
  return { ms, cpuMs: (user + system) / 24_000, octets }
}

async function timed(figures: FigureStore, query: Partial<FigureQuery>): Promise<{ ms: number; rows: number }> {
  const startedAt = performance.now()
  const rows = await figures.rows({ fromMs: END - 30 * DAY_MS, toMs: END, grain: 'hour', by: 'route', ...query })
  return { ms: Math.round(performance.now() - startedAt), rows: rows.length }
}

/** Nanoseconds of this process that all counting for one mail takes: accepted, sent, and its latency. */
function countingNs(figures: FigureStore, domainOf: (i: number) => string): number {
  const parts = Array.from({ length: 10_000 }, (_, i) => {
    const recipients = [`user${i}@${domainOf(i)}`]
    const part = { route: 'ses', stream: 'news', recipients, acceptedAt: END } as const
    return { part, mail: { ...part, parts: [part] } as unknown as NewMail }
  })
  const outcomes = [{ kind: 'delivered', reply: { code: 250, text: 'Ok', host: 'h', command: 'end of DATA' } }] as const
  const round = (count: number): number => {
    const before = process.cpuUsage()
    for (let i = 0; i < count; i += 1) {
      const { part, mail } = parts[i % parts.length]!
      countAccepted(figures, mail)
      countAttempt(figures, { part, outcomes, failures: [] }, END)
    }
    const { user, system } = process.cpuUsage(before)
    return ((user + system) * 1_000) / count
  }
  round(COUNTS / 10)
  return Math.round(round(COUNTS))
}

async function memory(folder: string): Promise<FigureStore> {
  const clock = { now: () => END, sleep: async () => {} }
  return localFigures({ folder, clock, log, pinned: { domains: [], streams: [] } })
}

async function main(days: number): Promise<unknown> {
  const folder = mkdtempSync(join(tmpdir(), 'watari-figures-'))
  try {
    const countNs = countingNs(await memory(join(folder, 'count')), (i) => nameOf(i % DOMAINS))
    const floodNs = countingNs(await memory(join(folder, 'flood')), (i) => `made-up-${i}.example`)
    const place = join(folder, 'hours')
    const written = await write(place, days)
    const openedAt = performance.now()
    const figures = await memory(place)
    const openMs = Math.round(performance.now() - openedAt)
    const route = await timed(figures, {})
    const domain = await timed(figures, { by: 'domain', labels: [nameOf(0)] })
    const domains = await timed(figures, { by: 'domain', span: true })
    const day = await timed(figures, { by: 'domain', fromMs: END - DAY_MS })
    return {
      days,
      hours: days * 24,
      disk_mb: Math.round(written.octets / 1_000_000),
      octets_per_hour: Math.round(written.octets / days / 24),
      write_ms_per_hour: Number(written.ms.toFixed(1)),
      write_cpu_ms_per_hour: Number(written.cpuMs.toFixed(1)),
      open_ms: openMs,
      read_30_days_by_route_ms: route.ms,
      read_30_days_of_a_domain_ms: domain.ms,
      read_30_days_sum_by_domain_ms: domains.ms,
      read_1_day_by_domain_ms: day.ms,
      rows: [route.rows, domain.rows, domains.rows, day.rows],
      count_cpu_ns_per_mail: countNs,
      count_cpu_ns_per_mail_in_a_flood: floodNs,
      peak_mb: Math.round(process.resourceUsage().maxRSS / 1_024),
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

const given = process.argv.indexOf('--days')
const result = await main(given < 0 ? 90 : Number(process.argv[given + 1]))
if (process.argv.includes('--json')) console.log(JSON.stringify(result))
else console.table(result)
