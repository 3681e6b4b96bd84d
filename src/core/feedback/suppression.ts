// The suppression list as values (F3): who gets nothing by SES, why, and what a person has undone. Pure: each function says
// what a record becomes, or undefined when it stays as it is.

/**
 * Why an address is on the list:
 * - hardBounce: a receiver refused it for good
 * - complaint: the recipient called a mail spam
 * - operator: a person put it there
 * - imported: a file said so, before the first stage
 * - accountList: it was found on the list of the SES account
 */
export const SUPPRESSION_REASONS = ['hardBounce', 'complaint', 'operator', 'imported', 'accountList'] as const
export type SuppressionReason = (typeof SUPPRESSION_REASONS)[number]

/** What is known of how it came to that. Never a text of a receiver: those hold addresses and whole sentences. */
export interface Evidence {
  /** A short word: 'bounce', 'complaint', 'possibleComplaint', 'byHand', or the word of the file. */
  readonly word: string
  /** RFC 3463 status, '5.1.1'. */
  readonly status?: string
  /** How often it was seen. */
  readonly count: number
  readonly firstAt?: number
  readonly lastAt?: number
  /** The file's name, or the message id of SES. */
  readonly source?: string
}

export interface SuppressionEntry {
  readonly reason: SuppressionReason
  readonly evidence: Evidence
  /** When it came on the list; later evidence does not change it. */
  readonly addedAt: number
  /** A login name, or 'watari'. */
  readonly by: string
  /** As it was written where it came from, when that is not the canonical spelling. */
  readonly spelling?: string
  /** What the person said who put it there. */
  readonly note?: string
}

/** A person took it off. Kept, so that what is older than that does not put it back. */
export interface Removal {
  readonly at: number
  readonly by: string
  readonly note: string
}

/** What the account's list holds, as far as it was seen or written by us. */
export interface AccountSide {
  /** Exactly as SES keeps it: Get and Delete find nothing else (facts 6.6). */
  readonly spelling: string
  readonly reason: AccountReason
  /** When it was last seen there, or put there. */
  readonly seenAt: number
}
export type AccountReason = 'BOUNCE' | 'COMPLAINT'

/** All that is known of one address: on the list when it has an entry. */
export interface SuppressionRecord {
  /** Canonical (core/mail/address): upper and lower case, quoted and bare are one; plus-tags are other people. */
  readonly address: string
  readonly entry?: SuppressionEntry
  readonly removal?: Removal
  readonly account?: AccountSide
}

/** Something that speaks for suppressing an address. */
export interface Finding {
  readonly address: string
  readonly spelling: string
  readonly reason: SuppressionReason
  readonly evidence: Evidence
  readonly by: string
  readonly note?: string
}

/** What a person or a complaint said is not replaced by what a bounce, a file or the account's list says. */
const STRENGTH: Readonly<Record<SuppressionReason, number>> = {
  operator: 4,
  complaint: 3,
  hardBounce: 2,
  imported: 1,
  accountList: 0,
}

/** What the record becomes by a finding, or undefined when the finding changes nothing. */
export function listed(
  record: SuppressionRecord | undefined,
  finding: Finding,
  nowMs: number,
): SuppressionRecord | undefined {
  if (record?.removal !== undefined && !outlives(finding, record.removal)) return undefined
  const before = record?.entry
  const entry = before === undefined ? newEntry(finding, nowMs) : strengthened(before, finding)
  if (entry === before) return undefined
  const { removal: _undone, ...rest } = record ?? { address: finding.address }
  return { ...rest, entry }
}

/** A person may always; anything else must have happened after the removal. What has no date is taken to be older. */
function outlives({ reason, evidence }: Finding, removal: Removal): boolean {
  return reason === 'operator' || (evidence.lastAt !== undefined && evidence.lastAt > removal.at)
}

function newEntry({ address, spelling, reason, evidence, by, note }: Finding, nowMs: number): SuppressionEntry {
  return {
    reason,
    evidence,
    addedAt: nowMs,
    by,
    ...(spelling === address ? {} : { spelling }),
    ...(note === undefined ? {} : { note }),
  }
}

function strengthened(before: SuppressionEntry, finding: Finding): SuppressionEntry {
  if (STRENGTH[finding.reason] < STRENGTH[before.reason]) return before
  if (finding.reason !== before.reason) {
    return {
      ...newEntry(finding, before.addedAt),
      ...(before.spelling === undefined ? {} : { spelling: before.spelling }),
    }
  }
  const evidence = finding.reason === 'imported' ? covering(before.evidence, finding.evidence) : added(before, finding)
  return evidence === before.evidence ? before : { ...before, evidence }
}

/** One more of the same kind. The same happening told twice is one. */
function added({ reason, evidence }: SuppressionEntry, { evidence: more }: Finding): Evidence {
  const isEvent = reason === 'hardBounce' || reason === 'complaint'
  if (!isEvent || (more.source === evidence.source && more.lastAt === evidence.lastAt)) return evidence
  return { ...later(evidence, more), ...span(evidence, more), count: evidence.count + more.count }
}

/** A file read twice says nothing new; one that knows more widens the evidence. */
function covering(evidence: Evidence, more: Evidence): Evidence {
  const times = span(evidence, more)
  const count = Math.max(evidence.count, more.count)
  const same = count === evidence.count && times.firstAt === evidence.firstAt && times.lastAt === evidence.lastAt
  return same ? evidence : { ...later(evidence, more), ...times, count }
}

function later(a: Evidence, b: Evidence): Evidence {
  return (b.lastAt ?? 0) > (a.lastAt ?? 0) ? b : a
}

function span(a: Evidence, b: Evidence): Pick<Evidence, 'firstAt' | 'lastAt'> {
  const firsts = [a.firstAt, b.firstAt].filter((at) => at !== undefined)
  const lasts = [a.lastAt, b.lastAt].filter((at) => at !== undefined)
  return {
    ...(firsts.length === 0 ? {} : { firstAt: Math.min(...firsts) }),
    ...(lasts.length === 0 ? {} : { lastAt: Math.max(...lasts) }),
  }
}

/** What the record becomes when a person takes it off, or undefined when it was not on the list. */
export function unlisted(record: SuppressionRecord | undefined, removal: Removal): SuppressionRecord | undefined {
  if (record?.entry === undefined) return undefined
  const { entry: _gone, ...rest } = record
  return { ...rest, removal }
}

/** Words of files and of the account's list that mean a complaint. */
const COMPLAINT_WORDS: ReadonlySet<string> = new Set(['complaint', 'possibleComplaint'])

/** What SES is told: it knows two reasons. */
export function accountReasonOf({ reason, evidence }: SuppressionEntry): AccountReason {
  return reason === 'complaint' || COMPLAINT_WORDS.has(evidence.word) ? 'COMPLAINT' : 'BOUNCE'
}

/** The spelling that SES is given: a quoted local part needs its quotes. */
export function spellingOf(record: SuppressionRecord): string {
  return record.account?.spelling ?? record.entry?.spelling ?? record.address
}
