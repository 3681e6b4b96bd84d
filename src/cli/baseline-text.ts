// The report of `watari baseline` for people. It shows what matters for the move, most important first, and no address.
import { DAY_MS, MINUTE_MS, SECOND_MS } from '../core/base/clock.ts'
import { wallText } from '../core/base/zoned-time.ts'
import type { Baseline, DomainBaseline, Outcomes, TlsShare } from '../core/plan/baseline/baseline.ts'
import { BASELINE_WORDS, REASON_MEANINGS, type BaselineWords, type Language } from './baseline-words.ts'
import { weekChart } from './baseline-week.ts'
import { duration, facts, grouped, size, table } from './output.ts'

/** Rows that a screen shows; the file has more. */
const DOMAINS_SHOWN = 20
const REASONS_SHOWN = 12
const SENDERS_SHOWN = 15
const STEPS_SHOWN = 10

export interface BaselineView {
  readonly language: Language
  readonly color: boolean
  /** Sender domains that are no verified identity of the plan. */
  readonly uncovered: readonly Baseline['senders'][number][]
  /** Masked lines that nobody understood. */
  readonly samples: readonly string[]
  readonly tlsLogged: boolean
  readonly files?: { readonly out?: string; readonly folder?: string; readonly imports: number }
}

export function baselineText(baseline: Baseline, view: BaselineView): string {
  const words = BASELINE_WORDS[view.language]
  const section = (title: string, body: string) => (body === '' ? '' : `\n${bold(view.color, title)}\n${body}`)
  return [
    headText(baseline, words, view),
    section(words.mail, mailText(baseline, words)),
    section(words.week, weekChart(baseline.week, words)),
    section(words.domains, domainsText(baseline, words)),
    section(words.groups, groupsText(baseline, words)),
    section(words.reasons, reasonsText(baseline, words, view.language)),
    section(words.steps, stepsText(baseline, words)),
    section(words.tls, tlsText(baseline, words, view.tlsLogged)),
    section(words.senders, sendersText(view.uncovered, words)),
    section(words.dotted, dottedText(baseline, words)),
    section(words.envelopes, envelopesText(baseline, words)),
    section(words.suppression, suppressionText(baseline, words, view)),
    section(words.unknown, linesText(baseline, words, view.samples)),
    view.files?.out === undefined ? '' : `\n${words.wrote(view.files.out)}\n`,
  ].join('')
}

function bold(color: boolean, text: string): string {
  return color ? `\u001b[1m${text}\u001b[0m` : text
}

export function percent(part: number, whole: number): string {
  if (whole === 0) return '-'
  const share = (100 * part) / whole
  return `${share >= 10 || share === 0 ? share.toFixed(1) : share.toFixed(2)} %`
}

function finals({ delivered, bounced, expired }: Outcomes): number {
  return delivered + bounced + expired
}

function headText(
  { hosts, firstAt, lastAt, zone, lines }: Baseline,
  words: BaselineWords,
  { color }: BaselineView,
): string {
  const span = `${wallText(firstAt, zone)} – ${wallText(lastAt, zone)} ${zone}`
  const days = words.days(((lastAt - firstAt) / DAY_MS).toFixed(1))
  const read = words.read(grouped(lines.files), size(lines.octets), grouped(lines.read))
  return `${bold(color, words.baseline(hosts.length))}\n${span} (${days})\n${read}\n`
}

