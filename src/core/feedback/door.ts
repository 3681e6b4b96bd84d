// What feedback comes in by, as values: a request as somebody sent it, and what was made of it. Who may send what is the
// business of the adapter that knows the sender's protocol.
import type { FeedbackRecord } from './record.ts'

export interface FeedbackRequest {
  readonly path: string
  readonly header: (name: string) => string | undefined
  readonly body: string
}

export type DoorAnswer =
  | { readonly kind: 'record'; readonly record: FeedbackRecord }
  /** A topic of ours was told that it may send here. */
  | { readonly kind: 'confirmed'; readonly topicArn: string }
  /** It came from nobody we know, or is no message at all: nothing was done. */
  | { readonly kind: 'refused'; readonly status: 400 | 403 | 404; readonly reason: string; readonly message: string }
  /** It cannot be judged now; the sender is to come again. */
  | { readonly kind: 'later'; readonly reason: string; readonly message: string }

/** Never rejects. */
export type FeedbackDoor = (request: FeedbackRequest) => Promise<DoorAnswer>
