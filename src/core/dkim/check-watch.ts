// The checks of a key in use (phase 8): whether SES still signs with it, whether the world can still look it up, and the
// MAIL FROM domain beside it. SES tells nobody when a status decays, and AWS Config does not record identities (facts 13.8).
import { READY, type IdentityFacts } from '../base/identity.ts'
import { MINUTE_MS } from '../base/clock.ts'
import { nextMonthly, wallText } from '../base/zoned-time.ts'
import { circleOf, endsAt } from './circle.ts'
import type { DkimObservation } from './observation.ts'
import { MONTHLY, POLL_DNS_MS, POLL_SES_MS, POLL_TROUBLE_MS, type DkimPolicy } from './policy.ts'
import type { Alert, Verdict } from './step.ts'

export function sesSilent({ ses, nowMs }: DkimObservation): Verdict | undefined {
  if (ses !== 'unknown') return undefined
  return {
    check: 'sesSilent',
    message: 'SES could not be asked; nothing is concluded from that',
    waitsFor: 'ses',
    lookAt: nowMs + POLL_TROUBLE_MS,
  }
}

export function signingLost(
  { record, ses, sightings, nowMs }: DkimObservation,
  policy: DkimPolicy,
): Verdict | undefined {
  const { current } = circleOf(record)
  if (current === undefined || ses === 'unknown') return undefined
  const { selector } = current
  if (ses === 'missing') return repaired(selector, `SES has no identity ${policy.domain} any more`)
  const { dkim } = ses
  const foreign = foreignKey(ses, selector)
  if (foreign !== undefined) {
    return {
      check: 'foreignKey',
      message: foreign,
      waitsFor: 'operator',
      alerts: lost(foreign, 'find out who changed the identity; "watari dkim rotate --now" takes it back'),
    }
  }
  if (dkim.status === READY) {
    if (dkim.signingEnabled) return undefined
    return {
      check: 'signingOff',
      message: `signing was switched off in SES: it is switched on again`,
      step: { kind: 'enableSigning' },
      alerts: lost(
        'somebody switched DKIM signing off in SES',
        'nothing: it was switched on again; find out who did it',
      ),
    }
  }
  const isPublished = sightings.get(selector)?.publication === 'everywhere'
  if (dkim.status === 'FAILED' && isPublished)
    return repaired(selector, `SES gave up looking for ${selector}, and DNS shows it`)
  const reason = dkim.error === undefined ? '' : ` (${dkim.error})`
  const message = `SES says ${dkim.status}${reason} for ${selector}: mail may go out unsigned`
  return {
    check: 'signingLost',
    message,
    waitsFor: isPublished ? 'ses' : 'dns',
    lookAt: nowMs + POLL_SES_MS,
    alerts: lost(message, 'see "watari dkim verify"; if it lasts, set the stage to 0'),
  }
}

function foreignKey({ dkim }: IdentityFacts, selector: string): string | undefined {
  if (dkim.origin !== 'EXTERNAL') return `SES signs with a key of origin ${dkim.origin}, not with ${selector}`
  const other = (dkim.tokens ?? []).find((token) => token !== selector)
  return other === undefined ? undefined : `SES signs with the selector ${other}, which is not ${selector}`
}

function lost(message: string, todo: string): readonly Alert[] {
  return [{ id: 'signingLost', level: 'critical', message, todo }]
}

function repaired(selector: string, why: string): Verdict {
  return {
    check: 'signingLost',
    message: `${why}: SES is given ${selector} again`,
    step: { kind: 'beginSwitch', selector },
    alerts: lost(why, 'nothing: the key is given again; "watari dkim status" shows how far it is'),
  }
}

/** The record that receivers look up now. */
export function currentRecordLost({ record, sightings, nowMs }: DkimObservation): Verdict | undefined {
  const { current } = circleOf(record)
  const sighting = current && sightings.get(current.selector)
  if (sighting === undefined || !['nowhere', 'wrong', 'revoked'].includes(sighting.publication)) return undefined
  const how = sighting.fault ?? (sighting.publication === 'nowhere' ? 'absent' : sighting.publication)
  return {
    check: 'currentRecordLost',
    message: `${sighting.name} signs mail now, and DNS says: ${how}`,
    waitsFor: 'dnsTeam',
    lookAt: nowMs + POLL_TROUBLE_MS,
    alerts: [
      {
        id: 'currentRecordLost',
        level: 'critical',
        message: `the record of the key in use is ${how}: receivers cannot verify mail`,
        todo: 'call the DNS team now; "watari dkim verify" shows what each server answers',
      },
    ],
  }
}

export function mailFromDue({ ses, surroundings, nowMs }: DkimObservation, policy: DkimPolicy): Verdict | undefined {
  const { mailFromDomain } = policy
  if (mailFromDomain === undefined || typeof ses !== 'object') return undefined
  const { mailFrom } = ses
  const isOurs = mailFrom?.domain === mailFromDomain
  if (isOurs && mailFrom.status === READY) return undefined
  const mx = surroundings.find(({ purpose }) => purpose === 'mailFromMx')
  const isPublished = mx?.action === 'keep' && mx.today !== undefined
  if (isPublished && (!isOurs || mailFrom.status === 'FAILED')) {
    return {
      check: 'mailFromNotSet',
      message: isOurs
        ? `SES gave up looking for the MX of ${mailFromDomain}, and DNS shows it: it is asked to look again`
        : `DNS shows the MX of ${mailFromDomain}, and SES does not use it yet: without that the records are decoration`,
      step: { kind: 'useMailFrom', mailFromDomain },
    }
  }
  const status = isOurs ? `SES says ${mailFrom.status}` : 'its MX is not published'
  return {
    check: 'mailFromNotReady',
    message: `the MAIL FROM domain ${mailFromDomain} is not ready: ${status}`,
    waitsFor: isPublished ? 'ses' : 'dnsTeam',
    lookAt: nowMs + (isPublished ? MINUTE_MS : POLL_DNS_MS),
    ...(isOurs && !isPublished && mailFrom.status !== 'PENDING'
      ? {
          alerts: [
            {
              id: 'mailFromLost',
              level: 'warning',
              message: `SES says ${mailFrom.status} for the MAIL FROM domain ${mailFromDomain}`,
              todo: 'mail goes on with the MAIL FROM of amazonses.com, aligned by DKIM alone; mend the MX',
            },
          ],
        }
      : {}),
  }
}

/** The run of the 1st leaves its mark, so that a month without a word in the history is a month without a look. */
export function monthlyDue({ record, nowMs }: DkimObservation, policy: DkimPolicy): Verdict | undefined {
  const since = record.monthlyAt
  if (since !== undefined && nextMonthly(since, MONTHLY, policy.timeZone) > nowMs) return undefined
  const { current } = circleOf(record)
  if (current === undefined) return since === undefined ? undefined : { ...month('no key signs yet') }
  return month(
    `${current.selector} signs; it ends on ${wallText(endsAt(current, policy)!, policy.timeZone).slice(0, 10)}`,
  )
}

function month(message: string): Verdict {
  return { check: 'monthlyDue', message: `monthly look: ${message}`, step: { kind: 'noteMonthly' } }
}

/** Nothing is waited for. */
export function allWell({ record }: DkimObservation, policy: DkimPolicy): Verdict | undefined {
  const { current } = circleOf(record)
  if (current?.activatedAt === undefined) return undefined
  return {
    check: 'allWell',
    message: `SES signs with ${current.selector} since ${wallText(current.activatedAt, policy.timeZone)}; it ends on ${wallText(endsAt(current, policy)!, policy.timeZone).slice(0, 10)}`,
  }
}
