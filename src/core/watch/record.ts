// What is written down about incidents. An incident, state by state:
//
//   open        the alert was bad for some looks in a row; people are told, each channel once.
//   closed      it was good for long enough; people are told once more.
//   open again  it came back soon after: the same incident goes on, in its next round, and has to be good for twice as long.
//
// Its rule: nothing personal, and nothing that grows without end.
import type { NoticeLevel } from '../base/notice.ts'
import type { AlertFacts, AlertId, Scope } from './alerts.ts'
import type { DueLetter } from './calendar.ts'

/** open and again begin a round, closed ends it; a reminder says that a round still lasts. */
export type TellingKind = 'open' | 'again' | 'reminder' | 'closed'

/** What one channel has been told, and what it could not be told yet. */
export interface ChannelState {
  /** The last that was taken, or given up. */
  readonly said?: { readonly kind: TellingKind; readonly round: number; readonly at: number; readonly gaveUp?: boolean }
  readonly reminders: number
  /** An attempt is written down before it is made, so that a crash repeats it once and not for ever. */
  readonly trying?: { readonly notice: string; readonly attempts: number; readonly nextAt: number }
}

export interface Acknowledgement {
  readonly by: string
  readonly reason: string
  readonly at: number
}

export interface Incident {
  /** 'BounceRate-20261125-1203': ASCII, the same in every notice about it. */
  readonly id: string
  readonly alert: AlertId
  readonly scope: Scope
  readonly level: NoticeLevel
  readonly openedAt: number
  readonly closedAt?: number
  /** How often it came back. */
  readonly round: number
  readonly lastBadAt: number
  /** As it was when it opened, and at the last look while it was open. */
  readonly opened: AlertFacts[AlertId]
  readonly latest: AlertFacts[AlertId]
  readonly acknowledged?: Acknowledgement
  readonly channels: Readonly<Record<string, ChannelState>>
}

/** Somebody does not want to be told of an alert until then; its incidents are written down all the same. */
export interface Mute extends Acknowledgement {
  readonly alert: AlertId
  readonly until: number
}

/** What is said at its time: a report. */
export interface Letter extends DueLetter {
  readonly channels: Readonly<Record<string, ChannelState>>
}

/** How many addresses were on the suppression list, once a day. */
export interface ListSize {
  readonly at: number
  readonly total: number
}

export interface WatchRecord {
  /** Oldest first. */
  readonly incidents: readonly Incident[]
  readonly mutes: readonly Mute[]
  /** Oldest first. */
  readonly letters: readonly Letter[]
  readonly listSizes: readonly ListSize[]
  /** The first look of all: letters of before are nobody's news. */
  readonly since?: number
}

export const EMPTY_RECORD: WatchRecord = { incidents: [], mutes: [], letters: [], listSizes: [] }

/** A year of two incidents a day would be a bad year; reports look back a quarter. */
export const CLOSED_KEPT = 300
/** Letters and list sizes of a month and some: reports look back a week. */
export const LETTERS_KEPT = 60
export const LIST_SIZES_KEPT = 40
