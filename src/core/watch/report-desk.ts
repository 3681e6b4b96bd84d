// Reports for whoever asks, and for the calendar: the same report either way.
import { DAY_MS } from '../base/clock.ts'
import type { Notice } from '../base/notice.ts'
import { instantOf, wallTime } from '../base/zoned-time.ts'
import type { DueLetter } from './calendar.ts'
import { contentOf, type ReportContent } from './report-content.ts'
import { reportHtml } from './report-html.ts'
import { readReport, type ReportSources } from './report-read.ts'
import { reportSlack } from './report-slack.ts'
import { reportText } from './report-text.ts'
import type { Report, ReportKind } from './report.ts'
import type { Language } from './words.ts'

export interface ReportOrder {
  readonly kind: ReportKind
  /** 'YYYY-MM-DD' in the plan's zone: the day, or a day of the week. Without it the last one that is over. */
  readonly date?: string
  readonly language: Language
}

export interface MadeReport {
  readonly report: Report
  readonly subject: string
  readonly text: string
  readonly html: string
}

export interface ReportDesk {
  report(order: ReportOrder): Promise<MadeReport>
  /** The letter that is due: of the day, or of the week, before. */
  letter(due: DueLetter & { readonly kind: ReportKind }, languages: readonly Language[]): Promise<Notice>
}

export interface ReportDeskOptions {
  readonly sources: ReportSources
  readonly domain: string
  readonly timeZone: string
  readonly now: () => number
}

const SPAN_MS: Readonly<Record<ReportKind, number>> = { DailyReport: DAY_MS, WeeklyPerformanceReport: 7 * DAY_MS }

export function reportDesk({ sources, domain, timeZone, now }: ReportDeskOptions): ReportDesk {
  return {
    async report({ kind, date, language }) {
      const atMs = date === undefined ? now() - SPAN_MS[kind] : noonOf(date, timeZone)
      const report = await readReport(sources, { kind, domain, timeZone, atMs })
      const content = contentOf(report, language)
      return { report, subject: content.subject, text: reportText(content), html: reportHtml([content]) }
    },
    async letter({ id, kind, dueAt }, languages) {
      const report = await readReport(sources, { kind, domain, timeZone, atMs: dueAt - SPAN_MS[kind] })
      return reportNotice(
        id,
        languages.map((language) => contentOf(report, language)),
      )
    },
  }
}

function reportNotice(id: string, contents: readonly ReportContent[]): Notice {
  return {
    id,
    level: 'info',
    subject: contents[0]!.subject,
    text: contents.map(reportText).join(`\n${'='.repeat(60)}\n\n`),
    html: reportHtml(contents),
    slackBlocks: contents.flatMap(reportSlack),
  }
}

/** Noon lies within its day in every zone. Throws a RangeError for a day that is none. */
function noonOf(date: string, timeZone: string): number {
  const [year = 0, month = 0, day = 0] = date.split('-').map(Number)
  const at = instantOf({ year, month, day, hour: 12, minute: 0 }, timeZone)
  const wall = wallTime(at, timeZone)
  if (wall.month !== month || wall.day !== day) throw new RangeError(`${date} is no day`)
  return at
}
