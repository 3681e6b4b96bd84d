// Whether two lanes differ, and whether a receiver changed its answers. Fewer bounces are not better delivery: since March 2025 a
// large carrier takes with 250 what it used to refuse, and files it as spam (C45). So a change of answers is looked for on each
// lane over weeks, and while there is one, the lanes of that receiver are not judged.
import type { Share } from '../base/shares.ts'

/**
 * - same: no difference that is more than chance
 * - sesHigher, sesLower: SES has more or fewer hard bounces, surely
 * - tooFew: too few mails on one lane to say
 * - answersChanged: the receiver changed its answers within the weeks looked at
 */
export type Comparison = 'same' | 'sesHigher' | 'sesLower' | 'tooFew' | 'answersChanged'

export interface BeforeAfter {
  readonly before: Share
  readonly after: Share
}

export interface AnswersChange {
  /** The first day of the new answers. */
  readonly at: number
  readonly ses: BeforeAfter
  readonly legacy: BeforeAfter
}

export interface DayOfLanes {
  readonly at: number
  readonly ses: Share
  readonly legacy: Share
}

/** Fewer than these on a lane say nothing of it. */
const LEAST_MAILS = 100
/** Standard errors: by chance once in 370 comparisons, and a report has twenty. */
const SURE = 3
/** On each side of a step: less is a quiet week. */
const STEP_LEAST_MAILS = 200
/** Twice the log-likelihood ratio; 20 is chance once in 100,000, and some hundred days are looked at. */
const STEP_SURE = 20
/** A step that matters: by this factor, and by half a point. */
const STEP_FACTOR = 2
const STEP_POINTS = 0.005

export function compare(ses: Share, legacy: Share, change: AnswersChange | undefined): Comparison {
  if (change !== undefined) return 'answersChanged'
  if (ses.of < LEAST_MAILS || legacy.of < LEAST_MAILS) return 'tooFew'
  const together = (ses.count + legacy.count) / (ses.of + legacy.of)
  const error = Math.sqrt(together * (1 - together) * (1 / ses.of + 1 / legacy.of))
  const difference = ses.count / ses.of - legacy.count / legacy.of
  if (error === 0 || Math.abs(difference) < SURE * error) return 'same'
  return difference > 0 ? 'sesHigher' : 'sesLower'
}

/** The day since which a receiver answers otherwise, on whichever lane shows it best; both lanes are told as they were around it. */
export function answersChange(days: readonly DayOfLanes[]): AnswersChange | undefined {
  const steps = (['legacy', 'ses'] as const).flatMap((lane) => stepIn(days.map((day) => day[lane])) ?? [])
  const [step] = steps.toSorted((a, b) => b.sure - a.sure)
  if (step === undefined) return undefined
  const around = (lane: 'ses' | 'legacy'): BeforeAfter => ({
    before: sum(days.slice(0, step.index).map((day) => day[lane])),
    after: sum(days.slice(step.index).map((day) => day[lane])),
  })
  return { at: days[step.index]!.at, ses: around('ses'), legacy: around('legacy') }
}

interface Step {
  /** The first day after it. */
  readonly index: number
  readonly sure: number
}

function stepIn(days: readonly Share[]): Step | undefined {
  let best: Step | undefined
  const all = sum(days)
  let before: Share = { count: 0, of: 0 }
  for (let index = 1; index < days.length; index += 1) {
    before = sum([before, days[index - 1]!])
    const after = { count: all.count - before.count, of: all.of - before.of }
    if (before.of < STEP_LEAST_MAILS || after.of < STEP_LEAST_MAILS || !differ(before, after)) continue
    const sure = 2 * (logLikelihood(before) + logLikelihood(after) - logLikelihood(all))
    if (sure >= STEP_SURE && sure > (best?.sure ?? 0)) best = { index, sure }
  }
  return best
}

function differ(before: Share, after: Share): boolean {
  const [a, b] = [before.count / before.of, after.count / after.of]
  const [low, high] = a < b ? [a, b] : [b, a]
  return high - low >= STEP_POINTS && high >= STEP_FACTOR * low
}

/** Of a coin that shows `count` of `of`. */
function logLikelihood({ count, of }: Share): number {
  const term = (part: number) => (part <= 0 ? 0 : part * Math.log(part / of))
  return term(count) + term(of - count)
}

function sum(shares: readonly Share[]): Share {
  return shares.reduce((total, { count, of }) => ({ count: total.count + count, of: total.of + of }), {
    count: 0,
    of: 0,
  })
}
