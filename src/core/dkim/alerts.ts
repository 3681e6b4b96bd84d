// One incident, one alert: said when it begins, again after a week while it lasts, and once when it is over. What is only
// worth knowing is said and forgotten.
import { DAY_MS } from '../base/clock.ts'
import type { Notice, Notifier } from '../base/notice.ts'
import type { KeyRecord, OpenAlert } from './record.ts'
import type { Alert } from './step.ts'

/** Whoever has not acted on a message in a week has forgotten it. */
const REPEAT_MS = 7 * DAY_MS

export interface AlertChanges {
  /** To be said now: new ones, and those that last. */
  readonly say: readonly Alert[]
  /** Over since the last look. */
  readonly over: readonly OpenAlert[]
  readonly open: readonly OpenAlert[]
}

export interface AlertLook {
  readonly alerts: readonly Alert[]
  /** Not every check was asked: nothing is over because it was not seen. */
  readonly partial: boolean
  readonly nowMs: number
}

export function alertChanges({ alerts: before }: KeyRecord, { alerts: now, partial, nowMs }: AlertLook): AlertChanges {
  const known = new Map(before.map((alert) => [alert.id, alert]))
  const say = now.filter(({ id }) => {
    const open = known.get(id)
    return open === undefined || nowMs - open.saidAt >= REPEAT_MS
  })
  const said = new Set(say.map(({ id }) => id))
  const lasting = now
    .filter(({ level }) => level !== 'info')
    .map(({ id, message }) => ({
      id,
      message,
      raisedAt: known.get(id)?.raisedAt ?? nowMs,
      saidAt: said.has(id) ? nowMs : known.get(id)!.saidAt,
    }))
  const unseen = before.filter(({ id }) => !now.some((alert) => alert.id === id))
  return { say, over: partial ? [] : unseen, open: partial ? [...lasting, ...unseen] : lasting }
}

export function alertNotice(alert: Alert, domain: string): Notice {
  return {
    id: `dkim-${domain}-${alert.id}`,
    level: alert.level,
    subject: `[Watari] ${alert.level}: DKIM of ${domain}: ${alert.message}`,
    text: `${alert.message}.\n\nWhat to do: ${alert.todo}.\n\nwatari dkim status tells more.\n`,
  }
}

export function overNotice({ id, message }: OpenAlert, domain: string): Notice {
  return {
    id: `dkim-${domain}-${id}-over`,
    level: 'info',
    subject: `[Watari] over: DKIM of ${domain}: ${message}`,
    text: `This is over: ${message}.\n`,
  }
}

/** Says it on every way; the channels that did not take it. A message that is lost is in the log and in the history. */
export async function tell(operators: readonly Notifier[], notice: Notice): Promise<readonly string[]> {
  const outcomes = await Promise.all(operators.map((notifier) => notifier.send(notice)))
  return outcomes.flatMap((outcome) => (outcome.kind === 'failed' ? [`${outcome.channel}: ${outcome.message}`] : []))
}
