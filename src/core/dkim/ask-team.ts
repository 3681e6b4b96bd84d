// Asks, reminds and corrects the DNS team. The intention is written first, and each channel that has taken the request is
// written down, so that a crash repeats a letter at most and never swallows one; the id tells a repeat from a new request.
import { DAY_MS } from '../base/clock.ts'
import type { Notice, Notifier } from '../base/notice.ts'
import { wallText } from '../base/zoned-time.ts'
import type { Acted, Hands } from './hands.ts'
import { faultKey } from './check-team.ts'
import { circleOf, endsAt } from './circle.ts'
import type { DkimObservation } from './observation.ts'
import type { DkimPolicy } from './policy.ts'
import type { KeyRecord, OpenRequest } from './record.ts'
import { requestPack } from './request-pack.ts'
import type { DnsRequest, RequestKind } from './request.ts'
import type { Alert, Step } from './step.ts'
import { counted, recordKey } from './wanted-record.ts'
import { wantedRecords } from './wanted-keys.ts'

interface Asking {
  readonly observation: DkimObservation
  readonly policy: DkimPolicy
  readonly step: Extract<Step, { kind: 'askDnsTeam' }>
  readonly save: (next: KeyRecord, message?: string) => Promise<Acted>
  readonly at: number
}

export async function askTeam(hands: Pick<Hands, 'team'>, asking: Asking): Promise<Acted> {
  const { observation, step, save, at } = asking
  const before = observation.record
  const open = openRequest(asking)
  const record: KeyRecord = step.request === 'request' ? { ...before, request: open, keys: askedKeys(asking) } : before
  const isNew = before.request?.id !== open.id
  if (isNew) await save(record, `the request ${open.id} for ${counted(open.records.length)} is written down`)
  const taken = step.request === 'request' ? open.taken : []
  const sent = await send(hands.team, notices(asking, open), taken)
  const after = { ...open, ...said(step.request, asking, at) }
  if (sent.later.length === 0) {
    const done = step.request === 'request' ? { ...after, taken: sent.taken, sentAt: at } : after
    const acted = await save({ ...record, request: done }, sentence(step.request, open.id, sent.taken))
    return sent.alert === undefined
      ? acted
      : { kind: 'later', record: acted.record, message: sent.alert.message, alert: sent.alert }
  }
  const message = `${sent.later.join(', ')} did not take it; it is sent again`
  if (sent.taken.length === taken.length) return { kind: 'later', record, message }
  // A reminder that reached somebody is a reminder; a request is repeated where it did not arrive.
  const partly = step.request === 'request' ? { ...after, taken: sent.taken } : after
  const acted = await save({ ...record, request: partly }, sentence(step.request, open.id, sent.taken))
  return { kind: 'later', record: acted.record, message }
}

function sentence(kind: RequestKind, id: string, channels: readonly string[]): string {
  const what = {
    request: 'the request',
    reminder: 'a reminder of the request',
    correction: 'a correction of the request',
  }
  return `${what[kind]} ${id} went by ${channels.length === 0 ? 'no channel' : channels.join(', ')}`
}

/** The request that is asked, reminded of or corrected. */
function openRequest({ observation, policy, step, at }: Asking): OpenRequest {
  const { request } = observation.record
  if (request !== undefined && (step.request !== 'request' || sameRecords(request.records, step.records)))
    return request
  return {
    id: requestId(step.records, at, policy),
    askedAt: at,
    dueAt: at + policy.dnsTeamDays * DAY_MS,
    records: step.records,
    remindedAt: [],
    saidAt: at,
    taken: [],
    corrected: faults({ observation, policy }),
  }
}

const sameRecords = (one: readonly string[], other: readonly string[]) => one.join('\n') === other.join('\n')

function faults({ observation, policy }: Pick<Asking, 'observation' | 'policy'>): readonly string[] {
  return wantedRecords(observation, policy)
    .filter(({ action, fault }) => action !== 'keep' && fault !== undefined)
    .map(faultKey)
}

