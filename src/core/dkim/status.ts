// What a person wants to know of the keys: which phase, what signs, what is next, since when, and who is waited for.
import type { DkimObservation } from './observation.ts'
import { circleOf, endsAt, publishingOf, roleOf, type KeyRole } from './circle.ts'
import type { Decision } from './decide.ts'
import type { DkimPolicy, Publishing } from './policy.ts'
import { stateOf, type KeyLife, type KeyRecord, type KeyState } from './record.ts'
import { dissenters, keyName, serverName, type Publication } from './sighting.ts'
import type { WaitsFor } from './step.ts'

/** The phases of the design (§10.1) that the reconciler runs. */
export type Phase = 4 | 5 | 6 | 7 | 8

const PHASES: Readonly<Record<Phase, string>> = {
  4: 'making keys',
  5: 'asking the DNS team',
  6: 'waiting for DNS',
  7: 'switching on',
  8: 'watching',
}

export interface KeyStatus {
  readonly selector: string
  readonly name: string
  readonly role: KeyRole
  readonly state: KeyState
  readonly since: number
  readonly publication: Publication | 'notLooked'
  /** What is wrong, or which servers say otherwise. */
  readonly note?: string
  /** For the current key. */
  readonly endsAt?: number
}

export interface DkimStatus {
  readonly domain: string
  readonly publishing: Publishing
  readonly phase: { readonly number: Phase; readonly name: string; readonly since: number }
  readonly keys: readonly KeyStatus[]
  readonly ses: {
    readonly identity: 'present' | 'missing' | 'unknown'
    readonly dkim?: string
    readonly signing?: boolean
    readonly origin?: string
    readonly error?: string
    readonly mailFrom?: string
  }
  readonly waitsFor: WaitsFor | 'nobody'
  /** What happens next, in a sentence. */
  readonly next: string
  readonly findings: readonly { readonly check: string; readonly message: string }[]
  readonly request?: {
    readonly id: string
    readonly askedAt: number
    readonly dueAt: number
    readonly reminders: number
    readonly sent: boolean
  }
  readonly switching?: { readonly selector: string; readonly since: number }
  readonly alerts: readonly { readonly id: string; readonly message: string; readonly since: number }[]
  readonly lookAt: number
  readonly lookedAt: number
}

export function dkimStatus(observation: DkimObservation, decision: Decision, policy: DkimPolicy): DkimStatus {
  const { record, nowMs } = observation
  const { request, switching } = record
  const waiting = decision.verdicts.find(({ waitsFor }) => waitsFor !== undefined)
  return {
    domain: policy.domain,
    publishing: publishingOf(record, policy),
    phase: phaseOf(observation),
    keys: record.keys.map((life) => keyStatus(life, observation, policy)),
    ses: sesStatus(observation),
    waitsFor: decision.next === undefined ? (waiting?.waitsFor ?? 'nobody') : 'nobody',
    next: (decision.next ?? waiting ?? decision.verdicts.at(-1))?.message ?? 'nothing was looked at yet',
    findings: decision.verdicts.map(({ check, message }) => ({ check, message })),
    ...(request === undefined
      ? {}
      : {
          request: {
            id: request.id,
            askedAt: request.askedAt,
            dueAt: request.dueAt,
            reminders: request.remindedAt.length,
            sent: request.sentAt !== undefined,
          },
        }),
    ...(switching === undefined ? {} : { switching: { selector: switching.selector, since: switching.startedAt } }),
    alerts: record.alerts.map(({ id, message, raisedAt }) => ({ id, message, since: raisedAt })),
    lookAt: decision.lookAt,
    lookedAt: nowMs,
  }
}

function phaseOf({ record, nowMs }: DkimObservation): DkimStatus['phase'] {
  const { current, coming } = circleOf(record)
  const phase = (number: Phase, since: number | undefined) => ({ number, name: PHASES[number], since: since ?? nowMs })
  if (record.switching !== undefined) return phase(7, record.switching.startedAt)
  if (current !== undefined) return phase(8, current.activatedAt)
  const proven = coming.find(({ provenAt }) => provenAt !== undefined)
  if (proven !== undefined) return phase(7, proven.provenAt)
  const asked = coming.find(({ askedAt }) => askedAt !== undefined)
  if (asked !== undefined) return phase(6, asked.askedAt)
  return coming.length === 0 ? phase(4, nowMs) : phase(5, coming.at(-1)!.madeAt)
}

function keyStatus(life: KeyLife, { record, sightings }: DkimObservation, policy: DkimPolicy): KeyStatus {
  const sighting = sightings.get(life.selector)
  const state = stateOf(life)
  const end = state === 'current' ? endsAt(life, policy) : undefined
  const note = noteOf(sighting)
  return {
    selector: life.selector,
    name: keyName(life.selector, policy.domain),
    role: roleOf(life, record),
    state,
    since: sinceOf(life, state),
    publication: sighting?.publication ?? 'notLooked',
    ...(note === undefined ? {} : { note }),
    ...(end === undefined ? {} : { endsAt: end }),
  }
}

function sinceOf(life: KeyLife, state: KeyState): number {
  const times: Readonly<Record<KeyState, number | undefined>> = {
    made: life.madeAt,
    asked: life.askedAt,
    published: life.seenAt,
    proven: life.provenAt,
    current: life.activatedAt,
    retiring: life.retiredAt,
    revoked: life.revokedAt,
  }
  return times[state] ?? life.madeAt
}

function noteOf(sighting: ReturnType<DkimObservation['sightings']['get']>): string | undefined {
  if (sighting === undefined) return undefined
  if (sighting.elsewhere !== undefined) return `${sighting.elsewhere.how}: found at ${sighting.elsewhere.name}`
  if (sighting.fault !== undefined) return `${sighting.fault}: ${sighting.found ?? ''}`
  if (sighting.because !== undefined) return sighting.because
  const others = sighting.publication === 'everywhere' ? dissenters(sighting) : []
  return others.length === 0 ? undefined : `${others.map(({ server }) => serverName(server)).join(', ')} says otherwise`
}

function sesStatus({ ses }: DkimObservation): DkimStatus['ses'] {
  if (typeof ses === 'string') return { identity: ses }
  const { dkim, mailFrom } = ses
  return {
    identity: 'present',
    dkim: dkim.status,
    signing: dkim.signingEnabled,
    origin: dkim.origin,
    ...(dkim.error === undefined ? {} : { error: dkim.error }),
    ...(mailFrom === undefined ? {} : { mailFrom: `${mailFrom.domain} ${mailFrom.status}` }),
  }
}

/** Whether the traffic must be held when a program begins: a switch was under way when the one before ended. */
export function mustHold(record: KeyRecord | undefined): boolean {
  return record?.switching !== undefined
}
