// From findings to incidents: opened, still, closed. One look decides nothing, and what flaps is one incident: each time it comes
// back it must be good for twice as long, so that a night of flapping is a handful of messages and not 825.
import { HOUR_MS } from '../base/clock.ts'
import { wallTime } from '../base/zoned-time.ts'
import { ALERT_LEVELS, keyOf, type Finding } from './alerts.ts'
import { CLOSED_KEPT, type Incident, type WatchRecord } from './record.ts'

export interface IncidentPolicy {
  readonly timeZone: string
  /** Looks in a row; the design evaluates twice (§4.3.2). */
  readonly openAfterLooks: number
  readonly closeAfterLooks: number
  /** Good for so many looks is over, however often it came back. */
  readonly closeAfterLooksMost: number
  /** What comes back within this is the same incident. */
  readonly joinMs: number
}

/** At a look a minute. */
export const INCIDENT_POLICY: Omit<IncidentPolicy, 'timeZone'> = {
  openAfterLooks: 2,
  closeAfterLooks: 15,
  closeAfterLooksMost: 240,
  joinMs: 6 * HOUR_MS,
}

/** How many looks in a row were bad or good, by key. In memory: after a restart counting begins anew. */
export type Streaks = ReadonlyMap<string, { readonly bad: number; readonly good: number }>

export interface IncidentChange {
  readonly change: 'opened' | 'openedAgain' | 'closed'
  readonly incident: Incident
}

export interface Step {
  readonly record: WatchRecord
  readonly streaks: Streaks
  readonly changes: readonly IncidentChange[]
}

export interface Look {
  readonly findings: readonly Finding[]
  readonly nowMs: number
}

/** What the findings of one look make of the incidents. */
export function nextStep(
  before: { readonly record: WatchRecord; readonly streaks: Streaks },
  { findings, nowMs }: Look,
  policy: IncidentPolicy,
): Step {
  let { incidents } = before.record
  const streaks = new Map(before.streaks)
  const changes: IncidentChange[] = []
  for (const finding of findings) {
    const streak = counted(streaks.get(keyOf(finding)), finding)
    streaks.set(keyOf(finding), streak)
    const last = incidents.findLast((incident) => keyOf(incident) === keyOf(finding))
    const found = advance(last, { finding, streak, nowMs }, policy)
    if (found === undefined) continue
    incidents = found.incident.id === last?.id ? replaced(incidents, found.incident) : [...incidents, found.incident]
    if (found.change !== undefined) changes.push({ change: found.change, incident: found.incident })
  }
  const kept = changes.length === 0 ? incidents : forgetOld(incidents)
  const record = kept === before.record.incidents ? before.record : { ...before.record, incidents: kept }
  return { record, streaks, changes }
}

function counted(streak: { bad: number; good: number } = { bad: 0, good: 0 }, { verdict }: Finding): typeof streak {
  if (verdict === 'unknown') return streak
  return verdict === 'bad' ? { bad: streak.bad + 1, good: 0 } : { bad: 0, good: streak.good + 1 }
}

interface Seen {
  readonly finding: Finding
  readonly streak: { readonly bad: number; readonly good: number }
  readonly nowMs: number
}

interface Advanced {
  readonly incident: Incident
  readonly change?: IncidentChange['change']
}

function advance(last: Incident | undefined, seen: Seen, policy: IncidentPolicy): Advanced | undefined {
  const { finding, streak, nowMs } = seen
  const isOpen = last !== undefined && last.closedAt === undefined
  if (isOpen && finding.verdict === 'bad') return { incident: { ...last, lastBadAt: nowMs, latest: finding.facts } }
  if (isOpen && finding.verdict === 'good' && streak.good >= goodLooksFor(last, policy)) {
    return { incident: { ...last, closedAt: nowMs, latest: finding.facts }, change: 'closed' }
  }
  if (isOpen || finding.verdict !== 'bad' || streak.bad < policy.openAfterLooks) return undefined
  if (last?.closedAt !== undefined && nowMs - last.closedAt < policy.joinMs) {
    const { closedAt: _, ...open } = last
    const again = { ...open, round: last.round + 1, lastBadAt: nowMs, latest: finding.facts }
    return { incident: again, change: 'openedAgain' }
  }
  return { incident: opened(finding, nowMs, policy), change: 'opened' }
}

/** Twice as long each time it came back. */
function goodLooksFor({ round }: Incident, { closeAfterLooks, closeAfterLooksMost }: IncidentPolicy): number {
  return Math.min(closeAfterLooksMost, closeAfterLooks * 2 ** round)
}

const two = (value: number) => String(value).padStart(2, '0')

function opened(finding: Finding, nowMs: number, { timeZone }: IncidentPolicy): Incident {
  const { alert, scope, facts } = finding
  const { year, month, day, hour, minute } = wallTime(nowMs, timeZone)
  return {
    id: `${keyOf(finding)}-${year}${two(month)}${two(day)}-${two(hour)}${two(minute)}`,
    alert,
    scope,
    level: ALERT_LEVELS[alert],
    openedAt: nowMs,
    round: 0,
    lastBadAt: nowMs,
    opened: facts,
    latest: facts,
    channels: {},
  }
}

function replaced(incidents: readonly Incident[], incident: Incident): readonly Incident[] {
  return incidents.map((one) => (one.id === incident.id ? incident : one))
}

/** Open ones stay; of the closed ones the newest. */
function forgetOld(incidents: readonly Incident[]): readonly Incident[] {
  const closed = incidents.filter(({ closedAt }) => closedAt !== undefined)
  const tooOld = new Set(closed.slice(0, Math.max(0, closed.length - CLOSED_KEPT)).map(({ id }) => id))
  return tooOld.size === 0 ? incidents : incidents.filter(({ id }) => !tooOld.has(id))
}
