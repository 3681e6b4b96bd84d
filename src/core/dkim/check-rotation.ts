// The checks of when SES is to sign with another key, and of what must hold before that.
import { SECOND_MS } from '../base/clock.ts'
import { nextWorkingTime, wallText } from '../base/zoned-time.ts'
import { circleOf, endsAt, provenNext, warnsAt } from './circle.ts'
import type { DkimObservation } from './observation.ts'
import { POLL_TROUBLE_MS, URGENT_MS, WORK_BEGINS_HOUR, type DkimPolicy } from './policy.ts'
import type { KeyLife } from './record.ts'
import type { Alert, Verdict } from './step.ts'

/** A key may be switched to, and there is a reason to. */
export function switchDue(observation: DkimObservation, policy: DkimPolicy, ordered: boolean): Verdict | undefined {
  const { record, sightings, nowMs } = observation
  const { current } = circleOf(record)
  const why = switchReason(current, policy, { nowMs, ordered })
  if (why === undefined) return undefined
  const next = provenNext(record)
  const alert =
    current === undefined || why.check === 'switchOrdered' ? {} : { alerts: [keyEnds(current, next, policy)] }
  if (next === undefined) return nothingToSwitchTo(observation, { ...why, ...alert })
  const sighting = sightings.get(next.selector)
  if (sighting?.publication !== 'everywhere') {
    return {
      ...why,
      ...alert,
      message: `${why.message}, but ${next.selector} is not seen everywhere at the moment (${sighting?.because ?? sighting?.publication ?? 'not looked at'})`,
      waitsFor: 'dns',
      lookAt: nowMs + POLL_TROUBLE_MS,
    }
  }
  return (
    gap(observation, policy) ??
    atNight(observation, policy, { why, alert }) ?? {
      ...why,
      ...alert,
      message: `${why.message}: SES is to sign with ${next.selector}`,
      step: { kind: 'beginSwitch', selector: next.selector },
    }
  )
}

/** A change that is not urgent happens when people are at work: in case it goes wrong, and because nobody likes alarms at night. */
function atNight(
  { record, nowMs }: DkimObservation,
  policy: DkimPolicy,
  { why, alert }: { readonly why: Why; readonly alert: Pick<Verdict, 'alerts'> },
): Verdict | undefined {
  const { current } = circleOf(record)
  if (why.check !== 'keyEndsSoon' || current === undefined) return undefined
  const at = nextWorkingTime(nowMs, WORK_BEGINS_HOUR, policy.timeZone)
  if (at === nowMs || endsAt(current, policy)! - nowMs < URGENT_MS) return undefined
  return {
    ...why,
    ...alert,
    message: `${why.message}: the switch waits for ${wallText(at, policy.timeZone)}`,
    waitsFor: 'time',
    lookAt: at,
  }
}

interface Why {
  readonly check: string
  readonly message: string
}

function switchReason(
  current: KeyLife | undefined,
  policy: DkimPolicy,
  { nowMs, ordered }: { readonly nowMs: number; readonly ordered: boolean },
): Why | undefined {
  if (ordered) return { check: 'switchOrdered', message: 'a person ordered it' }
  if (current === undefined) return { check: 'noCurrentKey', message: 'SES does not sign with a key of ours yet' }
  const warns = warnsAt(current, policy)
  if (warns === undefined || nowMs < warns) return undefined
  return { check: 'keyEndsSoon', message: `${current.selector} ends on ${day(endsAt(current, policy)!, policy)}` }
}

function day(atMs: number, { timeZone }: DkimPolicy): string {
  return wallText(atMs, timeZone).slice(0, 10)
}

/** §8.2: DKIMExpiry < 30 days is Critical. */
function keyEnds(current: KeyLife, next: KeyLife | undefined, policy: DkimPolicy): Alert {
  return {
    id: `keyEndsSoon-${current.selector}`,
    level: 'critical',
    message: `the DKIM key ${current.selector} ends on ${day(endsAt(current, policy)!, policy)}`,
    todo:
      next === undefined
        ? 'no other key is proven in DNS yet: see "watari dkim status" for who is waited for'
        : `nothing if ${next.selector} signs within the hour; else "watari dkim rotate --now"`,
  }
}

function nothingToSwitchTo({ record, nowMs }: DkimObservation, why: Verdict): Verdict {
  const [next] = circleOf(record).coming
  const state =
    next === undefined
      ? 'no other key is made yet'
      : next.seenAt === undefined
        ? `${next.selector} is not published yet: the DNS team must enter its record first`
        : `${next.selector} is published, but caches may not know it before its TTL has passed`
  return {
    ...why,
    message: `${why.message}, but there is no key to switch to: ${state}`,
    waitsFor: next?.seenAt === undefined ? 'dnsTeam' : 'time',
    ...(next?.provenFrom === undefined ? {} : { lookAt: Math.max(next.provenFrom, nowMs + SECOND_MS) }),
  }
}

/**
 * AWS documents that mail may go out unsigned while SES looks at the first key of ours after Easy DKIM (facts 1.14), for as
 * long as 72 hours. Traffic cannot be held that long.
 */
function gap({ ses, stagePercent }: DkimObservation, { unsignedGap }: DkimPolicy): Verdict | undefined {
  if (typeof ses !== 'object' || ses.dkim.origin !== 'AWS_SES') return undefined
  if (ses.dkim.status !== 'SUCCESS' || !ses.dkim.signingEnabled || stagePercent === 0) return undefined
  const message = `SES signs by Easy DKIM and would send unsigned mail while it looks at our key, and the stage is ${stagePercent} %`
  return unsignedGap === 'stepBack'
    ? { check: 'unsignedGap', message: `${message}: everything goes by legacy first`, step: { kind: 'stepBack' } }
    : {
        check: 'unsignedGap',
        message: `${message}: set the stage to 0 first`,
        waitsFor: 'operator',
        alerts: [
          {
            id: 'unsignedGap',
            level: 'warning',
            message: `the switch from Easy DKIM waits, because the stage is ${stagePercent} %`,
            todo: 'run "watari stage set 0 --reason …"; the switch follows by itself, then raise the stage again',
          },
        ],
      }
}
