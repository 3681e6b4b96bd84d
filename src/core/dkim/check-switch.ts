// The checks of a switch that is under way. From the moment it is written down until SES has said SUCCESS for the new key,
// nobody knows what SES signs with: the traffic is held, and nothing else is done.
//
//   begun   written down      -> giveKey (again after a crash: the same key twice is the same)
//   given   SES has the key   -> SUCCESS twice -> finishSwitch
//                             -> signing is off -> enableSigning
//                             -> too long for the traffic that waits -> stepBack, and go on waiting
//                             -> an alias that SES does not follow -> fallBackToTxt
//                             -> FAILED, or the identity is gone -> giveKey again
import { READY, type IdentityFacts } from '../base/identity.ts'
import { publishingOf } from './circle.ts'
import type { DkimObservation } from './observation.ts'
import {
  ALIAS_PATIENCE_MS,
  HOLD_MAX_MS,
  POLL_HELD_MS,
  POLL_SES_MS,
  POLL_TROUBLE_MS,
  RESTART_MS,
  SUCCESSES_NEEDED,
  type DkimPolicy,
} from './policy.ts'
import type { KeySwitch } from './record.ts'
import type { Verdict } from './step.ts'

/** What DNS said to SES, in its own word, when an alias may be the reason (GetEmailIdentity, VerificationInfo.ErrorType). */
const ALIAS_ERRORS: ReadonlySet<string> = new Set(['TYPE_NOT_FOUND', 'HOST_NOT_FOUND', 'INVALID_VALUE'])

export function switchUnfinished(observation: DkimObservation, policy: DkimPolicy): Verdict | undefined {
  const { record, ses, nowMs } = observation
  const { switching } = record
  if (switching === undefined) return undefined
  const { selector, givenAt } = switching
  if (givenAt === undefined) {
    const late = tooLong(switching, observation)
    if (late !== undefined) return late
    return {
      check: 'keyNotGiven',
      message: `SES is to sign with ${selector} and has not got the key yet`,
      step: { kind: 'giveKey', selector },
    }
  }
  if (ses === 'unknown') return tooLong(switching, observation) ?? sesSilent(nowMs)
  if (ses === 'missing') {
    return {
      check: 'identityGone',
      message: `SES has no identity ${policy.domain} any more: it is created again with ${selector}`,
      step: { kind: 'giveKey', selector },
    }
  }
  return succeeded(switching, ses) ?? waiting(switching, { ses, givenAt }, observation, policy)
}

function succeeded(switching: KeySwitch, { dkim }: IdentityFacts): Verdict | undefined {
  const { selector } = switching
  // Only the exact word counts, and only for a key of ours: AWS documents tokens as empty or as the selector (facts 1.12).
  const isOurs = dkim.origin === 'EXTERNAL' && (dkim.tokens ?? []).every((token) => token === selector)
  if (dkim.status !== READY || !isOurs) return undefined
  if (!dkim.signingEnabled) {
    return {
      check: 'signingOff',
      message: `SES knows ${selector} and does not sign: signing is off`,
      step: { kind: 'enableSigning' },
    }
  }
  const successes = switching.successes + 1
  return successes >= SUCCESSES_NEEDED
    ? {
        check: 'switchConfirmed',
        message: `SES says ${READY} for ${selector}, ${successes} times in a row`,
        step: { kind: 'finishSwitch', selector },
      }
    : {
        check: 'switchConfirmedOnce',
        message: `SES says ${READY} for ${selector}; it is asked once more, because one answer may be an old one`,
        step: { kind: 'noteSuccess', selector, successes },
      }
}

interface Given {
  readonly ses: IdentityFacts
  readonly givenAt: number
}

function waiting(
  switching: KeySwitch,
  { ses, givenAt }: Given,
  observation: DkimObservation,
  policy: DkimPolicy,
): Verdict {
  const { selector } = switching
  const { nowMs, stagePercent } = observation
  const late = tooLong(switching, observation)
  if (late !== undefined) return late
  if (aliasNotFollowed(ses, { selector, givenAt }, observation, policy)) {
    return {
      check: 'aliasNotFollowed',
      message: `DNS shows ${selector} through the CNAME, and SES answers ${ses.dkim.status} (${ses.dkim.error ?? 'no reason'}): it does not follow it`,
      step: { kind: 'fallBackToTxt', selector },
    }
  }
  if (ses.dkim.origin !== 'EXTERNAL' || (ses.dkim.status === 'FAILED' && nowMs - givenAt >= RESTART_MS)) {
    return {
      check: 'sesGaveUp',
      message: `SES says ${ses.dkim.status} for a key of origin ${ses.dkim.origin}: it is given ${selector} again`,
      step: { kind: 'giveKey', selector },
    }
  }
  const reason = ses.dkim.error === undefined ? '' : ` (${ses.dkim.error})`
  return {
    check: 'sesNotReady',
    message: `SES says ${ses.dkim.status}${reason} for ${selector}, not ${READY}`,
    waitsFor: 'ses',
    lookAt: nowMs + (stagePercent > 0 ? POLL_HELD_MS : POLL_SES_MS),
  }
}

/** Mail that waits is mail that people wait for. */
function tooLong({ selector, startedAt }: KeySwitch, { stagePercent, nowMs }: DkimObservation): Verdict | undefined {
  if (stagePercent === 0 || nowMs - startedAt < HOLD_MAX_MS) return undefined
  const minutes = Math.round((nowMs - startedAt) / 60_000)
  return {
    check: 'switchTakesTooLong',
    message: `SES has not confirmed ${selector} for ${minutes} minutes while mail waits: everything goes by legacy`,
    step: { kind: 'stepBack' },
    alerts: [
      {
        id: 'switchTakesTooLong',
        level: 'critical',
        message: `SES does not confirm the key ${selector}; mail goes by legacy`,
        todo: 'see "watari dkim verify"; raise the stage again when the status is SUCCESS',
      },
    ],
  }
}

function aliasNotFollowed(
  { dkim }: IdentityFacts,
  { selector, givenAt }: { readonly selector: string; readonly givenAt: number },
  { record, sightings, aliases, nowMs }: DkimObservation,
  policy: DkimPolicy,
): boolean {
  if (publishingOf(record, policy) !== 'cname' || aliases.get(selector) === undefined) return false
  if (sightings.get(selector)?.publication !== 'everywhere') return false
  const isRefused = dkim.status === 'FAILED' || (dkim.error !== undefined && ALIAS_ERRORS.has(dkim.error))
  return isRefused && nowMs - givenAt >= ALIAS_PATIENCE_MS
}

function sesSilent(nowMs: number): Verdict {
  return {
    check: 'sesSilent',
    message: 'SES could not be asked; nothing is concluded from that',
    waitsFor: 'ses',
    lookAt: nowMs + POLL_TROUBLE_MS,
  }
}