function mailText(baseline: Baseline, words: BaselineWords): string {
  const { outcomes, delay, peaks, zone } = baseline
  const all = finals(outcomes)
  const days = Math.max(1, (baseline.lastAt - baseline.firstAt) / DAY_MS)
  const rows: (readonly [string, string])[] = [
    [words.mails, `${grouped(baseline.mails)}   ${words.aDay(grouped(Math.round(baseline.mails / days)))}`],
    [
      words.recipients,
      `${grouped(baseline.recipients)}   ${words.aDay(grouped(Math.round(baseline.recipients / days)))}`,
    ],
    [words.delivered, `${percent(outcomes.delivered, all)}   ${grouped(outcomes.delivered)}`],
    [words.bounced, `${percent(outcomes.bounced, all)}   ${grouped(outcomes.bounced)}`],
    [words.expired, `${percent(outcomes.expired, all)}   ${grouped(outcomes.expired)}`],
    [words.deferrals, `${grouped(outcomes.deferrals)}   ${words.per100(per100(outcomes))}`],
    [words.delay, `50 % ${seconds(delay.p50)}   95 % ${seconds(delay.p95)}   99 % ${seconds(delay.p99)}`],
    [
      words.size,
      `50 % ${size(baseline.size.p50)}   95 % ${size(baseline.size.p95)}   ${words.largest} ${size(baseline.size.largest)}`,
    ],
    [words.hour, peak(peaks.peakHour, peaks.peakHourAt, words.times(factor(peaks.peakHour, peaks.averageHour)))],
    [words.minute, peak(peaks.peakMinute, peaks.peakMinuteAt, words.aSecond((peaks.peakMinute / 60).toFixed(1)))],
    [words.day, peak(peaks.peakDay, peaks.peakDayAt, words.times(factor(peaks.peakDay, peaks.averageDay)))],
    [words.notices, grouped(baseline.nullSenders)],
  ]
  return facts(rows).replaceAll(/^/gm, '  ').trimEnd() + '\n'

  function peak(recipients: number, at: number, note: string): string {
    return recipients === 0 ? words.none : `${grouped(recipients)}   ${wallText(at, zone)}   ${note}`
  }
}

function factor(peak: number, average: number): string {
  return average === 0 ? '-' : (peak / average).toFixed(1)
}

function per100(outcomes: Outcomes): string {
  const all = finals(outcomes)
  return all === 0 ? '-' : ((100 * outcomes.deferrals) / all).toFixed(1)
}

export function seconds(value: number | undefined): string {
  if (value === undefined) return '-'
  if (value < 10) return `${value.toFixed(1)} s`
  return value * SECOND_MS < MINUTE_MS ? `${Math.round(value)} s` : duration(value * SECOND_MS)
}

function tlsShare({ tls, plain }: TlsShare): string {
  return percent(tls, tls + plain)
}

function domainsText({ domains, rest }: Baseline, words: BaselineWords): string {
  if (domains.length === 0) return ''
  const shown = domains.slice(0, DOMAINS_SHOWN)
  const more = domains.length - shown.length + rest.domains
  const rows = shown.map((row) => {
    const all = finals(row.outcomes)
    const { delivered, bounced, expired, deferrals } = row.outcomes
    return [
      row.domain,
      grouped(delivered),
      percent(bounced, all),
      percent(expired, all),
      grouped(deferrals),
      seconds(row.delay.p50),
      seconds(row.delay.p95),
      tlsShare(row.tls),
      mainReason(row),
    ]
  })
  const text = indented(table(words.domainHead, rows))
  return more > 0 ? `${text}  ${words.more(grouped(more))}\n` : text
}

function mainReason({ reasons }: DomainBaseline): string {
  return reasons
    .slice(0, 2)
    .map(({ reason }) => reason)
    .join(', ')
}

function indented(text: string): string {
  return text.replaceAll(/^(?=.)/gm, '  ')
}

function groupsText({ groups, outcomes }: Baseline, words: BaselineWords): string {
  if (groups.length === 0) return ''
  return indented(
    table(
      words.groupHead,
      groups.map(({ group, outcomes: own, tls }) => [
        group,
        grouped(own.delivered),
        percent(finals(own), finals(outcomes)),
        percent(own.bounced, finals(own)),
        grouped(own.deferrals),
        tlsShare(tls),
      ]),
    ),
  )
}

function reasonsText({ reasons }: Baseline, words: BaselineWords, language: Language): string {
  if (reasons.length === 0) return ''
  const rows = reasons
    .slice(0, REASONS_SHOWN)
    .map(({ reason, failed, deferred }) => [
      reason,
      grouped(failed),
      grouped(deferred),
      REASON_MEANINGS[reason][language],
    ])
  return indented(table(words.reasonHead, rows))
}