function said(kind: RequestKind, { observation, policy }: Asking, at: number): Partial<OpenRequest> {
  const request = observation.record.request
  if (kind === 'reminder') return { saidAt: at, remindedAt: [...(request?.remindedAt ?? []), at] }
  if (kind === 'correction') {
    return { saidAt: at, corrected: [...new Set([...(request?.corrected ?? []), ...faults({ observation, policy })])] }
  }
  return {}
}

/** Keys whose record was asked for, with how long caches may remember that there was none. */
function askedKeys({ observation, policy, step, at }: Asking): KeyRecord['keys'] {
  const wanted = wantedRecords(observation, policy).filter((record) => step.records.includes(recordKey(record)))
  return observation.record.keys.map((life) => {
    const record = wanted.find(({ selector }) => selector === life.selector)
    if (record === undefined) return life
    if (record.purpose === 'dkimRevocation') return { ...life, revocationAskedAt: life.revocationAskedAt ?? at }
    const absentSeconds = observation.sightings.get(life.selector)?.cacheSeconds ?? 0
    return { ...life, askedAt: life.askedAt ?? at, absentSeconds: Math.max(life.absentSeconds ?? 0, absentSeconds) }
  })
}

function notices({ observation, policy, step, at }: Asking, open: OpenRequest): readonly Notice[] {
  const request = dnsRequest({ observation, policy, kind: step.request, open, at })
  return policy.languages.map((language) => requestPack(request, language))
}

export interface RequestParts {
  readonly observation: DkimObservation
  readonly policy: DkimPolicy
  readonly kind: RequestKind
  readonly open: OpenRequest
  readonly at: number
}

/** What the pack is made from. */
export function dnsRequest({ observation, policy, kind, open }: RequestParts): DnsRequest {
  const { current } = circleOf(observation.record)
  const latestAt = current === undefined ? undefined : endsAt(current, policy)
  return {
    id: open.id,
    kind,
    domain: policy.domain,
    zoneApex: observation.zone?.apex ?? policy.domain,
    records: wantedRecords(observation, policy),
    askedAt: open.askedAt,
    dueAt: open.dueAt,
    ...(latestAt === undefined ? {} : { latestAt }),
    ...(kind === 'reminder' ? { reminder: open.remindedAt.length + 1 } : {}),
    dnsTeam: policy.dnsTeam,
    contact: policy.contact,
    timeZone: policy.timeZone,
    nameServers: observation.zone?.servers ?? [],
  }
}

interface Sent {
  readonly taken: readonly string[]
  /** Channels to be tried again. */
  readonly later: readonly string[]
  /** A channel that will never take it. */
  readonly alert?: Alert
}

async function send(team: readonly Notifier[], packs: readonly Notice[], before: readonly string[]): Promise<Sent> {
  const taken = [...before]
  const later: string[] = []
  const refused: string[] = []
  for (const notifier of team.filter(({ channel }) => !before.includes(channel))) {
    const outcomes = []
    for (const pack of packs) outcomes.push(await notifier.send(pack))
    const failures = outcomes.filter((outcome) => outcome.kind === 'failed')
    if (failures.length === 0) taken.push(notifier.channel)
    else if (failures.some(({ again }) => again)) later.push(notifier.channel)
    else refused.push(`${notifier.channel}: ${failures[0]!.message}`)
  }
  if (refused.length === 0) return { taken, later }
  const message = `the DNS team cannot be reached by ${refused.join('; ')}`
  return {
    taken,
    later,
    alert: {
      id: 'teamUnreachable',
      level: 'critical',
      message,
      todo: 'mend the plan, or hand over the files of "watari dkim request --write DIR"',
    },
  }
}

/** FNV-1a, 32 bits: a name for a set of records, not a proof. */
function requestId(records: readonly string[], at: number, { timeZone }: DkimPolicy): string {
  let hash = 0x811c9dc5
  for (const character of records.join('\n')) {
    hash = Math.imul(hash ^ character.charCodeAt(0), 0x01000193) >>> 0
  }
  return `dns-${wallText(at, timeZone).slice(0, 10)}-${hash.toString(16).padStart(8, '0')}`
}
