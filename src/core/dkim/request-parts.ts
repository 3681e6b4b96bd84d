// What the three renderings of a request share: the records sorted by what is to be done, dates told in the zone of the plan.
import { wallTime } from '../base/zoned-time.ts'
import type { OpeningFacts, Words } from './request-words.ts'
import type { DnsRequest } from './request.ts'
import type { WantedRecord } from './wanted-record.ts'

export interface Pack {
  readonly request: DnsRequest
  readonly words: Words
  readonly about: OpeningFacts
  /** What is to be done, in the order to be shown. */
  readonly work: readonly WantedRecord[]
  readonly keep: readonly WantedRecord[]
  /** Name and sentence, for what is there and wrong. */
  readonly faults: readonly { readonly name: string; readonly sentence: string; readonly found: string }[]
  readonly latest?: string
}

export function packOf(request: DnsRequest, words: Words): Pack {
  const open = request.records.filter(({ action }) => action !== 'keep')
  // A correction speaks of what is wrong, and not once more of what is merely still to come.
  const work = request.kind === 'correction' ? open.filter(({ fault }) => fault !== undefined) : open
  const day = (at: number) => dateText(at, request.timeZone, words)
  return {
    request,
    words,
    work,
    keep: request.records.filter(({ action, today }) => action === 'keep' && today !== undefined && today.length > 0),
    about: {
      domain: request.domain,
      id: request.id,
      due: day(request.dueAt),
      asked: day(request.askedAt),
      count: work.length,
      reminder: request.reminder ?? 1,
      team: request.dnsTeam,
      contact: request.contact.name,
    },
    faults: work.flatMap(({ name, fault, today }) =>
      fault === undefined ? [] : [{ name, sentence: words.faults[fault] ?? fault, found: (today ?? []).join(' / ') }],
    ),
    ...(request.latestAt === undefined ? {} : { latest: day(request.latestAt) }),
  }
}

function dateText(at: number, timeZone: string, { weekdays, date }: Words): string {
  const { year, month, day, weekday } = wallTime(at, timeZone)
  return date({ year, month, day, weekday: weekdays[weekday]! })
}

/** Why records of the purposes in this work are wanted, each once. */
export function reasonsIn({ work, words }: Pack): readonly string[] {
  return [...new Set(work.map(({ purpose }) => purpose))].map((purpose) => words.reasons[purpose])
}

/** Label and value of what a reader looks for first. */
export function factsOf({ words: { labels }, request, about, latest }: Pack): readonly (readonly [string, string])[] {
  const { contact } = request
  const telephone = contact.telephone === undefined ? '' : ` / ${contact.telephone}`
  return [
    [labels.request, request.id],
    [labels.zone, request.zoneApex],
    [labels.due, about.due],
    ...(latest === undefined ? [] : ([[labels.latest, latest]] as const)),
    [labels.contact, `${contact.name} <${contact.mail}>${telephone}`],
  ]
}
