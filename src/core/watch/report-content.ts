// What a report says, in one language, before it is laid out as text or HTML: both say exactly the same.
import { wallText } from '../base/zoned-time.ts'
import { titleOf } from './alert-notice.ts'
import { JAPANESE } from './words-ja.ts'
import { ENGLISH } from './words-en.ts'
import { REPORT_ENGLISH } from './report-words-en.ts'
import { REPORT_JAPANESE } from './report-words-ja.ts'
import { latencyText, type ReportWords, type RowName } from './report-words.ts'
import { REST, type DomainReport, type LaneReport, type LanesReport, type Report, type ReportKind } from './report.ts'
import { countText, percentText, type Language } from './words.ts'

export interface ReportContent {
  readonly kind: ReportKind
  readonly language: Language
  readonly subject: string
  readonly heading: string
  readonly words: ReportWords
  /** Label, SES, Postfix. */
  readonly rows: readonly (readonly [string, string, string])[]
  readonly course: readonly { readonly label: string; readonly ses: number; readonly legacy: number }[]
  readonly domains: readonly DomainLine[]
  readonly notes: readonly string[]
  /** Headings with their lines. */
  readonly parts: readonly (readonly [string, readonly string[]])[]
}

export interface DomainLine {
  readonly domain: string
  readonly ses: LaneCells
  readonly legacy: LaneCells
  readonly note: string
  readonly marked: boolean
}

export interface LaneCells {
  readonly sent: string
  readonly delivered: string
  readonly hard: string
  readonly complained: string
  readonly p95: string
  /** Fraction, for a bar. */
  readonly hardRate: number
}

const WORDS: Readonly<Record<Language, ReportWords>> = { ja: REPORT_JAPANESE, en: REPORT_ENGLISH }
/** Fewer ends than these make no rate. */
const LEAST_MAILS = 100

export function contentOf(report: Report, language: Language): ReportContent {
  const words = WORDS[language]
  const { timeZone, fromMs, toMs } = report
  const day = (at: number) => wallText(at, timeZone).slice(0, 10)
  const days = { first: day(fromMs), last: day(toMs - 1) }
  return {
    kind: report.kind,
    language,
    words,
    subject: words.subject(report, days),
    heading: words.heading(report, days),
    rows: rowsOf(report.totals, words),
    course: report.series.map(({ atMs, ses, legacy }) => ({ label: courseLabel(report, atMs), ses, legacy })),
    domains: report.domains.map((domain) => domainLine(domain, words)),
    notes: notesOf(report, words, day),
    parts: partsOf(report, words, language),
  }
}

function courseLabel({ kind, timeZone }: Report, atMs: number): string {
  const text = wallText(atMs, timeZone)
  return kind === 'DailyReport' ? text.slice(11, 13) : text.slice(5, 10)
}

const ROWS: readonly (readonly [RowName, (lane: LaneReport) => string | undefined])[] = [
  ['accepted', ({ accepted }) => countText(accepted)],
  ['sent', ({ sent }) => countText(sent)],
  ['delivered', (lane) => ended(lane, withRate(lane.delivered, lane.deliveredRate))],
  ['hardBounced', (lane) => ended(lane, withRate(lane.hardBounced, lane.bounceRate))],
  ['softBounced', (lane) => ended(lane, countText(lane.softBounced))],
  ['complained', (lane) => ended(lane, withRate(lane.complained, lane.complaintRate))],
  ['refused', ({ refused }) => countText(refused)],
  ['suppressed', ({ suppressed }) => countText(suppressed)],
  ['sendingP95', ({ sendingP95Ms }) => latencyText(sendingP95Ms)],
  ['deliveryP95', ({ deliveryP95Ms }) => latencyText(deliveryP95Ms)],
]

/** What became of mails is unknown, and not 0, while nobody tells of the lane. */
function ended({ sent, delivered, hardBounced, softBounced }: LaneReport, text: string): string | undefined {
  return sent > 0 && delivered + hardBounced + softBounced === 0 ? undefined : text
}

