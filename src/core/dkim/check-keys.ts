// The checks of making, publishing and proving keys (phases 4 to 7), in the order in which they must hold.
import { DAY_MS, SECOND_MS } from '../base/clock.ts'
import { wallText } from '../base/zoned-time.ts'
import { circleOf, freeSelector, publishingOf } from './circle.ts'
import { keyRecordValue, REVOKED_VALUE } from './key-record.ts'
import type { DkimObservation } from './observation.ts'
import type { DkimPolicy } from './policy.ts'
import { dissenters, keyName, serverName } from './sighting.ts'
import type { Verdict } from './step.ts'
import { isRevocationDue } from './wanted-keys.ts'

/** A new key is wanted while the circle has a free place. */
export function keyMissing({ record, nowMs }: DkimObservation, policy: DkimPolicy): Verdict | undefined {
  const selector = freeSelector(record, policy, nowMs)
  if (selector === undefined) return undefined
  return {
    check: 'keyMissing',
    message: `a place in the circle of three is free: ${selector} is made`,
    step: { kind: 'makeKey', selector },
  }
}

/** A key lies in the store, and nothing is written down of it. */
export function keyUnknown({ record, stored }: DkimObservation): Verdict | undefined {
  const found = stored.find(
    ({ selector }) => !record.keys.some((life) => life.selector === selector && life.revokedAt === undefined),
  )
  if (found === undefined) return undefined
  const { selector, madeAt } = found
  return {
    check: 'keyUnknown',
    message: `the key store holds ${selector}, which was not written down yet`,
    step: { kind: 'adoptKey', selector, madeAt },
  }
}

/** The record says there is a key, and the store does not have it. */
export function keyLost({ record, stored }: DkimObservation): Verdict | undefined {
  const { current, coming } = circleOf(record)
  const lost = [...(current === undefined ? [] : [current]), ...coming].find(
    ({ selector }) => !stored.some((key) => key.selector === selector),
  )
  if (lost === undefined) return undefined
  const isComing = lost.activatedAt === undefined
  return {
    check: 'keyLost',
    message: `the key store has no key ${lost.selector}, though one was made`,
    // A key that never signed is given up: another is made in its place and asked for.
    ...(isComing ? { step: { kind: 'dropKey', selector: lost.selector } } : { waitsFor: 'operator' }),
    alerts: [
      {
        id: `keyLost-${lost.selector}`,
        level: isComing ? 'warning' : 'critical',
        message: `the private key ${lost.selector} is not in the key store`,
        todo: isComing
          ? 'nothing: a new one was made; the DNS team is asked for its record'
          : 'SES goes on signing with its copy; restore the dkim-keys folder, or run "watari dkim rotate"',
      },
    ],
  }
}

/** Way cname: the zone of our own does not say what it should. */
export function zoneNotWritten(
  { record, stored, zoneTexts, nowMs }: DkimObservation,
  policy: DkimPolicy,
): Verdict | undefined {
  if (publishingOf(record, policy) !== 'cname') return undefined
  const { current, coming, retiring } = circleOf(record)
  const living = [...(current === undefined ? [] : [current]), ...coming, ...retiring]
  for (const life of living) {
    const key = stored.find(({ selector }) => selector === life.selector)
    const isEnding = isRevocationDue(life, policy, nowMs)
    const value = isEnding ? REVOKED_VALUE : key && keyRecordValue(key.publicKey)
    if (value === undefined || zoneTexts.get(life.selector) === value) continue
    return {
      check: 'zoneNotWritten',
      message: isEnding
        ? `${life.selector} retired ${policy.retireDays} days ago: its record becomes p=`
        : `the zone ${policy.ownZone} does not have ${life.selector} yet`,
      step: { kind: 'writeZone', selector: life.selector, value },
    }
  }
  return undefined
}

