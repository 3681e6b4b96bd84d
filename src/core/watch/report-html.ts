// A report as HTML for mail readers: tables, inline styles and cells with a background as bars, because Outlook and Gmail show
// neither SVG nor style sheets. Every figure stands beside its bar as a number, for whoever sees no colours.
import type { DomainLine, LaneCells, ReportContent } from './report-content.ts'

const FONT =
  "font-family:'Helvetica Neue',Arial,'Hiragino Sans','Yu Gothic UI',Meiryo,sans-serif;font-size:14px;line-height:1.5;color:#1a1a1a"
const CELL = 'border-bottom:1px solid #e3e6e9;padding:4px 7px;vertical-align:top'
const NUMBER = `${CELL};text-align:right;white-space:nowrap`
const HEAD = 'border-bottom:2px solid #9aa5b1;padding:4px 7px;text-align:right;font-weight:bold;white-space:nowrap'
const HEADING = 'font-size:16px;margin:28px 0 8px;border-left:4px solid #2f5d8a;padding-left:8px'
const TABLE = 'role="presentation" cellpadding="0" cellspacing="0" style="border-collapse:collapse"'
const COLORS = { ses: '#2f5d8a', legacy: '#b9c2cb', marked: '#fff4e0' } as const

export function reportHtml(contents: readonly ReportContent[]): string {
  const [{ language, subject }] = contents as readonly [ReportContent, ...ReportContent[]]
  return [
    `<!DOCTYPE html><html lang="${language}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${escaped(subject)}</title></head>`,
    `<body style="${FONT};margin:16px;background:#ffffff">`,
    contents.map(bodyOf).join('\n<hr style="border:0;border-top:1px solid #9aa5b1;margin:32px 0">\n'),
    '</body></html>\n',
  ].join('\n')
}

function bodyOf(content: ReportContent): string {
  const { kind, language, heading, words, rows, course, domains, notes, parts } = content
  return [
    `<div lang="${language}" style="max-width:980px">`,
    `<h1 style="font-size:20px;margin:0 0 12px">${escaped(heading)}</h1>`,
    section(words.parts.notes, bullets(notes)),
    section(words.parts.both, totals(rows, content)),
    section(words.parts.course[kind], chart(course, content)),
    ...(domains.length === 0 ? [] : [section(words.parts.domains, domainTable(domains, content))]),
    ...parts.map(([title, lines]) => section(title, bullets(lines))),
    '</div>',
  ].join('\n')
}

function section(title: string, html: string): string {
  return `<h2 style="${HEADING}">${escaped(title)}</h2>\n${html}`
}

function bullets(lines: readonly string[]): string {
  return `<ul style="margin:8px 0;padding-left:20px">${lines.map((line) => `<li>${escaped(line)}</li>`).join('')}</ul>`
}

function totals(rows: ReportContent['rows'], { words: { lanes } }: ReportContent): string {
  const head = ['', lanes.ses, lanes.legacy].map((text) => `<th style="${HEAD}">${escaped(text)}</th>`).join('')
  const lines = rows.map(
    ([label, ses, legacy]) =>
      `<tr><td style="${CELL}">${escaped(label)}</td><td style="${NUMBER}">${escaped(ses)}</td><td style="${NUMBER}">${escaped(legacy)}</td></tr>`,
  )
  return `<table ${TABLE}><tr>${head}</tr>${lines.join('')}</table>`
}

