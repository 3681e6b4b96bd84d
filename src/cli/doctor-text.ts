// What `watari doctor` says to people: what is wrong first, with where and how to mend it, then what is well, a line each.
import { LEVELS, type Diagnosis, type Level } from '../core/plan/doctor/diagnosis.ts'
import type { Language } from '../core/plan/finding.ts'
import { wrapped } from '../core/base/wrap.ts'
import { paint, printable } from './output.ts'

const COLUMNS = 80

export interface ToldDiagnosis {
  readonly id: string
  readonly level: Level
  readonly where: string
  readonly what: string
  readonly mend?: string
}

export function toldDiagnosis({ mend, what, ...rest }: Diagnosis, language: Language): ToldDiagnosis {
  return { ...rest, what: what[language], ...(mend === undefined ? {} : { mend: mend[language] }) }
}

export type LevelCounts = Readonly<Record<Level, number>>

export function levelCounts(found: readonly { readonly level: Level }[]): LevelCounts {
  const of = (level: Level) => found.filter((one) => one.level === level).length
  return { error: of('error'), warning: of('warning'), unknown: of('unknown'), ok: of('ok') }
}

const LOOK = {
  error: { mark: '✗', color: 'red' },
  warning: { mark: '!', color: 'yellow' },
  unknown: { mark: '?', color: 'cyan' },
  ok: { mark: '✓', color: 'green' },
} as const

const TOTAL: Readonly<Record<Language, (counts: LevelCounts) => string>> = {
  en: ({ error, warning, unknown, ok }) =>
    `${error} wrong, ${warning} to look at, ${unknown} could not be looked at, ${ok} well`,
  ja: ({ error, warning, unknown, ok }) =>
    `異常 ${error} 件、要確認 ${warning} 件、確認できず ${unknown} 件、正常 ${ok} 件`,
}

export function doctorText(found: readonly ToldDiagnosis[], language: Language, color: boolean): string {
  const inOrder = LEVELS.flatMap((level) => found.filter((one) => one.level === level))
  const total = paint(color, 'bold', TOTAL[language](levelCounts(found)))
  return `${grouped(inOrder)
    .map((alike) => lines(alike, color))
    .join('')}\n${total}\n`
}

/** Twelve hosts with one trouble are read once. */
function grouped(found: readonly ToldDiagnosis[]): readonly (readonly ToldDiagnosis[])[] {
  const groups = new Map<string, ToldDiagnosis[]>()
  for (const one of found) {
    const key = JSON.stringify([one.id, one.level, one.what, one.mend])
    const group = groups.get(key)
    if (group === undefined) groups.set(key, [one])
    else group.push(one)
  }
  return [...groups.values()]
}

function lines(alike: readonly ToldDiagnosis[], color: boolean): string {
  const { id, level, what, mend } = alike[0]!
  const { mark, color: hue } = LOOK[level]
  const where = alike.map((one) => one.where).join(', ')
  const head = wrapped(printable(`${id} ${where}: ${what}`), COLUMNS - 2)
  const rest =
    mend === undefined ? [] : wrapped(printable(mend), COLUMNS - 4).map((line, i) => `${i === 0 ? '→' : ' '} ${line}`)
  return [...head, ...rest].map((line, i) => `${i === 0 ? paint(color, hue, mark) : ' '} ${line}\n`).join('')
}
