// A report as plain text: tables in columns that hold in a monospaced mail and on a terminal, Japanese included.
import type { DomainLine, LaneCells, ReportContent } from './report-content.ts'

const GAP = '  '
// Wide characters of East Asia take two columns (Unicode UAX 11, the blocks in use).
const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]/gu

export function reportText(content: ReportContent): string {
  const { kind, heading, words, course, domains, notes, parts } = content
  return [
    heading,
    '',
    titled(words.parts.notes, bullets(notes)),
    titled(words.parts.both, totalsText(content)),
    titled(words.parts.course[kind], courseText(course, words)),
    ...(domains.length === 0 ? [] : [titled(words.parts.domains, domainsText(domains, words))]),
    ...parts.map(([title, lines]) => titled(title, bullets(lines))),
  ].join('\n')
}

/** Both lanes of all mail. */
export function totalsText({ words: { lanes }, rows }: ReportContent): string {
  return columns([['', lanes.ses, lanes.legacy], ...rows], ['left', 'right', 'right'])
}

function titled(title: string, content: string): string {
  return `${title}\n${'-'.repeat(widthOf(title))}\n${content}`
}

function bullets(lines: readonly string[]): string {
  return lines.map((line) => `- ${line}\n`).join('')
}

const BAR_COLUMNS = 40
function courseText(course: ReportContent['course'], { lanes }: ReportContent['words']): string {
  const most = Math.max(1, ...course.map(({ ses, legacy }) => ses + legacy))
  const size = (count: number) => Math.round((count / most) * BAR_COLUMNS)
  const lines = course.map(({ label, ses, legacy }) => {
    const bar = '#'.repeat(size(ses)) + '.'.repeat(size(ses + legacy) - size(ses))
    return `${label} ${bar.padEnd(BAR_COLUMNS)} ${(ses + legacy).toLocaleString('en-US')}`.trimEnd()
  })
  return `${lines.join('\n')}\n# ${lanes.ses}  . ${lanes.legacy}\n`
}

const cells = ({ sent, delivered, hard, complained, p95 }: LaneCells) => [sent, delivered, hard, complained, p95]

function domainsText(domains: readonly DomainLine[], { columns: names, lanes }: ReportContent['words']): string {
  const lane = [names.sent, names.delivered, names.hard, names.complained, names.p95]
  const right = lane.map(() => 'right' as const)
  return columns(
    [
      ['', lanes.ses, '', '', '', '', lanes.legacy, '', '', '', '', ''],
      [names.domain, ...lane, ...lane, names.note],
      ...domains.map(({ domain, ses, legacy, note }) => [domain, ...cells(ses), ...cells(legacy), note]),
    ],
    ['left', ...right, ...right, 'left'],
  )
}

function columns(lines: readonly (readonly string[])[], sides: readonly ('left' | 'right')[]): string {
  const widths = sides.map((_, i) => Math.max(...lines.map((line) => widthOf(line[i] ?? ''))))
  return lines
    .map((line) => {
      const cells = sides.map((side, i) => padded(line[i] ?? '', widths[i]!, side))
      return `${cells.join(GAP).trimEnd()}\n`
    })
    .join('')
}

function padded(text: string, width: number, side: 'left' | 'right'): string {
  const space = ' '.repeat(Math.max(0, width - widthOf(text)))
  return side === 'left' ? text + space : space + text
}

function widthOf(text: string): number {
  return Array.from(text).length + (text.match(WIDE)?.length ?? 0)
}
