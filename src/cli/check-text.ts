// `watari check` for people: what is wrong, where, the arithmetic, why it matters and how to mend it, in 80 columns.
// Places of one finding stand together, so that its reason is read once.
import { SEVERITIES, type Language, type Severity } from '../core/plan/finding.ts'
import { widthOf, wrapped } from '../core/base/wrap.ts'
import { countsOf, type CheckReport, type Counts, type ToldFinding } from './check-report.ts'
import { paint, printable } from './output.ts'

const COLUMNS = 80

interface Labels {
  readonly heading: Readonly<Record<Severity, string>>
  readonly why: string
  readonly mend: string
  readonly source: string
  readonly total: (counts: Counts) => string
  readonly none: string
  readonly more: string
  readonly notStated: (sections: readonly string[]) => string
}

const plural = (count: number, one: string) => `${count} ${one}${count === 1 ? '' : 's'}`
const LABELS: Readonly<Record<Language, Labels>> = {
  en: {
    heading: { error: 'ERRORS', warning: 'WARNINGS', note: 'NOTES' },
    why: 'Why',
    mend: 'Mend',
    source: 'See',
    total: ({ error, warning, note }) =>
      `${plural(error, 'error')}, ${plural(warning, 'warning')}, ${plural(note, 'note')}`,
    none: 'nothing to mend',
    more: 'watari check --explain ID tells more of one; docs/findings.md lists all.',
    notStated: (sections) => `Not judged, because the plan does not state it: ${sections.join(', ')}.`,
  },
  ja: {
    heading: { error: 'エラー', warning: '警告', note: '参考' },
    why: '理由',
    mend: '対処',
    source: '出典',
    total: ({ error, warning, note }) => `エラー ${error} 件、警告 ${warning} 件、参考 ${note} 件`,
    none: '直すところはありません',
    more: '1 件の説明は watari check --explain ID、一覧は docs/findings.md にあります。',
    notStated: (sections) => `計画に記載がなく、判定していないもの: ${sections.join('、')}`,
  },
}

const LOOK = {
  error: { mark: '✗', color: 'red' },
  warning: { mark: '!', color: 'yellow' },
  note: { mark: 'i', color: 'cyan' },
} as const

export function checkText(report: CheckReport, color: boolean): string {
  const labels = LABELS[report.language]
  const silence =
    report.notStated.length === 0
      ? ''
      : wrapped(labels.notStated(report.notStated), COLUMNS)
          .map((line) => `${line}\n`)
          .join('')
  if (report.findings.length === 0) return `${report.file}: ${labels.none}\n${silence}`
  const groups = SEVERITIES.flatMap((severity) => {
    const findings = report.findings.filter((one) => one.severity === severity)
    if (findings.length === 0) return []
    const heading = paint(color, 'bold', `${labels.heading[severity]} (${findings.length})`)
    const ids = [...new Set(findings.map(({ id }) => id))]
    return [
      heading,
      ...ids.map((id) =>
        findingText(
          findings.filter((one) => one.id === id),
          report,
          color,
        ),
      ),
    ]
  })
  const total = `${report.file}: ${labels.total(countsOf(report.findings))}`
  return `${groups.join('\n\n')}\n\n${paint(color, 'bold', total)}\n${labels.more}\n${silence}`
}

function findingText(places: readonly ToldFinding[], { file, language }: CheckReport, color: boolean): string {
  const labels = LABELS[language]
  const { severity, title, why, mend, source, id } = places[0]!
  const { mark, color: hue } = LOOK[severity]
  const [first = '', ...rest] = wrapped(printable(title), COLUMNS - 2)
  return [
    `${paint(color, hue, mark)} ${paint(color, 'bold', first)}`,
    ...rest.map((line) => `  ${paint(color, 'bold', line)}`),
    `  ${id}`,
    ...places.flatMap((place) => placeLines(place, file)),
    '',
    ...labelled(labels.why, why),
    ...labelled(labels.mend, mend),
    ...labelled(labels.source, source),
  ].join('\n')
}

function placeLines({ line, column, key, what, sum }: ToldFinding, file: string): readonly string[] {
  return [
    '',
    `  ${file}:${line}:${column}  ${printable(key)}`,
    ...indented(what, 4),
    ...sum.flatMap((one) => indented(one, 6)),
  ]
}

function indented(text: string, by: number): readonly string[] {
  return wrapped(printable(text), COLUMNS - by).map((line) => ' '.repeat(by) + line)
}

const LABEL_COLUMNS = 8
function labelled(label: string, text: string): readonly string[] {
  return wrapped(printable(text), COLUMNS - LABEL_COLUMNS).map((line, i) =>
    i === 0 ? `  ${label}${' '.repeat(LABEL_COLUMNS - 2 - widthOf(label))}${line}` : ' '.repeat(LABEL_COLUMNS) + line,
  )
}

/** A line a finding, as compilers write them: editors and scripts jump to the place. */
export function checkLines({ file, findings }: CheckReport): string {
  return findings
    .map(
      ({ severity, id, line, column, what, title }) =>
        `${file}:${line}:${column}: ${severity}: ${printable(title)}: ${printable(what)} [${id}]\n`,
    )
    .join('')
}

export function explanationText(
  { id, severity, title, why, mend, source }: Omit<ToldFinding, 'key' | 'line' | 'column' | 'what' | 'sum'>,
  language: Language,
  color: boolean,
): string {
  const labels = LABELS[language]
  const { mark, color: hue } = LOOK[severity]
  return [
    `${paint(color, hue, mark)} ${paint(color, 'bold', title)}`,
    `  ${id}`,
    '',
    ...labelled(labels.why, why),
    ...labelled(labels.mend, mend),
    ...labelled(labels.source, source),
    '',
  ].join('\n')
}
