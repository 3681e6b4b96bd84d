// The figures as measured values for /metrics: of the last full minute and hour, and the three metrics of the last full
// sixty minutes. Read once a minute, however often somebody looks.
import { HOUR_MS, MINUTE_MS, SECOND_MS } from '../base/clock.ts'
import { COUNTED, counted, latencyPercentileMs, type FigureRow, type FigureSource } from '../base/figures.ts'
import { EMAIL_METRICS, emailMetrics, emailRate, type EmailMetric } from './email-metrics.ts'
import { answerFigures } from './figure-answer.ts'
import type { Gauge } from './gauges.ts'

/** Receiving domains by name: every one is some thirty time series in whatever stores them. */
const DOMAINS_TOP = 20
/** A label `quantile` would say that this is a summary, which rises; these are of sixty minutes. */
const PERCENTILES = [50, 95]

const ROUTE_GAUGES: Readonly<Record<EmailMetric, { readonly name: string; readonly help: string }>> = {
  EmailSendSuccess: {
    name: 'watari_send_success_ratio',
    help: 'EmailSendSuccess of one route, last 60 full minutes.',
  },
  EmailBounceRate: { name: 'watari_bounce_ratio', help: 'EmailBounceRate of one route, last 60 full minutes.' },
  EmailComplaintRate: {
    name: 'watari_complaint_ratio',
    help: 'EmailComplaintRate of one route, last 60 full minutes.',
  },
}

const EMAIL_HELP: Readonly<Record<EmailMetric, string>> = {
  EmailSendSuccess: 'Delivered or refused by its receiver, as a share (0 to 1) of all ends, last 60 full minutes.',
  EmailBounceRate: 'Hard bounces as a share (0 to 1) of known ends, last 60 full minutes.',
  EmailComplaintRate: 'Complaints as a share (0 to 1) of what was delivered, last 60 full minutes.',
}

/** The gauges of a sending domain, as of the last full minute. */
export function figureGauges(source: FigureSource, domain: string): (nowMs: number) => Promise<readonly Gauge[]> {
  let of = Number.NaN
  let last: Promise<readonly Gauge[]> = Promise.resolve([])
  return (nowMs) => {
    const minuteAt = nowMs - (nowMs % MINUTE_MS)
    if (minuteAt !== of) {
      of = minuteAt
      last = gaugesAt(source, domain, minuteAt)
      // A failure is told to who asks, and not kept.
      last.catch(() => (of = Number.NaN))
    }
    return last
  }
}

async function gaugesAt(source: FigureSource, domain: string, minuteAt: number): Promise<readonly Gauge[]> {
  const hourAt = minuteAt - (minuteAt % HOUR_MS)
  const ofMinutes = (minutes: number) =>
    source.rows({ fromMs: minuteAt - minutes * MINUTE_MS, toMs: minuteAt, grain: 'minute', by: 'route', span: true })
  const sixty = await ofMinutes(60)
  const lastHour = { fromMs: hourAt - HOUR_MS, toMs: hourAt, grain: 'hour', top: DOMAINS_TOP } as const
  const domains = await answerFigures(source, { ...lastHour, by: 'domain' })
  return [
    ...countGauges('watari_minute_recipients', 'Recipients in the last full minute.', await ofMinutes(1)),
    ...countGauges('watari_hour_recipients', 'Recipients in the last full hour, by receiving domain.', domains.sums),
    ...sixty.flatMap(latencyGauges),
    ...sixty.flatMap(routeRatios),
    ...emailGauges(domain, sixty),
  ]
}

function countGauges(name: string, help: string, rows: readonly FigureRow[]): readonly Gauge[] {
  return rows.flatMap((row) =>
    COUNTED.filter((word) => counted(row, word) > 0).map((word) => {
      const domain = row.label === '' ? {} : { domain: row.label }
      return { name, help, labels: { route: row.route, ...domain, counted: word }, value: counted(row, word) }
    }),
  )
}

function latencyGauges({ route, latency }: FigureRow): readonly Gauge[] {
  return (['sending', 'delivery'] as const).flatMap((kind) =>
    PERCENTILES.flatMap((percentile) => {
      const ms = latencyPercentileMs(latency[kind] ?? {}, percentile / 100)
      if (ms === undefined) return []
      const labels = { route, kind, percentile: String(percentile) }
      const help =
        'Time from 250 to the next hop’s answer (sending), from there to the receiver’s (delivery), last 60 full minutes.'
      return [{ name: 'watari_latency_seconds', help, labels, value: Math.round(ms) / SECOND_MS }]
    }),
  )
}

function routeRatios(row: FigureRow): readonly Gauge[] {
  return EMAIL_METRICS.flatMap((metric) => {
    const value = emailRate(metric, row)
    return value === undefined ? [] : [{ ...ROUTE_GAUGES[metric], labels: { route: row.route }, value }]
  })
}

function emailGauges(domain: string, routes: readonly FigureRow[]): readonly Gauge[] {
  return emailMetrics(domain, routes).map(({ name, dimensions, value }) => ({
    name,
    help: EMAIL_HELP[name],
    labels: { ...dimensions },
    value,
  }))
}
