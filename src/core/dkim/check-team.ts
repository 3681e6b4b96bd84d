// The checks of what the DNS team was asked (phases 5 and 6): ask once for everything, say at once what is wrong, remind
// without nagging, and tell our own people when it is late.
import { DAY_MS } from '../base/clock.ts'
import { nextWorkingTime, wallText } from '../base/zoned-time.ts'
import { circleOf } from './circle.ts'
import type { DkimObservation } from './observation.ts'
import { WORK_BEGINS_HOUR, type DkimPolicy } from './policy.ts'
import type { OpenRequest } from './record.ts'
import { nextReminderAt } from './reminders.ts'
import type { Alert, Verdict } from './step.ts'
import { counted, recordKey, type WantedRecord } from './wanted-record.ts'
import { wantedRecords } from './wanted-keys.ts'

export function requestDue(observation: DkimObservation, policy: DkimPolicy): Verdict | undefined {
  const { request } = observation.record
  const todo = wantedRecords(observation, policy).filter(({ action }) => action !== 'keep')
  const keys = todo.map(recordKey)
  if (request === undefined) return todo.length === 0 ? undefined : firstRequest(todo, observation, policy)
  const verdict = openRequest(request, { todo, keys, observation, policy })
  return { ...verdict, alerts: [...late(request, todo, observation, policy), ...wrong(todo)] }
}

/** A letter that can wait is written in working hours: a first key and a record that is missing now cannot. */
function firstRequest(
  todo: readonly WantedRecord[],
  { record, nowMs }: DkimObservation,
  { timeZone }: DkimPolicy,
): Verdict {
  const { current } = circleOf(record)
  const isUrgent =
    current === undefined ||
    todo.some(({ selector, purpose }) => selector === current.selector && purpose !== 'dkimRevocation')
  const at = isUrgent ? nowMs : nextWorkingTime(nowMs, WORK_BEGINS_HOUR, timeZone)
  if (at > nowMs) {
    return {
      check: 'requestWaits',
      message: `the DNS team is asked for ${counted(todo.length)} at ${wallText(at, timeZone)}`,
      waitsFor: 'time',
      lookAt: at,
    }
  }
  return {
    check: 'requestDue',
    message: `the DNS team is asked for ${counted(todo.length)}`,
    step: { kind: 'askDnsTeam', request: 'request', records: todo.map(recordKey) },
  }
}

interface Work {
  readonly todo: readonly WantedRecord[]
  readonly keys: readonly string[]
  readonly observation: DkimObservation
  readonly policy: DkimPolicy
}

function openRequest(request: OpenRequest, work: Work): Verdict {
  const { todo, keys } = work
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
      message: `the DNS team is asked for ${counted(todo.length)}; the request before is superseded`,
      step: { kind: 'askDnsTeam', request: 'request', records: keys },
    }
  }
  if (todo.length === 0) {
    return { check: 'requestDone', message: 'everything that was asked for is there', step: { kind: 'closeRequest' } }
  }
  return correction(request, todo) ?? reminder(request, work) ?? waiting(request, work)
}

/** A fault is told once: whoever made it knows then. */
export function faultKey(record: WantedRecord): string {
  return `${record.fault ?? ''} ${recordKey(record)}`
}

function correction({ corrected, records }: OpenRequest, todo: readonly WantedRecord[]): Verdict | undefined {
  const [first] = todo.filter((record) => record.fault !== undefined && !corrected.includes(faultKey(record)))
  if (first === undefined) return undefined
  return {
    check: 'recordWrong',
    message: `${first.name}: ${first.fault}; the DNS team is told`,
    step: { kind: 'askDnsTeam', request: 'correction', records },
  }
}

function reminder(request: OpenRequest, { observation, policy: { timeZone } }: Work): Verdict | undefined {
  const at = nextReminderAt(request, timeZone)
  if (at === undefined || observation.nowMs < at) return undefined
  const number = request.remindedAt.length + 1
  return {
    check: 'reminderDue',
    message: `asked on ${day(request.askedAt, timeZone)}, wanted by ${day(request.dueAt, timeZone)}: reminder ${number}`,
    step: { kind: 'askDnsTeam', request: 'reminder', records: request.records },
  }
}

function waiting({ askedAt, dueAt, records }: OpenRequest, { todo, policy: { timeZone } }: Work): Verdict {
  const done = records.length - todo.length
  return {
    check: 'dnsTeamAsked',
    message: `the DNS team was asked for ${counted(records.length)} on ${day(askedAt, timeZone)}, ${done} of them are there; wanted by ${day(dueAt, timeZone)}`,
    waitsFor: 'dnsTeam',
  }
}

function late(
  { dueAt, id, remindedAt }: OpenRequest,
  todo: readonly WantedRecord[],
  { nowMs }: DkimObservation,
  { timeZone }: DkimPolicy,
): readonly Alert[] {
  if (todo.length === 0 || nowMs - dueAt < DAY_MS) return []
  return [
    {
      id: 'dnsTeamLate',
      level: 'warning',
      message: `the DNS team is late: ${counted(todo.length)} wanted by ${day(dueAt, timeZone)} missing`,
      todo: `call them; request ${id}, reminded ${remindedAt.length} times`,
    },
  ]
}

function wrong(todo: readonly WantedRecord[]): readonly Alert[] {
  return todo.flatMap(({ name, fault }) =>
    fault === undefined
      ? []
      : [
          {
            id: `recordWrong-${name}`,
            level: 'warning',
            message: `${name} was published wrongly: ${fault}`,
            todo: 'nothing: the DNS team was told; "watari dkim verify" shows what each server answers',
          },
        ],
  )
}

function day(atMs: number, timeZone: string): string {
  return wallText(atMs, timeZone).slice(0, 10)
}
