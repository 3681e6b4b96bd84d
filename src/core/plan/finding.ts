// What a judge of the plan finds, and the form of the rules that find it. A rule is a pure function of the plan; its texts are
// there in both languages, and what it means can be told without a plan.
import type { Plan } from './plan.ts'

/** The languages that people read findings in. */
export type Language = 'en' | 'ja'

/** One text in both languages. */
export type Words = Readonly<Record<Language, string>>

/**
 * - error: what the plan wants will not happen, or mail, money or reputation is lost
 * - warning: it may go well, but nobody has made sure
 * - note: worth knowing
 */
export const SEVERITIES = ['error', 'warning', 'note'] as const
export type Severity = (typeof SEVERITIES)[number]

/** Steps from the top of the plan: names, and indexes of lists. */
export type KeyPath = readonly (string | number)[]

/** What can be told of a finding without a plan. */
export interface Explanation {
  /** Never changes once it is released: scripts and tickets name it. */
  readonly id: string
  readonly severity: Severity
  readonly title: Words
  /** What goes wrong if nobody acts. */
  readonly why: Words
  readonly mend: Words
  /** A specification, or a page of the service. */
  readonly source: string
}

/** One place where a rule found something. */
export interface Sighting {
  readonly at: KeyPath
  readonly what: Words
  /** The arithmetic, a line each. */
  readonly sum: readonly Words[]
}

export interface Rule extends Explanation {
  readonly look: (plan: Plan) => readonly Sighting[]
}

export type Finding = Explanation & Sighting

/** A text in both languages. */
export function say(en: string, ja: string): Words {
  return { en, ja }
}

/** A text that reads alike in both: a formula, a record. */
export function alike(text: string): Words {
  return { en: text, ja: text }
}

export function seen(at: KeyPath, what: Words, ...sum: readonly Words[]): readonly [Sighting] {
  return [{ at, what, sum }]
}

/** What a rule says when it finds nothing. */
export const NOTHING: readonly Sighting[] = []
