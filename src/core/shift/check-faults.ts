// Faults that are facts and no statistics: SES is paused, stopped, unreachable, unaligned, or silent. Each is found within
// one look, and sends all mail (or, for silence, one stage's worth) back to legacy.
import type { RollBackReason } from './decision.ts'
import { settlesAt, type ShiftObservation } from './observation.ts'
import { QUOTA_WAIT_MS, SILENT, SILENT_AT_NIGHT, UNREACHABLE_MS } from './policy.ts'

export interface Fault {
  readonly reason: RollBackReason
  /** zero: nothing can go to SES. down: one stage down, because it may be less than all. */
  readonly to: 'zero' | 'down'
  readonly message: string
}

type Check = (observation: ShiftObservation) => Fault | undefined

/** The first fault in the order of its weight, or undefined. */
export function faultNow(observation: ShiftObservation): Fault | undefined {
  for (const check of CHECKS) {
    const fault = check(observation)
    if (fault !== undefined) return fault
  }
  return undefined
}

const sendingPaused: Check = ({ ses }) => {
  if (ses.sendingEnabled !== false && ses.enforcement !== 'SHUTDOWN') return undefined
  const what =
    ses.enforcement === 'SHUTDOWN' ? 'SES has shut the account down' : 'SES has paused sending of the account'
  return { reason: 'sendingPaused', to: 'zero', message: `${what}: nothing can go this way until AWS lets it go on` }
}

const routeStopped: Check = ({ ses }) =>
  ses.route === 'stopped'
    ? {
        reason: 'routeStopped',
        to: 'zero',
        message: `the SES route has stopped (${ses.reason}): a person must mend it`,
      }
    : undefined

const unreachable: Check = ({ ses }) => {
  if (ses.route !== 'waiting' || ses.waiting === 0 || ses.troubleMs < UNREACHABLE_MS) return undefined
  if (isQuota(ses.reason) || isHeld(ses.reason)) return undefined
  return {
    reason: 'sesUnreachable',
    to: 'zero',
    message: `SES has not been reached for ${seconds(ses.troubleMs)} (${ses.reason}), and ${ses.waiting} recipients wait`,
  }
}

const quotaUsedUp: Check = ({ ses }) => {
  if (ses.route !== 'waiting' || ses.waiting === 0 || !isQuota(ses.reason) || ses.troubleMs < QUOTA_WAIT_MS) {
    return undefined
  }
  return {
    reason: 'quotaUsedUp',
    to: 'down',
    message: `the quota of 24 hours is used up for ${seconds(ses.troubleMs)}, and ${ses.waiting} recipients wait`,
  }
}

const misaligned: Check = ({ misaligned: why }) =>
  why === undefined ? undefined : { reason: 'misaligned', to: 'zero', message: why }

const eventsSilent: Check = (observation) => {
  const { sentSinceEvent, silentSince } = observation.pipeline
  if (silentSince === undefined) return undefined
  // One stage down bounds what nobody sees; the next step waits for people to have a look.
  const silentMs = observation.nowMs - Math.max(silentSince, settlesAt(observation))
  const silent = [SILENT, SILENT_AT_NIGHT].some(
    ({ leastSent, leastMs }) => sentSinceEvent >= leastSent && silentMs >= leastMs,
  )
  if (!silent) return undefined
  return {
    reason: 'eventsSilent',
    to: 'down',
    message: `SES took ${sentSinceEvent} recipients in ${seconds(silentMs)} and not one event came: nobody sees what becomes of them`,
  }
}

const CHECKS: readonly Check[] = [sendingPaused, routeStopped, misaligned, unreachable, eventsSilent, quotaUsedUp]

const isQuota = (reason: string): boolean => reason.startsWith('dailyQuota')
/** Held while a key is changed: it is over in seconds, and not a fault of SES. */
const isHeld = (reason: string): boolean => reason.startsWith('held')
const seconds = (ms: number): string => `${Math.round(ms / 1_000)} s`
