// What a text from SES turned out to be. What is no event is a value too: it is kept and counted, never dropped, and never
// sent back to be redelivered for ever.
import type { FeedbackEvent } from './event.ts'

export type FeedbackRecord =
  /** `rest`: the whole record, when some of the recipients that it names could not be read. */
  | { readonly kind: 'event'; readonly event: FeedbackEvent; readonly rest?: UnreadableRecord }
  /** SES or SNS says that it set something up: a plain sentence, no event. */
  | { readonly kind: 'notice'; readonly message: string }
  /** A topic asks whether it may send here. Only who has checked its signature may answer. */
  | { readonly kind: 'confirmation'; readonly topicArn: string; readonly subscribeUrl: string }
  /** Well-formed, and of a type that nobody here has heard of. */
  | { readonly kind: 'unknown'; readonly eventType: string; readonly text: string }
  | UnreadableRecord

/** `message` completes the sentence "the record …". */
export interface UnreadableRecord {
  readonly kind: 'unreadable'
  readonly reason: string
  readonly message: string
  readonly text: string
}

export type KeptRecord = Extract<FeedbackRecord, { kind: 'unknown' | 'unreadable' }>
