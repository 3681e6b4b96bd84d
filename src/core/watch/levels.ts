// The alert levels of §8.2 as pure questions to an observation. A rate is judged on counts: below a least number of mails it is
// good by rule, because 1 bounce of 13 mails says nothing, and an alarm that is wrong at night is not read by day.
import { DAY_MS } from '../base/clock.ts'
import type { FigureCell } from '../base/figures.ts'
import { bounceShare, complaintShare, rateOf, successShare, type Share } from '../base/shares.ts'
import type { Finding, RateFacts, Verdict } from './alerts.ts'
import { flowFindings } from './levels-flow.ts'
import { shiftFindings } from './levels-shift.ts'
import type { Lanes, WatchObservation } from './observation.ts'
import type { Thresholds } from './thresholds.ts'
import { trafficFinding } from './traffic.ts'

/** A single mail is then at most 1 % of a rate. */
export const LEAST_MAILS = 100
/** As few bad ones may be chance at any volume: 2 complaints of 1,500 mails are 0.13 %. */
export const LEAST_BAD = 5
const DAY_HOURS = 24

/** All alerts at one look, each with its verdict. */
export function judge(observation: WatchObservation, thresholds: Thresholds): readonly Finding[] {
  return [
    bounces(observation, thresholds.bounce),
    complaints(observation, thresholds.complaint),
    success(observation, thresholds.success),
    keyEnds(observation, thresholds.keyDays),
    ...flowFindings(observation),
    ...shiftFindings(observation),
    quota(observation, thresholds.quota),
    functionErrors(observation, thresholds.functionErrors),
    trafficFinding(observation.figures?.traffic),
  ]
}

function bounces({ figures, reputation }: WatchObservation, threshold: number): Finding {
  const counts = counted(figures?.hour, bounceShare, { threshold, hours: 1 })
  return { alert: 'BounceRate', scope: '', ...worse(ofSes(reputation?.bounce, threshold), judged(counts)) }
}

function complaints({ figures, reputation }: WatchObservation, threshold: number): Finding {
  const counts = counted(figures?.day, complaintShare, { threshold, hours: DAY_HOURS })
  return { alert: 'ComplaintRate', scope: '', ...worse(ofSes(reputation?.complaint, threshold), judged(counts)) }
}

function success({ figures }: WatchObservation, threshold: number): Finding {
  const facts = counted(figures?.hour, successShare, { threshold, hours: 1 })
  const { count = 0, of = 0 } = facts
  const enough = of >= LEAST_MAILS && of - count >= LEAST_BAD
  const verdict: Verdict = enough && facts.rate < threshold ? 'bad' : 'good'
  return { alert: 'SendSuccessRate', scope: '', verdict, facts: enough ? facts : { ...facts, tooFew: LEAST_MAILS } }
}

interface Judged {
  readonly verdict: Verdict
  readonly facts: RateFacts
}

function judged(facts: RateFacts): Judged {
  const { count = 0, of = 0, rate, threshold } = facts
  const enough = of >= LEAST_MAILS && count >= LEAST_BAD
  return {
    verdict: enough && rate > threshold ? 'bad' : 'good',
    facts: of >= LEAST_MAILS ? facts : { ...facts, tooFew: LEAST_MAILS },
  }
}

/** SES's own figure counts over a volume that SES chooses, so it needs no least number of ours. */
function ofSes(rate: number | undefined, threshold: number): Judged | undefined {
  if (rate === undefined) return undefined
  return { verdict: rate > threshold ? 'bad' : 'good', facts: { rate, threshold, hours: 0 } }
}

function worse(reputation: Judged | undefined, ours: Judged): Judged {
  return reputation?.verdict === 'bad' && ours.verdict !== 'bad' ? reputation : ours
}

function counted(
  lanes: Lanes | undefined,
  share: (cell: FigureCell) => Share,
  rest: Pick<RateFacts, 'threshold' | 'hours'>,
): RateFacts {
  const empty: Share = { count: 0, of: 0 }
  const ses = lanes === undefined ? empty : share(lanes.ses)
  const legacy = lanes === undefined ? empty : share(lanes.legacy)
  const legacyRate = rateOf(legacy)
  return {
    rate: rateOf(ses) ?? 0,
    ...ses,
    ...rest,
    ...(legacyRate === undefined ? {} : { legacyRate, legacyOf: legacy.of }),
  }
}

function keyEnds({ key, nowMs }: WatchObservation, threshold: number): Finding {
  if (key === undefined) return { alert: 'DKIMExpiry', scope: '', verdict: 'good', facts: { ...NO_KEY, threshold } }
  const days = Math.floor((key.endsAt - nowMs) / DAY_MS)
  const facts = { selector: key.selector, days, threshold }
  return { alert: 'DKIMExpiry', scope: '', verdict: days < threshold ? 'bad' : 'good', facts }
}

const NO_KEY = { selector: '', days: 0 }

function quota({ account }: WatchObservation, threshold: number): Finding {
  const { sentIn24Hours: count = 0, maxIn24Hours: of } = account ?? {}
  const rate = of === undefined || of <= 0 ? 0 : count / of
  const facts = { rate, threshold, count, hours: DAY_HOURS, ...(of === undefined ? {} : { of }) }
  const verdict = account === undefined ? 'unknown' : rate > threshold ? 'bad' : 'good'
  return { alert: 'SendingQuota', scope: '', verdict, facts }
}

function functionErrors({ functions }: WatchObservation, threshold: number): Finding {
  const { errors: count = 0, invocations: of = 0 } = functions ?? {}
  const rate = rateOf({ count, of }) ?? 0
  const verdict = functions === undefined ? 'unknown' : of >= LEAST_MAILS && rate > threshold ? 'bad' : 'good'
  return { alert: 'LambdaErrors', scope: '', verdict, facts: { rate, threshold, count, of, hours: 1 } }
}