function stepsText({ steps }: Baseline, words: BaselineWords): string {
  if (steps.length === 0) return ''
  const rows = steps
    .slice(0, STEPS_SHOWN)
    .map(({ domain, day, what, code, before, after }) => [
      domain,
      day,
      what === 'bounces' ? words.stepBounces(code) : words.stepDeferrals,
      `${percent(before.count, before.of)} (${grouped(before.count)}/${grouped(before.of)})`,
      `${percent(after.count, after.of)} (${grouped(after.count)}/${grouped(after.of)})`,
    ])
  return indented(`${table(words.stepHead, rows)}${words.stepsMean}\n`)
}

function tlsText({ tls }: Baseline, words: BaselineWords, isLogged: boolean): string {
  if (!isLogged) return indented(`${words.tlsUnknown}\n`)
  return indented(`${words.tlsLoses(percent(tls.plain, tls.tls + tls.plain), grouped(tls.plain))}\n`)
}

function sendersText(uncovered: BaselineView['uncovered'], words: BaselineWords): string {
  if (uncovered.length === 0) return indented(`${words.allCovered}\n`)
  const rows = uncovered
    .slice(0, SENDERS_SHOWN)
    .map(({ domain, mails, recipients }) => [domain, grouped(mails), grouped(recipients)])
  return indented(`${table(words.senderHead, rows)}${words.sendersMean}\n`)
}

function dottedText({ dotted }: Baseline, words: BaselineWords): string {
  if (dotted.length === 0) return ''
  const count = dotted.reduce((sum, { recipients }) => sum + recipients, 0)
  const domains = dotted.slice(0, 5).map(({ domain }) => domain)
  return indented(`${words.dottedMean(grouped(count), domains.join(', '))}\n`)
}

function envelopesText({ largeEnvelopes: { mails, largest } }: Baseline, words: BaselineWords): string {
  return indented(`${mails === 0 ? words.noEnvelopes : words.envelopesMean(grouped(mails), grouped(largest))}\n`)
}

function suppressionText({ suppression }: Baseline, words: BaselineWords, { files }: BaselineView): string {
  const { candidates, suppressed, leastBounces, doubtful, revived } = suppression
  const lines = [
    words.candidates(grouped(candidates)),
    words.suppressed(grouped(suppressed), leastBounces),
    ...(doubtful > 0 ? [words.doubtful(grouped(doubtful))] : []),
    ...(revived > 0 ? [words.revived(grouped(revived))] : []),
    files?.folder === undefined ? words.askFolder : words.wroteImports(grouped(files.imports), files.folder),
  ]
  return indented(`${lines.join('\n')}\n`)
}

function linesText({ lines }: Baseline, words: BaselineWords, samples: readonly string[]): string {
  const holes = [
    lines.evicted > 0 ? words.evicted(grouped(lines.evicted)) : '',
    lines.forgottenSuccesses > 0 ? words.forgottenSuccesses(grouped(lines.forgottenSuccesses)) : '',
    lines.forgottenBounces > 0 ? words.forgottenBounces(grouped(lines.forgottenBounces)) : '',
    lines.forgottenDays > 0 ? words.forgottenDays(grouped(lines.forgottenDays)) : '',
    lines.doubtfulStamps > 0 ? words.doubtfulStamps(grouped(lines.doubtfulStamps)) : '',
  ].filter((hole) => hole !== '')
  const told = [
    lines.unknown === 0 ? words.understood : words.unknownMean(grouped(lines.unknown)),
    ...samples.map((sample) => `  ${sample}`),
    ...(lines.foreign > 0 ? [words.foreign(grouped(lines.foreign))] : []),
    ...(lines.handedOver > 0 ? [words.handedOver(grouped(lines.handedOver))] : []),
    ...(lines.open > 0 ? [words.open(grouped(lines.open))] : []),
    ...(holes.length > 0 ? [words.holes(holes.join('; '))] : []),
  ]
  return indented(`${told.join('\n')}\n`)
}
