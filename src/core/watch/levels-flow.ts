// Alerts about the flow itself: blindness, standstill, refusal. A dead pipeline makes every rate look perfect, so silence is an
// alert of its own (W4, C40), and what nobody can count while mails wait is bad, not good.
import { MINUTE_MS } from '../base/clock.ts'
import { counted, type Counted, type FigureRow } from '../base/figures.ts'
import type { Finding, SilenceFacts, Verdict } from './alerts.ts'
import type { RouteLook, WatchObservation } from './observation.ts'

/** Mails that were sent so long ago, and nothing was heard of any since: many soon, few later. */
const SILENCES = [
  { sentBefore: 5 * MINUTE_MS, from: 15 * MINUTE_MS, leastSent: 200 },
  { sentBefore: 15 * MINUTE_MS, from: 30 * MINUTE_MS, leastSent: 20 },
] as const
/** A queue of so many parts that moves nothing for so long stands still; a few parts may all be backing off. */
const STUCK = { leastWaiting: 20, minutes: 15 } as const
/** The disk, before the gateway has to refuse mail. */
const STORAGE_RATE = 0.8

const EVENTS: readonly Counted[] = ['delivered', 'hardBounced', 'softBounced', 'complained', 'delayed']

export function flowFindings(observation: WatchObservation): readonly Finding[] {
  return [
    { alert: 'EventPipelineDead', scope: '', ...silence(observation, 'ses') },
    ...(observation.legacyLogs
      ? [{ alert: 'LegacyLogSilent', scope: '', ...silence(observation, 'legacy') } as const]
      : []),
    ...observation.routes.flatMap((route) => [stuck(observation, route), stopped(route)]),
    ...account(observation),
    refusing(observation),
    storage(observation),
    unreadable(observation),
  ]
}

/** Silent while mails were sent is bad; heard of any is good; nothing sent and nothing heard proves nothing. */
function silence(
  { figures, nowMs }: WatchObservation,
  route: FigureRow['route'],
): { readonly verdict: Verdict; readonly facts: SilenceFacts } {
  const rows = (figures?.minutes ?? []).filter((row) => row.route === route)
  const seen = SILENCES.map(({ sentBefore, from, leastSent }) => {
    const sent = sum(rows, ['sent'], nowMs - from, nowMs - sentBefore)
    const events = sum(rows, EVENTS, nowMs - from, nowMs + MINUTE_MS)
    return { facts: { sent, events, minutes: from / MINUTE_MS }, dead: sent >= leastSent && events === 0 }
  })
  const dead = seen.find((one) => one.dead)
  if (dead !== undefined) return { verdict: 'bad', facts: dead.facts }
  const { facts } = seen.at(-1)!
  return { verdict: facts.events > 0 ? 'good' : 'unknown', facts }
}

function sum(rows: readonly FigureRow[], words: readonly Counted[], fromMs: number, toMs: number): number {
  return rows
    .filter(({ atMs }) => atMs >= fromMs && atMs < toMs)
    .reduce((total, row) => total + words.reduce((count, word) => count + counted(row, word), 0), 0)
}

function stuck(observation: WatchObservation, { route, state, waiting }: RouteLook): Finding {
  const { figures, figuresFailed, nowMs, startedAt } = observation
  const { minutes, leastWaiting: threshold } = STUCK
  const fromMs = nowMs - minutes * MINUTE_MS
  const sent =
    figures === undefined
      ? undefined
      : sum(
          figures.minutes.filter((row) => row.route === route),
          ['sent'],
          fromMs,
          nowMs + MINUTE_MS,
        )
  const full = waiting >= threshold && startedAt <= fromMs
  // Missing data is breaching here, but only where data is to be expected.
  const nothingSent = sent === undefined ? figuresFailed !== undefined : sent === 0
  // Whoever stopped the route knows that nothing goes.
  const verdict: Verdict = full && nothingSent && state !== 'stoppedByPerson' ? 'bad' : 'good'
  return {
    alert: 'QueueStuck',
    scope: route,
    verdict,
    facts: { waiting, minutes, threshold, ...(sent === undefined ? {} : { sent }) },
  }
}

function stopped({ route, state, reason }: RouteLook): Finding {
  return { alert: 'RouteStopped', scope: route, verdict: state === 'stopped' ? 'bad' : 'good', facts: { reason } }
}

/** https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_GetAccount.html EnforcementStatus. */
function account({ account: look }: WatchObservation): readonly Finding[] {
  const enforcement = look?.enforcement ?? ''
  const sending = look?.sendingEnabled === false ? 'off' : 'on'
  const known = (bad: boolean): Verdict => (look === undefined ? 'unknown' : bad ? 'bad' : 'good')
  return [
    {
      alert: 'SesPaused',
      scope: '',
      verdict: known(sending === 'off' || enforcement === 'SHUTDOWN'),
      facts: { enforcement, sending },
    },
    { alert: 'SesUnderReview', scope: '', verdict: known(enforcement === 'PROBATION'), facts: { enforcement } },
  ]
}

function refusing({ notReadyBecause }: WatchObservation): Finding {
  const verdict = notReadyBecause.length > 0 ? 'bad' : 'good'
  return { alert: 'GatewayRefusesMail', scope: '', verdict, facts: { reasons: notReadyBecause.join('; ') } }
}

function storage({ disk }: WatchObservation): Finding {
  const { usedOctets, limitOctets, freeOctets, leastFreeOctets } = disk
  // What the queue may still grow by: what its limit leaves, or what the disk does, whichever is less.
  const left = Math.max(0, Math.min(limitOctets - usedOctets, freeOctets - leastFreeOctets))
  const rate = 1 - left / limitOctets
  const verdict = rate > STORAGE_RATE ? 'bad' : 'good'
  const facts = { rate, threshold: STORAGE_RATE, leftOctets: left, limitOctets }
  return { alert: 'StorageFilling', scope: '', verdict, facts }
}

function unreadable({ figuresFailed }: WatchObservation): Finding {
  const verdict = figuresFailed === undefined ? 'good' : 'bad'
  return { alert: 'FiguresUnreadable', scope: '', verdict, facts: { why: figuresFailed ?? '' } }
}
