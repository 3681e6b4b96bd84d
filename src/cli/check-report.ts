// What every form of `watari check`'s answer begins with: the findings in one language, each with its place in the plan's file.
import { SEVERITIES, type Explanation, type Finding, type Language, type Severity } from '../core/plan/finding.ts'
import type { PlaceOf } from '../wiring/config.ts'

export interface CheckReport {
  /** As it is shown: relative to the working folder where it lies in it. */
  readonly file: string
  readonly language: Language
  /** In order of severity, then of the plan. */
  readonly findings: readonly ToldFinding[]
  /** Sections of the plan that state nothing, and are therefore not judged. */
  readonly notStated: readonly string[]
}

export interface ToldFinding {
  readonly id: string
  readonly severity: Severity
  /** 'targets.mailsPerHour', 'stages[2].percent' */
  readonly key: string
  readonly line: number
  readonly column: number
  readonly title: string
  readonly what: string
  readonly sum: readonly string[]
  readonly why: string
  readonly mend: string
  readonly source: string
}

export function checkReport(
  found: readonly Finding[],
  from: Pick<CheckReport, 'file' | 'language' | 'notStated'> & { readonly placeOf: PlaceOf },
): CheckReport {
  const { file, language, notStated } = from
  const findings = found.map((finding) => ({
    ...explained(finding, language),
    key: keyText(finding.at),
    ...from.placeOf(finding.at),
    what: finding.what[language],
    sum: finding.sum.map((line) => line[language]),
  }))
  return {
    file,
    language,
    findings: findings.toSorted((a, b) => rank(a) - rank(b) || a.line - b.line || a.column - b.column),
    notStated,
  }
}

const rank = ({ severity }: ToldFinding) => SEVERITIES.indexOf(severity)

/** What a finding means, in one language. */
export function explained({ id, severity, title, why, mend, source }: Explanation, language: Language) {
  return { id, severity, title: title[language], why: why[language], mend: mend[language], source }
}

export type Counts = Readonly<Record<Severity, number>>

export function countsOf(findings: readonly { readonly severity: Severity }[]): Counts {
  const of = (severity: Severity) => findings.filter((one) => one.severity === severity).length
  return { error: of('error'), warning: of('warning'), note: of('note') }
}

function keyText(path: Finding['at']): string {
  return path.map((step, i) => (typeof step === 'number' ? `[${step + 1}]` : i === 0 ? step : `.${step}`)).join('')
}