function withRate(count: number, rate: number | undefined): string {
  return rate === undefined ? countText(count) : `${countText(count)} (${percentText(rate)})`
}

function rowsOf({ ses, legacy }: LanesReport, words: ReportWords): ReportContent['rows'] {
  return ROWS.map(([name, cell]) => [words.rows[name], cell(ses) ?? words.unknown, cell(legacy) ?? words.unknown])
}

function domainLine({ domain, ses, legacy, comparison }: DomainReport, words: ReportWords): DomainLine {
  return {
    domain: domain === REST ? words.rest : domain,
    ses: laneCells(ses),
    legacy: laneCells(legacy),
    note: words.comparisons[comparison],
    marked: comparison === 'answersChanged' || comparison === 'sesHigher',
  }
}

const rate = (value: number | undefined) => (value === undefined ? '-' : percentText(value))

function laneCells({ sent, deliveredRate, bounceRate, complaintRate, deliveryP95Ms }: LaneReport): LaneCells {
  return {
    sent: countText(sent),
    delivered: rate(deliveredRate),
    hard: rate(bounceRate),
    complained: rate(complaintRate),
    p95: latencyText(deliveryP95Ms) ?? '-',
    hardRate: bounceRate ?? 0,
  }
}

function notesOf(
  { totals: { ses, legacy }, domains, incidents }: Report,
  words: ReportWords,
  day: (at: number) => string,
) {
  const { notes } = words
  const ends = ses.delivered + ses.hardBounced + ses.softBounced
  const critical = incidents.filter(({ level }) => level === 'critical').length
  const all = [
    ...(critical > 0 ? [notes.critical(critical)] : []),
    ...(ses.sent + legacy.sent === 0 ? [notes.nothingSent] : []),
    ...(ses.sent > 0 && ends === 0 ? [notes.blind(ses)] : []),
    ...(ends > 0 && ends < LEAST_MAILS ? [notes.few(ses)] : []),
    ...domains.flatMap((report) => {
      const { domain, comparison, answers } = report
      if (answers !== undefined) return [notes.answersChanged(domain, answers, day(answers.at))]
      if (comparison === 'sesHigher') return [notes.sesHigher(report)]
      return comparison === 'sesLower' ? [notes.sesLower(report)] : []
    }),
  ]
  return all.length === 0 ? [notes.none] : all
}

function partsOf(report: Report, words: ReportWords, language: Language): ReportContent['parts'] {
  const { stage, incidents, suppression, cost, timeZone } = report
  const stages = stage?.changes.map((change) => words.stageChange({ ...change, at: wallText(change.at, timeZone) }))
  return [
    ...(stage === undefined ? [] : [[words.parts.stage, [words.stageNow(stage.percent), ...(stages ?? [])]] as const]),
    [words.parts.incidents, incidents.length === 0 ? [words.noIncident] : incidentLines(report, words, language)],
    ...(suppression === undefined ? [] : [[words.parts.suppression, [words.suppression(suppression)]] as const]),
    ...(cost === undefined ? [] : [[words.parts.cost, [words.cost(cost)]] as const]),
  ]
}

function incidentLines({ incidents, timeZone, toMs }: Report, words: ReportWords, language: Language) {
  const { marks, duration } = language === 'ja' ? JAPANESE : ENGLISH
  return incidents.map(({ alert, scope, level, openedAt, closedAt, cameBack }) =>
    words.incident({
      mark: marks[level],
      title: `${titleOf(alert, language)}${scope === '' ? '' : ` (${scope})`}`,
      since: wallText(openedAt, timeZone),
      lasted: duration(Math.min(closedAt ?? toMs, toMs) - openedAt),
      open: closedAt === undefined || closedAt >= toMs,
      cameBack,
    }),
  )
}
