// The words of reports as a table that both languages fill.
import type { AnswersChange } from './report-compare.ts'
import type { DomainReport, LaneReport, Report, ReportKind } from './report.ts'

export interface ReportWords {
  readonly subject: (report: Pick<Report, 'kind' | 'domain'>, days: Days) => string
  readonly heading: (report: Pick<Report, 'kind' | 'domain' | 'timeZone'>, days: Days) => string
  readonly lanes: { readonly ses: string; readonly legacy: string }
  readonly rows: Readonly<Record<RowName, string>>
  readonly columns: {
    readonly domain: string
    readonly sent: string
    readonly delivered: string
    readonly hard: string
    readonly complained: string
    readonly p95: string
    readonly note: string
  }
  readonly parts: {
    readonly both: string
    readonly course: Readonly<Record<ReportKind, string>>
    readonly domains: string
    readonly notes: string
    readonly stage: string
    readonly incidents: string
    readonly suppression: string
    readonly cost: string
  }
  readonly notes: {
    readonly answersChanged: (domain: string, change: AnswersChange, day: string) => string
    readonly sesHigher: (report: DomainReport) => string
    readonly sesLower: (report: DomainReport) => string
    readonly few: (lane: LaneReport) => string
    readonly blind: (lane: LaneReport) => string
    readonly critical: (count: number) => string
    readonly nothingSent: string
    readonly none: string
  }
  readonly comparisons: Readonly<Record<DomainReport['comparison'], string>>
  readonly rest: string
  readonly stageNow: (percent: number) => string
  readonly stageChange: (change: { at: string; percent: number; by: string; reason: string }) => string
  readonly noIncident: string
  readonly incident: (incident: IncidentWords) => string
  readonly suppression: (suppression: NonNullable<Report['suppression']>) => string
  readonly cost: (cost: NonNullable<Report['cost']>) => string
  readonly unknown: string
}

export type RowName =
  | 'accepted'
  | 'sent'
  | 'delivered'
  | 'hardBounced'
  | 'softBounced'
  | 'complained'
  | 'refused'
  | 'suppressed'
  | 'sendingP95'
  | 'deliveryP95'

export interface Days {
  readonly first: string
  readonly last: string
}

export interface IncidentWords {
  readonly mark: string
  readonly title: string
  readonly since: string
  readonly lasted: string
  readonly open: boolean
  readonly cameBack: number
}

/** '0.4 s', '1 min 12 s': of latencies. */
export function latencyText(ms: number | undefined): string | undefined {
  if (ms === undefined) return undefined
  if (ms < 60_000) return `${Number((ms / 1_000).toPrecision(2))} s`
  const minutes = Math.round(ms / 60_000)
  return minutes < 120 ? `${minutes} min` : `${Number((minutes / 60).toPrecision(2))} h`
}
