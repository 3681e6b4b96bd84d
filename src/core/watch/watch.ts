// The watch: every minute one look, what it means, what is written down, and who is told. Its order is the promise: an incident is
// on disk before anybody hears of it, and an attempt to tell before it is made, so a kill repeats one message at most.
import type { Clock } from '../base/clock.ts'
import type { Log } from '../base/log.ts'
import type { Notifier } from '../base/notice.ts'
import { alertNotice, sentenceOf, type NoticeSettings } from './alert-notice.ts'
import { nextStep, type IncidentChange, type IncidentPolicy, type Streaks } from './incident.ts'
import { tellLetters, type Change, type Compose } from './letters.ts'
import { judge } from './levels.ts'
import type { IncidentStore, Observe } from './ports.ts'
import type { ChannelState, Incident, WatchRecord } from './record.ts'
import { attempted, dueTellings, settled, stateOf, type Telling, type TellingPolicy } from './telling.ts'
import { thresholdFaults, type Thresholds } from './thresholds.ts'

export interface WatchOptions {
  readonly observe: Observe
  readonly store: IncidentStore
  readonly notifiers: readonly Notifier[]
  readonly thresholds: Thresholds
  readonly policy: IncidentPolicy & TellingPolicy
  readonly settings: NoticeSettings
  /** Makes what is said at its time; without it nothing is. */
  readonly compose?: Compose
  readonly clock: Pick<Clock, 'now'>
  readonly log: Log
}

export interface Watch {
  /** One look, and what has to be told after it. */
  look(): Promise<void>
  /** Changes what is written down, one change after another; resolves when it is on disk. */
  change: Change
}

/** Throws when a limit can never be met or always is: better no start than a watch that sleeps. */
export function watchOf(options: WatchOptions): Watch {
  const { log, settings, notifiers, policy } = options
  const faults = thresholdFaults(options.thresholds)
  if (faults.length > 0) throw new Error(faults.map(({ message }) => message).join('; '))
  const change = changing(options)
  let streaks: Streaks = new Map()
  return {
    change,
    async look() {
      const findings = judge(await options.observe(), options.thresholds)
      let changes: readonly IncidentChange[] = []
      await change((record, nowMs) => {
        const step = nextStep({ record, streaks }, { findings, nowMs }, policy)
        ;({ streaks, changes } = step)
        return step.record
      })
      for (const one of changes) logChange(log, one, settings)
      await Promise.all(notifiers.map((notifier) => tellAll(options, change, notifier)))
      const { compose, clock } = options
      if (compose !== undefined) {
        await tellLetters({ notifiers, change, compose, clock, log, timeZone: policy.timeZone })
      }
    },
  }
}

/** Two writers of one file would undo each other. */
function changing({ store, clock }: WatchOptions): Change {
  let known: WatchRecord | undefined
  let last: Promise<unknown> = Promise.resolve()
  return (make) => {
    const turn = last.then(async () => {
      const before = (known ??= await store.load())
      const after = make(before, clock.now())
      if (after !== before) await store.save(after)
      known = after
      return after
    })
    last = turn.catch(() => undefined)
    return turn
  }
}

/** All that one channel should hear. A channel that fails is left alone until its next try: the rest would fail alike. */
async function tellAll(options: WatchOptions, change: Change, notifier: Notifier): Promise<void> {
  const { clock, policy, settings, log } = options
  const record = await change((now) => now)
  for (const telling of dueTellings(record, notifier.channel, policy, clock.now())) {
    const { incident, kind, noticeId } = telling
    await change((now, nowMs) => withState(now, telling, (state) => attempted(state, noticeId, nowMs)))
    const outcome = await notifier.send(alertNotice({ incident, kind, noticeId, nowMs: clock.now() }, settings))
    const after = await change((now, nowMs) =>
      withState(now, telling, (state) => settled(state, { kind, round: incident.round }, outcome, nowMs)),
    )
    if (outcome.kind === 'sent') continue
    log.warn('noticeFailed', { what: noticeId, channel: notifier.channel, why: outcome.message })
    if (gaveUpOn(after, telling)) log.alarm('noticeGivenUp', { what: noticeId, channel: notifier.channel })
    return
  }
}

function withState(
  record: WatchRecord,
  { incident: { id }, channel }: Telling,
  make: (state: ChannelState) => ChannelState,
): WatchRecord {
  const withChannel = (incident: Incident): Incident => ({
    ...incident,
    channels: { ...incident.channels, [channel]: make(stateOf(incident, channel)) },
  })
  const incidents = record.incidents.map((incident) => (incident.id === id ? withChannel(incident) : incident))
  return { ...record, incidents }
}

function gaveUpOn({ incidents }: WatchRecord, { incident: { id }, channel }: Telling): boolean {
  const incident = incidents.find((one) => one.id === id)
  return incident !== undefined && stateOf(incident, channel).said?.gaveUp === true
}

function logChange(log: Log, { change, incident }: IncidentChange, { timeZone }: NoticeSettings): void {
  const fields = { id: incident.id, alert: incident.alert, level: incident.level }
  const what = sentenceOf(incident, 'en', timeZone)
  if (change === 'closed') log.info('incidentClosed', fields)
  else if (incident.level === 'critical') log.alarm('incident', { ...fields, change, what })
  else log.warn('incident', { ...fields, change, what })
}
