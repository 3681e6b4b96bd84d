// Who has to be told what, by channel. It compares what a channel was told with what is, so it is the same whether nothing went
// wrong, a channel was down for hours, or the program was killed in between.
import { HOUR_MS, MINUTE_MS } from '../base/clock.ts'
import type { NoticeOutcome } from '../base/notice.ts'
import type { ChannelState, Incident, Mute, TellingKind, WatchRecord } from './record.ts'

export interface TellingPolicy {
  /** While an incident lasts and nobody took it; 0 never reminds. Only Critical is repeated. */
  readonly reminderHours: number
}

export interface Telling {
  readonly incident: Incident
  readonly channel: string
  readonly kind: TellingKind
  /** The same when it is sent again: receivers see one. */
  readonly noticeId: string
}

/** A mail host restarts in a minute; one that is down for hours needs no storm. */
const BACK_OFF_MS = [1, 2, 4, 8, 15, 30, 60].map((minutes) => minutes * MINUTE_MS)
/** With the waits above about 12 hours: then a person has to look at the channel itself, and the log says so. */
export const ATTEMPTS_MAX = 17

/** What a channel should hear now; empty when it knows all. */
export function dueTellings(
  { incidents, mutes }: WatchRecord,
  channel: string,
  policy: TellingPolicy,
  nowMs: number,
): readonly Telling[] {
  return incidents.flatMap((incident) => {
    const state = stateOf(incident, channel)
    const kind = wanted(incident, state, { muted: isMuted(mutes, incident, nowMs), policy, nowMs })
    if (kind === undefined) return []
    const noticeId = noticeIdOf(incident, kind, state)
    const { trying } = state
    if (trying !== undefined && trying.notice === noticeId && trying.nextAt > nowMs) return []
    return [{ incident, channel, kind, noticeId }]
  })
}

interface Circumstances {
  readonly muted: boolean
  readonly policy: TellingPolicy
  readonly nowMs: number
}

function wanted(
  incident: Incident,
  state: ChannelState,
  { muted, policy, nowMs }: Circumstances,
): TellingKind | undefined {
  const { said, trying } = state
  const isThisRound = said?.round === incident.round
  if (incident.closedAt !== undefined) {
    // Whoever never heard of it, because it was muted or the channel is newer, need not hear that it is over.
    const heard = said !== undefined || trying !== undefined
    return heard && !(isThisRound && said.kind === 'closed') ? 'closed' : undefined
  }
  if (muted) return undefined
  if (!isThisRound) return incident.round === 0 ? 'open' : 'again'
  const remindMs = policy.reminderHours * HOUR_MS
  const asks = incident.level === 'critical' && incident.acknowledged === undefined && remindMs > 0
  return asks && nowMs - said.at >= remindMs ? 'reminder' : undefined
}

function noticeIdOf({ id, round }: Incident, kind: TellingKind, { reminders }: ChannelState): string {
  const number = kind === 'reminder' ? reminders + 1 : round
  return number === 0 ? `${id}-${kind}` : `${id}-${kind}-${number}`
}

export function stateOf({ channels }: Incident, channel: string): ChannelState {
  return channels[channel] ?? { reminders: 0 }
}

export function isMuted(mutes: readonly Mute[], { alert }: Pick<Incident, 'alert'>, nowMs: number): boolean {
  return mutes.some((mute) => mute.alert === alert && mute.until > nowMs)
}

/** To be written before the attempt is made. */
export function attempted(state: ChannelState, noticeId: string, nowMs: number): ChannelState {
  const before = state.trying?.notice === noticeId ? state.trying.attempts : 0
  const wait = BACK_OFF_MS[Math.min(before, BACK_OFF_MS.length - 1)]!
  return { ...state, trying: { notice: noticeId, attempts: before + 1, nextAt: nowMs + wait } }
}

/** What became of it. */
export function settled(
  state: ChannelState,
  { kind, round }: { readonly kind: TellingKind; readonly round: number },
  outcome: NoticeOutcome,
  nowMs: number,
): ChannelState {
  const gaveUp = outcome.kind === 'failed' && (!outcome.again || (state.trying?.attempts ?? 0) >= ATTEMPTS_MAX)
  if (outcome.kind === 'failed' && !gaveUp) return state
  const { trying: _, ...rest } = state
  return {
    ...rest,
    said: { kind, round, at: nowMs, ...(gaveUp ? { gaveUp } : {}) },
    reminders: state.reminders + (kind === 'reminder' ? 1 : 0),
  }
}
