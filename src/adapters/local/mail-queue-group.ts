// A group: everything that goes to disk with the next commit, and the promises of those who wait for it.
import type { Content, NewMail } from '../../core/mail/mail.ts'
import { HEADER_BYTES, type StoredEnvelope, type StoredParts } from './mail-queue-record.ts'

/** A promise with its ends in hand. One serves all callers of a group, so that a mail costs no promise of its own. */
export interface Deferred {
  readonly promise: Promise<void>
  readonly resolve: () => void
  readonly reject: (error: unknown) => void
}

function deferred(): Deferred {
  let resolve!: () => void
  let reject!: (error: unknown) => void
  const promise = new Promise<void>((ok, no) => {
    resolve = ok
    reject = no
  })
  // Who does not wait for the disk is not told about it here either; the committer raises the alarm.
  promise.catch(() => undefined)
  return { promise, resolve, reject }
}

/** A mail that compaction writes again, with its parts as they are at this moment. */
export interface Move {
  readonly envelope: StoredEnvelope
  readonly content: Content
  /** Its content is lost: the record says so for good, so that nothing empty is ever sent in its place. */
  readonly lost: boolean
}

export interface Mark {
  readonly slot: number
  readonly state: number
  readonly mark: number
  readonly dueAt: number
}

export interface Group {
  readonly mails: NewMail[]
  readonly moves: Move[]
  /** Changes by an operator; when they cannot be written they have not happened. */
  readonly changes: StoredParts[]
  /** What is left of claimed parts; this has happened, and is written again until it is on disk. */
  readonly settles: StoredParts[]
  readonly marks: Mark[]
  readonly claimed: number[]
  /** Slots of parts that are done. */
  readonly gone: number[]
  bytes: number
  readonly mailsStored: Deferred
  readonly stored: Deferred
  readonly settled: Deferred
}

export function newGroup(): Group {
  return {
    mails: [],
    moves: [],
    changes: [],
    settles: [],
    marks: [],
    claimed: [],
    gone: [],
    bytes: 0,
    mailsStored: deferred(),
    stored: deferred(),
    settled: deferred(),
  }
}

/** Everything but new and moved mails: what must find its way to a disk that is nearly full. */
export function withoutMails(group: Group): Group {
  return { ...group, mails: [], moves: [], bytes: 0 }
}

export function isEmpty(group: Group): boolean {
  return (
    group.mails.length + group.moves.length + group.changes.length + group.settles.length === 0 &&
    group.marks.length + group.claimed.length + group.gone.length === 0
  )
}

/** About what a mail takes on disk, for deciding when a group is full. */
export function recordBytes(mail: NewMail): number {
  return mail.content.wireSize + HEADER_BYTES + 256
}
