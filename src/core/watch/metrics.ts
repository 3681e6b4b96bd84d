// Names and units of everything that is counted. The adapter renders them for Prometheus; CloudWatch takes the same names later.

/** Counters, each with the labels it is counted by. Names follow Prometheus: unit last, `_total` for counters. */
export interface CounterLabels {
  watari_connections_total: 'result'
  watari_refusals_total: 'reason'
  watari_mails_accepted_total: never
  watari_recipients_accepted_total: 'route'
  watari_recipients_settled_total: 'route' | 'outcome'
  watari_kept_off_ses_total: 'reason'
  watari_figures_total: 'route' | 'counted'
  watari_headers_repaired_total: 'repair'
  watari_deferrals_total: 'route' | 'reason'
  watari_throttled_total: 'route'
  watari_unclear_total: 'route'
  watari_quarantined_total: 'reason'
  watari_bounces_total: never
  watari_returns_total: 'kind' | 'result'
  watari_archive_lost_total: 'kind'
  watari_dmarc_reports_total: 'result'
  watari_suppressed_total: 'route'
  watari_alarms_total: 'event'
  watari_feedback_records_total: 'kind'
  watari_feedback_changes_total: 'fact'
  watari_feedback_unmatched_total: never
  watari_feedback_refused_total: 'reason'
}
export type CounterName = keyof CounterLabels

/** Measured values, in the unit that ends the name. */
export interface HistogramLabels {
  watari_accept_to_delivered_seconds: 'route'
  watari_commit_seconds: never
}
export type HistogramName = keyof HistogramLabels

export interface Meter {
  count<N extends CounterName>(name: N, labels: Readonly<Record<CounterLabels[N], string>>, by?: number): void
  observe<N extends HistogramName>(name: N, labels: Readonly<Record<HistogramLabels[N], string>>, value: number): void
}
