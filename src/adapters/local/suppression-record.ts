// How a record of the suppression list lies on disk: arrays without names, because there may be millions. Knows no database.
import {
  SUPPRESSION_REASONS,
  type AccountSide,
  type Evidence,
  type Removal,
  type SuppressionEntry,
  type SuppressionRecord,
} from '../../core/feedback/suppression.ts'

/** The form of a value, so that a later Watari knows what it reads. */
const FORM = 1
const NONE = 0
type Optional<T> = T | typeof NONE

type EvidenceForm = [
  word: string,
  count: number,
  Optional<string>,
  Optional<number>,
  Optional<number>,
  Optional<string>,
]
type EntryForm = [
  reason: number,
  addedAt: number,
  by: string,
  evidence: EvidenceForm,
  Optional<string>,
  Optional<string>,
]
type RemovalForm = [at: number, by: string, note: string]
type AccountForm = [spelling: Optional<string>, reason: number, seenAt: number]
export type RecordForm = [form: number, Optional<EntryForm>, Optional<RemovalForm>, Optional<AccountForm>]

export function formOf({ address, entry, removal, account }: SuppressionRecord): RecordForm {
  return [
    FORM,
    entry === undefined ? NONE : entryForm(entry),
    removal === undefined ? NONE : [removal.at, removal.by, removal.note],
    account === undefined ? NONE : accountForm(account, address),
  ]
}

function entryForm({ reason, addedAt, by, evidence, spelling, note }: SuppressionEntry): EntryForm {
  const { word, count, status, firstAt, lastAt, source } = evidence
  const form: EvidenceForm = [word, count, status ?? NONE, firstAt ?? NONE, lastAt ?? NONE, source ?? NONE]
  return [SUPPRESSION_REASONS.indexOf(reason), addedAt, by, form, spelling ?? NONE, note ?? NONE]
}

function accountForm({ spelling, reason, seenAt }: AccountSide, address: string): AccountForm {
  return [spelling === address ? NONE : spelling, reason === 'COMPLAINT' ? 1 : 0, seenAt]
}

/** Throws for a form it does not know: a guess could send to people who asked for silence. */
export function recordOf(address: string, [form, entry, removal, account]: RecordForm): SuppressionRecord {
  if (form !== FORM) throw new Error(`the suppression list has the form ${form}; use the Watari that wrote it`)
  return {
    address,
    ...(entry === NONE ? {} : { entry: entryOf(entry) }),
    ...(removal === NONE ? {} : { removal: removalOf(removal) }),
    ...(account === NONE ? {} : { account: accountOf(account, address) }),
  }
}

function entryOf([reason, addedAt, by, evidence, spelling, note]: EntryForm): SuppressionEntry {
  return {
    reason: SUPPRESSION_REASONS[reason] ?? 'imported',
    evidence: evidenceOf(evidence),
    addedAt,
    by,
    ...(spelling === NONE ? {} : { spelling }),
    ...(note === NONE ? {} : { note }),
  }
}

function evidenceOf([word, count, status, firstAt, lastAt, source]: EvidenceForm): Evidence {
  return {
    word,
    ...(status === NONE ? {} : { status }),
    count,
    ...(firstAt === NONE ? {} : { firstAt }),
    ...(lastAt === NONE ? {} : { lastAt }),
    ...(source === NONE ? {} : { source }),
  }
}

function removalOf([at, by, note]: RemovalForm): Removal {
  return { at, by, note }
}

function accountOf([spelling, reason, seenAt]: AccountForm, address: string): AccountSide {
  return { spelling: spelling === NONE ? address : spelling, reason: reason === 1 ? 'COMPLAINT' : 'BOUNCE', seenAt }
}
