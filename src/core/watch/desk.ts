// What a person may ask of the watch: see incidents, take one, or have an alert keep still for a while.
import { HOUR_MS } from '../base/clock.ts'
import { ALERT_IDS, type AlertId } from './alerts.ts'
import { sentenceOf, titleOf } from './alert-notice.ts'
import type { Incident, Mute, WatchRecord } from './record.ts'
import { isMuted } from './telling.ts'
import type { Change } from './letters.ts'
import type { Language } from './words.ts'

/** Who mutes for longer has switched an alert off, and that is for the plan. */
export const MUTE_HOURS_MAX = 168

export interface WatchOrder {
  readonly by: string
  readonly reason: string
}

/** An incident with its words. */
export interface ShownIncident {
  readonly id: string
  readonly alert: AlertId
  readonly scope: string
  readonly level: Incident['level']
  readonly title: string
  readonly sentence: string
  readonly openedAt: number
  readonly closedAt?: number
  readonly cameBack: number
  readonly acknowledged?: Incident['acknowledged']
  /** Channels that have not taken what they should have. */
  readonly untold: readonly string[]
  readonly muted: boolean
}

export interface ShownIncidents {
  /** Open ones first, then the newest. */
  readonly incidents: readonly ShownIncident[]
  readonly mutes: readonly Mute[]
}

export type WatchAnswer<T> =
  | ({ readonly kind: 'done' } & T)
  | {
      readonly kind: 'refused'
      readonly reason: 'noSuchIncident' | 'noSuchAlert' | 'sameValue'
      readonly message: string
    }

export interface WatchDesk {
  incidents(query: { readonly all: boolean; readonly language: Language }): Promise<ShownIncidents>
  acknowledge(id: string, order: WatchOrder): Promise<WatchAnswer<{ readonly incident: string }>>
  /** For so many hours from now; 0 ends it. */
  mute(alert: string, order: WatchOrder & { readonly hours: number }): Promise<WatchAnswer<{ readonly until: number }>>
}

export function watchDesk({ change, timeZone }: { readonly change: Change; readonly timeZone: string }): WatchDesk {
  return {
    async incidents({ all, language }) {
      let at = 0
      const { incidents, mutes } = await change((record, nowMs) => {
        at = nowMs
        return record
      })
      const wanted = all ? incidents : incidents.filter(({ closedAt }) => closedAt === undefined)
      return {
        incidents: wanted
          .toSorted((a, b) => openFirst(a) - openFirst(b) || b.openedAt - a.openedAt)
          .map((incident) => shown(incident, { language, timeZone, muted: isMuted(mutes, incident, at) })),
        mutes: mutes.filter(({ until }) => until > at),
      }
    },
    async acknowledge(id, { by, reason }) {
      let answer: WatchAnswer<{ readonly incident: string }> = { kind: 'done', incident: id }
      await change((record, at) => {
        const found = record.incidents.find((incident) => incident.id === id)
        if (found === undefined || found.closedAt !== undefined) {
          const message = `no open incident is called ${id}; "watari incidents" lists them`
          answer = { kind: 'refused', reason: 'noSuchIncident', message }
          return record
        }
        const taken = { ...found, acknowledged: { by, reason, at } }
        return { ...record, incidents: record.incidents.map((incident) => (incident === found ? taken : incident)) }
      })
      return answer
    },
    async mute(name, { by, reason, hours }) {
      const alert = ALERT_IDS.find((id) => id.toLowerCase() === name.toLowerCase())
      if (alert === undefined) {
        const message = `no alert is called ${name}; they are ${ALERT_IDS.join(', ')}`
        return { kind: 'refused', reason: 'noSuchAlert', message }
      }
      let until = 0
      await change((record, at) => {
        until = at + hours * HOUR_MS
        return withMute(record, { alert, by, reason, at, until })
      })
      return { kind: 'done', until }
    },
  }
}

const openFirst = ({ closedAt }: Incident): number => (closedAt === undefined ? 0 : 1)

function withMute(record: WatchRecord, mute: Mute): WatchRecord {
  const others = record.mutes.filter(({ alert, until }) => alert !== mute.alert && until > mute.at)
  return { ...record, mutes: mute.until > mute.at ? [...others, mute] : others }
}

interface Showing {
  readonly language: Language
  readonly timeZone: string
  readonly muted: boolean
}

function shown(incident: Incident, { language, timeZone, muted }: Showing): ShownIncident {
  const { id, alert, scope, level, openedAt, closedAt, round, acknowledged, channels } = incident
  return {
    id,
    alert,
    scope,
    level,
    title: titleOf(alert, language),
    sentence: sentenceOf(incident, language, timeZone),
    openedAt,
    ...(closedAt === undefined ? {} : { closedAt }),
    cameBack: round,
    ...(acknowledged === undefined ? {} : { acknowledged }),
    untold: Object.entries(channels)
      .filter(([, { trying, said }]) => trying !== undefined || said?.gaveUp === true)
      .map(([channel]) => channel),
    muted,
  }
}
