// The words of the request to the DNS team, as a table that both languages fill: what is said is decided once, how it is
// said in request-words-ja.ts and request-words-en.ts.
import type { RequestKind } from './request.ts'
import type { RecordAction, RecordPurpose } from './wanted-record.ts'

export interface Words {
  readonly subject: (kind: RequestKind, about: SubjectFacts) => string
  /** The opening, up to what is asked. */
  readonly opening: (kind: RequestKind, about: OpeningFacts) => readonly string[]
  readonly closing: readonly string[]
  /** How plain text marks a heading. */
  readonly heading: (text: string) => string
  readonly headings: {
    readonly work: string
    readonly why: string
    readonly keep: string
    readonly faults: string
    readonly check: string
    readonly files: string
    readonly facts: string
  }
  readonly labels: {
    readonly request: string
    readonly due: string
    readonly latest: string
    readonly contact: string
    readonly zone: string
    readonly action: string
    readonly name: string
    readonly type: string
    readonly ttl: string
    readonly value: string
    readonly today: string
    readonly purpose: string
    readonly nothingToday: string
    readonly relative: string
    readonly absolute: string
  }
  readonly actions: Readonly<Record<RecordAction, string>>
  readonly purposes: Readonly<Record<RecordPurpose, string>>
  /** Why a record of this kind is wanted; one paragraph each, in the order to be read. */
  readonly reasons: Readonly<Record<RecordPurpose, string>>
  /** What is wrong with what was found, and how to mend it. */
  readonly faults: Readonly<Record<string, string>>
  readonly notes: readonly string[]
  readonly check: string
  readonly files: readonly string[]
  readonly weekdays: readonly string[]
  readonly date: (date: { year: number; month: number; day: number; weekday: string }) => string
}

export interface SubjectFacts {
  readonly domain: string
  readonly id: string
  readonly due: string
  readonly count: number
  readonly reminder: number
}

export interface OpeningFacts extends SubjectFacts {
  readonly team: string
  readonly contact: string
  readonly asked: string
}
