// Takes what SES tells: folds it into the ledger, counts what changed, hands news on. Its rule: write first, answer after.
import type { Clock } from '../base/clock.ts'
import type { FigureSink } from '../base/figures.ts'
import type { Log } from '../base/log.ts'
import { maskText } from '../mail/mask.ts'
import type { FeedbackStatus } from '../mail/operations.ts'
import type { Meter } from '../watch/metrics.ts'
import type { FeedbackEvent } from './event.ts'
import { countEvent } from './figures.ts'
import type { Messenger } from './messenger.ts'
import type { FeedbackLedger, RecordShelf } from './ports.ts'
import type { FeedbackRecord, KeptRecord } from './record.ts'
import { strangeShare } from './strange-share.ts'

export interface IntakeOptions {
  readonly ledger: Pick<FeedbackLedger, 'fold'>
  readonly shelf: RecordShelf
  readonly figures: FigureSink
  readonly messenger: Pick<Messenger, 'tell'>
  readonly clock: Pick<Clock, 'now'>
  readonly log: Log
  readonly meter: Meter
}

export interface FeedbackIntake {
  /** Resolves when what was told is on disk; rejects when it is not, and the sender must tell it again. */
  take(record: FeedbackRecord): Promise<void>
  counts(): IntakeCounts
}

export type IntakeCounts = Omit<FeedbackStatus, 'newsWaiting' | 'ledger'>

export function feedbackIntake(options: IntakeOptions): FeedbackIntake {
  const { ledger, figures, clock, log, meter } = options
  const share = strangeShare(log)
  const counts = { events: 0, unknown: 0, unreadable: 0, unmatched: 0, changes: 0 }
  let last: { lastTakenAt: number; lastEventAt: number } | undefined

  const takeEvent = async (event: FeedbackEvent): Promise<void> => {
    const folded = await ledger.fold([event])
    counts.events += 1
    last = { lastTakenAt: clock.now(), lastEventAt: event.at }
    meter.count('watari_feedback_records_total', { kind: event.kind })
    if (event.mail.mailId === undefined) {
      counts.unmatched += 1
      meter.count('watari_feedback_unmatched_total', {})
    }
    for (const change of folded) {
      counts.changes += change.changes.length
      for (const { fact } of change.changes) meter.count('watari_feedback_changes_total', { fact })
      countEvent(figures, change)
    }
    options.messenger.tell(folded)
  }
  const keep = async (record: KeptRecord): Promise<void> => {
    await options.shelf.keep(clock.now(), record)
    counts[record.kind] += 1
    meter.count('watari_feedback_records_total', { kind: record.kind })
  }
  return {
    counts: () => ({ ...counts, ...last }),
    async take(record) {
      switch (record.kind) {
        case 'event':
          await takeEvent(record.event)
          if (record.rest !== undefined) await keep(record.rest)
          break
        case 'notice':
          log.info('feedbackNotice', { message: maskText(record.message) })
          break
        case 'unknown':
        case 'unreadable':
          await keep(record)
          break
        case 'confirmation':
          // Only the door may answer it, and it has; here it means nothing.
          break
      }
      share.add(isStrange(record))
    },
  }
}

function isStrange(record: FeedbackRecord): boolean {
  return (
    record.kind === 'unknown' || record.kind === 'unreadable' || (record.kind === 'event' && record.rest !== undefined)
  )
}
