// The tables that more than one command shows.
import type { PartSummary } from '../core/mail/mail.ts'
import type { QueueStatus, RouteStatus } from '../core/mail/operations.ts'
import type { Stage } from '../core/shift/stage.ts'
import { duration, grouped, localTime, size, table } from './output.ts'

/** With the counts of the queue, when they are at hand. */
export function routeTable(routes: readonly RouteStatus[], parts?: QueueStatus['parts']): string {
  const counted = parts === undefined ? [] : ['WAITING', 'UNCLEAR', 'HELD', 'QUARANTINED']
  return table(
    ['ROUTE', 'STATE', 'ACTIVE', ...counted, 'RATE', 'LAST 24 H', 'OF', 'WHY'],
    routes.map((status) => [
      status.route,
      status.state,
      `${status.active}/${status.capacity}`,
      ...(parts === undefined ? [] : countsOf(parts[status.route])),
      status.ratePerSecond === undefined ? '-' : `${status.ratePerSecond}/s`,
      status.sentLast24Hours === undefined ? '-' : grouped(status.sentLast24Hours),
      status.dailyQuota === undefined ? '-' : grouped(status.dailyQuota),
      whyOf(status),
    ]),
  )
}

function countsOf(counts: QueueStatus['parts']['ses']): readonly string[] {
  return [counts.waiting, counts.unclear, counts.held, counts.quarantined].map(grouped)
}

function whyOf({ reason, by, until }: RouteStatus): string {
  const who = by === undefined ? '' : `${by}: `
  const when = until === undefined ? '' : ` until ${localTime(until)}`
  return `${who}${reason}${when}`
}

export function stageTable(stages: readonly Stage[]): string {
  return table(
    ['WHEN', 'PERCENT', 'BY', 'WHY'],
    stages.map((stage) => [
      stage.changedAt === 0 ? 'the beginning' : localTime(stage.changedAt),
      stage.percent,
      stage.changedBy,
      stage.reason,
    ]),
  )
}

/** One line a part, as mailq shows it. */
export function partTable(parts: readonly PartSummary[], now: number): string {
  return table(
    ['MAIL', 'PART', 'ROUTE', 'STATE', 'AGE', 'NEXT TRY', 'TRIES', 'SIZE', 'FROM', 'TO', 'WHY'],
    parts.map((part) => [
      part.mailId,
      part.part,
      part.route,
      part.state,
      duration(now - part.acceptedAt),
      nextTry(part, now),
      part.attempts,
      size(part.size),
      part.sender === '' ? '<>' : part.sender,
      recipientsOf(part),
      part.reason === '' ? '-' : part.reason,
    ]),
  )
}

/** Held and quarantined parts wait for a person, whatever their time says. */
export function nextTry(part: PartSummary, now: number): string {
  if (part.state === 'active') return 'now'
  if (part.state === 'held' || part.state === 'quarantined') return '-'
  return part.dueAt <= now ? 'due' : `in ${duration(part.dueAt - now)}`
}

function recipientsOf({ recipients }: PartSummary): string {
  const [first = '-', ...others] = recipients
  return others.length === 0 ? first : `${first} +${others.length}`
}