const CHART_PIXELS = 120
/** Columns standing on their labels: legacy above SES, so that SES is seen to grow. */
function chart(course: ReportContent['course'], { kind, words: { lanes } }: ReportContent): string {
  const most = Math.max(1, ...course.map(({ ses, legacy }) => ses + legacy))
  const pixels = (count: number) => (count === 0 ? 0 : Math.max(1, Math.round((count / most) * CHART_PIXELS)))
  const width = kind === 'DailyReport' ? 26 : 64
  const piece = (count: number, color: string) =>
    pixels(count) === 0
      ? ''
      : `<tr><td bgcolor="${color}" width="${width}" height="${pixels(count)}" style="background:${color};font-size:1px;line-height:1px">&nbsp;</td></tr>`
  const columns = course.map(
    ({ ses, legacy }) =>
      `<td valign="bottom" style="padding:0 2px;text-align:center"><span style="font-size:10px;color:#5b6670">${shortCount(ses + legacy)}</span><table role="presentation" cellpadding="0" cellspacing="0" align="center">${piece(legacy, COLORS.legacy)}${piece(ses, COLORS.ses)}</table></td>`,
  )
  const labels = course.map(
    ({ label }) =>
      `<td style="padding:2px;text-align:center;font-size:11px;border-top:1px solid #9aa5b1">${escaped(label)}</td>`,
  )
  const legend = (['ses', 'legacy'] as const)
    .map((lane) => `<span style="color:${COLORS[lane]}">&#9632;</span> ${escaped(lanes[lane])}`)
    .join('&nbsp;&nbsp; ')
  return `<table role="presentation" cellpadding="0" cellspacing="0"><tr>${columns.join('')}</tr><tr>${labels.join('')}</tr></table><p style="margin:4px 0;font-size:12px">${legend}</p>`
}

/** '1.2k' above a column of 26 pixels. */
function shortCount(count: number): string {
  if (count < 1_000) return String(count)
  const [value, unit] = count < 999_500 ? [count / 1_000, 'k'] : [count / 1_000_000, 'M']
  return `${value < 9.95 ? value.toFixed(1) : Math.round(value)}${unit}`
}

function domainTable(domains: readonly DomainLine[], { words: { columns, lanes } }: ReportContent): string {
  const lane = [columns.sent, columns.delivered, columns.hard, columns.complained, columns.p95]
  const left = HEAD.replace('text-align:right', 'text-align:left')
  const most = Math.max(...domains.flatMap(({ ses, legacy }) => [ses.hardRate, legacy.hardRate]), 0.001)
  const head = [
    `<tr><th></th><th colspan="5" style="padding:4px;color:${COLORS.ses}">${escaped(lanes.ses)}</th><th colspan="5" style="padding:4px;color:#5b6670">${escaped(lanes.legacy)}</th><th></th></tr>`,
    `<tr><th style="${left}">${escaped(columns.domain)}</th>`,
    ...[...lane, ...lane].map((text) => `<th style="${HEAD}">${escaped(text)}</th>`),
    `<th style="${left}">${escaped(columns.note)}</th></tr>`,
  ].join('')
  const lines = domains.map(({ domain, ses, legacy, note, marked }) => {
    const shade = marked ? ` bgcolor="${COLORS.marked}"` : ''
    return `<tr${shade}><td style="${CELL}">${escaped(domain)}</td>${cells(ses, most, COLORS.ses)}${cells(legacy, most, COLORS.legacy)}<td style="${CELL};white-space:nowrap">${escaped(note)}</td></tr>`
  })
  return `<table ${TABLE}>${head}${lines.join('')}</table>`
}

const BAR_PIXELS = 48
function cells({ sent, delivered, hard, complained, p95, hardRate }: LaneCells, most: number, color: string): string {
  const width = hardRate === 0 ? 0 : Math.max(1, Math.round((hardRate / most) * BAR_PIXELS))
  const bar =
    width === 0
      ? ''
      : `<table role="presentation" align="right" cellpadding="0" cellspacing="0"><tr><td bgcolor="${color}" width="${width}" height="4" style="background:${color};font-size:1px;line-height:1px">&nbsp;</td></tr></table>`
  const plain = (text: string) => `<td style="${NUMBER}">${escaped(text)}</td>`
  return `${plain(sent)}${plain(delivered)}<td style="${NUMBER}"><div>${escaped(hard)}</div>${bar}</td>${plain(complained)}${plain(p95)}`
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

function escaped(text: string): string {
  return text.replaceAll(/[&<>"']/g, (character) => ENTITIES[character]!)
}
