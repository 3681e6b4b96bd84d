// What a person may ask about feedback, as values: how the intake is, and what became of a recipient or a mail.
import type { Clock } from '../base/clock.ts'
import type { FeedbackStatus } from '../mail/operations.ts'
import type { FeedbackIntake } from './intake.ts'
import type { Messenger } from './messenger.ts'
import type { FeedbackLedger, LedgerQuery, LedgerRow, LedgerSize } from './ports.ts'
import { isAutoReplied, stateOf, type RecipientState } from './recipient-state.ts'

export interface RecipientReport extends LedgerRow {
  readonly state: RecipientState
  /** An automatic answer came back. */
  readonly autoReplied: boolean
}

export interface FeedbackOperations {
  status(): FeedbackStatus
  /** `words` is an address, an id of SES, or an id of ours. */
  show(words: string): Promise<readonly RecipientReport[]>
}

export interface FeedbackDeskOptions {
  readonly intake: Pick<FeedbackIntake, 'counts'>
  readonly ledger: FeedbackLedger
  readonly messenger: Pick<Messenger, 'waiting'>
  readonly clock: Pick<Clock, 'now'>
}

/** Rows shown at once; a mail of 50 recipients tried twenty times is under it. */
const SHOWN_MAX = 1_000
/** Walking over a day's file for its size is cheap, but not for every question of a dashboard. */
const SIZE_MS = 5_000

export function feedbackDesk({ intake, ledger, messenger, clock }: FeedbackDeskOptions): FeedbackOperations {
  let size = { at: Number.NEGATIVE_INFINITY, value: { diskBytes: 0, days: [] } as LedgerSize }
  return {
    status() {
      if (clock.now() - size.at > SIZE_MS) size = { at: clock.now(), value: ledger.size() }
      return { ...intake.counts(), ledger: size.value, newsWaiting: messenger.waiting() }
    },
    async show(words) {
      const rows = await ledger.find(queryOf(words), SHOWN_MAX)
      return rows.map((row) => ({ ...row, state: stateOf(row.facts), autoReplied: isAutoReplied(row.facts) }))
    },
  }
}

/** Ours have 13 letters and digits; those of SES are longer, with hyphens. */
function queryOf(words: string): LedgerQuery {
  if (words.includes('@')) return { address: words }
  const [, mailId, part] = /^([0-9A-Z]{13})(?:\/(\d{1,9}))?$/.exec(words) ?? []
  if (mailId === undefined) return { sesMessageId: words }
  return part === undefined ? { mailId } : { mailId, part: Number(part) }
}
