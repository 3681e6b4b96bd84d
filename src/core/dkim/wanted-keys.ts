// Which key records the DNS team must enter, change or revoke, beside what is there today.
import { DAY_MS } from '../base/clock.ts'
import { circleOf, publishingOf } from './circle.ts'
import { keyRecordValue, REVOKED_VALUE } from './key-record.ts'
import type { DkimObservation } from './observation.ts'
import type { DkimPolicy } from './policy.ts'
import type { KeyLife } from './record.ts'
import { keyName, type Sighting } from './sighting.ts'
import { aliasTarget } from './surroundings.ts'
import type { WantedRecord } from './wanted-record.ts'

/** Everything that is wanted of the DNS team: keys first, then what is around them. */
export function wantedRecords(observation: DkimObservation, policy: DkimPolicy): readonly WantedRecord[] {
  const keys = publishingOf(observation.record, policy) === 'cname' ? aliases : texts
  return [...keys(observation, policy), ...observation.surroundings.filter(({ today }) => today !== undefined)]
}

function texts(observation: DkimObservation, policy: DkimPolicy): readonly WantedRecord[] {
  const { record, stored, sightings } = observation
  const { current, coming, retiring } = circleOf(record)
  const living = [...(current === undefined ? [] : [current]), ...coming].flatMap(({ selector }) => {
    const key = stored.find((one) => one.selector === selector)
    return key === undefined ? [] : [keyText(selector, keyRecordValue(key.publicKey), sightings.get(selector), policy)]
  })
  const ending = retiring
    .filter((life) => isRevocationDue(life, policy, observation.nowMs))
    .map(({ selector }) => revocation(selector, sightings.get(selector), policy))
  return [...living, ...ending]
}

/** D5: the old record stays while mail that it signed may still be under way. */
export function isRevocationDue({ retiredAt }: KeyLife, { retireDays }: DkimPolicy, nowMs: number): boolean {
  return retiredAt !== undefined && nowMs - retiredAt >= retireDays * DAY_MS
}

function keyText(selector: string, value: string, sighting: Sighting | undefined, policy: DkimPolicy): WantedRecord {
  const fault = faultOf(sighting)
  return {
    name: keyName(selector, policy.domain),
    type: 'TXT',
    value,
    ttlSeconds: policy.ttlSeconds,
    purpose: 'dkimKey',
    selector,
    action: actionOf(sighting),
    today: todayOf(sighting, value),
    ...(fault === undefined ? {} : { fault }),
  }
}

function revocation(selector: string, sighting: Sighting | undefined, policy: DkimPolicy): WantedRecord {
  const isDone = sighting?.publication === 'revoked' || sighting?.publication === 'nowhere'
  return {
    name: keyName(selector, policy.domain),
    type: 'TXT',
    value: REVOKED_VALUE,
    ttlSeconds: policy.ttlSeconds,
    purpose: 'dkimRevocation',
    selector,
    action: isDone ? 'keep' : 'change',
    today: todayOf(sighting, 'v=DKIM1; k=rsa; p=…'),
  }
}

function aliases(observation: DkimObservation, policy: DkimPolicy): readonly WantedRecord[] {
  const { current, coming, retiring } = circleOf(observation.record)
  const living = [...(current === undefined ? [] : [current]), ...coming, ...retiring]
  return living
    .map(({ selector }) => selector)
    .sort()
    .map((selector) => alias(selector, observation, policy))
}

function alias(selector: string, { sightings, aliases: seen }: DkimObservation, policy: DkimPolicy): WantedRecord {
  const value = aliasTarget(selector, policy)
  const sighting = sightings.get(selector)
  const found = seen.get(selector)
  const fault = found === undefined ? faultOf(sighting) : undefined
  const isUnknown = sighting === undefined || sighting.publication === 'unknown'
  const isThere = found === value || (found === undefined && sighting?.publication === 'everywhere')
  const empty = sighting?.publication === 'nowhere'
  const today = found === undefined ? todayOf(sighting, 'TXT') : [found]
  return {
    name: keyName(selector, policy.domain),
    type: 'CNAME',
    value,
    ttlSeconds: policy.ttlSeconds,
    purpose: 'dkimAlias',
    selector,
    action: isThere || (isUnknown && found === undefined) ? 'keep' : found === undefined && empty ? 'add' : 'change',
    today,
    ...(fault === undefined ? {} : { fault }),
  }
}

function actionOf(sighting: Sighting | undefined): WantedRecord['action'] {
  switch (sighting?.publication) {
    case 'nowhere':
      return 'add'
    case 'wrong':
    case 'revoked':
      return 'change'
    case 'everywhere':
    // On its way: whoever entered it has done the work.
    case 'partly':
    case 'unknown':
    case undefined:
    default:
      return 'keep'
  }
}

function faultOf(sighting: Sighting | undefined): string | undefined {
  if (sighting === undefined) return undefined
  if (sighting.elsewhere !== undefined) return sighting.elsewhere.how
  return sighting.publication === 'revoked' ? 'revoked' : sighting.fault
}

function todayOf(sighting: Sighting | undefined, right: string): readonly string[] | undefined {
  switch (sighting?.publication) {
    case 'nowhere':
      return sighting.elsewhere === undefined ? [] : [`→ ${sighting.elsewhere.name}.`]
    case 'wrong':
      return [sighting.found ?? '']
    case 'revoked':
      return [REVOKED_VALUE]
    case 'everywhere':
    case 'partly':
      return [right]
    case 'unknown':
    case undefined:
    default:
      return undefined
  }
}