/** A record has come, or gone, since the last look. */
export function recordNewlySeen({ record, sightings }: DkimObservation): Verdict | undefined {
  for (const { selector, seenAt } of circleOf(record).coming) {
    const sighting = sightings.get(selector)
    if (sighting === undefined) continue
    if (seenAt === undefined && sighting.publication === 'everywhere') {
      return {
        check: 'recordNewlySeen',
        message: `${sighting.authoritative.length} of ${sighting.authoritative.length} authoritative servers show ${sighting.name}`,
        step: { kind: 'noteSeen', selector, cacheSeconds: sighting.cacheSeconds },
      }
    }
    // A server that does not answer, or lags, takes nothing away; only a clear answer does.
    const isLost = ['nowhere', 'wrong', 'revoked'].includes(sighting.publication)
    if (seenAt !== undefined && isLost) {
      return {
        check: 'recordLost',
        message: `${sighting.name} was right and is ${sighting.fault ?? sighting.publication} now`,
        step: { kind: 'noteLost', selector },
      }
    }
  }
  return undefined
}

/** A record was seen long enough for every cache to know it. */
export function recordNewlyProven({ record, sightings, nowMs }: DkimObservation): Verdict | undefined {
  for (const { selector, seenAt, provenFrom, provenAt } of circleOf(record).coming) {
    const sighting = sightings.get(selector)
    if (seenAt === undefined || provenAt !== undefined || sighting?.publication !== 'everywhere') continue
    if (nowMs < (provenFrom ?? Number.POSITIVE_INFINITY)) continue
    const others = dissenters(sighting).map(({ server }) => serverName(server))
    const but = others.length === 0 ? '' : `; ${others.join(', ')} still says otherwise and is not waited for`
    return {
      check: 'recordNewlyProven',
      message: `${sighting.name} has been right for longer than any cache may say otherwise${but}`,
      step: { kind: 'noteProven', selector },
      ...(others.length === 0
        ? {}
        : {
            alerts: [
              {
                id: 'resolverDisagrees',
                level: 'info',
                message: `${others.join(', ')} still does not show ${keyName(selector, record.domain)} after its TTL`,
                todo: 'compare with "watari dkim verify"; a resolver that does not keep TTLs should leave the plan',
              },
            ],
          }),
    }
  }
  return undefined
}

/** Seen, and its TTL still runs. */
export function recordNotProven({ record, nowMs }: DkimObservation, { timeZone }: DkimPolicy): Verdict | undefined {
  const next = circleOf(record).coming.find((life) => life.seenAt !== undefined && life.provenAt === undefined)
  if (next?.provenFrom === undefined) return undefined
  return {
    check: 'recordNotProven',
    message: `${next.selector} is published; caches may know it from ${wallText(next.provenFrom, timeZone)} on`,
    waitsFor: 'time',
    lookAt: Math.max(next.provenFrom, nowMs + SECOND_MS),
  }
}

/** The record of a retired key says that it is revoked, or is gone. */
export function keyRevoked(observation: DkimObservation, policy: DkimPolicy): Verdict | undefined {
  const { record, sightings, nowMs } = observation
  for (const life of circleOf(record).retiring) {
    const publication = sightings.get(life.selector)?.publication
    if (!isRevocationDue(life, policy, nowMs)) continue
    if (publication !== 'revoked' && publication !== 'nowhere') continue
    return {
      check: 'keyRevoked',
      message: `${keyName(life.selector, policy.domain)} is ${publication === 'revoked' ? 'p= everywhere' : 'gone'}: the private key is destroyed`,
      step: { kind: 'endKey', selector: life.selector },
    }
  }
  return undefined
}

/** A retiring key whose time has not come. */
export function keyRetiring({ record, nowMs }: DkimObservation, policy: DkimPolicy): Verdict | undefined {
  const life = circleOf(record).retiring.find((one) => !isRevocationDue(one, policy, nowMs))
  if (life?.retiredAt === undefined) return undefined
  const until = life.retiredAt + policy.retireDays * DAY_MS
  return {
    check: 'keyRetiring',
    message: `the record of ${life.selector} stays until ${wallText(until, policy.timeZone)}, because mail it signed may still be under way`,
    waitsFor: 'time',
    lookAt: until,
  }
}
