// What the doctor says of one thing: all well, a warning, an error, or that it could not look. Texts in both languages.
import type { Words } from '../finding.ts'

/**
 * - error: the gateway does not start, or mail, keys or evidence can be lost
 * - warning: it runs, and something is not as it should be
 * - unknown: could not be looked at from here; changes no exit code, because a guess is no finding
 * - ok
 */
export const LEVELS = ['error', 'warning', 'unknown', 'ok'] as const
export type Level = (typeof LEVELS)[number]

export interface Diagnosis {
  /** Never changes once it is released: scripts name it. */
  readonly id: string
  readonly level: Level
  /** A path, a port, a key of the plan. */
  readonly where: string
  readonly what: Words
  /** Only where there is something to mend. */
  readonly mend?: Words
}

interface Place {
  readonly id: string
  readonly where: string
}

export function well({ id, where }: Place, what: Words): readonly [Diagnosis] {
  return [{ id, where, level: 'ok', what }]
}

export function unknown({ id, where }: Place, what: Words): readonly [Diagnosis] {
  return [{ id, where, level: 'unknown', what }]
}

export function warn({ id, where }: Place, what: Words, mend: Words): readonly [Diagnosis] {
  return [{ id, where, level: 'warning', what, mend }]
}

export function fault({ id, where }: Place, what: Words, mend: Words): readonly [Diagnosis] {
  return [{ id, where, level: 'error', what, mend }]
}
