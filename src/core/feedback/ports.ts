// What feedback needs from the world. All adapters of the ledger pass the same contract suite (test/contracts).
import type { EventChange } from './change.ts'
import type { FeedbackEvent } from './event.ts'
import type { Facts } from './recipient-state.ts'
import type { KeptRecord } from './record.ts'

/** Remembers each recipient's facts for some days. Addresses are kept as keyed pseudonyms: who asks must know them. */
export interface FeedbackLedger {
  /**
   * Adds what events say and answers what they changed, in their order, without those that changed nothing. Resolves when it is on disk: only then may the sender
   * of the events hear that they were taken. Events that come again change nothing. Rejects when nothing was kept.
   */
  fold(events: readonly FeedbackEvent[]): Promise<readonly OwedChange[]>
  /** Changes whose news nobody has settled yet, oldest first: what a crash left behind. */
  owed(limit: number): Promise<readonly OwedChange[]>
  /** The news of these changes were told; they are owed no more. */
  settle(changes: readonly OwedChange[]): Promise<void>
  /** Newest message first. */
  find(query: LedgerQuery, limit: number): Promise<readonly LedgerRow[]>
  /**
   * Which of these recipients SES has taken with this part: an event of any kind names the part and all its recipients. Asked
   * by recipient, because a part keeps its number when some of its recipients are done.
   */
  takenOf(mailId: string, part: number, addresses: readonly string[]): Promise<readonly string[]>
  /** Forgets what is older than its days. */
  expire(): Promise<void>
  size(): LedgerSize
  close(): Promise<void>
}

/** A change, and by what name it is settled; without one it is news to nobody. */
export type OwedChange = EventChange & { readonly receipt?: string }

export type LedgerQuery =
  | { readonly address: string }
  | { readonly sesMessageId: string }
  | { readonly mailId: string; readonly part?: number }

export interface LedgerRow {
  readonly sesMessageId: string
  /** Keyed pseudonym of the recipient's one spelling. */
  readonly recipient: string
  readonly facts: Facts
}

export interface LedgerSize {
  readonly diskBytes: number
  /** Days on disk, `2026-11-25`, oldest first. */
  readonly days: readonly string[]
}

/** Keeps what could not be read, the newest of it, for a person to look at. Never rejects. */
export interface RecordShelf {
  keep(atMs: number, record: KeptRecord): Promise<void>
}
