// The request as HTML for mail readers: tables and inline styles only, because Outlook and Gmail take nothing else. A value
// may wrap anywhere on the screen and is still copied as it is.
import { relativeName } from './request-files.ts'
import { factsOf, reasonsIn, type Pack } from './request-parts.ts'
import type { Language } from './request.ts'
import type { WantedRecord } from './wanted-record.ts'

const FONT =
  "font-family:'Helvetica Neue',Arial,'Hiragino Sans','Yu Gothic UI',Meiryo,sans-serif;font-size:14px;line-height:1.6;color:#1a1a1a"
const CELL = 'border:1px solid #c8ccd0;padding:6px 8px;vertical-align:top;text-align:left'
const HEAD = `${CELL};background:#f0f2f4;font-weight:bold;white-space:nowrap`
const MONO = "font-family:Consolas,Menlo,'Courier New',monospace;font-size:12px;word-break:break-all"
const HEADING = 'font-size:16px;margin:24px 0 8px;border-left:4px solid #2f5d8a;padding-left:8px'

export function requestHtml(pack: Pack, language: Language): string {
  const { words, request, about, work, keep, faults } = pack
  const { headings } = words
  const reasons = request.kind === 'request' ? reasonsIn(pack) : []
  return [
    `<!DOCTYPE html><html lang="${language}"><head><meta charset="utf-8"><title>${escaped(words.subject(request.kind, about))}</title></head>`,
    `<body style="${FONT};margin:16px"><div style="max-width:860px">`,
    `<p>${words.opening(request.kind, about).map(escaped).join('<br>')}</p>`,
    part(headings.facts, rows(factsOf(pack))),
    part(headings.work, workTable(work, pack)),
    faults.length === 0 ? '' : part(headings.faults, rows(faults.map(({ name, sentence }) => [name, sentence]))),
    reasons.length === 0 ? '' : part(headings.why, bullets(reasons)),
    part(headings.keep, keptTable(keep) + bullets(words.notes)),
    part(headings.files, bullets(words.files.map((line) => line.replace(/ {2,}/, ': ')))),
    `<p>${words.closing.map(escaped).join('<br>')}</p>`,
    '</div></body></html>\n',
  ]
    .filter((line) => line !== '')
    .join('\n')
}

function part(heading: string, content: string): string {
  return `<h2 style="${HEADING}">${escaped(heading)}</h2>\n${content}`
}

function rows(pairs: readonly (readonly [string, string])[]): string {
  const lines = pairs.map(
    ([label, value]) => `<tr><th style="${HEAD}">${escaped(label)}</th><td style="${CELL}">${escaped(value)}</td></tr>`,
  )
  return `<table style="border-collapse:collapse">${lines.join('')}</table>`
}

function bullets(lines: readonly string[]): string {
  return `<ul style="margin:8px 0;padding-left:20px">${lines.map((line) => `<li>${escaped(line)}</li>`).join('')}</ul>`
}

function workTable(work: readonly WantedRecord[], { words, request }: Pack): string {
  const { labels, actions, purposes } = words
  const head = [labels.action, labels.name, labels.type, labels.ttl, labels.value].map(
    (label) => `<th style="${HEAD}">${escaped(label)}</th>`,
  )
  const lines = work.map((record) => {
    const today =
      record.today === undefined || record.today.length === 0 ? labels.nothingToday : record.today.join(' / ')
    return [
      '<tr>',
      `<td style="${CELL};white-space:nowrap">${escaped(actions[record.action])}<br><small>${escaped(purposes[record.purpose])}</small></td>`,
      `<td style="${CELL};min-width:200px"><span style="${MONO}">${escaped(relativeName(record.name, request.zoneApex))}</span><br><small style="${MONO}">${escaped(record.name)}.</small></td>`,
      `<td style="${CELL}">${record.type}</td><td style="${CELL}">${record.ttlSeconds}</td>`,
      `<td style="${CELL}"><span style="${MONO}">${escaped(shownValue(record))}</span><br><small>${escaped(labels.today)}: <span style="word-break:break-all">${escaped(today)}</span></small></td>`,
      '</tr>',
    ].join('')
  })
  return `<table style="border-collapse:collapse;width:100%"><tr>${head.join('')}</tr>${lines.join('')}</table>`
}

function keptTable(keep: readonly WantedRecord[]): string {
  if (keep.length === 0) return ''
  const lines = keep.map(
    (record) =>
      `<tr><td style="${CELL};${MONO}">${escaped(record.name)}.</td><td style="${CELL}">${record.type}</td><td style="${CELL};${MONO}">${escaped(shownValue(record))}</td></tr>`,
  )
  return `<table style="border-collapse:collapse">${lines.join('')}</table>`
}

function shownValue({ type, value }: WantedRecord): string {
  return type === 'TXT' ? value : `${value}.`
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
