// The gateway's status as measured values: names, units and meaning. Pure, so that Prometheus and CloudWatch say the same.
import { SECOND_MS } from '../base/clock.ts'
import type { GatewayStatus, RouteStatus } from '../mail/operations.ts'

export interface Gauge {
  readonly name: string
  readonly help: string
  readonly labels: Readonly<Record<string, string>>
  readonly value: number
}

const ROUTE_STATES = ['running', 'waiting', 'stopped', 'stoppedByPerson'] as const

export function gaugesOf(status: GatewayStatus, nowMs: number): readonly Gauge[] {
  const { queue } = status
  const oldestSeconds = queue.oldestAcceptedAt === undefined ? 0 : (nowMs - queue.oldestAcceptedAt) / SECOND_MS
  return [
    gauge('watari_build_info', 'Always 1; the label tells the version.', 1, { version: status.version }),
    gauge('watari_start_time_seconds', 'When the gateway started, in Unix seconds.', status.startedAt / SECOND_MS),
    gauge('watari_ready', '1 while mail is taken, 0 while it is answered 4xx.', status.ready ? 1 : 0),
    gauge('watari_sessions', 'SMTP sessions open now.', status.sessions),
    gauge('watari_stage_percent', 'Percent of the recipients that may go to SES.', status.stage.percent),
    ...queueParts(status),
    gauge('watari_queue_disk_bytes', 'Octets of queue files on disk.', queue.diskBytes),
    gauge('watari_queue_oldest_seconds', 'Age of the oldest mail that is not done.', Math.max(0, oldestSeconds)),
    gauge('watari_queue_damaged', 'Damaged pieces set aside since the queue was made.', queue.damaged),
    ...status.routes.flatMap(routeGauges),
    ...legacyLogGauges(status),
  ]
}

function legacyLogGauges({ legacyLogs }: GatewayStatus): readonly Gauge[] {
  if (legacyLogs === undefined) return []
  const { sources, dead, lines, unknown, outcomes } = legacyLogs
  return [
    gauge('watari_legacy_log_sources', 'Logs of the old hosts that are followed.', sources.length),
    gauge('watari_legacy_log_dead_sources', 'Of these, silent for too long or missing.', dead),
    gauge('watari_legacy_log_lines', 'Lines read since the start.', lines),
    gauge('watari_legacy_log_unknown_lines', 'Lines of Postfix that nobody understood.', unknown),
    gauge('watari_legacy_log_outcomes', 'Recipients whose outcome was counted.', outcomes),
  ]
}

function queueParts({ queue }: GatewayStatus): readonly Gauge[] {
  return Object.entries(queue.parts).flatMap(([route, states]) =>
    Object.entries(states).map(([state, parts]) =>
      gauge('watari_queue_parts', 'Parts in the queue, by what they are doing.', parts, { route, state }),
    ),
  )
}

function routeGauges(status: RouteStatus): readonly Gauge[] {
  const { route } = status
  const optional = (name: string, help: string, value: number | undefined) =>
    value === undefined ? [] : [gauge(name, help, value, { route })]
  return [
    ...ROUTE_STATES.map((state) =>
      gauge('watari_route_state', '1 for the state a route is in.', status.state === state ? 1 : 0, { route, state }),
    ),
    gauge('watari_route_active', 'Parts being delivered now.', status.active, { route }),
    gauge('watari_route_capacity', 'Parts that could be delivered at once.', status.capacity, { route }),
    ...optional('watari_route_rate_per_second', 'Recipients a second that pacing allows.', status.ratePerSecond),
    ...optional('watari_route_sent_24h', 'Recipients sent in the last 24 hours.', status.sentLast24Hours),
    ...optional('watari_route_daily_quota', 'Recipients allowed in 24 hours.', status.dailyQuota),
  ]
}

function gauge(name: string, help: string, value: number, labels: Readonly<Record<string, string>> = {}): Gauge {
  return { name, help, labels, value }
}
