// Counts in memory and renders them for Prometheus. Counting is on the hot path, so it is one look-up and one addition;
// prom-client sees the sums only when somebody reads them.
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client'
import { gaugesOf, type Gauge as Measured } from '../../core/watch/gauges.ts'
import type { CounterLabels, CounterName, HistogramLabels, HistogramName, Meter } from '../../core/watch/metrics.ts'
import type { GatewayStatus } from '../../core/mail/operations.ts'

type CounterTable = {
  readonly [N in CounterName]: { readonly help: string; readonly labels: readonly CounterLabels[N][] }
}
const COUNTERS: CounterTable = {
  watari_connections_total: { help: 'SMTP connections, by how they ended.', labels: ['result'] },
  watari_refusals_total: { help: 'Commands refused, by reason.', labels: ['reason'] },
  watari_mails_accepted_total: { help: 'Mails answered with 250.', labels: [] },
  watari_recipients_accepted_total: { help: 'Recipients of accepted mails, by route.', labels: ['route'] },
  watari_recipients_settled_total: { help: 'Recipients that are done, by outcome.', labels: ['route', 'outcome'] },
  watari_kept_off_ses_total: { help: 'Recipients kept on legacy though the split said SES.', labels: ['reason'] },
  watari_figures_total: { help: 'Recipients, by route and by what became of them.', labels: ['route', 'counted'] },
  watari_headers_repaired_total: { help: 'Header faults mended in the copy for SES.', labels: ['repair'] },
  watari_deferrals_total: { help: 'Recipients to be tried again, by reason.', labels: ['route', 'reason'] },
  watari_throttled_total: { help: 'Answers that said too fast.', labels: ['route'] },
  watari_unclear_total: { help: 'Recipients whose attempt had no answer after the content.', labels: ['route'] },
  watari_quarantined_total: { help: 'Parts set aside for a person.', labels: ['reason'] },
  watari_bounces_total: { help: 'DSNs written.', labels: [] },
  watari_dmarc_reports_total: { help: 'DMARC aggregate reports by what became of them.', labels: ['result'] },
  watari_archive_lost_total: {
    help: 'Records that the archive could not keep, because its disk was full or too slow.',
    labels: ['kind'],
  },
  watari_returns_total: {
    help: 'Events of SES by whether their sender was sent a report, and why not.',
    labels: ['kind', 'result'],
  },
  watari_suppressed_total: {
    help: 'Recipients not sent, because they are on the suppression list.',
    labels: ['route'],
  },
  watari_alarms_total: { help: 'Alarms in the log.', labels: ['event'] },
  watari_feedback_records_total: { help: 'What SES told, by kind of event or why it is none.', labels: ['kind'] },
  watari_feedback_changes_total: { help: 'New facts of recipients, each counted once.', labels: ['fact'] },
  watari_feedback_unmatched_total: { help: 'Events of mail that carries no mail id of ours.', labels: [] },
  watari_feedback_refused_total: { help: 'Requests with feedback that were not taken, by reason.', labels: ['reason'] },
}

type HistogramTable = {
  readonly [N in HistogramName]: {
    readonly help: string
    readonly labels: readonly HistogramLabels[N][]
    readonly buckets: number[]
  }
}
const HISTOGRAMS: HistogramTable = {
  watari_accept_to_delivered_seconds: {
    help: 'From 250 to the next hop’s acceptance.',
    labels: ['route'],
    // Idle aims under 1 s, full load under 60 s, and what waits for a retry takes hours.
    buckets: [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 3_600, 21_600],
  },
  watari_commit_seconds: {
    help: 'Time of one group commit to disk.',
    labels: [],
    buckets: [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1],
  },
}

/** Labels are words from a known list; more than this many would be a mistake that must not eat memory. */
const CHILDREN_MAX = 500
const OTHER = 'other'

interface Child {
  readonly labels: Readonly<Record<string, string>>
  sum: number
}

export interface PrometheusMeter extends Meter {
  /** The page for Prometheus; gauges come from the status given, and from what else was measured. */
  render(status: GatewayStatus | undefined, nowMs: number, measured?: readonly Measured[]): Promise<string>
  readonly contentType: string
}

/** `processMetrics` adds CPU, memory, event loop and garbage collection of this process. */
export function prometheusMeter(options: { readonly processMetrics: boolean }): PrometheusMeter {
  const registry = new Registry()
  if (options.processMetrics) collectDefaultMetrics({ register: registry })
  const families = new Map(Object.keys(COUNTERS).map((name) => [name, counterFamily(registry, name as CounterName)]))
  const histograms = new Map(Object.keys(HISTOGRAMS).map((name) => [name, histogram(registry, name as HistogramName)]))
  const gauges = new Map<string, Gauge>()
  return {
    count: (name, labels, by = 1) => {
      families.get(name)!.child(labels).sum += by
    },
    observe: (name, labels, value) => histograms.get(name)!.observe(labels, value),
    contentType: registry.contentType,
    render: (status, nowMs, measured = []) => {
      for (const family of families.values()) family.publish()
      publishGauges(registry, gauges, [...(status === undefined ? [] : gaugesOf(status, nowMs)), ...measured])
      return registry.metrics()
    },
  }
}

function counterFamily(registry: Registry, name: CounterName) {
  const { help, labels: names } = COUNTERS[name] as { help: string; labels: readonly string[] }
  const counter = new Counter({ name, help, labelNames: names, registers: [registry] })
  const children = new Map<string, Child>()
  const add = (key: string, labels: Readonly<Record<string, string>>): Child => {
    if (children.size >= CHILDREN_MAX && !children.has(OTHER)) {
      const child = { labels: Object.fromEntries(names.map((label) => [label, OTHER])), sum: 0 }
      children.set(OTHER, child)
      return child
    }
    if (children.size >= CHILDREN_MAX) return children.get(OTHER)!
    const child = { labels: { ...labels }, sum: 0 }
    children.set(key, child)
    return child
  }
  // A counter without labels is there from the start, so that its first rise can be seen as one.
  if (names.length === 0) add('', {})
  return {
    child: (labels: Readonly<Record<string, string>>): Child => {
      const key = names.length === 1 ? labels[names[0]!]! : names.map((label) => labels[label]).join('\n')
      return children.get(key) ?? add(key, labels)
    },
    publish: () => {
      counter.reset()
      for (const { labels, sum } of children.values()) counter.inc({ ...labels }, sum)
    },
  }
}

function histogram(registry: Registry, name: HistogramName) {
  const { help, labels, buckets } = HISTOGRAMS[name] as { help: string; labels: readonly string[]; buckets: number[] }
  return new Histogram({ name, help, labelNames: labels, buckets, registers: [registry] })
}

function publishGauges(registry: Registry, gauges: Map<string, Gauge>, measured: readonly Measured[]): void {
  for (const gauge of gauges.values()) gauge.reset()
  for (const { name, help, labels, value } of measured) {
    let gauge = gauges.get(name)
    if (gauge === undefined) {
      gauge = new Gauge({ name, help, labelNames: Object.keys(labels), registers: [registry] })
      gauges.set(name, gauge)
    }
    gauge.set({ ...labels }, value)
  }
}
