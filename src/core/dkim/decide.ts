// The one next step (D7): every check is asked in order, and the first that wants a step gets it. Pure.
import { nextMonthly } from '../base/zoned-time.ts'
import {
  keyLost,
  keyMissing,
  keyRetiring,
  keyUnknown,
  keyRevoked,
  recordNewlyProven,
  recordNewlySeen,
  recordNotProven,
  zoneNotWritten,
} from './check-keys.ts'
import { switchDue } from './check-rotation.ts'
import { switchUnfinished } from './check-switch.ts'
import { requestDue } from './check-team.ts'
import { allWell, currentRecordLost, mailFromDue, monthlyDue, sesSilent, signingLost } from './check-watch.ts'
import type { DkimObservation } from './observation.ts'
import { MONTHLY, POLL_DNS_MS, POLL_SES_MS, WATCH_MS, type DkimPolicy } from './policy.ts'
import type { Alert, Step, Verdict } from './step.ts'

export interface Decision {
  /** What every check found, in order. */
  readonly verdicts: readonly Verdict[]
  /** The verdict whose step is taken; undefined: there is nothing to do but wait. */
  readonly next: (Verdict & { readonly step: Step }) | undefined
  /** What people are to know, one for each id. */
  readonly alerts: readonly Alert[]
  /** Not every check was asked: an alert that is not here may last all the same. */
  readonly partial: boolean
  /** When to look again, if nothing happens before. */
  readonly lookAt: number
}

type Check = (observation: DkimObservation, policy: DkimPolicy, ordered: boolean) => Verdict | undefined

/** In this order: first what is dangerous, then what brings a key forward, then what only waits. */
const CHECKS: readonly Check[] = [
  signingLost,
  currentRecordLost,
  keyUnknown,
  keyLost,
  keyMissing,
  zoneNotWritten,
  recordNewlySeen,
  recordNewlyProven,
  mailFromDue,
  switchDue,
  keyRevoked,
  requestDue,
  monthlyDue,
  recordNotProven,
  keyRetiring,
  sesSilent,
  allWell,
]

/** `ordered`: a person wants the next key to sign now. */
export function decide(observation: DkimObservation, policy: DkimPolicy, ordered = false): Decision {
  const unfinished = switchUnfinished(observation, policy)
  const verdicts =
    unfinished === undefined
      ? CHECKS.map((check) => check(observation, policy, ordered)).filter((verdict) => verdict !== undefined)
      : [unfinished]
  const alerts = new Map<string, Alert>()
  for (const alert of verdicts.flatMap((verdict) => verdict.alerts ?? [])) {
    if (!alerts.has(alert.id)) alerts.set(alert.id, alert)
  }
  return {
    verdicts,
    next: verdicts.find((verdict): verdict is Verdict & { readonly step: Step } => verdict.step !== undefined),
    alerts: [...alerts.values()],
    partial: unfinished !== undefined,
    lookAt: lookAt(verdicts, observation, policy),
  }
}

function lookAt(verdicts: readonly Verdict[], { nowMs }: DkimObservation, { timeZone }: DkimPolicy): number {
  const times = verdicts.map((verdict) => verdict.lookAt ?? nowMs + usualWait(verdict))
  return Math.min(...times, nextMonthly(nowMs, MONTHLY, timeZone), nowMs + WATCH_MS)
}

function usualWait({ waitsFor }: Verdict): number {
  switch (waitsFor) {
    case 'dnsTeam':
    case 'dns':
      return POLL_DNS_MS
    case 'ses':
      return POLL_SES_MS
    case 'operator':
    case 'time':
    case undefined:
    default:
      return WATCH_MS
  }
}
