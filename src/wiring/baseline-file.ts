// The baseline file: small JSON without an address, written whole or not at all, and read back with every field judged.
import { readFileSync, renameSync, writeFileSync } from 'node:fs'
import { z } from 'zod'
import { LEGACY_REASONS } from '../core/base/legacy-reason.ts'
import { BASELINE_FORMAT, BASELINE_VERSION, type Baseline } from '../core/plan/baseline/baseline.ts'

/** A thousand domains with their reasons take under a megabyte. */
const FILE_OCTETS_MAX = 16 * 1_048_576

const count = z.number().nonnegative()
const at = z.number()
const outcomes = z.object({ delivered: count, bounced: count, expired: count, deferrals: count })
const delay = z.object({ p50: count.exactOptional(), p95: count.exactOptional(), p99: count.exactOptional() })
const tls = z.object({ tls: count, plain: count })
const reasons = z.array(z.object({ reason: z.enum(LEGACY_REASONS), failed: count, deferred: count }))
const rate = z.object({ count, of: count })
const step = z.object({
  domain: z.string(),
  what: z.enum(['bounces', 'deferrals']),
  code: z.string(),
  day: z.string(),
  before: rate,
  after: rate,
})

const schema = z.object({
  format: z.literal(BASELINE_FORMAT),
  version: z.literal(BASELINE_VERSION),
  madeAt: at,
  firstAt: at,
  lastAt: at,
  zone: z.string(),
  hosts: z.array(z.string()),
  lines: z.record(z.string(), count),
  mails: count,
  recipients: count,
  octets: count,
  nullSenders: count,
  outcomes,
  delay,
  tls,
  size: z.object({ p50: count, p95: count, largest: count }),
  week: z.array(z.object({ average: count, peak: count })).length(168),
  peaks: z.object({
    averageHour: count,
    peakHour: count,
    peakHourAt: at,
    peakMinute: count,
    peakMinuteAt: at,
    averageDay: count,
    peakDay: count,
    peakDayAt: at,
  }),
  largeEnvelopes: z.object({ mails: count, largest: count }),
  domains: z.array(z.object({ domain: z.string(), outcomes, octets: count, delay, tls, reasons })),
  rest: z.object({ domains: count, outcomes }),
  groups: z.array(z.object({ group: z.string(), outcomes, tls })),
  senders: z.array(z.object({ domain: z.string(), mails: count, recipients: count, octets: count })),
  dotted: z.array(z.object({ domain: z.string(), recipients: count })),
  reasons,
  stages: z.record(z.string(), count),
  steps: z.array(step),
  suppression: z.object({ candidates: count, suppressed: count, leastBounces: count, doubtful: count, revived: count }),
})

export type BaselineReading =
  | { readonly kind: 'baseline'; readonly baseline: Baseline }
  | { readonly kind: 'unreadable'; readonly why: string }

/** The baseline in a file, or why there is none. */
export function readBaseline(file: string): BaselineReading {
  try {
    const octets = readFileSync(file)
    if (octets.length > FILE_OCTETS_MAX) return { kind: 'unreadable', why: 'is too large for a baseline' }
    const parsed = schema.safeParse(JSON.parse(octets.toString('utf8')))
    if (parsed.success) return { kind: 'baseline', baseline: parsed.data as unknown as Baseline }
    const [issue] = parsed.error.issues
    return {
      kind: 'unreadable',
      why: `is no baseline of this version: ${issue?.path.join('.') ?? ''} ${issue?.message ?? ''}`,
    }
  } catch (error) {
    return { kind: 'unreadable', why: whyNot(error) }
  }
}

/** Without the parser's own words: they quote what stands in the file. */
function whyNot(error: unknown): string {
  if (error instanceof SyntaxError) return 'is no JSON'
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown'
  return code === 'ENOENT' ? 'is not there' : `cannot be read (${code})`
}

export function writeBaseline(file: string, baseline: Baseline): void {
  const coming = `${file}.new`
  writeFileSync(coming, `${JSON.stringify(baseline, undefined, 1)}\n`)
  renameSync(coming, file)
}
