// The checks of what the DNS team was asked (phases 5 and 6): ask once for everything, say at once what is wrong, remind
// without nagging, and tell our own people when it is late.
import { DAY_MS } from '../base/clock.ts'
import { wallText } from '../base/zoned-time.ts'
import type { DkimObservation } from './observation.ts'
import type { DkimPolicy } from './policy.ts'
import type { OpenRequest } from './record.ts'
import { nextReminderAt } from './reminders.ts'
import type { Verdict } from './step.ts'
import { recordKey, type WantedRecord } from './wanted-record.ts'
import { wantedRecords } from './wanted-keys.ts'

export function requestDue(observation: DkimObservation, policy: DkimPolicy): Verdict | undefined {
  const { request } = observation.record
  const todo = wantedRecords(observation, policy).filter(({ action }) => action !== 'keep')
  const keys = todo.map(recordKey)
  if (request === undefined) return todo.length === 0 ? undefined : firstRequest(todo, keys)
  if (request.sentAt === undefined) {
    return {
      check: 'requestNotSent',
      message: 'the request to the DNS team did not go out on every channel yet',
      step: { kind: 'askDnsTeam', request: 'request', records: request.records },
    }
  }
  if (keys.some((key) => !request.records.includes(key))) {
    return {
      check: 'moreIsWanted',
      message: `the DNS team is asked for ${todo.length} records; the request before is superseded`,
      step: { kind: 'askDnsTeam', request: 'request', records: keys },
    }
  }
  if (todo.length === 0) {
    return { check: 'requestDone', message: 'everything that was asked for is there', step: { kind: 'closeRequest' } }
  }
  return (
    correction(request, todo) ?? reminder(request, observation, policy) ?? waiting(request, todo, policy, observation)
  )
}

function firstRequest(todo: readonly WantedRecord[], keys: readonly string[]): Verdict {
  return {
    check: 'requestDue',
    message: `the DNS team is asked for ${todo.length} records`,
    step: { kind: 'askDnsTeam', request: 'request', records: keys },
  }
}

/** A fault is told once: whoever made it knows then. */
export function faultKey(record: WantedRecord): string {
  return `${record.fault ?? ''} ${recordKey(record)}`
}

function correction({ corrected, records }: OpenRequest, todo: readonly WantedRecord[]): Verdict | undefined {
  const fresh = todo.filter((record) => record.fault !== undefined && !corrected.includes(faultKey(record)))
  const [first] = fresh
  if (first === undefined) return undefined
  return {
    check: 'recordWrong',
    message: `${first.name}: ${first.fault}; the DNS team is told`,
    step: { kind: 'askDnsTeam', request: 'correction', records },
    alert: {
      id: `recordWrong-${first.name}`,
      level: 'warning',
      message: `${first.name} was published wrongly: ${first.fault}`,
      todo: 'nothing: the DNS team was told; "watari dkim verify" shows what each server answers',
    },
  }
}

function reminder(request: OpenRequest, { nowMs }: DkimObservation, { timeZone }: DkimPolicy): Verdict | undefined {
  const at = nextReminderAt(request, timeZone)
  if (at === undefined || nowMs < at) return undefined
  return {
    check: 'reminderDue',
    message: `asked on ${wallText(request.askedAt, timeZone).slice(0, 10)}, wanted by ${wallText(request.dueAt, timeZone).slice(0, 10)}: reminder ${request.remindedAt.length + 1}`,
    step: { kind: 'askDnsTeam', request: 'reminder', records: request.records },
  }
}

function waiting(
  request: OpenRequest,
  todo: readonly WantedRecord[],
  { timeZone }: DkimPolicy,
  { nowMs }: DkimObservation,
): Verdict {
  const done = request.records.length - todo.length
  const lateDays = Math.floor((nowMs - request.dueAt) / DAY_MS)
  return {
    check: 'dnsTeamAsked',
    message: `the DNS team was asked for ${request.records.length} records on ${wallText(request.askedAt, timeZone).slice(0, 10)}, ${done} of them are there; wanted by ${wallText(request.dueAt, timeZone).slice(0, 10)}`,
    waitsFor: 'dnsTeam',
    ...(lateDays < 1
      ? {}
      : {
          alert: {
            id: 'dnsTeamLate',
            level: 'warning',
            message: `the DNS team is late: ${todo.length} records were wanted by ${wallText(request.dueAt, timeZone).slice(0, 10)}`,
            todo: `call them; request ${request.id}, reminded ${request.remindedAt.length} times`,
          },
        }),
  }
}
