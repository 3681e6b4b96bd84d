// The watch, put together: what is looked at every minute, where incidents are kept, and the ways to people.
import { statfsSync } from 'node:fs'
import { join } from 'node:path'
import { fileIncidentStore } from '../adapters/local/incident-store.ts'
import { folderNotifier } from '../adapters/notify/folder.ts'
import type { Notifier } from '../core/base/notice.ts'
import { MINUTE_MS, SECOND_MS } from '../core/base/clock.ts'
import { maskText } from '../core/mail/mask.ts'
import type { AccountFacts } from '../core/mail/ports-ses.ts'
import type { Plan } from '../core/plan/plan.ts'
import type { ShiftAlarms } from '../core/shift/alarms.ts'
import { decisionId } from '../core/shift/decision.ts'
import { HOLIDAYS_JAPAN, knowsHolidays } from '../core/plan/working-days.ts'
import type { Calendar } from '../core/watch/comparable-hours.ts'
import { INCIDENT_POLICY } from '../core/watch/incident.ts'
import { watchDesk, type WatchDesk } from '../core/watch/desk.ts'
import { describeError } from '../core/watch/describe-error.ts'
import { figuresReader, type FiguresReader } from '../core/watch/look-figures.ts'
import type { AccountLook, ShiftLook, WatchObservation } from '../core/watch/observation.ts'
import type { MaintenanceDesk } from '../core/watch/maintenance-desk.ts'
import type { ReportDesk } from '../core/watch/report-desk.ts'
import type { Observe } from '../core/watch/ports.ts'
import { watchOf } from '../core/watch/watch.ts'
import { operatorNotifiers } from './notifiers.ts'
import { thresholdsOf } from './plan-thresholds.ts'
import { maintenanceOf } from './maintenance.ts'
import { reportsOf } from './reports.ts'
import type { WatchParts } from './watch-parts.ts'

export interface RunningWatch {
  readonly desks: {
    readonly watch: WatchDesk
    readonly reports: ReportDesk
    readonly maintenance: MaintenanceDesk
  }
  readonly stop: () => Promise<void>
}

/** One look a minute: the design's alarms evaluate twice in a period (§4.3.2), and an incident is told within three. */
const LOOK_EVERY_MS = MINUTE_MS
const STOP_MS = 5 * SECOND_MS

export async function startWatch(parts: WatchParts): Promise<RunningWatch> {
  const { plan, dataFolder, basics } = parts
  const { clock, log } = basics
  const { languages, runbooks, reminderHours } = plan.notify
  const watch = watchOf({
    observe: observer(parts),
    store: await fileIncidentStore(dataFolder, (trouble) => log.alarm('incidentFile', { ...trouble })),
    notifiers: notifiersOf(parts),
    thresholds: thresholdsOf(plan),
    policy: { ...INCIDENT_POLICY, timeZone: plan.timeZone, reminderHours },
    settings: { domain: plan.domain, timeZone: plan.timeZone, languages, runbooks },
    compose: (letter) => {
      const { kind } = letter
      if (kind === 'DailyReport' || kind === 'WeeklyPerformanceReport') {
        return reports.letter({ ...letter, kind }, languages)
      }
      return maintenance.letter({ ...letter, kind })
    },
    clock,
    log,
  })
  const reports = reportsOf(parts, watch.change)
  const maintenance = maintenanceOf(parts, watch.change)
  const ending = new AbortController()
  const loop = async (): Promise<void> => {
    while (!ending.signal.aborted) {
      try {
        await watch.look()
      } catch (error) {
        // Nothing was concluded from this look; the next may see more.
        log.alarm('watchFailed', describeError(error))
      }
      await clock.sleep(LOOK_EVERY_MS, ending.signal)
    }
  }
  const running = loop()
  return {
    desks: { watch: watchDesk({ change: watch.change, timeZone: plan.timeZone }), reports, maintenance },
    async stop() {
      ending.abort()
      // A mail host that does not answer must not keep the gateway from stopping: the attempt is on disk.
      await Promise.race([running, clock.sleep(STOP_MS)])
    },
  }
}

/** Where nobody is written to, notices lie in the data folder, so that they can be looked at. */
function notifiersOf({ plan, dataFolder, environment }: WatchParts): readonly Notifier[] {
  const operators = operatorNotifiers(plan, environment)
  if (operators.length > 0) return operators
  return [folderNotifier({ channel: 'folder notices', folder: join(dataFolder, 'notices') })]
}

function observer({ plan, dataFolder, basics, operations, flow, keys, shift }: WatchParts): Observe {
  const reader = figuresReader(flow.figures, calendarOf(plan))
  const { queueDiskOctets, freeDiskOctets } = plan.gateway.limits
  return async () => {
    const nowMs = basics.clock.now()
    const { startedAt, routes, queue, notReadyBecause } = await operations.status()
    const facts = flow.ses.account.facts()
    const signing = keys?.signing()
    const alarms = shift.alarms()
    return {
      nowMs,
      startedAt,
      ...(await figuresSeen(reader, nowMs)),
      routes: routes.map(({ route, state, reason }) => {
        // A server's words may name somebody.
        return { route, state, reason: maskText(reason), waiting: queue.parts[route].waiting }
      }),
      notReadyBecause,
      disk: {
        usedOctets: queue.diskBytes,
        limitOctets: queueDiskOctets,
        freeOctets: freeOctets(dataFolder),
        leastFreeOctets: freeDiskOctets,
      },
      ...(facts === undefined ? {} : { account: accountLook(facts) }),
      ...(signing === undefined ? {} : { key: signing }),
      legacyLogs: plan.legacyLogs !== undefined,
      ...(alarms === undefined ? {} : { shift: shiftLook(alarms) }),
    }
  }
}

/** A server's words may name somebody, in a sentence of the robot as anywhere. */
function shiftLook({ rolledBack, heldBack, kept }: ShiftAlarms): ShiftLook {
  return {
    heldBack,
    ...(kept === undefined ? {} : { kept: { ...kept, message: maskText(kept.message) } }),
    ...(rolledBack === undefined
      ? {}
      : {
          rolledBack: {
            ...rolledBack,
            message: maskText(rolledBack.message),
            decision: decisionId(rolledBack.at),
          },
        }),
  }
}

async function figuresSeen(
  reader: FiguresReader,
  nowMs: number,
): Promise<Pick<WatchObservation, 'figures' | 'figuresFailed'>> {
  try {
    return { figures: await reader.read(nowMs) }
  } catch (error) {
    return { figuresFailed: String(describeError(error)['message']) }
  }
}

/** Not by law, and quiet all the same: Obon, and the turn of the year. */
const QUIET_BY_CUSTOM = ['--08-13', '--08-14', '--08-15', '--12-29', '--12-30', '--12-31', '--01-02', '--01-03']

/** Days on which less mail is usual. Of another country only those are known that the plan names. */
function calendarOf({ timeZone, schedule }: Plan): Calendar {
  const inJapan = knowsHolidays(timeZone) ? [...Object.keys(HOLIDAYS_JAPAN), ...QUIET_BY_CUSTOM] : []
  return { timeZone, holidays: new Set([...inJapan, ...schedule.closedDays]) }
}

function freeOctets(folder: string): number {
  const { bavail, bsize } = statfsSync(folder)
  return bavail * bsize
}

function accountLook({ sendingEnabled, enforcement, sentIn24Hours, maxIn24Hours }: AccountFacts): AccountLook {
  return {
    sendingEnabled,
    enforcement,
    sentIn24Hours,
    ...(maxIn24Hours === 'unlimited' ? {} : { maxIn24Hours }),
  }
}
